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

    func wait(_ number: Int, using generator: inout SeededGenerator) -> Duration {
        .nanoseconds(Int64.random(in: 0...bound(number).nanoseconds, using: &generator))
    }
}

/// A bucket of retries that refills with time. When it is empty the service *pauses*: a budget that
/// failed items instead would turn an outage of the service into failures of ours.
struct RetryBudget: Sendable {
    let capacity: Int
    let refillPerMinute: Int
    /// In billionths of a retry, so that refills are exact and replayable.
    private var balance: Int64
    private var refilledAt: Moment

    private static let unit: Int64 = 1_000_000_000

    init(capacity: Int, refillPerMinute: Int, at now: Moment) {
        precondition(capacity > 0 && refillPerMinute > 0, "an empty budget would pause for ever")
        self.capacity = capacity
        self.refillPerMinute = refillPerMinute
        balance = Int64(capacity) * RetryBudget.unit
        refilledAt = now
    }

    /// Takes one retry; otherwise the moment at which there will be one.
    mutating func take(at now: Moment) -> Moment? {
        refill(at: now)
        if balance >= RetryBudget.unit {
            balance -= RetryBudget.unit
            return nil
        }
        let missing = RetryBudget.unit - balance
        // One retry takes 60 s / refillPerMinute; rounded up so that the wait is never short.
        return now + .nanoseconds(missing * 60 / Int64(refillPerMinute) + 1)
    }

    private mutating func refill(at now: Moment) {
        guard now > refilledAt else { return }
        let elapsed = min((now - refilledAt).nanoseconds, 3_600 * RetryBudget.unit)
        balance = min(
            Int64(capacity) * RetryBudget.unit, balance + elapsed / 60 * Int64(refillPerMinute))
        refilledAt = now
    }
}
