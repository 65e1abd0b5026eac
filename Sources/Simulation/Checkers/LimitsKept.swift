import Execution
import JobModel
import Journaling
import ZohoAPI

/// Calls in flight stay within the limit, calls in any minute too, whatever sessions sent them;
/// nothing leaves while the service is paused, or after `--until`.
struct LimitsKept: Checker {
    private var facts: SessionFacts?
    private var inFlight: Set<AttemptID> = []
    /// Arrivals at the service.
    private var arrivals: [Moment] = []
    private var pausedUntil: Moment?
    /// The smallest limit of the sessions so far that may have sent in the last minute: a session
    /// answers for its own limit only once a minute of it has passed under a wider one.
    private var narrowest: [(since: Moment, limit: Int?)] = []

    init(_ scenario: Scenario) {}

    mutating func sees(_ happening: Happening, at now: Moment) -> String? {
        switch happening {
        case .sessionBegan(let facts):
            self.facts = facts
            inFlight.removeAll()
            pausedUntil = nil
            narrowest.append((now, facts.limits.callsPerMinute[.crm]))
        case .requestLeft(let attempt, _): return left(attempt, at: now)
        case .requestArrived: return arrived(at: now)
        case .attemptEnded(let attempt, let end):
            inFlight.remove(attempt)
            if case .answered(let answer) = end { ended(answer, at: now) }
        case .crashed, .sessionEnded: inFlight.removeAll()
        default: break
        }
        return nil
    }

    private mutating func left(_ attempt: AttemptID, at now: Moment) -> String? {
        guard let facts else { return "a request leaves before a session has begun" }
        inFlight.insert(attempt)
        let limit = facts.limits.concurrency[.crm] ?? 1
        if inFlight.count > limit { return "\(inFlight.count) calls in flight, limit \(limit)" }
        if let pausedUntil, now < pausedUntil {
            return "\(attempt) leaves while the service asks for a pause until \(pausedUntil)"
        }
        if let last = facts.limits.lastStart, now > facts.clockZero + (last - .zero) {
            return "\(attempt) leaves after --until"
        }
        return nil
    }

    private mutating func arrived(at now: Moment) -> String? {
        arrivals.append(now)
        arrivals.removeAll { now - $0 >= .seconds(60) }
        // The widest limit that was in force at any time of the last minute.
        var widest = 0
        for (index, entry) in narrowest.enumerated() {
            let end = index + 1 < narrowest.count ? narrowest[index + 1].since : now
            guard end >= (arrivals.first ?? now) - .seconds(1) || index == narrowest.count - 1
            else { continue }
            guard let limit = entry.limit else { return nil }
            widest = max(widest, limit)
        }
        return arrivals.count > widest
            ? "\(arrivals.count) calls in a minute, limit \(widest)" : nil
    }

    /// A 429 that says for how long.
    private mutating func ended(_ answer: HTTPAnswer, at now: Moment) {
        guard answer.status == 429 else { return }
        let text = String(decoding: answer.body, as: UTF8.self)
        guard let mark = text.range(of: #""retry_after":"#) else { return }
        let digits = text[mark.upperBound...].drop { $0 == "\"" }.prefix { $0.isNumber }
        guard let seconds = Int(digits) else { return }
        pausedUntil = max(pausedUntil ?? now, now + .seconds(seconds))
    }
}

extension String {
    /// The first place of a text.
    fileprivate func range(of text: String) -> Range<String.Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(text) {
                return start..<index(start, offsetBy: text.count)
            }
            start = index(after: start)
        }
        return nil
    }
}
