import Execution
import JobModel
import Journaling
import Simulator

extension ExhaustiveRun {
    /// How the journal was lost, which decides what can be asked of its accounts.
    enum Loss {
        /// As it was when the process died: everything that was sent is on record.
        case crash
        /// An older copy of it, with a service that has gone on: what it does not know of was sent,
        /// and is found done.
        case olderCopy
    }

    /// The inconsistency of a finished run; nil if every item has exactly one outcome, the ledger
    /// agrees, and no final item was requested again.
    func faultOfAccounts(after loss: Loss) -> String? {
        if let problem { return problem }
        let journal = JournalReading(disk.bytes)
        if let problem = journal.problem { return problem }
        let ledger = organisation.ledger
        if ledger.unwantedEffectCount > 0 {
            return "\(ledger.unwantedEffectCount) effects outside the manifest"
        }
        for group in job.items.groups {
            for (place, parent) in group.parents.enumerated() {
                for item in Int(group.starts[place])..<Int(group.starts[place + 1]) {
                    let outcome = journal.outcomes[group.rows[item]]
                    let relation = (group.kind, parent, group.related[item])
                    if let problem = fault(outcome, relation, ledger, loss) {
                        return "row \(group.rows[item]): \(problem)"
                    }
                }
            }
        }
        let count = journal.outcomes.count
        if count != job.items.itemCount { return "\(count) items have an outcome" }
        return faultOfRounds(journal, ledger, loss) ?? faultOfPages(journal)
    }

    private func fault(
        _ outcome: Outcome?, _ relation: (kind: RelationKind, parent: UInt64, related: UInt64),
        _ ledger: Ledger, _ loss: Loss
    ) -> String? {
        guard let outcome else { return "it has no outcome" }
        switch relation.kind.operation {
        case .delink:
            let history = ledger.history(
                module: relation.kind.module.text, id: relation.parent,
                list: relation.kind.relatedList.text, relatedID: relation.related)
            let removals = history?.removals ?? 0
            if history?.isPresent == true { return "it is there, and \(outcome.kind.word)" }
            if removals > 1 { return "it was removed \(removals) times" }
            switch outcome.kind {
            case .removed where removals == 1: return nil
            case .absent where removals == 0: return nil
            case .absent where outcome.isAfterDoubt || loss == .olderCopy: return nil
            default: return "it was removed \(removals) times, and is \(outcome.kind.word)"
            }
        case .update:
            let fields = ledger.linkFields(
                module: relation.kind.module.text, id: relation.parent,
                list: relation.kind.relatedList.text, relatedID: relation.related)
            return outcome.kind == .updated && !fields.isEmpty ? nil : outcome.kind.word
        case .deleteAttachment:
            let isGone = ledger.seededAttachments.remaining == 0
            let isSaid =
                outcome.kind == .deleted || outcome.kind == .removed
                || outcome.kind == .absent && (outcome.isAfterDoubt || loss == .olderCopy)
            return isGone && isSaid && ledger.counts.attachmentsDeleted == 1
                ? nil : outcome.kind.word
        case .deleteCreatorRecords, .discoverDeleted: return nil
        }
    }

    /// named ⊆ ledger ⊆ named + unaccounted.
    private func faultOfRounds(_ journal: JournalReading, _ ledger: Ledger, _ loss: Loss) -> String?
    {
        guard let report = ledger.creatorReports.first else { return nil }
        let gone = Set(report.deleted)
        let named = journal.run.rounds.first?.deleted ?? []
        if !job.items.creatorJobs.isEmpty, report.remaining != [7_002, 7_004] {
            return "\(report.remaining) remain"
        }
        let tally = journal.run.creator
        if tally.deleted > gone.count || !Set(named).isSubset(of: gone) {
            return "\(tally) are said, and \(gone) are gone"
        }
        if loss == .crash, gone.count > tally.deleted + tally.unaccounted {
            return "\(gone) are gone, and \(tally) accounted for"
        }
        return nil
    }

    private func faultOfPages(_ journal: JournalReading) -> String? {
        guard !job.items.deletedParents.isEmpty else { return nil }
        let expected = Set<UInt64>([8_001, 8_002])
        if Set(journal.children) != expected || journal.children.count != expected.count {
            return "\(journal.children.count) children are listed"
        }
        return nil
    }
}

/// A journal read by its records alone: what it says of each row, and whether it ever contradicts
/// itself.
private struct JournalReading {
    var outcomes: [UInt32: Outcome] = [:]
    /// In the order in which pages have them.
    var children: [UInt64] = []
    var problem: String?
    var run = RecoveredRun()

    init(_ bytes: [UInt8]) {
        var rowsOfCall: [UInt32: [UInt32]] = [:]
        var rowsOfAttempt: [AttemptID: [UInt32]] = [:]
        var scan = JournalScan()
        var found = self
        scan.feed(bytes) { scanned in
            switch scanned.record {
            case .call(let call): rowsOfCall[call.call] = call.rows
            case .attempt(let attempt):
                let rows = attempt.rows ?? rowsOfCall[attempt.call] ?? []
                rowsOfAttempt[AttemptID(call: attempt.call, attempt: attempt.attempt)] = rows
                for row in rows where found.outcomes[row] != nil {
                    found.problem = "row \(row) is asked for again, and has its outcome"
                }
            case .answer(let answer):
                found.children += answer.page?.children.map(\.id) ?? []
                let asked =
                    rowsOfAttempt[AttemptID(call: answer.call, attempt: answer.attempt)] ?? []
                for group in answer.outcomes {
                    for row in group.rows ?? asked where found.settle(row, group.outcome) {
                        found.problem = "row \(row) has two outcomes"
                    }
                }
            default: break
            }
            return nil
        }
        let verdict = scan.finish()
        if verdict != .whole { found.problem = "the last journal is not whole: \(verdict)" }
        var recovery = Recovery()
        recovery.feed(bytes)
        found.run = recovery.finish().run
        self = found
    }

    /// True if the row had an outcome.
    private mutating func settle(_ row: UInt32, _ outcome: Outcome) -> Bool {
        outcomes.updateValue(outcome, forKey: row) != nil
    }
}
