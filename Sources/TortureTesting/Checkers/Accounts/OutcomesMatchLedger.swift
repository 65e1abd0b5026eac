import JSONText
import JobModel
import Simulator

/// Every item's outcome matches the ledger, or the item is open and, if changed, in doubt; nothing
/// outside the manifest was touched.
struct OutcomesMatchLedger: Checker {
    private let scenario: Scenario

    init(_ scenario: Scenario) { self.scenario = scenario }

    mutating func observe(_ observation: Observation, _ world: borrowing WorldView) -> String? {
        guard case .worldEnded(let ledger) = observation else { return nil }
        if ledger.unwantedEffectCount > 0 {
            return "\(ledger.unwantedEffectCount) effects outside the manifest"
        }
        let inDoubt = world.journal.rowsInDoubt()
        for (row, item) in scenario.rows.enumerated().dropFirst() {
            let outcome = world.journal.outcomes[row]
            let isInDoubt = inDoubt.contains(row)
            let problem: String? =
                switch item.operation {
                case .delink: checkDelink(item, outcome, isInDoubt, ledger)
                case .update: checkUpdate(item, outcome, isInDoubt, ledger)
                case .deleteAttachment: checkAttachment(item, outcome, isInDoubt, ledger)
                case .deleteCreatorRecords: checkSteps(outcome, "deleted")
                case .discoverDeleted: checkSteps(outcome, "listed")
                }
            if let problem { return "row \(row), \(item.operation.rawValue): \(problem)" }
        }
        return nil
    }

    private func checkDelink(
        _ item: Scenario.Row, _ outcome: SeenJournal.Outcome?, _ isInDoubt: Bool, _ ledger: Ledger
    ) -> String? {
        let history = ledger.history(
            module: item.module, id: item.parent, list: item.listed, relatedID: item.related)
        let removals = history?.removals ?? 0
        if removals > 1 { return "removed \(removals) times" }
        return checkRemoval(
            outcome, isDone: removals > 0, isThere: history?.isPresent ?? item.isPresent,
            isInDoubt: isInDoubt, words: ["removed"])
    }

    private func checkAttachment(
        _ item: Scenario.Row, _ outcome: SeenJournal.Outcome?, _ isInDoubt: Bool, _ ledger: Ledger
    ) -> String? {
        let isThere = ledger.hasAttachment(
            module: item.module, id: item.parent, attachmentID: item.related)
        return checkRemoval(
            outcome, isDone: item.isPresent && !isThere, isThere: isThere, isInDoubt: isInDoubt,
            words: ["removed", "deleted"])
    }

    private func checkRemoval(
        _ outcome: SeenJournal.Outcome?, isDone: Bool, isThere: Bool, isInDoubt: Bool,
        words: [String]
    ) -> String? {
        switch outcome?.word {
        case nil: return isDone && !isInDoubt ? "is open and not in doubt, and is done" : nil
        case let word? where words.contains(word):
            return isDone && !isThere ? nil : "is said to be \(word), and was not removed"
        case "absent" where isThere: return "is said to be absent and is there"
        case "absent" where isDone && outcome?.isAfterDoubt == false:
            return "was removed by us, and the disk does not say that it may have been"
        case "blocked" where isDone: return "is said not to be sent, and was removed"
        case "failed" where isDone: return "is said to have failed, and was removed"
        case "absent", "blocked", "failed", "unknown": return nil
        case let word?: return "is said to be \(word)"
        }
    }

    private func checkUpdate(
        _ item: Scenario.Row, _ outcome: SeenJournal.Outcome?, _ isInDoubt: Bool, _ ledger: Ledger
    ) -> String? {
        let fields = ledger.linkFields(
            module: item.module, id: item.parent, list: item.list, relatedID: item.related)
        let isDone = !fields.isEmpty
        let asked = item.fields.dropFirst().dropLast()
        for field in fields {
            let value = JSONWriter.text(of: field.value)
            guard asked == "\"\(field.name)\":\(value)" else {
                return "\(field.name) is \(value), the manifest has \(asked)"
            }
        }
        switch outcome?.word {
        case "updated" where !isDone: return "is said to be updated"
        case "failed" where isDone: return "is said to have failed, and was updated"
        case "blocked" where isDone: return "is said not to be sent, and was updated"
        case nil where isDone && !isInDoubt:
            return "is open and not in doubt, and was updated"
        case "removed", "deleted", "listed", "absent": return "is said to be \(outcome?.word ?? "")"
        default: return nil
        }
    }

    /// Rounds and pages have their own checkers.
    private func checkSteps(_ outcome: SeenJournal.Outcome?, _ done: String) -> String? {
        switch outcome?.word {
        case nil, done, "failed", "blocked", "unknown": nil
        case let word?: "is said to be \(word)"
        }
    }
}
