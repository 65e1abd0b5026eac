import Journaling

/// Any cutting gives the same; what is kept of a journal is a whole one and says the same; every
/// record that is understood is written and read again.
///
/// Checksums keep a fuzzer out, so each input is read twice: as it is, and with the checksum of
/// every line made right, as somebody who can write to the state directory would.
enum JournalHarness {
    static func check(_ bytes: [UInt8]) throws(BrokenPromise) {
        try checkJournal(bytes)
        try checkJournal(mended(bytes))
    }

    /// The same lines, each with the checksum of what it says.
    package static func mended(_ bytes: [UInt8]) -> [UInt8] {
        let checksum = CRC32C()
        var journal: [UInt8] = []
        for line in bytes.split(separator: 0x0A) {
            // `,"crc":"` + eight digits + `"}`
            let said = Array(
                line.count > 18 && line.suffix(18).starts(with: opening)
                    ? line.dropLast(18) : line)
            let digits = String(checksum.checksum(said), radix: 16)
            let zeros = String(repeating: "0", count: 8 - digits.count)
            journal += said + opening + Array("\(zeros)\(digits)\"}\n".utf8)
        }
        return journal
    }

    private static let opening = Array(",\"crc\":\"".utf8)

    private static func checkJournal(_ bytes: [UInt8]) throws(BrokenPromise) {
        let whole = recovered([bytes])
        for cutting in Cutting.allCases {
            let cut = recovered(cutting.pieces(of: bytes))
            try promise(cut == whole, "\(cutting): \(cut) is not \(whole)")
        }
        try promise(whole.endOffset <= UInt64(bytes.count), "it ends behind the file")
        // Makes the words, whatever they are about.
        _ = whole.notice(path: "journal")
        try checkKept(whole, bytes)
        try checkRecords(bytes)
    }

    private static func checkKept(
        _ whole: RecoveredJournal, _ bytes: [UInt8]
    ) throws(BrokenPromise) {
        let kept = recovered([Array(bytes[..<Int(whole.endOffset)])])
        switch whole.verdict {
        case .whole:
            try promise(whole.endOffset == UInt64(bytes.count), "whole, but not to its end")
        case .zeros, .tornTail, .damaged:
            let expected: JournalVerdict = whole.endOffset == 0 ? .neverStarted : .whole
            try promise(kept.verdict == expected, "what is kept is \(kept.verdict)")
            try promise(kept.run == whole.run, "what is kept says \(kept.run), not \(whole.run)")
        case .neverStarted:
            try promise(whole.endOffset == 0, "never started, but \(whole.endOffset) bytes count")
        case .notUnderstood:
            break
        }
    }

    private static func checkRecords(_ bytes: [UInt8]) throws(BrokenPromise) {
        let (records, _) = scanned(bytes)
        var written: [UInt8] = []
        for record in records {
            try promise(record.durable < record.sequence, "\(record) was durable too early")
            RecordCodec().append(
                record.record, sequence: record.sequence, durable: record.durable, to: &written)
        }
        let (again, verdict) = scanned(written)
        try promise(again == records, "written again, \(records) became \(again)")
        try promise(
            verdict == (records.isEmpty ? .neverStarted : .whole) || records.isEmpty,
            "written again, the journal is \(verdict)")
    }

    private static func scanned(_ bytes: [UInt8]) -> ([ScannedRecord], JournalVerdict) {
        var scan = JournalScan()
        var records: [ScannedRecord] = []
        scan.feed(bytes) {
            records.append($0)
            return nil
        }
        return (records, scan.finish())
    }

    private static func recovered(_ pieces: [[UInt8]]) -> RecoveredJournal {
        var recovery = Recovery()
        for piece in pieces { recovery.feed(piece) }
        return recovery.finish()
    }
}
