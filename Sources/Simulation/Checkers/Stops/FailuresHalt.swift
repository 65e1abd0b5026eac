import JobModel

/// `--max-failures`: nothing leaves while the disk has more failed items than that, or a greater
/// share of the last 1,000; and a process does not end as if it were not so. Refusals that may
/// speak of a kind are left out once the kind is stopped.
struct FailuresHalt: Checker {
    private static let window = 1_000

    /// Something left in this process: one with nothing to send ends as the run stands.
    private var hasSent = false

    init(_ scenario: Scenario) {}

    mutating func observe(_ observation: Observation, _ world: borrowing WorldView) -> String? {
        if case .processBegan = observation { hasSent = false }
        guard let limits = world.process?.limits else { return nil }
        switch observation {
        case .requestLeft(let sending):
            hasSent = true
            return excess(world.journal, limits).map { "\(sending.name) leaves: \($0)" }
        case .processEnded(let summary) where hasSent && ![74, 76].contains(summary.exit):
            return excess(world.journal, limits).map { "ends with \(summary.exit): \($0)" }
        default: return nil
        }
    }

    private func excess(_ journal: borrowing SeenJournal, _ limits: RunLimits) -> String? {
        switch limits.failureBudget {
        case .count(let maximum):
            guard journal.failures.count > maximum else { return nil }
            return "\(journal.failures.count) items have failed, --max-failures is \(maximum)"
        case .percent(let percent, let minimum):
            if journal.isRecentPartial { return nil }
            // Of answers that bring several outcomes the oldest is in the window, or is not.
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
