import JobModel

/// `--max-failures`: nothing is sent while more items than that, or a greater share of the last
/// 1,000, have failed on disk, and the process ends accordingly. Refusals that may be about a kind
/// do not count once the kind is stopped.
struct FailuresHalt: Checker {
    private static let window = 1_000

    /// Something left in this process: one with nothing to send ends with the run's state.
    private var hasSent = false
    /// Records on the disk when the process began.
    private var sequenceBefore = 0

    init(_ scenario: Scenario) {}

    mutating func observe(_ observation: Observation, _ world: borrowing WorldView) -> String? {
        if case .processBegan = observation {
            hasSent = false
            sequenceBefore = world.journal.lastSequence
        }
        guard let limits = world.process?.limits else { return nil }
        switch observation {
        case .requestLeft(let sending):
            hasSent = true
            return excess(world.journal, limits).map { "\(sending.name) leaves: \($0)" }
        case .processEnded(let summary) where summary.reason == "error-budget":
            return isTooEarly(world.journal, limits)
                ? "halts, and \(world.journal.counts["failed"] ?? 0) items have failed" : nil
        case .processEnded(let summary) where hasSent && ![74, 76].contains(summary.exit):
            return excess(world.journal, limits).map { "ends with \(summary.exit): \($0)" }
        default: return nil
        }
    }

    /// A halt of this process, although no more items have failed in all than the count, or no
    /// greater share of them. The window of a share is not known to the item.
    private func isTooEarly(_ journal: borrowing SeenJournal, _ limits: RunLimits) -> Bool {
        guard let halt = journal.halt, halt.reason == "error-budget", halt.number > sequenceBefore
        else { return false }
        switch limits.failureBudget {
        case .count(let maximum): return journal.counts["failed", default: 0] <= maximum
        case .percent(let percent, let minimum):
            // A refusal of a whole kind may be on a disk that lost the kind's stop.
            if journal.isRecentPartial || journal.sessionCount > 1 { return false }
            return journal.recentAtHalt.allSatisfy { final, failed in
                final < FailuresHalt.window
                    && (final < minimum || Double(failed) * 100 <= Double(final) * percent)
            }
        }
    }

    private func excess(_ journal: borrowing SeenJournal, _ limits: RunLimits) -> String? {
        switch limits.failureBudget {
        case .count(let maximum):
            guard journal.failures.count > maximum else { return nil }
            return "\(journal.failures.count) items have failed, --max-failures is \(maximum)"
        case .percent(let percent, let minimum):
            if journal.isRecentPartial { return nil }
            // For answers with several outcomes, the oldest may be in the window or not.
            var (final, failed) = (0, 0)
            var oldest = SeenJournal.Recent(kind: "")
            for entry in journal.recent.reversed() where final < FailuresHalt.window {
                final += entry.final
                failed += entry.failed
                oldest = entry
            }
            let isExceeded = { (final: Int, failed: Int) in
                final >= minimum && Double(failed) * 100 > Double(final) * percent
            }
            guard isExceeded(final, failed),
                final < FailuresHalt.window
                    || isExceeded(final - oldest.final, failed - oldest.failed)
            else { return nil }
            return "\(failed) of the last \(final) items have failed, --max-failures is \(percent)%"
        }
    }
}
