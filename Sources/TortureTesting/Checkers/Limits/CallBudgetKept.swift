import JobModel

/// `--max-calls`: no further distinct call is sent after this many in the last 24 hours, across
/// processes. Earlier calls may be resent.
struct CallBudgetKept: Checker {
    private var starts: [Moment] = []
    private let window: Duration

    init(_ scenario: Scenario) {
        // A little less than a day: the journal counts by the minute, and by a clock that may be
        // set.
        window = .seconds(24 * 3_600 - (scenario.has(.clockSteps) ? 15_000 : 120))
    }

    mutating func observe(_ observation: Observation, _ world: borrowing WorldView) -> String? {
        // What was journalled before may leave, and may never have left.
        guard case .requestLeft(let sending) = observation, sending.attempt?.attempt == 1 else {
            return nil
        }
        starts.append(world.now)
        starts.removeAll { world.now - $0 >= window }
        guard let maximum = world.process?.limits.maximumCalls, starts.count > maximum else {
            return nil
        }
        return "\(starts.count) calls in a day, --max-calls is \(maximum)"
    }
}
