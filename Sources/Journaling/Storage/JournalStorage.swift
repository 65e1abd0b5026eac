package import SystemCalls

/// The storage of a journal: a file in production, a simulated disk in the torture test.
///
/// Contract. What `write` returned from may be lost at a crash, wholly or in part and in any order,
/// until `synchroniseData` returned; afterwards it may not. A write that fails may have written
/// some of its bytes. A failed synchronisation is final: it is never called again.
package protocol JournalStorage: Sendable {
    /// The name used in messages.
    var path: String { get }
    /// The size in bytes.
    func size() throws(SystemError) -> UInt64
    /// Up to `byteCount` bytes from an offset; fewer only at the end.
    func read(at offset: UInt64, byteCount: Int) throws(SystemError) -> [UInt8]
    /// Writes all of the bytes at an offset.
    func write(_ bytes: [UInt8], at offset: UInt64) throws(SystemError)
    /// Truncates the file.
    func truncate(to size: UInt64) throws(SystemError)
    /// Waits until the data is on the disk.
    func synchroniseData() throws(SystemError)
    /// Waits until the file and its name are on the disk.
    func synchroniseWithDirectory() throws(SystemError)
    /// Acquires the journal's lock; false if another process holds it.
    func tryLock() throws(SystemError) -> Bool
    /// Copies everything from an offset on into a new file next to the journal, durably, and names
    /// it.
    func saveAside(from offset: UInt64, suffix: String) throws(SystemError) -> String
    /// Closes the file and releases the lock.
    func close()
}

/// A journal in the file system.
package final class JournalFileStorage: JournalStorage {
    private let file: OpenFile

    /// The journal's path.
    package var path: String { file.path }

    /// Creates the file; it must not exist.
    package static func create(_ path: String) throws(SystemError) -> JournalFileStorage {
        JournalFileStorage(
            try OpenFile.open(path, .readWrite, creation: .exclusive, noFollow: true))
    }

    /// Opens a file that exists.
    package static func open(_ path: String) throws(SystemError) -> JournalFileStorage {
        JournalFileStorage(try OpenFile.openRegular(path, .readWrite))
    }

    /// Opens a file that exists, only to read it.
    package static func openForReading(_ path: String) throws(SystemError) -> JournalFileStorage {
        JournalFileStorage(try OpenFile.openRegular(path, .read))
    }

    private init(_ file: OpenFile) { self.file = file }

    package func size() throws(SystemError) -> UInt64 { try file.size() }

    package func read(at offset: UInt64, byteCount: Int) throws(SystemError) -> [UInt8] {
        try file.read(at: offset, byteCount: byteCount)
    }

    package func write(_ bytes: [UInt8], at offset: UInt64) throws(SystemError) {
        try file.write(all: bytes, at: offset)
    }

    package func truncate(to size: UInt64) throws(SystemError) { try file.truncate(to: size) }

    package func synchroniseData() throws(SystemError) { try file.synchroniseData() }

    package func synchroniseWithDirectory() throws(SystemError) {
        try file.synchronise()
        try FileSystem.synchroniseDirectory(FileSystem.directory(of: path))
    }

    package func tryLock() throws(SystemError) -> Bool { try file.tryLock() }

    /// What an earlier recovery has saved under that name stays: a run can tear at one sequence
    /// again and again, and each tail is other bytes. A recovery that was cut short left the same
    /// bytes or their beginning, which are written again.
    package func saveAside(from offset: UInt64, suffix: String) throws(SystemError) -> String {
        let name = try nameAside(path + suffix, offset: offset)
        let copy = try FileSystem.recreate(name)
        var place = offset
        while true {
            let block = try file.read(at: place, byteCount: 1 << 20)
            if block.isEmpty { break }
            try copy.write(all: block)
            place += UInt64(block.count)
        }
        try copy.synchronise()
        copy.close()
        try FileSystem.synchroniseDirectory(FileSystem.directory(of: path))
        return name
    }

    /// Maximum number of files of one name; the last one is then replaced.
    private static let maximumFilesOfOneName = 1_000

    /// The name, or the first of `name.2`, `name.3`, … that nothing else has.
    private func nameAside(_ name: String, offset: UInt64) throws(SystemError) -> String {
        var numbered = name
        for number in 2...Self.maximumFilesOfOneName {
            if try isFree(numbered, offset: offset) { break }
            numbered = "\(name).\(number)"
        }
        return numbered
    }

    /// Whether the name is unused, or the file contains the beginning of the data at `offset`.
    private func isFree(_ name: String, offset: UInt64) throws(SystemError) -> Bool {
        switch try FileSystem.kind(of: name, followLinks: false) {
        case .missing: return true
        case .directory, .link, .other: return false
        case .file: break
        }
        let earlier = try OpenFile.openRegular(name, .read)
        var place: UInt64 = 0
        while true {
            let block = try earlier.read(at: place, byteCount: 1 << 20)
            if block.isEmpty { return true }
            guard try file.read(at: offset + place, byteCount: block.count) == block else {
                return false
            }
            place += UInt64(block.count)
        }
    }

    package func close() { file.close() }
}
