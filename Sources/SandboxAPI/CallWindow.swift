/// How many calls came in the last 60 seconds, and how many at most in any 60 seconds.
///
/// Calls are told apart by the millisecond, so the memory is bounded by 60,000 entries whatever the
/// load. All calls that are counted together lie within one minute of each other: a client that
/// keeps a limit is never accused.
struct CallWindow: Sendable {
    private var milliseconds: [Int64] = []
    private var counts: [Int] = []
    private var start = 0
    private(set) var total = 0
    private(set) var maximum = 0

    static let lengthMilliseconds: Int64 = 60_000

    /// Calls in the minute that ends at `now` (nanoseconds).
    mutating func count(at now: Int64) -> Int {
        let oldest = now / 1_000_000 - Self.lengthMilliseconds
        while start < milliseconds.count, milliseconds[start] <= oldest {
            total -= counts[start]
            start += 1
        }
        // Moving the rest down once half is spent costs constant time a call on average.
        if start > 1_024, start * 2 > milliseconds.count {
            milliseconds.removeFirst(start)
            counts.removeFirst(start)
            start = 0
        }
        return total
    }

    /// When the oldest call of the minute leaves it, in nanoseconds, or nil if there is none.
    var nextRelease: Int64? {
        start < milliseconds.count
            ? (milliseconds[start] + Self.lengthMilliseconds) * 1_000_000 : nil
    }

    /// Counts a call at `now`, which never goes back.
    mutating func note(at now: Int64) {
        _ = count(at: now)
        let millisecond = now / 1_000_000
        if start < milliseconds.count, milliseconds.last == millisecond {
            counts[counts.count - 1] += 1
        } else {
            milliseconds.append(millisecond)
            counts.append(1)
        }
        total += 1
        maximum = max(maximum, total)
    }
}
