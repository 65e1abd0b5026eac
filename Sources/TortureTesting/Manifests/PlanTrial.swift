import Chunking
import JobModel
import Planning
import ZohoAPI

/// What a plan reports before anything is sent, against what the writer of a trial manifest knows:
/// the least number of calls, whether they have an upper bound, and what it warns of.
enum PlanTrial {
    static func difference(_ manifest: TrialManifest, _ result: PlanningResult) -> String? {
        var profile = ServiceProfile()
        profile.idsPerCall = 1 + manifest.rows.count % 4
        let plan = Chunker(profile: profile).calls(for: result.items)
        let estimate = PlanEstimate(of: plan, items: result.items, profile: profile)
        let least = leastCalls(of: manifest, idsPerCall: profile.idsPerCall)
        if estimate.lowerBound != least {
            return "\(estimate.lowerBound) calls are needed at least, by the plan; it is \(least)"
        }
        let hasPages = rows(of: manifest).contains { $0.operation == "discover-deleted" }
        if (estimate.callsAtMost == nil) != hasPages {
            return "calls at most: \(estimate.callsAtMost ?? -1), by the plan"
        }
        let warned = result.diagnostics.kept
            .filter { $0.severity == .warning && $0.message.contains("\"max_records\" is") }
            .compactMap { $0.position?.line }
        let small = manifest.smallMaximums.subtracting(manifest.faultyRows)
        let expected = small.map { manifest.lines[$0] }.sorted()
        return warned.sorted() == expected
            ? nil : "small max_records are in lines \(expected), and it warns of \(warned)"
    }

    private static func rows(of manifest: TrialManifest) -> [TrialRow] {
        manifest.rows.indices.filter { !manifest.faultyRows.contains($0) }
            .map { manifest.rows[$0] }.filter { $0.expected != nil }
    }

    /// A call carries relations of one operation between two modules, from whichever end.
    private static func leastCalls(of manifest: TrialManifest, idsPerCall: Int) -> Int {
        var calls = 0
        // Only sums, so the order of keys has no effect.
        var relations: [String: Int] = [:]
        for row in rows(of: manifest) {
            if let relation = row.relation {
                let ends = [relation.module, relation.list].sorted().joined(separator: " ")
                relations["\(row.operation) \(ends)", default: 0] += 1
            } else {
                calls += 1
            }
        }
        return relations.values.reduce(calls) { $0 + ($1 + idsPerCall - 1) / idsPerCall }
    }
}
