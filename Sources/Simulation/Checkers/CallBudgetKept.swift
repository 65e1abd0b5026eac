import Execution
import JobModel
import Journaling

/// `--max-calls`: no further distinct call is begun once so many have been in the last 24 hours,
/// whatever sessions began them. What was begun may be sent again.
struct CallBudgetKept: Checker {
    private var maximum: Int?
    private var count = 0
    private var firstAt: Moment?

    /// A little less than a day: the journal counts by the minute.
    private static let window = Duration.seconds(24 * 3_600 - 120)

    init(_ scenario: Scenario) {}

    mutating func sees(_ happening: Happening, at now: Moment) -> String? {
        switch happening {
        case .sessionBegan(let facts):
            maximum = facts.limits.maximumCalls
            count = facts.recovered.callCount
        case .recordHandedOver(.attempt(let attempt), sequence: _) where attempt.attempt == 1:
            let firstAt = firstAt ?? now
            self.firstAt = firstAt
            count += 1
            guard let maximum, now - firstAt < CallBudgetKept.window, count > maximum else {
                return nil
            }
            return "\(count) calls in a day, --max-calls is \(maximum)"
        default: break
        }
        return nil
    }
}
