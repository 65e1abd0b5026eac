import Journaling

/// Records after a valid start of a journal: each input line is the text after `"record":` and gets
/// its sequence number and checksum here.
///
/// - All invariants of whole journals.
/// - An unknown member has no effect in either parser.
/// - A torn tail, zeros and a foreign line do not affect earlier records.
/// - A changed byte is noticed, and never taken for a torn tail when a later record says that it
///   was on the disk.
enum JournalRecordsHarness {
    private static let start: JournalStart = {
        let codec = RecordCodec()
        let header = RunHeader(
            run: "r", job: "j", tool: "relsweep", startedAt: "2026-11-21T03:32:38.526Z",
            user: "u", host: "h", invocation: "", source: "/m.csv", manifestFormat: "csv",
            manifestDigest: "d", manifestByteCount: 9, pinned: [])
        let counts = PlannedCounts(rows: 9, items: 9, duplicates: 0, skipped: 0, calls: 3)
        let session = SessionRecord(
            number: 1, at: "2026-11-21T03:32:38.527Z", processID: 7, host: "h", invocation: "")
        return JournalStart(
            codec.line(.run(header), sequence: 1, durable: 0)
                + codec.line(.planned(counts), sequence: 2, durable: 1)
                + codec.line(.session(session), sequence: 3, durable: 1))
    }()

    static func check(_ bytes: [UInt8]) throws(BrokenInvariant) {
        let lines = bytes.split(separator: 0x0A)
        let journal = journal(of: lines)
        let whole = try start.checkRecovery(journal)
        try start.checkRecords(journal)
        guard case .whole = whole.condition else { return }
        var generator = FuzzGenerator(bytes: bytes)
        switch generator.next() % 4 {
        case 0: try checkUnknownMember(lines, journal)
        case 1: try checkTail(whole, journal, &generator)
        default: try checkChanged(whole, journal, &generator)
        }
    }

    /// Two records are synchronised together, as group commit would.
    private static func journal(
        of lines: [ArraySlice<UInt8>], with member: String = ""
    ) -> [UInt8] {
        var journal: [UInt8] = []
        for (index, line) in lines.enumerated() {
            let sequence = index + 4
            let said =
                Array("{\"seq\":\(sequence),\"durable\":\((sequence - 1) & ~1),\"record\":".utf8)
                + line + member.utf8
            JournalHarness.append(said[...], to: &journal)
        }
        return journal
    }

    private static func checkUnknownMember(
        _ lines: [ArraySlice<UInt8>], _ journal: [UInt8]
    ) throws(BrokenInvariant) {
        let (records, _) = start.scanned(journal)
        let more = Self.journal(of: lines, with: ",\"x-from-later\":{\"a\":[1,\"b\"]}")
        let (again, verdict) = start.scanned(more)
        try require(
            again == records && verdict == .whole,
            "with a member from later, \(records) became \(again), \(verdict)")
    }

    private static func checkTail(
        _ whole: RecoveredJournal, _ journal: [UInt8], _ generator: inout FuzzGenerator
    ) throws(BrokenInvariant) {
        let zeros = start.recovered(journal + [UInt8](repeating: 0, count: 9))
        try require(
            zeros.run == whole.run && zeros.endOffset == whole.endOffset,
            "zeros behind it make \(zeros) of \(whole)")
        let foreign = start.recovered(journal + Array("\0x\n{\"seq\":".utf8))
        guard case .tornTail = foreign.condition else {
            throw BrokenInvariant("a foreign line makes it \(foreign.condition)")
        }
        try require(
            foreign.run == whole.run && foreign.endOffset == whole.endOffset,
            "a foreign line makes \(foreign) of \(whole)")
        guard !journal.isEmpty else { return }
        let count = Int(generator.next() % UInt64(journal.count))
        let torn = start.recovered(Array(journal[..<count]))
        switch torn.condition {
        case .whole, .tornTail:
            try require(
                torn.endOffset <= UInt64(start.bytes.count + count), "more is kept than is there")
        default: throw BrokenInvariant("torn off at \(count) it is \(torn.condition)")
        }
    }

    private static func checkChanged(
        _ whole: RecoveredJournal, _ journal: [UInt8], _ generator: inout FuzzGenerator
    ) throws(BrokenInvariant) {
        guard !journal.isEmpty else { return }
        var changed = journal
        let place = Int(generator.next() % UInt64(journal.count))
        changed[place] ^= UInt8(1 << (generator.next() % 8))
        let found = start.recovered(changed)
        let sequence = 4 + UInt64(journal[..<place].count { $0 == 0x0A })
        let (records, _) = start.scanned(journal)
        // A line feed that is lost joins two lines: the second may speak for the first.
        let claim = records.last.map { $0.sequence > sequence ? $0.durable : 0 } ?? 0
        switch found.condition {
        case .damaged(let fault):
            try require(
                fault.sequence == sequence, "\(fault), but \(sequence) was changed at \(place)")
        case .tornTail(let fault):
            try require(
                fault.sequence == sequence, "\(fault), but \(sequence) was changed at \(place)")
            try require(
                claim < sequence,
                "torn at \(sequence), changed at \(place), but \(claim) was durable")
        case .whole, .zeros, .neverStarted, .notUnderstood:
            throw BrokenInvariant("changed at \(place), it is \(found.condition)")
        }
        try require(found.endOffset <= UInt64(start.bytes.count + place), "the change is kept")
    }
}
