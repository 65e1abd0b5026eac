package import JobModel

/// The value of a setting, whichever of its sources it came from.
package enum SettingValue: Equatable, Sendable {
    case flag(Bool)
    case integer(Int)
    case duration(Duration)
    /// Percent, 0…100.
    case percent(Double)
    case failureBudget(RunLimits.FailureBudget)
    case timeOfDay(TimeOfDay)
    case text(String)
    case words([String])
    /// Column name to header, in the order given.
    case columns([ColumnMapping])
}

/// `record_id="Campaign Id"`: the manifest has a known column under a header of its own.
package struct ColumnMapping: Equatable, Sendable {
    package var column: String
    package var header: String

    package init(column: String, header: String) {
        self.column = column
        self.header = header
    }
}

/// `06:00`, or `06:00+02:00`.
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

    package var description: String {
        let time = Self.clock(hour, minute)
        guard let offset = offsetMinutes else { return time }
        let sign = offset < 0 ? "-" : "+"
        return time + sign + Self.clock(abs(offset) / 60, abs(offset) % 60)
    }

    private static func clock(_ hours: Int, _ minutes: Int) -> String {
        "\(hours < 10 ? "0" : "")\(hours):\(minutes < 10 ? "0" : "")\(minutes)"
    }
}

/// Why a value is none.
package enum ValueError: Error, Equatable, Sendable {
    /// What was seen, what was expected (`a whole number from 1 to 100`), and what was perhaps
    /// meant.
    case unexpected(String, expected: String, suggestion: String? = nil)
    /// Said without quoting the value, which may hold what nobody should read.
    case refused(reason: String)

    package var message: String {
        switch self {
        case .unexpected(let seen, let expected, let suggestion):
            let hint = suggestion.map { "; did you mean \"\($0)\"?" } ?? ""
            return "\(SafeText.quoted(seen)) is not \(expected)\(hint)"
        case .refused(let reason): return reason
        }
    }
}
