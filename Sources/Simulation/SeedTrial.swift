import JobModel
import Journaling

/// One seed tried: its world, and for a calm one the world without crashes too, which must come to
/// the same end.
package enum SeedTrial {
    /// Runs the world of a seed.
    package static func run(
        _ seed: UInt64, canary: Canary? = nil, keepsTrace: Bool = false,
        tells: (@Sendable (String) -> Void)? = nil
    ) -> Simulation.Report {
        if canary == .traps, seed % 7 == 0 {
            preconditionFailure("broken belief: the canary traps (it is meant to)")
        }
        let scenario = Scenario(seed: seed)
        var options = Simulation.Options()
        options.canary = canary
        options.keepsTrace = keepsTrace
        options.tells = tells
        var simulation = Simulation(scenario, options)
        var report = simulation.run()
        if report.broken == nil, scenario.isCalm {
            options.crashes = false
            options.keepsTrace = false
            options.tells = nil
            var twin = Simulation(scenario, options)
            let other = twin.run()
            report.broken = other.broken ?? difference(report, other, scenario)
        }
        return report
    }

    /// A run that was cut and one that was not agree on every item.
    static func difference(
        _ cut: Simulation.Report, _ whole: Simulation.Report, _ scenario: Scenario
    ) -> BrokenPromise? {
        for (row, (one, other)) in zip(cut.outcomes, whole.outcomes).enumerated() {
            if end(one) == end(other) { continue }
            if mayDiffer(one, other, scenario.rows[row], scenario) { continue }
            return BrokenPromise(
                checker: "SameEnd",
                text: "row \(row) is \(one?.word ?? "open") after crashes, "
                    + "\(other?.word ?? "open") without")
        }
        guard cut.state == .finished else {
            return BrokenPromise(checker: "SameEnd", text: "a calm world did not finish")
        }
        return nil
    }

    /// Ends that a crash may turn into each other by no fault of anybody's.
    private static func mayDiffer(
        _ cut: OutcomeKind?, _ whole: OutcomeKind?, _ item: Scenario.Row, _ scenario: Scenario
    ) -> Bool {
        switch item.operation {
        // A refusal without an index after a doubt: whose id it means can't be known.
        case .delink, .deleteAttachment: return cut == .unknown && whole == .failed
        case .update, .discoverDeleted: return false
        case .deleteCreatorRecords:
            // A round in doubt counts as 200: towards max_records, and as some that were deleted.
            // A round that names its records is repeated, and comes to the same end.
            guard !scenario.has(.pinnedRounds) else { return false }
            return item.maximumRecords < 10_000
                || (cut == .deleted && whole == .failed
                    && item.undeletable.count == item.records.count)
        }
    }

    /// What one attempt removed another finds absent.
    private static func end(_ outcome: OutcomeKind?) -> OutcomeKind? {
        switch outcome {
        case .removed, .deleted: .absent
        default: outcome
        }
    }
}
