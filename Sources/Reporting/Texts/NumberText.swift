internal import JobModel

/// Number formatting, independent of locale.
package enum NumberText {
    /// `1,234,567`
    package static func grouped(_ number: Int) -> String {
        let digits = String(number.magnitude)
        var text = number < 0 ? "-" : ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { text += "," }
            text.append(digit)
        }
        return text
    }

    /// `1 call`, `1,234 calls`
    package static func counted(_ number: Int, _ noun: String, plural: String? = nil) -> String {
        "\(grouped(number)) \(number == 1 ? noun : plural ?? noun + "s")"
    }

    /// With two significant digits: `0.8 s`, `12 s`, `3 min 20 s`, `2 h 05 min`, `3 d 4 h`.
    package static func time(_ duration: Duration) -> String {
        let nanoseconds = max(0, duration.nanoseconds)
        if nanoseconds > 0, nanoseconds < 50_000_000 { return "less than 0.1 s" }
        if nanoseconds < 9_950_000_000 {
            let tenths = (nanoseconds + 50_000_000) / 100_000_000
            return tenths % 10 == 0 ? "\(tenths / 10) s" : "\(tenths / 10).\(tenths % 10) s"
        }
        let seconds = (nanoseconds + 500_000_000) / 1_000_000_000
        if seconds < 60 { return "\(seconds) s" }
        if seconds < 3600 { return "\(seconds / 60) min \(twoDigits(seconds % 60)) s" }
        let minutes = seconds / 60
        if minutes < 24 * 60 { return "\(minutes / 60) h \(twoDigits(minutes % 60)) min" }
        return "\(minutes / 1440) d \(minutes / 60 % 24) h"
    }

    /// `12%`, `0.3%`, `<0.1%`; of nothing it is `0%`.
    package static func share(_ part: Int, of whole: Int) -> String {
        guard part > 0, whole > 0 else { return "0%" }
        let percent = 100 * Double(part) / Double(whole)
        if percent < 0.1 { return "<0.1%" }
        if percent < 9.95 {
            let tenths = Int((percent * 10).rounded())
            return tenths % 10 == 0 ? "\(tenths / 10)%" : "\(tenths / 10).\(tenths % 10)%"
        }
        return "\(Int(percent.rounded()))%"
    }

    private static func twoDigits(_ number: Int64) -> String {
        number < 10 ? "0\(number)" : "\(number)"
    }
}
