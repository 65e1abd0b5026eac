import Glibc

/// A calendar date and time (proleptic Gregorian) with its offset from UTC.
package struct CivilTime: Equatable, Sendable {
    package var year: Int
    /// 1…12
    package var month: Int
    /// 1…31
    package var day: Int
    package var hour: Int
    package var minute: Int
    package var second: Int
    package var millisecond: Int
    /// Seconds east of UTC.
    package var offsetSeconds: Int

    /// Converts a time to the calendar.
    ///
    /// - Parameters:
    ///   - milliseconds: since 1970, UTC.
    ///   - offsetSeconds: of the zone to show, east of UTC.
    package init(milliseconds: Int64, offsetSeconds: Int = 0) {
        let local = milliseconds + Int64(offsetSeconds) * 1_000
        let days = Self.floorDivide(local, 86_400_000)
        let rest = Int(local - days * 86_400_000)
        // Days counted from 1 March of year 0, in eras of 400 years (146,097 days).
        let shifted = days + 719_468
        let era = Self.floorDivide(shifted, 146_097)
        let dayOfEra = Int(shifted - era * 146_097)
        let yearOfEra =
            (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * marchMonth + 2) / 5 + 1
        month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        year = yearOfEra + Int(era) * 400 + (month <= 2 ? 1 : 0)
        hour = rest / 3_600_000
        minute = rest / 60_000 % 60
        second = rest / 1_000 % 60
        millisecond = rest % 1_000
        self.offsetSeconds = offsetSeconds
    }

    /// The calendar's view of a moment in the zone of this machine.
    package static func local(milliseconds: Int64) -> CivilTime {
        CivilTime(
            milliseconds: milliseconds,
            offsetSeconds: LocalZone.offsetSeconds(at: floorDivide(milliseconds, 1_000)))
    }

    /// `2026-11-21T01:29:35.123Z`, or with the offset (`+01:00`) if there is one.
    package var text: String {
        let date = "\(Self.padded(year, 4))-\(Self.padded(month, 2))-\(Self.padded(day, 2))"
        let time =
            "\(Self.padded(hour, 2)):\(Self.padded(minute, 2)):\(Self.padded(second, 2))"
            + ".\(Self.padded(millisecond, 3))"
        return "\(date)T\(time)\(zoneText)"
    }

    /// `2026-11-21 01:29 UTC`, or `2026-11-21 02:29 UTC+01:00`: for people.
    package var minuteText: String {
        let date = "\(Self.padded(year, 4))-\(Self.padded(month, 2))-\(Self.padded(day, 2))"
        let zone = offsetSeconds == 0 ? "UTC" : "UTC" + zoneText
        return "\(date) \(Self.padded(hour, 2)):\(Self.padded(minute, 2)) \(zone)"
    }

    private var zoneText: String {
        if offsetSeconds == 0 { return "Z" }
        let minutes = abs(offsetSeconds) / 60
        let sign = offsetSeconds < 0 ? "-" : "+"
        return "\(sign)\(Self.padded(minutes / 60, 2)):\(Self.padded(minutes % 60, 2))"
    }

    private static func padded(_ value: Int, _ width: Int) -> String {
        let digits = String(value.magnitude)
        return (value < 0 ? "-" : "")
            + String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }

    private static func floorDivide(_ value: Int64, _ divisor: Int64) -> Int64 {
        value >= 0 ? value / divisor : (value - divisor + 1) / divisor
    }
}

/// The time zone of this machine (`TZ`, else /etc/localtime). No locale is consulted.
package enum LocalZone {
    /// The offset in force at a moment, in seconds east of UTC.
    package static func offsetSeconds(at seconds: Int64) -> Int {
        var time = time_t(seconds)
        var parts = tm()
        guard localtime_r(&time, &parts) != nil else { return 0 }
        return parts.tm_gmtoff
    }

    /// The next moment strictly after `seconds` whose local wall clock shows hour and minute.
    ///
    /// A time skipped by daylight saving is shifted by the length of the gap.
    package static func next(hour: Int, minute: Int, after seconds: Int64) -> Int64 {
        var time = time_t(seconds)
        var parts = tm()
        guard localtime_r(&time, &parts) != nil else {
            return next(hour: hour, minute: minute, after: seconds, offsetSeconds: 0)
        }
        for dayOffset in 0...2 {
            var wanted = parts
            wanted.tm_mday += Int32(dayOffset)
            wanted.tm_hour = Int32(hour)
            wanted.tm_min = Int32(minute)
            wanted.tm_sec = 0
            wanted.tm_isdst = -1
            let found = Int64(mktime(&wanted))
            if found > seconds { return found }
        }
        preconditionFailure("\(hour):\(minute) does not occur within two days")
    }

    /// The same in a zone of fixed offset, in seconds east of UTC.
    package static func next(
        hour: Int, minute: Int, after seconds: Int64, offsetSeconds: Int
    ) -> Int64 {
        let wanted = Int64(hour * 3_600 + minute * 60 - offsetSeconds)
        let day: Int64 = 86_400
        let rest = ((wanted - seconds) % day + day) % day
        return seconds + (rest == 0 ? day : rest)
    }
}
