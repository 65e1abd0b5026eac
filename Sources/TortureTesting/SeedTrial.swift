import JobModel
import Journaling

/// One seed tried: its manifest, its world, and for a calm one the world without crashes too, which
/// must come to the same end.
package enum SeedTrial {
    /// A world with fewer items, features and faults than its seed draws, for shrinking.
    package struct Cut: Equatable, Sendable {
        package var features: Set<Feature>
        package var maximumItems: Int
        /// Names of the service's faults.
        package var faults: Set<String>
        /// Small limits, and faults that come often.
        package var isTight = false

        /// Faults of the world and of the service together.
        package var faultCount: Int { features.count(where: \.isFault) + faults.count }
    }

    /// Runs the world of a seed.
    package static func run(
        _ seed: UInt64, _ options: Simulation.Options = Simulation.Options(), cut: Cut? = nil
    ) -> Simulation.Report {
        if options.bug == .traps, seed % 7 == 0 {
            preconditionFailure("the planted bug traps (it is meant to)")
        }
        let scenario =
            cut.map {
                Scenario(
                    seed: seed, features: $0.features, maximumItems: $0.maximumItems,
                    faults: $0.faults, isTight: $0.isTight)
            } ?? Scenario(seed: seed)
        var simulation = Simulation(scenario, options)
        var report = simulation.run()
        if report.violation == nil, options.looks(ManifestTrial.checker),
            let violation = ManifestTrial.violation(
                seed, maximumRows: cut?.maximumItems, options.bug)
        {
            report.violation = violation
            report.violations.append(violation)
        }
        if report.violation == nil, options.looks(TextTrial.checker),
            let violation = TextTrial.violation(seed, options.bug)
        {
            report.violation = violation
            report.violations.append(violation)
        }
        if report.violation == nil, scenario.isCalm, options.looks("SameEnd") {
            var options = options
            options.crashes = false
            options.keepsTrace = false
            options.traceSink = nil
            // The other world has no planted bug, so the bug shows as a difference.
            options.bug = nil
            var calm = Simulation(scenario, options)
            let other = calm.run()
            report.violation = other.violation ?? difference(report, other, scenario)
            if options.surveys, let violation = report.violation {
                report.violations.append(violation)
            }
        }
        return report
    }

    /// An interrupted run and an uninterrupted one agree on every item.
    static func difference(
        _ cut: Simulation.Report, _ whole: Simulation.Report, _ scenario: Scenario
    ) -> InvariantViolation? {
        for (row, (one, other)) in zip(cut.outcomes, whole.outcomes).enumerated() {
            if end(one) == end(other) { continue }
            if mayDiffer(one, other, scenario.rows[row], scenario) { continue }
            return InvariantViolation(
                checker: "SameEnd",
                text: "row \(row) is \(one ?? "open") after crashes, \(other ?? "open") without")
        }
        guard cut.state == .finished else {
            return InvariantViolation(
                checker: "SameEnd", text: "a calm world did not finish")
        }
        return nil
    }

    /// Outcomes that may differ because of a crash without a bug.
    private static func mayDiffer(
        _ cut: String?, _ whole: String?, _ item: Scenario.Row, _ scenario: Scenario
    ) -> Bool {
        switch item.operation {
        // A refusal says nothing of what an earlier attempt in doubt did, in either world.
        case .delink, .deleteAttachment, .update:
            return Set([cut, whole]) == ["unknown", "failed"]
        case .discoverDeleted: return false
        case .deleteCreatorRecords:
            // A round in doubt, in either run, counts as 200: towards max_records, and as some
            // that were deleted.
            // A round that names its records is repeated, and comes to the same end.
            guard !scenario.has(.pinnedRounds) else { return false }
            return item.maximumRecords < 10_000
                || (Set([cut, whole]) == ["deleted", "failed"]
                    && item.undeletable.count == item.records.count)
        }
    }

    /// What one attempt removed is absent for the next.
    private static func end(_ outcome: String?) -> String? {
        switch outcome {
        case "removed", "deleted": "absent"
        default: outcome
        }
    }
}
