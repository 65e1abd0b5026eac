/// Relates the wall times of a session's records to the machine's monotonic clock.
///
/// A session reads the wall clock once and counts from there. The next session has another reading,
/// and the wall clock may have been set in between: the monotonic clock gives the time that really
/// passed.
package struct SessionClock: Equatable, Sendable {
    /// The boot ID that `monotonicMilliseconds` refers to; empty if the kernel does not report one.
    package var bootID: String
    /// Milliseconds since the machine was started, less the time that it slept.
    package var monotonicMilliseconds: Int64
    /// Milliseconds since 1970 at the same moment, by a clock that may be set at any other.
    package var wallMilliseconds: Int64

    /// Larger than any clock value, and small enough for arithmetic.
    static let maximumMilliseconds: UInt64 = 1 << 53

    private static let horizon: Int64 = 1 << 60

    package init(bootID: String, monotonicMilliseconds: Int64, wallMilliseconds: Int64) {
        self.bootID = bootID
        self.monotonicMilliseconds = monotonicMilliseconds
        self.wallMilliseconds = wallMilliseconds
    }

    /// Converts a wall time of an earlier session's records to this clock's wall time. On one
    /// machine the result is never earlier than the real time, so that no call is taken for older
    /// than it is.
    ///
    /// After a restart of the machine the wall clock is trusted, within what is possible:
    /// everything recorded before the restart happened before it, and before this session.
    package func milliseconds(of milliseconds: Int64, by earlier: SessionClock) -> Int64 {
        if self == earlier { return milliseconds }
        let afterRestart = min(
            max(milliseconds, wallMilliseconds - monotonicMilliseconds), wallMilliseconds)
        let isUnnamed = bootID.isEmpty || earlier.bootID.isEmpty
        guard bootID == earlier.bootID || isUnnamed else { return afterRestart }
        // By how much the wall clock was set between the two readings, whichever came first. One
        // more, because readings are truncated to whole milliseconds. Clamped so that sums can't
        // overflow, however many sessions there were.
        let passed = monotonicMilliseconds - earlier.monotonicMilliseconds
        let step = wallMilliseconds - earlier.wallMilliseconds - passed
        let shifted = min(max(milliseconds + step + 1, -SessionClock.horizon), SessionClock.horizon)
        guard isUnnamed else { return shifted }
        // Whether the machine was restarted is unknown.
        return passed >= 0 ? max(shifted, afterRestart) : afterRestart
    }
}

/// Parses the timestamps of journals.
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
