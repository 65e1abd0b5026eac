import Foundation
import JobModel
import Journaling
import Synchronization
import SystemCalls
import Testing

@Suite(.timeLimit(.minutes(20))) struct JournalFileTests {
    /// A directory of a test's own.
    private func withDirectory(_ body: (String) throws -> Void) throws {
        let path = NSTemporaryDirectory() + "relsweep-" + UUID().uuidString
        try FileSystem.createDirectory(path)
        defer {
            do {
                try FileManager.default.removeItem(atPath: path)
            } catch {
                Issue.record("left behind: \(path)")
            }
        }
        try body(path + "/journal.jsonl")
    }

    private let bytes = JournalSamples.journal(JournalSamples.run)

    private func ready(
        _ path: String
    ) throws -> (file: JournalFile, journal: RecoveredJournal, savedAside: String?)? {
        guard case .ready(let file, let journal, let saved) = try JournalFile.openForResume(path)
        else { return nil }
        return (file, journal, saved)
    }

    @Test func `a new journal has its first record on the disk and is locked`() throws {
        try withDirectory { path in
            let file = try JournalFile.create(path, first: JournalSamples.header)
            #expect(file.lastSequence == 1)
            #expect(try JournalFile.header(path) == JournalSamples.header)
            #expect(try file.storage.size() == file.endOffset)
            #expect(throws: SystemError.self) {
                try JournalFile.create(path, first: JournalSamples.header)
            }
            guard case .locked = try JournalFile.openForResume(path) else {
                Issue.record("opened twice")
                return
            }
            file.storage.close()
            #expect(try ready(path)?.journal.condition == .whole)
        }
    }

    @Test func `an earlier torn tail of the same sequence is kept, whatever is torn next`() throws {
        try withDirectory { path in
            let torn = Array(bytes.dropLast(7))
            let end = try #require(torn.lastIndex(of: 0x0A)) + 1
            let tails = [Array(torn[end...]), Array("{\"seq\":10,\"".utf8), [0x7B, 0xFF]]
            for (index, tail) in tails.enumerated() {
                // The second time is a recovery that was killed before it cut: the same bytes.
                for _ in 0..<2 {
                    try FileSystem.replace(path, with: Array(torn[..<end]) + tail)
                    let (file, _, saved) = try #require(try ready(path))
                    #expect(saved == path + ".torn-10" + (index == 0 ? "" : ".\(index + 1)"))
                    file.storage.close()
                }
            }
            for (index, tail) in tails.enumerated() {
                let name = path + ".torn-10" + (index == 0 ? "" : ".\(index + 1)")
                #expect(try FileSystem.read(name, limit: 10_000) == tail)
            }
        }
    }

    @Test func `a torn tail is saved aside, cut, and reported`() throws {
        try withDirectory { path in
            let torn = Array(bytes.dropLast(7))
            try FileSystem.replace(path, with: torn)
            let (file, journal, saved) = try #require(try ready(path))
            let end = try #require(torn.lastIndex(of: 0x0A)) + 1
            #expect(saved == path + ".torn-10")
            #expect(try FileSystem.read(path + ".torn-10", limit: 10_000) == Array(torn[end...]))
            #expect(try FileSystem.read(path, limit: 100_000) == Array(torn[..<end]))
            #expect(file.endOffset == UInt64(end))
            #expect(file.lastSequence == 9)
            #expect(
                journal.notice(path: "j")
                    == "j:10: the journal ends in a torn record, sequence 10: the line has no end; "
                    + "nothing that was counted is lost (@F)")
        }
    }

    @Test func `a damaged journal is not touched`() throws {
        try withDirectory { path in
            var damaged = bytes
            damaged[bytes.count / 2] ^= 4
            try FileSystem.replace(path, with: damaged)
            guard case .refused(let journal) = try JournalFile.openForResume(path) else {
                Issue.record("opened")
                return
            }
            #expect(JournalDecision(journal.condition) == .stopDamaged)
            let notice = try #require(journal.notice(path: "j"))
            #expect(
                notice
                    == "j:5: error: the journal is damaged at sequence 5: the checksum does not "
                    + "match, but line 6 says that it was on the disk (@G); nothing was changed: "
                    + "restore the file from a backup before resuming")
            #expect(try FileSystem.read(path, limit: 100_000) == damaged)
            #expect(try FileSystem.list(FileSystem.directory(of: path)).count == 1)
        }
    }

    @Test func `zeros behind the last record are cut without a notice`() throws {
        try withDirectory { path in
            try FileSystem.replace(path, with: bytes + [UInt8](repeating: 0, count: 5_000))
            let (file, journal, saved) = try #require(try ready(path))
            #expect(saved == nil)
            #expect(journal.notice(path: path) == nil)
            #expect(try file.storage.size() == UInt64(bytes.count))
        }
    }

    @Test func `a journal cut at any byte can be resumed and appended to`() throws {
        let file = bytes.firstIndex(of: 0x0A).map { $0 + 1 } ?? 0
        for cut in file...bytes.count {
            let storage = SimulatedStorage(Array(bytes[..<cut]))
            guard case .ready(let file, let journal, _) = try JournalFile.openForResume(storage)
            else {
                Issue.record("not resumed at \(cut)")
                continue
            }
            let next = RecordCodec().line(
                .reopened(ReopenedRecord(outcomes: [.failed])), sequence: file.lastSequence + 1,
                durable: file.lastSequence)
            try storage.write(next, at: file.endOffset)
            let again = JournalSamples.scan(storage.bytes)
            #expect(again.verdict == .whole)
            #expect(UInt64(again.records.count) == journal.run.nextSequence)
            let saved = storage.state.withLock { $0.saved.values.first ?? [] }
            if Array(storage.bytes.dropLast(next.count)) + saved != Array(bytes[..<cut]) {
                Issue.record("bytes were lost at \(cut)")
            }
        }
    }

    @Test func `reading hands every record over and touches nothing`() throws {
        try withDirectory { path in
            let file = try JournalFile.create(path, first: JournalSamples.header)
            let torn = JournalSamples.journal(JournalSamples.run).dropLast(3)
            try file.storage.write(Array(torn), at: 0)
            var sequences: [UInt64] = []
            let journal = try JournalFile.read(path) { sequence, _ in sequences.append(sequence) }
            #expect(sequences == Array(1...9))
            #expect(journal == (try JournalFile.read(path)))
            #expect(JournalDecision(journal.condition) == .saveAsideAndCut)
            #expect(try FileSystem.read(path, limit: 100_000) == Array(torn))
        }
    }

    @Test func `the header of a journal without a whole record is nil`() throws {
        try withDirectory { path in
            try FileSystem.replace(path, with: Array(bytes[..<50]))
            #expect(try JournalFile.header(path) == nil)
            guard case .refused(let journal) = try JournalFile.openForResume(path) else {
                Issue.record("opened")
                return
            }
            #expect(journal.condition == .neverStarted)
        }
    }
}
