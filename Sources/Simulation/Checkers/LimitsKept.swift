import Execution
import JobModel
import Journaling
import ZohoAPI

/// Calls in flight stay within the limit, calls in any minute too, whatever sessions sent them;
/// nothing leaves while the service is paused, or after `--until`. A pause lasts over sessions if
/// its record was durable; otherwise nobody knows of it. Each service has limits of its own.
struct LimitsKept: Checker {
    /// What is known of one service.
    fileprivate struct Watch {
        let service: Service
        var inFlight: Set<AttemptID> = []
        /// Arrivals at the service.
        var arrivals: [Moment] = []
        var pauses: [Pause] = []
        /// The limits of the sessions: one answers for its own only once a minute has passed
        /// since a session under a wider one.
        var limits: [(since: Moment, limit: Int?)] = []
    }

    /// A 429 said for how long nothing is to be sent.
    fileprivate struct Pause {
        let attempt: AttemptID
        let until: Moment
        /// The number of its record.
        var sequence: UInt64?
        var isDurable = false
    }

    private var facts: SessionFacts?
    private var crm = Watch(service: .crm)
    private var creator = Watch(service: .creator)

    init(_ scenario: Scenario) {}

    mutating func sees(_ happening: Happening, at now: Moment) -> String? {
        switch happening {
        case .sessionBegan(let facts):
            crm.begin(facts, at: now)
            creator.begin(facts, at: now)
            self.facts = facts
        case .requestLeft(let attempt, let request):
            guard let facts else { return "a request leaves before a session has begun" }
            return request.service == .creator
                ? creator.left(attempt, facts, at: now) : crm.left(attempt, facts, at: now)
        case .recordHandedOver(.answer(let answer), let sequence):
            crm.recorded(answer, sequence)
            creator.recorded(answer, sequence)
        case .recordsSynchronised(let through):
            crm.synchronised(through)
            creator.synchronised(through)
        case .requestArrived(_, let request, _, _):
            return request.service == .creator ? creator.arrived(at: now) : crm.arrived(at: now)
        case .attemptEnded(let attempt, let end):
            crm.ended(attempt, end, at: now)
            creator.ended(attempt, end, at: now)
        case .crashed, .sessionEnded:
            crm.inFlight.removeAll()
            creator.inFlight.removeAll()
        default: break
        }
        return nil
    }
}

extension LimitsKept.Watch {
    fileprivate mutating func begin(_ facts: SessionFacts, at now: Moment) {
        inFlight.removeAll()
        pauses.removeAll { !$0.isDurable }
        limits.append((now, facts.limits.callsPerMinute[service]))
    }

    fileprivate mutating func left(
        _ attempt: AttemptID, _ facts: SessionFacts, at now: Moment
    ) -> String? {
        inFlight.insert(attempt)
        let limit = facts.limits.concurrency[service] ?? 1
        if inFlight.count > limit { return "\(inFlight.count) calls in flight, limit \(limit)" }
        pauses.removeAll { $0.until <= now }
        if let pause = pauses.first {
            return "\(attempt) leaves while the service asks for a pause until \(pause.until)"
        }
        if let last = facts.limits.lastStart, now > facts.clockZero + (last - .zero) {
            return "\(attempt) leaves after --until"
        }
        return nil
    }

    fileprivate mutating func arrived(at now: Moment) -> String? {
        arrivals.append(now)
        arrivals.removeAll { now - $0 >= .seconds(60) }
        // The widest limit that was in force at any time of the last minute.
        var widest = 0
        for (index, entry) in limits.enumerated() {
            let end = index + 1 < limits.count ? limits[index + 1].since : now
            guard end >= (arrivals.first ?? now) - .seconds(1) || index == limits.count - 1
            else { continue }
            guard let limit = entry.limit else { return nil }
            widest = max(widest, limit)
        }
        return arrivals.count > widest
            ? "\(arrivals.count) calls in a minute, limit \(widest)" : nil
    }

    /// A 429 that says for how long is heeded.
    fileprivate mutating func ended(_ attempt: AttemptID, _ end: AttemptEnd, at now: Moment) {
        guard inFlight.remove(attempt) != nil, case .answered(let answer) = end,
            answer.status == 429
        else { return }
        let text = String(decoding: answer.body, as: UTF8.self)
        guard let mark = text.range(of: #""retry_after":"#) else { return }
        let digits = text[mark.upperBound...].drop { $0 == "\"" }.prefix { $0.isNumber }
        guard let seconds = Int(digits) else { return }
        pauses.append(.init(attempt: attempt, until: now + .seconds(seconds)))
    }

    fileprivate mutating func recorded(_ answer: AnswerRecord, _ sequence: UInt64) {
        let attempt = AttemptID(call: answer.call, attempt: answer.attempt)
        guard let index = pauses.firstIndex(where: { $0.attempt == attempt }) else { return }
        pauses[index].sequence = sequence
    }

    fileprivate mutating func synchronised(_ through: UInt64) {
        for index in pauses.indices where pauses[index].sequence.map({ $0 <= through }) == true {
            pauses[index].isDurable = true
        }
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
