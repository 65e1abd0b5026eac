import JobModel
import Simulator

/// An item whose records exist and may be changed does not fail: neither because another item of
/// its call is invalid, nor because what it removes is already gone.
struct GoodItemsDoNotFail: Checker {
    private let scenario: Scenario

    init(_ scenario: Scenario) { self.scenario = scenario }

    mutating func observe(_ observation: Observation, _ world: borrowing WorldView) -> String? {
        guard case .worldEnded = observation, scenario.settings.refusedRights.isEmpty else {
            return nil
        }
        for (row, item) in scenario.rows.enumerated().dropFirst() {
            guard let outcome = world.journal.outcomes[row], outcome.word == "failed",
                item.parentExists, item.relatedExists
            else { continue }
            // A request for one item that is refused for its length can't be made shorter.
            if [413, 414, 431].contains(outcome.status) { continue }
            switch item.operation {
            case .update: break
            case .delink, .deleteAttachment:
                // A refused element without an id does not say what is gone.
                if !item.isPresent, scenario.has(.distortedAnswers) { continue }
            case .deleteCreatorRecords, .discoverDeleted: continue
            }
            return
                "row \(row), \(item.operation.rawValue), is good, and failed with \(outcome.code)"
        }
        return nil
    }
}
