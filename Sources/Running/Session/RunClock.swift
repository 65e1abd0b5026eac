package import JobModel
package import Journaling
import SystemCalls

/// The time of one run: monotonic from its start, with the wall time of that start. It continues
/// while the machine sleeps, because `--until`, pauses and the last minute's calls are bounds of
/// real time.
package struct RunClock: Sendable {
    /// Nanoseconds since the machine's start at `Moment.zero`.
    private let origin: Int64
    /// Milliseconds since 1970 at `Moment.zero`.
    package let wallMillisecondsAtZero: Int64

    /// Starts now.
    package init() {
        origin = BootClock.now()
        wallMillisecondsAtZero = WallClock.milliseconds()
    }

    package func now() -> Moment { Moment(nanoseconds: BootClock.now() - origin) }

    /// Milliseconds since 1970, unaffected by changes of the wall clock since the start.
    package func wallMilliseconds() -> Int64 {
        wallMillisecondsAtZero + now().nanoseconds / 1_000_000
    }

    /// The session clock that relates recorded times to this clock.
    package var ofSession: SessionClock {
        SessionClock(
            bootID: BootIdentifier.identifier, monotonicMilliseconds: origin / 1_000_000,
            wallMilliseconds: wallMillisecondsAtZero)
    }

    /// The moment of a wall time.
    package func moment(ofMilliseconds milliseconds: Int64) -> Moment {
        .zero + .milliseconds(milliseconds - wallMillisecondsAtZero)
    }

    /// UTC, ISO 8601 with milliseconds.
    package static func timestamp() -> String {
        CivilTime(milliseconds: WallClock.milliseconds()).text
    }
}

extension TimeOfDay {
    /// If --until is further away than this, it counts as passed.
    package static let maximumSecondsAway: Int64 = 12 * 3600

    /// The next time a clock shows this, in seconds since 1970.
    package func next(after seconds: Int64) -> Int64 {
        if let offsetMinutes {
            LocalZone.next(
                hour: hour, minute: minute, after: seconds, offsetSeconds: 60 * offsetMinutes)
        } else {
            LocalZone.next(hour: hour, minute: minute, after: seconds)
        }
    }

    /// When the last call may start: the window's end minus the timeout of a call.
    ///
    /// - Throws: `windowClosed` (75) when the end is more than 12 h away (it was passed today), or
    ///   too near for a single call.
    package func lastStart(
        after nowMilliseconds: Int64, timeout: Duration
    ) throws(RunningError) -> Int64 {
        let end = next(after: nowMilliseconds / 1_000)
        let away = end - nowMilliseconds / 1_000
        let shown = CivilTime.local(milliseconds: end * 1_000).minuteText
        guard away <= TimeOfDay.maximumSecondsAway else {
            throw RunningError(
                .windowClosed,
                "the time window has closed: --until is \(away / 3_600) h away (\(shown)), more "
                    + "than 12 h; nothing was sent")
        }
        let last = end * 1_000 - timeout.nanoseconds / 1_000_000
        guard last > nowMilliseconds else {
            throw RunningError(
                .windowClosed,
                "the time window closes at \(shown), sooner than a call may take (--timeout); "
                    + "nothing was sent")
        }
        return last
    }
}
