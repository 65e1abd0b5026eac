import SystemCalls

/// The lock of a job: one process runs it. Held until the value is released or the process ends,
/// however it ends.
package final class JobLock: Sendable {
    /// The holder of a lock, from the lock file.
    package struct Holder: Equatable, Sendable {
        package var processID: Int
        /// UTC, ISO 8601.
        package var startedAt: String
    }

    private let file: OpenFile

    private init(file: OpenFile) { self.file = file }

    /// Acquires the lock.
    ///
    /// The file is never removed: a process that has the old file open, and one that makes a new
    /// file, would both hold "the" lock.
    ///
    /// - Parameter startedAt: Shown by a process that finds the lock taken; UTC, ISO 8601.
    /// - Throws: `locked` (75), with the process that holds it; `disk` (74).
    package static func acquire(
        _ job: JobDirectory, processID: Int = ProcessFacts.processID, startedAt: String
    ) throws(RunningError) -> JobLock {
        let file: OpenFile
        let isTaken: Bool
        do throws(SystemError) {
            file = try OpenFile.openRegular(job.lockPath, .readWrite, creation: .ifMissing)
            isTaken = try acquire(file, job)
            if isTaken {
                try file.truncate(to: 0)
                try file.write(all: Array("\(processID) \(startedAt)\n".utf8), at: 0)
            }
        } catch {
            throw RunningError(disk: error)
        }
        guard isTaken else {
            let holder = try read(file)
            throw RunningError(
                .locked(processID: holder?.processID ?? 0),
                "job \(job.name) is being run by "
                    + (holder.map { "process \($0.processID) since \($0.startedAt)" }
                        ?? "another process")
                    + " (\(job.lockPath)); nothing was done, start again when it has ended")
        }
        return JobLock(file: file)
    }

    /// Maximum number of tries, because readers hold the lock briefly.
    private static let maximumTries = 200

    /// `status` looks whether a job runs by a shared lock of an instant; that must not turn a start
    /// away. So a lock that is refused is tried again while only readers hold it.
    private static func acquire(_ file: OpenFile, _ job: JobDirectory) throws(SystemError) -> Bool {
        for _ in 0..<maximumTries {
            if try file.tryLock() { return true }
            let reader = try OpenFile.openRegular(job.lockPath, .read)
            guard try reader.tryLock(exclusive: false) else { return false }
        }
        return false
    }

    /// Releases the lock early.
    package func release() { file.close() }

    /// The process that runs the job; nil if none.
    package static func holder(of job: JobDirectory) throws(RunningError) -> Holder? {
        do throws(SystemError) {
            let file = try OpenFile.openRegular(job.lockPath, .read)
            // A shared lock, so that two readers do not take each other for the holder.
            if try file.tryLock(exclusive: false) { return nil }
            let bytes = try file.read(at: 0, byteCount: 200)
            return parse(bytes) ?? Holder(processID: 0, startedAt: "")
        } catch  where error.isMissing {
            return nil
        } catch {
            throw RunningError(disk: error)
        }
    }

    private static func read(_ file: OpenFile) throws(RunningError) -> Holder? {
        return try onDisk { () throws(SystemError) in parse(try file.read(at: 0, byteCount: 200)) }
    }

    private static func parse(_ bytes: [UInt8]) -> Holder? {
        let words = bytes.prefix { $0 != 0x0A }.split(separator: 0x20)
        guard words.count == 2,
            let processID = Int(String(decoding: words[0], as: UTF8.self))
        else { return nil }
        return Holder(
            processID: processID, startedAt: String(decoding: words[1], as: UTF8.self))
    }
}
