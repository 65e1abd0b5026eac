
/// The name of a run and of its directory, `20261121T013000.123Z-7f3a9c`: sorts by the time of its start.
package struct RunIdentifier: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let text: String

    /// Bytes of every identifier.
    static let byteCount = 27
    /// From here on four digits of a year do not suffice (the year 10000).
    static let endOfTimeMilliseconds: Int64 = 253_402_300_800_000

    /// Makes a new one.
    ///
    /// - Parameters:
    ///   - wallMilliseconds: Since 1970, UTC.
    ///   - latest: The job's latest run: the new name sorts after it even when the clock was set back.
    ///   - random: Tells runs apart that start in one millisecond.
    package init(wallMilliseconds: Int64, after latest: RunIdentifier?, random: UInt64) {
        var milliseconds = max(0, min(wallMilliseconds, RunIdentifier.endOfTimeMilliseconds - 1))
        if let latest, latest.wallMilliseconds >= milliseconds {
            milliseconds = latest.wallMilliseconds + 1
        }
        let suffix = String(random & 0xFF_FFFF, radix: 16)
        let date = CivilDate(day: Int(milliseconds / 86_400_000))
        let ofDay = Int(milliseconds % 86_400_000)
        text =
            padded(date.year, 4) + padded(date.month, 2) + padded(date.day, 2) + "T"
            + padded(ofDay / 3_600_000, 2) + padded(ofDay / 60_000 % 60, 2)
            + padded(ofDay / 1_000 % 60, 2) + "." + padded(ofDay % 1_000, 3) + "Z-"
            + String(repeating: "0", count: 6 - suffix.utf8.count) + suffix
    }

    /// Reads the name of a directory; nil when it is no run's.
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
            .map { Int64($0) - 0x30 }
        func number(_ range: Range<Int>) -> Int64 { digits[range].reduce(0) { $0 * 10 + $1 } }
        let day = CivilDate(
            year: Int(number(0..<4)), month: Int(number(4..<6)), day: Int(number(6..<8))
        ).dayNumber
        return Int64(day) * 86_400_000 + number(8..<10) * 3_600_000 + number(10..<12) * 60_000
            + number(12..<14) * 1_000 + number(14..<17)
    }

    package var description: String { text }

    package static func < (first: RunIdentifier, second: RunIdentifier) -> Bool {
        first.text.utf8.lexicographicallyPrecedes(second.text.utf8)
    }
}

/// A day of the proleptic Gregorian calendar, in UTC.
struct CivilDate: Equatable {
    var year: Int
    /// 1…12
    var month: Int
    /// 1…31
    var day: Int

    init(year: Int, month: Int, day: Int) {
        self.year = year
        self.month = month
        self.day = day
    }

    /// From days since 1970-01-01. Years are counted from March, so that the leap day ends them; 146,097
    /// days make 400 years.
    init(day number: Int) {
        let shifted = number + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let ofEra = shifted - era * 146_097
        let yearOfEra = (ofEra - ofEra / 1_460 + ofEra / 36_524 - ofEra / 146_096) / 365
        let ofYear = ofEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * ofYear + 2) / 153
        day = ofYear - (153 * shiftedMonth + 2) / 5 + 1
        month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    /// Days since 1970-01-01.
    var dayNumber: Int {
        let year = month <= 2 ? self.year - 1 : self.year
        let era = (year >= 0 ? year : year - 399) / 400
        let yearOfEra = year - era * 400
        let ofYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let ofEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + ofYear
        return era * 146_097 + ofEra - 719_468
    }
}

/// Decimal digits with leading zeros.
func padded(_ number: Int, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
}
