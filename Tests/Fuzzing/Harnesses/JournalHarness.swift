import Journaling

/// Whole journals: chunk boundaries have no effect; the recovered part is a complete journal with
/// the same content; every valid record round-trips.
///
/// Checksums would stop a fuzzer, so each input is read twice: unchanged, and with corrected
/// checksums, as an attacker with write access would.
enum JournalHarness {
    static func check(_ bytes: [UInt8]) throws(BrokenInvariant) {
        try checkJournal(bytes)
        let changed = repaired(bytes)
        guard changed != bytes else { return }
        try checkJournal(changed)
    }

    /// The same lines, each with the checksum of what it says.
    package static func repaired(_ bytes: [UInt8]) -> [UInt8] {
        var journal: [UInt8] = []
        for line in bytes.split(separator: 0x0A) {
            // `,"crc":"` + eight digits + `"}`
            let isEnded = line.count > 18 && line.suffix(18).starts(with: opening)
            append(isEnded ? line.dropLast(18) : line, to: &journal)
        }
        return journal
    }

    /// Appends the line that says this, with its checksum.
    static func append(_ said: ArraySlice<UInt8>, to journal: inout [UInt8]) {
        let crc = said.withUnsafeBufferPointer { checksum.checksum($0) }
        journal += said
        journal += opening
        for shift in stride(from: 28, through: 0, by: -4) {
            journal.append(digits[Int(crc >> UInt32(shift) & 15)])
        }
        journal += ending
    }

    private static let checksum = CRC32C()
    private static let opening = Array(",\"crc\":\"".utf8)
    private static let digits = Array("0123456789abcdef".utf8)
    private static let ending = Array("\"}\n".utf8)

    private static func checkJournal(_ bytes: [UInt8]) throws(BrokenInvariant) {
        let start = JournalStart()
        let isCut = InputSplit.isTried(on: bytes)
        try start.checkRecovery(bytes, isCut: isCut)
        if !isCut { try start.checkRecords(bytes) }
    }
}
