import Chunking
import JobModel
import Planning
import ZohoAPI

/// A manifest that was read and planned, and the calls for it.
struct PlannedManifest {
    /// Operations that `run` executes; rows of others are planned, and `run` refuses them.
    private static let executable: [Operation] = [.delink]

    let result: PlanningResult
    private let chunker: Chunker
    private let idsPerCall: Int

    init(_ result: PlanningResult, manifest: ManifestSettings, run: RunSettings) {
        self.result = result
        // The choice of the pivot follows; until then `auto` is as written.
        switch manifest.pivot {
        case .auto, .asWritten: chunker = Chunker(profile: run.profile, pivot: .asWritten)
        }
        idsPerCall = run.profile.idsPerCall
    }

    var items: WorkItems { result.items }

    /// The calls for items of this manifest.
    func calls(for items: WorkItems) -> CallPlan { chunker.calls(for: items) }

    /// What the manifest comes to, with the calls planned for (some of) its items.
    func summary(of plan: CallPlan, for items: WorkItems) -> PlanSummary {
        let estimate = PlanEstimate(of: plan, items: items, idsPerCall: idsPerCall)
        var summary = PlanSummary()
        summary.rows = result.items.rowCount
        summary.items = result.items.itemCount
        summary.duplicates = result.items.duplicateRows.count
        summary.skipped = result.items.skippedRows.count
        summary.invalid = result.diagnostics.errorCount
        summary.calls = estimate.calls
        summary.callsAsWritten = estimate.callsAsWritten
        summary.lowerBound = estimate.lowerBound
        summary.byKind = estimate.byKind.map {
            .init(kind: $0.kind, end: $0.end, parents: $0.parents, items: $0.items, calls: $0.calls)
        }
        summary.estimate = estimate
        return summary
    }

    /// Rows that `run` refuses because nothing executes them yet, as a finding; nil when there are
    /// none.
    var notExecutable: Diagnostic? {
        let counts = result.operations.filter {
            !PlannedManifest.executable.contains($0.operation)
        }
        guard !counts.isEmpty else { return nil }
        let list = counts.map { "\($0.operation.rawValue) (\($0.rows) rows)" }
        return Diagnostic(
            at: nil,
            "this version runs delink only, and the manifest asks for "
                + list.joined(separator: ", ") + ": take those rows out")
    }
}
