/// Parses `Retry-After` and `Date` (RFC 9110, 10.2.3 and 5.6.7).
///
/// Zoho does not document `Retry-After`; proxies and CDNs send it.
package enum RetryAfter {
    /// Seconds to wait, rounded up; nil unless the value is a non-negative number of seconds or a
    /// date. Clamped to `AnswerReading.maximumPauseSeconds`.
    ///
    /// - Parameters:
    ///   - value: Without the field's name; blanks around it are no part of it.
    ///   - now: Seconds since 1970 when the answer was made, to count to a date from; nil: a date
    ///     says nothing.
    package static func seconds(of value: some Sequence<UInt8>, now: Int64? = nil) -> Int? {
        let text = trimmed(value)
        if let seconds = number(text) { return seconds }
        guard let now, let date = date(text) else { return nil }
        let (left, overflowed) = date.subtractingReportingOverflow(now)
        return overflowed
            ? nil : Int(min(max(left, 0), Int64(AnswerReading.maximumPauseSeconds)))
    }

    /// Seconds since 1970 of `Sun, 06 Nov 1994 08:49:37 GMT`; nil otherwise. The two obsolete forms
    /// are not supported.
    package static func date(of value: some Sequence<UInt8>) -> Int64? {
        date(trimmed(value))
    }

    private static func trimmed(_ value: some Sequence<UInt8>) -> [UInt8] {
        func isBlank(_ byte: UInt8) -> Bool {
            byte == 0x20 || byte == 0x09 || byte == 0x0D || byte == 0x0A
        }
        // A date has 29 bytes; a longer number is not a sensible wait.
        let text = value.drop(while: isBlank).prefix(64)
        return Array(text.reversed().drop(while: isBlank).reversed())
    }

    /// `120`, or `1.5`.
    private static func number(_ text: [UInt8]) -> Int? {
        let whole = text.prefix { $0 >= 0x30 && $0 <= 0x39 }
        guard !whole.isEmpty else { return nil }
        var seconds = 0
        for digit in whole {
            seconds = min(seconds * 10 + Int(digit - 0x30), AnswerReading.maximumPauseSeconds)
        }
        let rest = text.dropFirst(whole.count)
        if rest.isEmpty { return seconds }
        let fraction = rest.dropFirst()
        guard rest.first == UInt8(ascii: "."), !fraction.isEmpty,
            fraction.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 })
        else { return nil }
        let isMore = fraction.contains { $0 != 0x30 }
        return min(isMore ? seconds + 1 : seconds, AnswerReading.maximumPauseSeconds)
    }

    private static let months: [String] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    private static func date(_ text: [UInt8]) -> Int64? {
        let parts = String(decoding: text, as: UTF8.self)
            .split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count == 6, parts[0].utf8.count == 4, parts[0].hasSuffix(","),
            parts[5] == "GMT",
            let day = digits(parts[1], 2), let month = months.firstIndex(of: String(parts[2])),
            let year = digits(parts[3], 4)
        else { return nil }
        let time = parts[4].split(separator: ":", omittingEmptySubsequences: false)
        guard time.count == 3, let hour = digits(time[0], 2), let minute = digits(time[1], 2),
            let second = digits(time[2], 2), (1...31).contains(day), hour < 24, minute < 60,
            second <= 60, year >= 1970
        else { return nil }
        // Days since 1970 of the proleptic Gregorian calendar, years beginning in March.
        let shifted = Int64(month) < 2 ? year - 1 : year
        let dayOfYear = (153 * ((Int64(month) + 10) % 12) + 2) / 5 + day - 1
        let days = shifted * 365 + shifted / 4 - shifted / 100 + shifted / 400 + dayOfYear - 719_468
        return days * 86_400 + hour * 3_600 + minute * 60 + second
    }

    private static func digits(_ text: Substring, _ count: Int) -> Int64? {
        guard text.utf8.count == count, text.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else {
            return nil
        }
        return Int64(text)
    }
}
