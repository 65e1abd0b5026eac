/// Reads the time texts of journals.
enum Timestamp {
    /// Milliseconds since 1970 of `2026-11-21T01:29:35.123Z`; nil for any other form.
    static func milliseconds(_ text: String) -> Int64? {
        let bytes = Array(text.utf8)
        let pattern = Array("0000-00-00T00:00:00.000Z".utf8)
        guard bytes.count == pattern.count else { return nil }
        var digits: [Int64] = []
        for (byte, wanted) in zip(bytes, pattern) {
            guard wanted == 0x30 else {
                if byte != wanted { return nil }
                continue
            }
            guard byte &- 0x30 < 10 else { return nil }
            digits.append(Int64(byte - 0x30))
        }
        let number = { (range: Range<Int>) in digits[range].reduce(0) { $0 * 10 + $1 } }
        let (year, month, day) = (number(0..<4), number(4..<6), number(6..<8))
        guard (1...12).contains(month), (1...31).contains(day) else { return nil }
        // Days since 1970-03-01 of the year counted from March, in eras of 400 years.
        let marchYear = month > 2 ? year : year - 1
        let era = (marchYear >= 0 ? marchYear : marchYear - 399) / 400
        let yearOfEra = marchYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        let days = era * 146_097 + dayOfEra - 719_468
        let seconds = number(8..<10) * 3_600 + number(10..<12) * 60 + number(12..<14)
        return (days * 86_400 + seconds) * 1_000 + number(14..<17)
    }
}
