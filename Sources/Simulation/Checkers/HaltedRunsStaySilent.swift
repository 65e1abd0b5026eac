import JobModel
import Journaling

/// A halted run sends nothing until somebody overrides it, and a finished one never again.
struct HaltedRunsStaySilent: Checker {
    private var mustBeSilent = false
    private var isFinished = false

    init(_ scenario: Scenario) {}

    mutating func sees(_ happening: Happening, at now: Moment) -> String? {
        switch happening {
        case .sessionBegan(let facts):
            mustBeSilent =
                facts.before.halt != nil && facts.before.halt?.number != facts.overriddenHalt
            isFinished = facts.before.stop?.state == .finished && facts.reopens.isEmpty
        case .requestLeft(let attempt, _):
            if mustBeSilent { return "\(attempt) leaves although the run was halted" }
            if isFinished { return "\(attempt) leaves although the run has finished" }
        default: break
        }
        return nil
    }
}
