extension UntilTime {
    /// Further away than this, the window counts as over: 75, nothing is sent.
    package static let maximumSecondsAway: Int64 = 12 * 3600

    /// The next time that a clock shows this, in seconds since 1970.
    ///
    /// - Parameters:
    ///   - now: Seconds since 1970.
    ///   - localOffset: Seconds east of UTC that local time has at a given time.
    package func next(
        after now: Int64, localOffset: (_ atSeconds: Int64) -> Int
    ) -> Int64 {
        let offsetNow = Int64(offsetSeconds ?? localOffset(now))
        let shown = now + offsetNow
        let today = shown - ((shown % 86_400) + 86_400) % 86_400
        // The offset may change between now and then (summer time), so each day is asked for its own.
        for day in Int64(0)...2 {
            let wanted = today + day * 86_400 + Int64(hour) * 3_600 + Int64(minute) * 60
            let offsetThen = Int64(offsetSeconds ?? localOffset(wanted - offsetNow))
            let time = wanted - offsetThen
            if time > now { return time }
        }
        preconditionFailure("broken belief: a clock shows every minute within two days")
    }
}
