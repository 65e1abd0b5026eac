import JobModel

/// Full-jitter exponential backoff: the n-th wait (from 1) is uniform in 0…min(maximum, first ×
/// 2^(n−1)).
///
/// With the defaults the bounds are 0.5 s, 1 s, 2 s, 4 s, 8 s.
struct Backoff: Sendable {
    let first: Duration
    let maximum: Duration

    func bound(_ number: Int) -> Duration {
        var bound = first
        for _ in 1..<max(1, min(number, 40)) {
            bound = bound * 2
            if bound >= maximum { return maximum }
        }
        return min(bound, maximum)
    }

    func wait(_ number: Int, using generator: inout RandomGenerator) -> Duration {
        .nanoseconds(Int64.random(in: 0...bound(number).nanoseconds, using: &generator))
    }
}

/// A bucket of retries that refills with time. When it is empty the service *pauses*: if an empty
/// budget failed items instead, an outage of the service would become failures of the run.
struct RetryBudget: Sendable {
    let capacity: Int
    let refillPerMinute: Int
    /// One retry is `price`; each nanosecond adds `refillPerMinute`. So refills are exact,
    /// regardless of how often and in how small steps they happen.
    private var balance: Int64
    private var refilledAt: Moment

    private static let price: Int64 = 60_000_000_000

    init(capacity: Int, refillPerMinute: Int, at now: Moment) {
        precondition(
            capacity > 0 && refillPerMinute > 0,
            "the retry budget is \(capacity), refilled by \(refillPerMinute) per minute")
        self.capacity = min(capacity, 1_000_000)
        self.refillPerMinute = min(refillPerMinute, 1_000_000)
        balance = Int64(self.capacity) * RetryBudget.price
        refilledAt = now
    }

    /// Takes one retry and returns nil, or returns the moment at which one becomes available.
    mutating func spend(at now: Moment) -> Moment? {
        refill(at: now)
        if balance >= RetryBudget.price {
            balance -= RetryBudget.price
            return nil
        }
        let missing = RetryBudget.price - balance
        let rate = Int64(refillPerMinute)
        return now + .nanoseconds((missing + rate - 1) / rate)
    }

    private mutating func refill(at now: Moment) {
        guard now > refilledAt else { return }
        let full = Int64(capacity) * RetryBudget.price
        let (added, overflowed) = (now - refilledAt).nanoseconds.multipliedReportingOverflow(
            by: Int64(refillPerMinute))
        balance = overflowed || added > full - balance ? full : balance + added
        refilledAt = now
    }
}
