import JobModel
import Testing

@testable import Execution

@Suite struct `retry policy` {
    @Test(arguments: [(1, 500), (2, 1_000), (3, 2_000), (7, 32_000), (8, 60_000), (500, 60_000)])
    func `the bound of a wait doubles up to its maximum`(_ number: Int, _ milliseconds: Int) {
        let backoff = Backoff(first: .milliseconds(500), maximum: .seconds(60))
        #expect(backoff.bound(number) == .milliseconds(milliseconds))
    }

    @Test func `waits spread over the whole interval`() {
        let backoff = Backoff(first: .seconds(1), maximum: .seconds(60))
        var generator = RandomGenerator(seed: 7)
        let waits = (0..<1_000).map { _ in backoff.wait(1, using: &generator) }
        #expect(waits.allSatisfy { $0 >= .zero && $0 <= .seconds(1) })
        #expect(waits.contains { $0 < .milliseconds(100) })
        #expect(waits.contains { $0 > .milliseconds(900) })
    }

    @Test func `a budget gives its capacity, then what time brings`() throws {
        var budget = RetryBudget(capacity: 3, refillPerMinute: 6, at: .zero)
        var waits: [Moment?] = []
        for _ in 0..<4 { waits.append(budget.spend(at: .zero)) }
        for _ in 0..<2 { waits.append(budget.spend(at: .zero + .seconds(10))) }
        #expect(waits == [nil, nil, nil, .zero + .seconds(10), nil, .zero + .seconds(20)])
    }

    /// Found by `any world`, seed 71: refills were rounded down, so nanosecond steps never
    /// refilled it.
    @Test func `a budget fills in steps of nanoseconds too`() {
        var budget = RetryBudget(capacity: 1, refillPerMinute: 60, at: .zero)
        _ = budget.spend(at: .zero)
        var waits: Set<Moment?> = []
        for step in Int64(1)...10_000 { waits.insert(budget.spend(at: Moment(nanoseconds: step))) }
        #expect(waits == [.zero + .seconds(1)])
        let last = budget.spend(at: .zero + .seconds(1))
        #expect(last == nil)
    }
}

@Suite struct `rate limiter` {
    @Test func `a place is given back a minute after the end of its sending`() {
        var limiter = RateLimiter(limit: 2)
        limiter.begin()
        limiter.begin()
        limiter.end(at: .zero + .seconds(5))
        let early = limiter.hasRoom(at: .zero + .seconds(64))
        let next = limiter.nextRoom
        let later = limiter.hasRoom(at: .zero + .seconds(65))
        #expect(!early)
        #expect(next == .zero + .seconds(65))
        #expect(later)
    }

    @Test func `what never left takes no place`() {
        var limiter = RateLimiter(limit: 1)
        limiter.begin()
        let full = limiter.hasRoom(at: .zero)
        limiter.withdraw()
        let free = limiter.hasRoom(at: .zero)
        #expect(!full)
        #expect(free)
    }
}

@Suite struct `delay queue` {
    @Test func `calls come out by moment, then by order of insertion`() {
        var queue = DelayQueue()
        var generator = RandomGenerator(seed: 3)
        var expected: [(Int, UInt32)] = []
        for call in UInt32(0)..<500 {
            let second = Int.random(in: 0..<40, using: &generator)
            queue.insert(call, due: .zero + .seconds(second))
            expected.append((second, call))
        }
        expected.sort { $0.0 == $1.0 ? $0.1 < $1.1 : $0.0 < $1.0 }
        var found: [UInt32] = []
        while let call = queue.popDue(at: .zero + .seconds(100)) { found.append(call) }
        #expect(found == expected.map(\.1))
    }

    @Test func `nothing comes out before its moment, and what is removed not at all`() {
        var queue = DelayQueue()
        queue.insert(1, due: .zero + .seconds(1))
        queue.insert(2, due: .zero + .seconds(2))
        let early = queue.popDue(at: .zero)
        #expect(early == nil)
        queue.remove(1)
        #expect(queue.firstDue == .zero + .seconds(2))
    }
}
