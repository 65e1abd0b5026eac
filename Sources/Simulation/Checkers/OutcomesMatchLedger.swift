import JSONText
import JobModel
import Journaling
import SandboxAPI

/// What is known when nobody takes the run up any more.
struct WorldEnd {
    var journal: [UInt8]
    var run: RecoveredRun
    var ledger: Ledger
}

/// Every item has exactly one final outcome, and it is what the organisation's ledger says; nothing
/// outside the manifest was touched.
struct OutcomesMatchLedger: Checker {
    private let scenario: Scenario

    init(_ scenario: Scenario) {
        self.scenario = scenario
    }

    mutating func sees(_ happening: Happening, at now: Moment) -> String? {
        guard case .worldEnded(let end) = happening else { return nil }
        if end.ledger.unwantedEffectCount > 0 {
            return "\(end.ledger.unwantedEffectCount) effects outside the manifest"
        }
        var found: [Outcome?] = Array(repeating: nil, count: scenario.rows.count)
        var known = RunJournal()
        var scan = JournalScan()
        var doubled: UInt32?
        scan.feed(end.journal) { scanned in
            known.take(scanned.record)
            if case .reopened(let reopened) = scanned.record {
                for row in found.indices {
                    if let outcome = found[row], reopened.outcomes.contains(outcome.kind) {
                        found[row] = nil
                    }
                }
            }
            for (row, outcome) in known.outcomes(of: scanned.record) {
                if found[Int(row)] != nil { doubled = row }
                found[Int(row)] = outcome
            }
            return nil
        }
        if let doubled { return "row \(doubled) has two outcomes" }
        let inDoubt = Set(end.run.openCalls.filter(\.isInDoubt).flatMap(\.openRows))
            .union(end.run.rowsInDoubt)
        for (row, outcome) in found.enumerated().dropFirst() {
            if let problem = judge(row, outcome, isInDoubt: inDoubt.contains(UInt32(row)), end) {
                return "row \(row), \(scenario.rows[row].operation.rawValue): \(problem)"
            }
        }
        if end.run.stop?.state == .finished, found.dropFirst().contains(where: { $0 == nil }) {
            return "the run has finished, and items have no outcome"
        }
        return nil
    }

    private func judge(_ row: Int, _ outcome: Outcome?, isInDoubt: Bool, _ end: WorldEnd)
        -> String?
    {
        switch scenario.rows[row].operation {
        case .delink: judgeDelink(row, outcome, isInDoubt, end)
        case .update: judgeUpdate(row, outcome, isInDoubt, end)
        case .deleteAttachment: judgeAttachment(row, outcome, isInDoubt, end)
        case .deleteCreatorRecords, .discoverDeleted: judgeSteps(row, outcome)
        }
    }

    private func judgeDelink(_ row: Int, _ outcome: Outcome?, _ isInDoubt: Bool, _ end: WorldEnd)
        -> String?
    {
        let item = scenario.rows[row]
        let history = end.ledger.history(
            module: item.module, id: item.parent, list: item.list, relatedID: item.related)
        let removals = history?.removals ?? 0
        let isPresent = history?.isPresent ?? item.isPresent
        if removals > 1 { return "removed \(removals) times" }
        switch outcome?.kind {
        case .removed where removals == 0: return "is said to be removed"
        case .removed where isPresent: return "is said to be removed and is there"
        case .absent where isPresent: return "is said to be absent and is there"
        case .absent where removals > 0 && outcome?.isAfterDoubt == false:
            return "was removed by us, and its doubt is lost"
        case .blocked where removals > 0: return "is said not to be sent, and was removed"
        case .failed where removals > 0: return "is said to have failed, and was removed"
        case nil where removals > 0 && !isInDoubt:
            return "is open and not in doubt, and was removed"
        case .updated, .deleted, .listed: return "is said to be \(outcome?.kind.word ?? "")"
        default: return nil
        }
    }

    private func judgeUpdate(_ row: Int, _ outcome: Outcome?, _ isInDoubt: Bool, _ end: WorldEnd)
        -> String?
    {
        let item = scenario.rows[row]
        let fields = end.ledger.linkFields(
            module: item.module, id: item.parent, list: item.list, relatedID: item.related)
        let isDone = !fields.isEmpty
        let asked = item.fields.dropFirst().dropLast()
        for field in fields {
            let value = JSONWriter.text(of: field.value)
            guard asked == "\"\(field.name)\":\(value)" else {
                return "\(field.name) is \(value), the manifest has \(asked)"
            }
        }
        switch outcome?.kind {
        case .updated where !isDone: return "is said to be updated"
        case .failed where isDone: return "is said to have failed, and was updated"
        case .blocked where isDone: return "is said not to be sent, and was updated"
        case nil where isDone && !isInDoubt:
            return "is open and not in doubt, and was updated"
        case .removed, .deleted, .listed, .absent:
            return "is said to be \(outcome?.kind.word ?? "")"
        default: return nil
        }
    }

    private func judgeAttachment(
        _ row: Int, _ outcome: Outcome?, _ isInDoubt: Bool, _ end: WorldEnd
    ) -> String? {
        let item = scenario.rows[row]
        let isThere = end.ledger.hasAttachment(
            module: item.module, id: item.parent, attachmentID: item.related)
        let isDone = item.isPresent && !isThere
        switch outcome?.kind {
        case .removed, .deleted:
            if !isDone { return "is said to be deleted" }
        case .absent where isThere: return "is said to be absent and is there"
        case .absent where isDone && outcome?.isAfterDoubt == false:
            return "was deleted by us, and its doubt is lost"
        case .blocked where isDone: return "is said not to be sent, and was deleted"
        case .failed where isDone: return "is said to have failed, and was deleted"
        case nil where isDone && !isInDoubt: return "is open and not in doubt, and was deleted"
        case .updated, .listed: return "is said to be \(outcome?.kind.word ?? "")"
        default: return nil
        }
        return nil
    }

    /// What rounds and pages did has checkers of its own.
    private func judgeSteps(_ row: Int, _ outcome: Outcome?) -> String? {
        let isRounds = scenario.rows[row].operation == .deleteCreatorRecords
        switch outcome?.kind {
        case .deleted where isRounds, .listed where !isRounds: return nil
        case .failed, .blocked, .unknown, nil: return nil
        default: return "is said to be \(outcome?.kind.word ?? "")"
        }
    }
}
