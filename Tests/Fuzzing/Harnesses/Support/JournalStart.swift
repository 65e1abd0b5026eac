import Journaling

/// The journal before the tested bytes, and the invariants of those.
struct JournalStart {
    /// The bytes read so far.
    private(set) var bytes: [UInt8] = []
    private var recovery = Recovery()
    private var scan = JournalScan()

    init() {}

    /// The start of a journal with these lines.
    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        recovery.feed(bytes)
        scan.feed(bytes) { _ in nil }
    }

    /// Chunk boundaries have no effect, and the recovered part is complete with the same content.
    @discardableResult
    func checkRecovery(
        _ rest: [UInt8], isCut: Bool = true
    ) throws(BrokenInvariant) -> RecoveredJournal {
        let whole = recovered(rest)
        if isCut {
            var pieces = recovery
            InputSplit.cut(rest) { pieces.feed($0) }
            let cut = pieces.finish()
            try require(cut == whole, "cut, \(cut) is not \(whole)")
        }
        let end = UInt64(bytes.count + rest.count)
        try require(whole.endOffset <= end, "it ends behind the file")
        try require(whole.unprovenOffset <= whole.endOffset, "doubt begins behind the end")
        try TextInvariants.checkHarmless(whole.notice(path: "journal") ?? "")
        try checkClock(whole.run)
        switch whole.condition {
        case .whole: try require(whole.endOffset == end, "whole, but not to its end")
        case .zeros, .tornTail, .damaged: try checkKept(whole, rest)
        case .neverStarted:
            try require(whole.endOffset == 0, "never started, but \(whole.endOffset) bytes count")
        case .notUnderstood: break
        }
        return whole
    }

    /// A resuming process has its own clock; testing one is enough.
    private func checkClock(_ run: RecoveredRun) throws(BrokenInvariant) {
        let clock = SessionClock(
            bootID: "a", monotonicMilliseconds: 1_000, wallMilliseconds: 1_795_224_575_200)
        var once = run
        once.rebase(to: clock)
        var twice = once
        twice.rebase(to: clock)
        try require(once == twice, "rebased again, \(once) is \(twice)")
        try require(
            once.recentAttempts.count == run.recentAttempts.count, "a clock forgets sendings")
    }

    /// What a start would cut to is whole, and recovering it again changes nothing.
    private func checkKept(
        _ whole: RecoveredJournal, _ rest: [UInt8]
    ) throws(BrokenInvariant) {
        guard whole.endOffset >= UInt64(bytes.count) else {
            throw BrokenInvariant("\(whole.condition) takes back what was read")
        }
        let kept = recovered(Array(rest[..<(Int(whole.endOffset) - bytes.count)]))
        let expected: JournalCondition = whole.endOffset == 0 ? .neverStarted : .whole
        try require(kept.condition == expected, "what is kept is \(kept.condition)")
        try require(kept.run == whole.run, "what is kept says \(kept.run), not \(whole.run)")
    }

    /// Every record that is understood is written and read again.
    func checkRecords(_ rest: [UInt8]) throws(BrokenInvariant) {
        let (records, _) = scanned(rest)
        guard !records.isEmpty else { return }
        var written: [UInt8] = []
        for record in records {
            try require(record.durable < record.sequence, "\(record) was durable too early")
            RecordCodec().append(
                record.record, sequence: record.sequence, durable: record.durable, to: &written)
        }
        let (again, verdict) = scanned(written)
        try require(again == records, "written again, \(records) became \(again)")
        try require(verdict == .whole, "written again, the journal is \(verdict)")
    }

    /// The result of these bytes after the earlier ones.
    func recovered(_ rest: [UInt8]) -> RecoveredJournal {
        var recovery = recovery
        recovery.feed(rest)
        return recovery.finish()
    }

    /// The records in these bytes, whether valid there or not.
    func scanned(_ rest: [UInt8]) -> ([ScannedRecord], JournalCondition) {
        var scan = scan
        var records: [ScannedRecord] = []
        scan.feed(rest) {
            records.append($0)
            return nil
        }
        return (records, scan.finish())
    }
}
