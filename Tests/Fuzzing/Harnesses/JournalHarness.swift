import Journaling

/// Whole journals: any cutting gives the same; what is kept of a journal is a whole one and says
/// the same; every record that is understood is written and read again.
///
/// Checksums keep a fuzzer out, so each input is read twice: as it is, and with the checksum of
/// every line made right, as somebody who can write to the state directory would.
enum JournalHarness {
    static func check(_ bytes: [UInt8]) throws(BrokenInvariant) {
        try checkJournal(bytes)
        let mended = repaired(bytes)
        guard mended != bytes else { return }
        try checkJournal(mended)
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
