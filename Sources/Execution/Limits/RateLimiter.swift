import JobModel

/// At most `limit` sendings in any 60 seconds, as the *server* sees them.
///
/// A sending reaches the server at some moment between leaving us and its answer. So a place in the
/// window is taken when the sending is decided and given back 60 s after its *end*: then any
/// `limit` + 1 arrivals span more than 60 s, whatever the latency. The cost is latency / 60 s of
/// the rate (0.1 % at 60 ms).
struct RateLimiter: Sendable {
    static let window = Duration.seconds(60)

    let limit: Int
    /// Sendings under way: inside the window for as long as they last.
    private(set) var open = 0
    /// Ends within the last 60 s, ascending; those before `head` have left the window.
    private var ends: [Moment] = []
    private var head = 0

    init(limit: Int) {
        precondition(limit > 0, "the limit is \(limit) calls per minute")
        self.limit = limit
    }

    /// Whether a sending may start now.
    mutating func hasRoom(at now: Moment) -> Bool {
        expire(at: now)
        return open + (ends.count - head) < limit
    }

    /// When the next place comes free by the passing of time; nil when only an answer can free one.
    var nextRoom: Moment? {
        head < ends.count ? ends[head] + RateLimiter.window : nil
    }

    mutating func begin() {
        open += 1
    }

    /// The sending ended, answered or not.
    mutating func end(at now: Moment) {
        precondition(open > 0, "an attempt ended that had not begun")
        open -= 1
        remember(now)
    }

    /// The sending never left: its place is free at once.
    mutating func withdraw() {
        precondition(open > 0, "an attempt was withdrawn that had not begun")
        open -= 1
    }

    /// A sending of an earlier process.
    mutating func remember(_ end: Moment) {
        // Ends come in order but for those of an earlier process on a clock that was stepped.
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
