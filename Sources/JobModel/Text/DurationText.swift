/// Durations as text.
package enum DurationText {
    /// In the largest unit that divides it: `1500ms`, `1m` for 60 s, `2h`. Parses back to the same
    /// value.
    package static func exact(_ duration: Duration) -> String {
        let nanoseconds = duration.nanoseconds
        for (unit, size) in [("h", 3_600_000_000_000), ("m", 60_000_000_000), ("s", 1_000_000_000)]
            as [(String, Int64)]
        where nanoseconds >= size && nanoseconds % size == 0 {
            return "\(nanoseconds / size)\(unit)"
        }
        return "\(nanoseconds / 1_000_000)ms"
    }
}
