import Glibc
import SystemCalls

/// The name of a run and of its directory, `20261121T013000.123Z-7f3a9c`: sorts by the time of its
/// start.
package struct RunIdentifier: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let text: String

    /// Bytes of every identifier.
    private static let byteCount = 27
    /// The year 10000, which needs five digits.
    private static let endOfTimeMilliseconds: Int64 = 253_402_300_800_000

    /// Makes a new one.
    ///
    /// - Parameters:
    ///   - wallMilliseconds: Since 1970, UTC.
    ///   - latest: The job's latest run: the new name sorts after it even when the clock was set
    ///     back.
    ///   - random: Distinguishes runs that start in the same millisecond.
    package init(wallMilliseconds: Int64, after latest: RunIdentifier?, random: UInt64) {
        var milliseconds = max(0, wallMilliseconds)
        if let latest, latest.wallMilliseconds >= milliseconds {
            milliseconds = latest.wallMilliseconds + 1
        }
        milliseconds = min(milliseconds, RunIdentifier.endOfTimeMilliseconds - 1)
        let suffix = String(random & 0xFF_FFFF, radix: 16)
        let stamp = CivilTime(milliseconds: milliseconds).text.utf8
            .filter { $0 != UInt8(ascii: "-") && $0 != UInt8(ascii: ":") }
        text =
            String(decoding: stamp, as: UTF8.self) + "-"
            + String(repeating: "0", count: 6 - suffix.utf8.count) + suffix
    }

    /// Parses a directory name; nil if it is not a run's.
    package init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count == RunIdentifier.byteCount else { return nil }
        for (index, byte) in bytes.enumerated() {
            let isDigit = byte >= 0x30 && byte <= 0x39
            switch index {
            case 8: guard byte == UInt8(ascii: "T") else { return nil }
            case 15: guard byte == UInt8(ascii: ".") else { return nil }
            case 19: guard byte == UInt8(ascii: "Z") else { return nil }
            case 20: guard byte == UInt8(ascii: "-") else { return nil }
            case 21...: guard isDigit || byte >= 0x61 && byte <= 0x66 else { return nil }
            default: guard isDigit else { return nil }
            }
        }
        self.text = text
    }

    /// The start, in milliseconds since 1970.
    package var wallMilliseconds: Int64 {
        let digits = text.utf8.prefix(19).filter { $0 >= 0x30 && $0 <= 0x39 }
            .map { Int32($0) - 0x30 }
        func number(_ range: Range<Int>) -> Int32 { digits[range].reduce(0) { $0 * 10 + $1 } }
        var parts = tm()
        parts.tm_year = number(0..<4) - 1900
        parts.tm_mon = number(4..<6) - 1
        parts.tm_mday = number(6..<8)
        parts.tm_hour = number(8..<10)
        parts.tm_min = number(10..<12)
        parts.tm_sec = number(12..<14)
        return Int64(timegm(&parts)) * 1_000 + Int64(number(14..<17))
    }

    package var description: String { text }

    package static func < (first: RunIdentifier, second: RunIdentifier) -> Bool {
        first.text.utf8.lexicographicallyPrecedes(second.text.utf8)
    }
}
