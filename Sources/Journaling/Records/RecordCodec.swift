import JSONText

// The bytes of the journal.
//
// A journal is JSON Lines: one record per line, ended by LF, in the order of their sequence
// numbers.
//
//     {"seq":7,"durable":5,"record":"attempt","call":2,"attempt":1,"ms":1795224575123,
//      "crc":"21ec791f"}                          (here broken in two, in the file one line)
//
// Every line
//  - begins with exactly `{"seq":S,"durable":D,"record":"NAME"`: S counts from 1 without a gap; D
//    is the highest sequence known to be on the disk when the line was written, so D < S. These
//    are plain decimals.
//  - ends with exactly `,"crc":"21ec791f"}`: eight lower-case hexadecimal digits, the CRC-32C of
//    all bytes of the line before that comma.
//  - is one JSON object in between, without white space, each member once. A member at its usual
//    value (0, "", false, an empty list, nil) is left out. Ids of the service are strings of
//    digits, because many readers of JSON turn numbers into a Double. Rows, calls and counts are
//    numbers. `ms` is milliseconds since 1970, UTC.
//
// A line is valid when all of that holds. What follows from lines that are not is in
// `JournalDecision`.
//
// Versions. The first record is `run`, and its `version` is that of the whole journal.
//  1  the first one.
// A newer version is refused by name; an older one is read: members that it lacks have defaults,
// and members that this build does not know are passed over. An unknown record name is refused: it
// may change what others mean.
//
// If you change this, also change: `RecordDecoding` (the general reader), `FastRecordDecoder` (the
// quick one, which knows the order in which members are written here), `RunHeader.currentVersion`
// when an older build would misread the result, the sample lines in RecordCodecTests,
// Journaling.docc, and the reports that read the members.

/// Turns records into lines.
package struct RecordCodec: Sendable {
    private let checksum = CRC32C()

    /// A codec.
    package init() {}

    /// Appends the line of a record.
    ///
    /// - Parameters:
    ///   - sequence: of this record, from 1.
    ///   - durable: the highest sequence known to be on the disk; 0 if there is none.
    package func append(
        _ record: JournalRecord, sequence: UInt64, durable: UInt64, to bytes: inout [UInt8]
    ) {
        precondition(
            durable < sequence, "record \(sequence) claims that record \(durable) is durable")
        let start = bytes.count
        var taken: [UInt8] = []
        swap(&taken, &bytes)
        var writer = JSONWriter(appendingTo: taken)
        taken = []
        writer.beginObject()
        writer.member("seq", integer: sequence)
        writer.member("durable", integer: durable)
        writer.member("record", string: record.name)
        RecordEncoding.write(record, to: &writer)
        swap(&bytes, &writer.bytes)
        let crc = bytes.withUnsafeBufferPointer {
            checksum.checksum(UnsafeBufferPointer(rebasing: $0[start...]))
        }
        LineTrailer.append(crc, to: &bytes)
    }

    /// The line of a record, for tests and for showing what did not reach the disk.
    package func line(_ record: JournalRecord, sequence: UInt64, durable: UInt64) -> [UInt8] {
        var bytes: [UInt8] = []
        append(record, sequence: sequence, durable: durable, to: &bytes)
        return bytes
    }
}

/// The fixed end of every line.
enum LineTrailer {
    /// `,"crc":"` + eight digits + `"}`, without the line feed.
    static let byteCount = 18
    static let opening = Array(",\"crc\":\"".utf8)
    private static let digits = Array("0123456789abcdef".utf8)

    static func append(_ crc: UInt32, to bytes: inout [UInt8]) {
        bytes.append(contentsOf: opening)
        var shift = 28
        while shift >= 0 {
            bytes.append(digits[Int(crc >> UInt32(shift) & 15)])
            shift -= 4
        }
        bytes.append(contentsOf: "\"}\n".utf8)
    }

    /// The checksum that a line (without line feed) claims, or nil if it does not end as it must.
    static func crc(of line: UnsafeBufferPointer<UInt8>) -> UInt32? {
        guard line.count > byteCount else { return nil }
        let start = line.count - byteCount
        for index in 0..<8 where line[start + index] != opening[index] { return nil }
        guard line[line.count - 2] == UInt8(ascii: "\""), line[line.count - 1] == UInt8(ascii: "}")
        else { return nil }
        var crc: UInt32 = 0
        for index in start + 8..<start + 16 {
            let byte = line[index]
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): crc = crc << 4 | UInt32(byte - 0x30)
            case UInt8(ascii: "a")...UInt8(ascii: "f"): crc = crc << 4 | UInt32(byte - 0x57)
            default: return nil
            }
        }
        return crc
    }
}

extension JournalRecord {
    /// The word that names a record in its line.
    package var name: String {
        switch self {
        case .run: "run"
        case .planned: "planned"
        case .session: "session"
        case .call: "call"
        case .attempt: "attempt"
        case .answer: "answer"
        case .kindStopped: "kind-stopped"
        case .blocked: "blocked"
        case .reopened: "reopened"
        case .halt: "halt"
        case .stop: "stop"
        case .abandoned: "abandoned"
        }
    }
}
