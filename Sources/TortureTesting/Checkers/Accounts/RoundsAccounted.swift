import JobModel
import Simulator

/// Of each Creator row: what the disk names as deleted is gone, what is gone is named or within the
/// number of the unaccounted, and never more than `max_records` are gone. A process that ends in
/// order leaves no round of its own that named no records without a word on the disk. A record is
/// left out of later rounds only if it can't be deleted; what fails for a passing reason is asked
/// for again, unless its row has ended.
struct RoundsAccounted: Checker {
    fileprivate struct Row {
        var named: Set<UInt64> = []
        var concluded: Set<UInt64> = []
        var answeredRounds = 0
        var unaccounted = 0
        var doubled: UInt64?
        /// What later rounds leave out: answers that ended the row aside.
        var leftOut: Set<UInt64> = []
    }

    private let scenario: Scenario
    private static let recordsPerRound = 200

    init(_ scenario: Scenario) { self.scenario = scenario }

    mutating func observe(_ observation: Observation, _ world: borrowing WorldView) -> String? {
        guard scenario.has(.rounds) else { return nil }
        if case .processEnded(let summary) = observation, summary.exit != 74 {
            return openRound(world.journal)
        }
        guard case .worldEnded(let ledger) = observation else { return nil }
        var gone: Set<UInt64> = []
        for report in ledger.creatorReports { gone.formUnion(report.deleted) }
        var rows = Array(repeating: Row(), count: scenario.rows.count)
        for number in world.journal.callNumbers {
            guard let call = world.journal.calls[number], call.round != nil, !call.isListing,
                let row = call.rows.first
            else { continue }
            rows[row].add(call, recordsPerRound: RoundsAccounted.recordsPerRound)
        }
        for (row, item) in scenario.rows.enumerated()
        where item.operation == .deleteCreatorRecords {
            let deleted = gone.intersection(item.records)
            let isDone = world.journal.outcomes[row]?.word == "deleted"
            if let problem = findProblem(item, rows[row], deleted, isDone: isDone) {
                return "row \(row): \(problem)"
            }
        }
        return nil
    }

    private func openRound(_ journal: borrowing SeenJournal) -> String? {
        let open = journal.open.first { key in
            journal.attempt(key)?.session == journal.sessionCount
                && journal.calls[key.call]?.isBlindRound == true
        }
        return open.map { "the process ends, and call \($0.call), a round, is not accounted for" }
    }

    private func findProblem(
        _ item: Scenario.Row, _ row: Row, _ deleted: Set<UInt64>, isDone: Bool
    ) -> String? {
        if let id = row.doubled { return "record \(id) is named as deleted twice" }
        // An answer that leaves a record out, or names one that was not asked for, is believed
        // except where the round had named its records.
        let isDistorted = scenario.has(.distortedAnswers)
        let slack = isDistorted && !scenario.has(.pinnedRounds) ? row.answeredRounds : 0
        let ghosts =
            isDistorted
            ? row.named.intersection(item.records).subtracting(deleted).subtracting(row.concluded)
            : row.named.subtracting(deleted).subtracting(item.fleeting)
        if let ghost = ghosts.min() { return "record \(ghost) is named as deleted and is there" }
        let unnamed = deleted.subtracting(row.named).count
        if unnamed > row.unaccounted + slack {
            return "\(unnamed) records are gone that no record names, \(row.unaccounted) are "
                + "unaccounted"
        }
        if deleted.count > item.maximumRecords + slack {
            return "\(deleted.count) records are gone, max_records is \(item.maximumRecords)"
        }
        if !isDistorted, let id = row.leftOut.subtracting(item.undeletable).min() {
            return "record \(id) is left out, and only its first deletion failed"
        }
        guard isDone else { return nil }
        let left = Set(item.records).subtracting(deleted).subtracting(item.undeletable)
            .subtracting(item.fleeting)
            .subtracting(isDistorted && !scenario.has(.pinnedRounds) ? item.busy : [])
        // What an element without an id speaks of is unaccounted, and may be one of these.
        guard left.count > row.unaccounted else { return nil }
        return left.min().map { "is said to be done, and record \($0) is there" }
    }
}

extension RoundsAccounted.Row {
    fileprivate mutating func add(_ call: SeenJournal.Call, recordsPerRound: Int) {
        for attempt in call.attempts {
            guard let end = attempt.end else { continue }
            answeredRounds += 1
            concluded.formUnion(end.gone)
            unaccounted += end.unaccounted
            if end.outcomes.isEmpty { leftOut.formUnion(end.undeletable) }
            for id in end.deleted + end.gone where !named.insert(id).inserted { doubled = id }
        }
        // The call's last record leaves open what it did.
        let isConcluded = ["settled", "continued"].contains(call.attempts.last?.end?.verdict)
        guard !isConcluded, call.attempts.contains(where: \.isDoubtful) else { return }
        unaccounted += call.named?.count ?? recordsPerRound
    }
}
