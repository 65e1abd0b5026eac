import Dispatch
import Foundation
import Glibc
import JobModel
import Journaling
import Synchronization
import SystemCalls
import Testing

@Suite(.timeLimit(.minutes(20))) struct JournalWriterTests {
    enum Report: Equatable {
        case durable(UInt64)
        case failed(SystemError)
        case closed
    }

    /// A writer on a storage, and what it reports.
    private func open(
        _ storage: SimulatedStorage
    ) throws -> (writer: JournalWriter, reports: AsyncStream<Report>) {
        let file = try JournalFile.create(on: storage, first: JournalSamples.header)
        let (reports, continuation) = AsyncStream.makeStream(of: Report.self)
        let writer = JournalWriter(
            file, durable: { continuation.yield(.durable($0)) },
            failed: { continuation.yield(.failed($0)) })
        return (writer, reports)
    }

    private let record = JournalRecord.reopened(ReopenedRecord(outcomes: []))

    /// Closes the writer and waits until everything before has been done.
    private func close(_ writer: JournalWriter) async {
        await withCheckedContinuation { continuation in
            writer.close { continuation.resume() }
        }
    }

    @Test func `records are on the disk before they are reported as durable`() async throws {
        let storage = SimulatedStorage()
        let file = try JournalFile.create(on: storage, first: JournalSamples.header)
        let early = Mutex(0)
        let (reports, continuation) = AsyncStream.makeStream(of: UInt64.self)
        let writer = JournalWriter(
            file,
            durable: { through in
                let onDisk = JournalSamples.scan(storage.state.withLock { $0.durableBytes }).records
                    .count
                if UInt64(onDisk) < through { early.withLock { $0 += 1 } }
                continuation.yield(through)
            }, failed: { Issue.record("\($0)") })
        for sequence in UInt64(2)...2_000 { writer.append(record, sequence: sequence) }
        var last: UInt64 = 0
        for await through in reports {
            #expect(through > last)
            last = through
            if through == 2_000 { break }
        }
        #expect(early.withLock { $0 } == 0)
        await close(writer)
        let (records, verdict, _) = JournalSamples.scan(storage.bytes)
        #expect(records.count == 2_000)
        #expect(verdict == .whole)
        #expect(storage.state.withLock { $0.isClosed })
    }

    @Test func `what comes together while the disk is busy shares one synchronisation`()
        async throws
    {
        let gate = DispatchSemaphore(value: 0)
        gate.signal()
        let storage = SimulatedStorage(gate: gate)
        let (writer, reports) = try open(storage)
        // The first one alone is on its way; the rest waits together.
        writer.append(record, sequence: 2)
        while storage.state.withLock({ $0.writes }) < 2 { await Task.yield() }
        for sequence in UInt64(3)...102 { writer.append(record, sequence: sequence) }
        gate.signal()
        gate.signal()
        var seen: [Report] = []
        for await report in reports {
            seen.append(report)
            if report == .durable(102) { break }
        }
        #expect(seen == [.durable(2), .durable(102)])
        #expect(storage.state.withLock { $0.synchronisations } == 3)
        await close(writer)
        // Each line says what was durable when it was written, never more.
        var scan = JournalScan()
        var durable: [UInt64] = []
        scan.feed(storage.bytes) { scanned in
            durable.append(scanned.durable)
            return nil
        }
        #expect(durable == [0, 1] + [UInt64](repeating: 2, count: 100))
    }

    @Test func `a full disk is reported once and nothing is ever written again`() async throws {
        let storage = SimulatedStorage()
        let (writer, reports) = try open(storage)
        storage.state.withLock { $0.roomByteCount = $0.bytes.count + 30 }
        writer.append(record, sequence: 2)
        for await report in reports {
            #expect(report == .failed(.outOfSpace(operation: "pwrite", path: storage.path)))
            break
        }
        storage.state.withLock { $0.roomByteCount = .max }
        let bytes = storage.bytes
        for sequence in UInt64(3)...50 { writer.append(record, sequence: sequence) }
        await close(writer)
        #expect(storage.bytes == bytes)
        guard case .tornTail = JournalSamples.scan(bytes).verdict else {
            Issue.record("the short write left a torn tail")
            return
        }
    }

    @Test func `a failed synchronisation is final`() async throws {
        let storage = SimulatedStorage()
        let (writer, reports) = try open(storage)
        storage.state.withLock { $0.failsToSynchronise = true }
        writer.append(record, sequence: 2)
        for await report in reports {
            #expect(report == .failed(.inputOutput(operation: "fdatasync", path: storage.path)))
            break
        }
        storage.state.withLock { $0.failsToSynchronise = false }
        writer.append(record, sequence: 3)
        await close(writer)
        #expect(storage.state.withLock { $0.synchronisations } == 2)
        #expect(storage.state.withLock { $0.writes } == 2)
    }

    @Test func `a record out of its order traps`() async {
        await #expect(processExitsWith: .failure) {
            let file = try JournalFile.create(on: SimulatedStorage(), first: JournalSamples.header)
            let writer = JournalWriter(file, durable: { _ in }, failed: { _ in })
            writer.append(.reopened(ReopenedRecord(outcomes: [])), sequence: 3)
        }
    }

    @Test func `the limit on file size is an error and not the end of the process`() async {
        await #expect(processExitsWith: .success) {
            let path = NSTemporaryDirectory() + "relsweep-" + UUID().uuidString
            SignalDispositions.ignore(.fileSizeLimit)
            var limit = rlimit(rlim_cur: 4_096, rlim_max: 4_096)
            precondition(setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0)
            let file = try JournalFile.create(path, first: JournalSamples.header)
            let (reports, continuation) = AsyncStream.makeStream(of: Report.self)
            let writer = JournalWriter(
                file, durable: { continuation.yield(.durable($0)) },
                failed: { continuation.yield(.failed($0)) })
            for sequence in UInt64(2)...200 {
                writer.append(.reopened(ReopenedRecord(outcomes: [])), sequence: sequence)
            }
            var durable: UInt64 = 1
            loop: for await report in reports {
                switch report {
                case .durable(let through): durable = through
                case .failed(let error):
                    precondition(
                        error == SystemError(operation: "pwrite", path: path, errno: EFBIG))
                    break loop
                case .closed: break loop
                }
            }
            let journal = try JournalFile.read(path)
            precondition(journal.run.nextSequence > durable)
            try FileSystem.remove(path)
        }
    }
}
