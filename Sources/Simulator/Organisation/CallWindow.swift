/// A sliding window: the current count of the last minute (or other span), and the maximum of any
/// such span.
///
/// Calls are grouped by millisecond (or another resolution), so memory is bounded by 60,000
/// entries. All calls counted together are within one span: a client that respects a limit is never
/// refused.
struct CallWindow: Sendable {
    private var grains: [Int64] = []
    private var counts: [Int] = []
    private var start = 0
    private(set) var total = 0
    private(set) var maximum = 0
    private let grainNanoseconds: Int64
    private let grainCount: Int64

    /// A minute by milliseconds.
    init() {
        self.init(grainNanoseconds: 1_000_000, grainCount: 60_000)
    }

    /// A day by seconds.
    static let day = CallWindow(grainNanoseconds: 1_000_000_000, grainCount: 86_400)

    init(grainNanoseconds: Int64, grainCount: Int64) {
        self.grainNanoseconds = grainNanoseconds
        self.grainCount = grainCount
    }

    /// Calls in the span that ends at `now` (nanoseconds).
    mutating func count(at now: Int64) -> Int {
        let oldest = now / grainNanoseconds - grainCount
        while start < grains.count, grains[start] <= oldest {
            total -= counts[start]
            start += 1
        }
        // Compacting when half is consumed is amortised O(1).
        if start > 1_024, start * 2 > grains.count {
            grains.removeFirst(start)
            counts.removeFirst(start)
            start = 0
        }
        return total
    }

    /// When the oldest call leaves the window, in nanoseconds; nil if empty.
    var nextRelease: Int64? {
        start < grains.count ? (grains[start] + grainCount) * grainNanoseconds : nil
    }

    /// Counts a call at `now`, which must not decrease.
    ///
    /// - Parameter weight: The call's weight.
    mutating func note(at now: Int64, weight: Int = 1) {
        _ = count(at: now)
        let grain = now / grainNanoseconds
        if start < grains.count, grains.last == grain {
            counts[counts.count - 1] += weight
        } else {
            grains.append(grain)
            counts.append(weight)
        }
        total += weight
        maximum = max(maximum, total)
    }
}
