import JobModel

/// At most `limit` attempts in any 60 seconds, as the *server* sees them.
///
/// An attempt reaches the server at some moment between its start and its answer. So a slot in the
/// window is reserved when the attempt is decided and released 60 s after its *end*: then any
/// `limit` + 1 arrivals span more than 60 s at any latency. The cost is latency / 60 s of the rate
/// (0.1 % at 60 ms).
struct RateLimiter: Sendable {
    static let window = Duration.seconds(60)

    let limit: Int
    /// Attempts in progress.
    private(set) var open = 0
    /// Ends of attempts within the last 60 s, ascending; entries before `head` have expired.
    private var ends: [Moment] = []
    private var head = 0

    init(limit: Int) {
        precondition(limit > 0, "the limit is \(limit) calls per minute")
        self.limit = limit
    }

    /// Whether an attempt may start now.
    mutating func hasRoom(at now: Moment) -> Bool {
        expire(at: now)
        return open + (ends.count - head) < limit
    }

    /// When the next slot becomes free by time alone; nil if only the end of an attempt can free
    /// one.
    var nextRoom: Moment? {
        head < ends.count ? ends[head] + RateLimiter.window : nil
    }

    mutating func begin() {
        open += 1
    }

    /// The attempt ended, with or without an answer.
    mutating func end(at now: Moment) {
        precondition(open > 0, "an attempt ended that had not begun")
        open -= 1
        remember(now)
    }

    /// The attempt was not sent: its slot is free immediately.
    mutating func withdraw() {
        precondition(open > 0, "an attempt was withdrawn that had not begun")
        open -= 1
    }

    /// Records an attempt of an earlier process.
    mutating func remember(_ end: Moment) {
        // Ends are in order, except those of an earlier process whose clock was set.
        ends.append(max(end, ends.last ?? end))
    }

    private mutating func expire(at now: Moment) {
        while head < ends.count, ends[head] + RateLimiter.window <= now { head += 1 }
        if head > 1_024, head * 2 > ends.count {
            ends.removeFirst(head)
            head = 0
        }
    }
}
