/// A time of day, local or at an offset from UTC: `06:00`, `06:00Z`, `06:00+02:00`.
package struct TimeOfDay: Equatable, Sendable, CustomStringConvertible {
    /// 0…23.
    package var hour: Int
    /// 0…59.
    package var minute: Int
    /// Minutes east of UTC; nil = local time.
    package var offsetMinutes: Int?

    package init(hour: Int, minute: Int, offsetMinutes: Int? = nil) {
        self.hour = hour
        self.minute = minute
        self.offsetMinutes = offsetMinutes
    }

    /// Reads `HH:MM`, `HH:MMZ` or `HH:MM±HH:MM`; nil for anything else.
    package init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard let time = Self.clock(bytes.prefix(5)), time < 24 * 60 else { return nil }
        self.init(hour: time / 60, minute: time % 60)
        switch bytes.dropFirst(5).first {
        case nil: break
        case UInt8(ascii: "Z") where bytes.count == 6: offsetMinutes = 0
        case let sign? where sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-"):
            guard let offset = Self.clock(bytes.dropFirst(6)), offset < 15 * 60 else { return nil }
            offsetMinutes = sign == UInt8(ascii: "-") ? -offset : offset
        default: return nil
        }
    }

    /// Minutes of exactly `HH:MM`.
    private static func clock(_ bytes: ArraySlice<UInt8>) -> Int? {
        let digits = bytes.compactMap { (0x30...0x39).contains($0) ? Int($0 - 0x30) : nil }
        guard bytes.count == 5, digits.count == 4,
            bytes[bytes.startIndex + 2] == UInt8(ascii: ":"), digits[2] < 6
        else { return nil }
        return 60 * (10 * digits[0] + digits[1]) + 10 * digits[2] + digits[3]
    }

    package var description: String {
        let time = Self.text(60 * hour + minute)
        guard let offsetMinutes else { return time }
        return time + (offsetMinutes < 0 ? "-" : "+") + Self.text(abs(offsetMinutes))
    }

    private static func text(_ minutes: Int) -> String {
        let (hours, minutes) = minutes.quotientAndRemainder(dividingBy: 60)
        return "\(hours < 10 ? "0" : "")\(hours):\(minutes < 10 ? "0" : "")\(minutes)"
    }
}
