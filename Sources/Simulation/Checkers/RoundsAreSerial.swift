import Execution
import JobModel
import Journaling
import ZohoAPI

/// Rounds of one report are strictly serial, over sessions too: while one may be at work, until its
/// answer or its time-out, no other leaves; and one that names no records is never sent again when
/// it is in doubt.
struct RoundsAreSerial: Checker {
    private struct Lane {
        /// The round that has left and was not answered.
        var live: AttemptID?
        var session = 0
        var leftAt = Moment.zero
    }

    private let scenario: Scenario
    private var facts: SessionFacts?
    /// By report; only looked up.
    private var lanes: [String: Lane] = [:]
    private var steps: [UInt32: (report: String, step: SerialStep)] = [:]
    /// Calls whose attempt may have acted, and that may not be sent again.
    private var doubtful: Set<UInt32> = []

    init(_ scenario: Scenario) {
        self.scenario = scenario
    }

    mutating func sees(_ happening: Happening, at now: Moment) -> String? {
        switch happening {
        case .sessionBegan(let facts):
            self.facts = facts
            // What is not on record has not left, and its number is used again.
            let highest = facts.recovered.highestCall
            steps.removeAll()
            doubtful = doubtful.filter { $0 <= highest }
            for rounds in facts.recovered.rounds {
                if let open = rounds.openCall { note(open.record) }
            }
        case .recordHandedOver(.call(let call), _): note(call)
        case .requestLeft(let attempt, _): return left(attempt, at: now)
        case .attemptEnded(let attempt, .answered(let answer)):
            // A whole answer, be it a refusal: the service is done with it.
            if answer.status < 500, !answer.body.isEmpty { ended(attempt, isDone: true) }
        case .attemptEnded(let attempt, .failed(let failure)):
            if !failure.leavesDoubt { ended(attempt, isDone: true) }
        default: break
        }
        return nil
    }

    private mutating func note(_ call: CallRecord) {
        guard let step = call.step, case .round = step, let row = call.rows.first else { return }
        steps[call.call] = (scenario.rows[Int(row)].list, step)
    }

    private mutating func left(_ attempt: AttemptID, at now: Moment) -> String? {
        guard let facts, let (report, step) = steps[attempt.call] else { return nil }
        var lane = lanes[report] ?? Lane()
        if let live = lane.live {
            if lane.session == facts.number, live != attempt, isInFlight(live, lane, at: now) {
                return "\(attempt) leaves while \(live) of the same report is under way"
            }
            if now < lane.leftAt + facts.limits.timeout {
                return "\(attempt) leaves before the time-out of \(live), which is in doubt"
            }
        }
        if !step.isRepeatable, doubtful.contains(attempt.call) {
            return "\(attempt) repeats a round that names no records and is in doubt"
        }
        lane.live = attempt
        lane.session = facts.number
        lane.leftAt = now
        lanes[report] = lane
        doubtful.insert(attempt.call)
        return nil
    }

    private func isInFlight(_ attempt: AttemptID, _ lane: Lane, at now: Moment) -> Bool {
        guard let facts else { return false }
        return now < lane.leftAt + facts.limits.timeout
    }

    private mutating func ended(_ attempt: AttemptID, isDone: Bool) {
        guard let (report, _) = steps[attempt.call], lanes[report]?.live == attempt else { return }
        lanes[report]?.live = nil
        if isDone { doubtful.remove(attempt.call) }
    }
}
