import JobModel

/// What the process says at its end, and its exit status, are what the disk holds and what was seen
/// to leave: 0 = everything done, 3 = all ended and something is to be looked at, 69, 75, 77 =
/// paused, 76 = halted; 77 too where everything was refused and nothing done. What it shows while
/// it runs adds up to its items. What `status` says of a run that is not running is true too; there
/// a round that names no records and has no answer counts as all that it may have deleted.
struct SummariesAreTrue: Checker {
    private var leftCount = 0
    /// Calls of one kind may use either direction of the relation.
    private let hasEnds: Bool

    /// Records may still be read back when every item has its outcome.
    private let readsBack: Bool
    private let skippedRows: Int

    init(_ scenario: Scenario) {
        readsBack = scenario.crmVersion == "v8"
        skippedRows = scenario.skippedRows
        hasEnds = scenario.rows.dropFirst().contains { $0.operation == .delink }
    }

    mutating func observe(_ observation: Observation, _ world: borrowing WorldView) -> String? {
        switch observation {
        case .requestLeft: leftCount += 1
        case .counted(let counts):
            let open = (world.journal.planned ?? 0) - counts.final
            if counts.pending != open { return "it shows \(counts.pending) pending of \(open)" }
        case .processEnded(let summary) where summary.exit != 74:
            return faultInNumbers(summary, world.journal) ?? faultInExit(summary, world.journal)
                ?? faultInDoubt(summary, world.journal)
        case .statusAsked(let status):
            return faultInCounts(status, world.journal)
                ?? faultInUnaccounted(
                    status, world.journal, open: SummariesAreTrue.openRounds(world.journal))
        default: break
        }
        return nil
    }

    private func faultInNumbers(
        _ summary: SeenSummary, _ journal: borrowing SeenJournal
    ) -> String? {
        if let problem = faultInCounts(
            SeenStatus(
                counts: summary.counts, callCount: summary.callCount,
                attemptCount: summary.attemptCount, unaccounted: summary.unaccounted), journal)
        {
            return problem
        }
        let open = (journal.planned ?? 0) - journal.outcomes.count
        if summary.pending != open { return "it says \(summary.pending) pending, \(open) are" }
        if summary.attemptCount < leftCount {
            return "it says \(summary.attemptCount) attempts, \(leftCount) were seen"
        }
        return nil
    }

    private func faultInCounts(
        _ status: SeenStatus, _ journal: borrowing SeenJournal
    ) -> String? {
        for (kind, count) in zip(OutcomeKind.allCases, status.counts.items) {
            let durable = journal.counts[kind.word] ?? 0
            if count != durable { return "it says \(count) \(kind.word), the disk has \(durable)" }
        }
        if status.counts.creatorDeleted != journal.creatorDeleted {
            return "it says \(status.counts.creatorDeleted) deleted records, the disk has "
                + "\(journal.creatorDeleted)"
        }
        let failed = journal.creatorFailed.values.reduce(0, +)
        if status.counts.creatorFailed != failed {
            return "it says \(status.counts.creatorFailed) failed records, the disk has \(failed)"
        }
        var (calls, attempts) = (0, 0)
        for number in journal.callNumbers {
            let sent = (journal.calls[number]?.attempts ?? []).count {
                $0.end?.verdict != "unsent"
            }
            attempts += sent
            if sent > 0 { calls += 1 }
        }
        if status.callCount != calls {
            return "it says \(status.callCount) calls, the disk has \(calls)"
        }
        if status.attemptCount != attempts {
            return "it says \(status.attemptCount) attempts, the disk has \(attempts)"
        }
        return nil
    }

    /// Attempts of this process without an end on the disk; of a round that names no records the
    /// end may be there, and say that it is lost.
    private func faultInDoubt(_ summary: SeenSummary, _ journal: borrowing SeenJournal) -> String? {
        var (open, lost) = (0, 0)
        for number in journal.callNumbers {
            guard let call = journal.calls[number] else { continue }
            for attempt in call.attempts where attempt.session == journal.sessionCount {
                if attempt.end == nil { open += 1 }
                if call.isBlindRound, attempt.end?.leavesDoubt == true { lost += 1 }
            }
        }
        return (open...(open + lost)).contains(summary.inDoubt)
            ? nil : "it says that \(summary.inDoubt) calls are in doubt, \(open) are"
    }

    /// Every kind was stopped by this process, which is the run's only one, and nothing was done.
    private func isAllRefused(_ summary: SeenSummary, _ journal: borrowing SeenJournal) -> Bool {
        let bad = ["failed", "blocked"].reduce(0) { $0 + (journal.counts[$1] ?? 0) }
        guard journal.sessionCount == 1, summary.unaccounted == 0, !hasEnds,
            !journal.callNumbers.isEmpty
        else {
            return false
        }
        return summary.counts.final == bad && summary.counts.creatorDeleted == 0
            && journal.callNumbers.allSatisfy { number in
                journal.stoppedKinds.contains(journal.calls[number]?.kind ?? "")
            }
    }

    private func faultInUnaccounted(
        _ status: SeenStatus, _ journal: borrowing SeenJournal, open: Int
    ) -> String? {
        // Then it counts what the row's last round may have done.
        if journal.hasGivenUpRounds { return nil }
        let count = journal.creatorUnaccounted + open
        return status.unaccounted == count
            ? nil : "it says \(status.unaccounted) unaccounted records, the disk has \(count)"
    }

    /// What rounds without an answer, of rows that are open, may have deleted unnamed.
    private static func openRounds(_ journal: borrowing SeenJournal) -> Int {
        var count = 0
        for number in journal.callNumbers {
            guard let call = journal.calls[number], call.isBlindRound,
                let last = call.attempts.last, last.end == nil, let row = call.rows.first,
                journal.outcomes[row] == nil
            else { continue }
            count += 200
        }
        return count
    }

    private func faultInExit(_ summary: SeenSummary, _ journal: borrowing SeenJournal) -> String? {
        if let stop = journal.stop, let exit = stop.exit, exit != summary.exit {
            return "it ends with \(summary.exit), the disk says \(exit)"
        }
        guard journal.stop != nil else { return "it ends in order, and no stop is on the disk" }
        let isWhole = journal.planned == journal.outcomes.count
        let bad = ["failed", "blocked", "unknown"].reduce(0) { $0 + (journal.counts[$1] ?? 0) }
        let isClean =
            bad == 0 && skippedRows == 0 && summary.unaccounted == 0
            && summary.counts.creatorFailed == 0
        switch summary.exit {
        case 0: return isWhole && isClean ? nil : "it ends with 0, and not everything is done"
        case 3:
            if isAllRefused(summary, journal) { return "it ends with 3, and all was refused" }
            return isWhole ? nil : "it ends with 3, and items are open"
        case 69, 75:
            if readsBack { return nil }
            return isWhole ? "it ends with \(summary.exit), and nothing is open" : nil
        case 76: return journal.halt != nil ? nil : "it ends with 76, and no halt is on the disk"
        case 77:
            if summary.reason == "credentials" { return nil }
            let done = summary.counts.final - bad + summary.counts.creatorDeleted
            let mayBeDone = journal.counts["unknown", default: 0] + summary.unaccounted
            return isWhole && done == 0 && mayBeDone == 0 && !journal.stoppedKinds.isEmpty
                ? nil : "it ends with 77, and \(done) items are done, \(mayBeDone) perhaps"
        default: return "it ends with \(summary.exit)"
        }
    }
}
