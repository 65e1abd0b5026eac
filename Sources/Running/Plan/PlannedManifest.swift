import Chunking
import JobModel
import ManifestReading
import Planning
import SystemCalls
import ZohoAPI

/// A manifest that was read and planned, and the calls for it.
struct PlannedManifest {
    let result: PlanningResult
    private let columns: ManifestColumns?
    private let format: ManifestFormat
    private let columnMap: ColumnMap
    private let command: JobCommand
    private let chunker: Chunker
    private let profile: ServiceProfile

    init(
        _ reading: PlanPipeline.Reading, of pipeline: PlanPipeline, manifest: ManifestSettings,
        run: RunSettings
    ) {
        result = reading.result
        columns = reading.columns
        format = pipeline.format
        columnMap = pipeline.columnMap
        command = manifest.command
        // The choice of the pivot follows; until then `auto` is as written.
        switch manifest.pivot {
        case .auto, .asWritten: chunker = Chunker(profile: run.profile, pivot: .asWritten)
        }
        profile = run.profile
    }

    var items: WorkItems { result.items }

    /// The calls for items of this manifest.
    func calls(for items: WorkItems) -> CallPlan { chunker.calls(for: items) }

    /// The summary of the manifest with the calls for some of its items.
    func summary(of plan: CallPlan, for items: WorkItems) -> PlanSummary {
        var summary = PlanSummary()
        summary.rows = result.items.rowCount
        summary.items = result.items.itemCount
        summary.itemsToSend = items.itemCount
        summary.duplicates = result.items.duplicateRows.count
        summary.skipped = result.items.skippedRows.count
        summary.invalid = summary.rows - summary.items - summary.duplicates
        summary.errors = result.diagnostics.errorCount
        summary.estimate = PlanEstimate(of: plan, items: items, profile: profile)
        return summary
    }

    /// Makes the bodies of updates from the snapshot; nil for a manifest without updates.
    ///
    /// - Throws: `disk` (74).
    func bodies(snapshot path: String) throws(RunningError) -> UpdateBodies? {
        guard items.updateRows.count > 0, let columns else { return nil }
        return try onDisk { () throws(SystemError) in
            try UpdateBodies(
                snapshot: path, format: format, columns: columns, columnMap: columnMap,
                positions: items.updateRows, linkFields: result.linkFields)
        }
    }

    /// Rows that the command does not execute, as a finding; nil when there are none.
    var notExecutable: Diagnostic? {
        let counts = result.operations.filter { !command.executes($0.operation) }
        guard !counts.isEmpty else { return nil }
        let list = counts.map {
            "\($0.operation.rawValue) (\($0.rows) \($0.rows == 1 ? "row" : "rows"))"
        }
        return Diagnostic(
            at: nil,
            "relsweep \(command.rawValue) does not do "
                + list.joined(separator: ", ")
                + ": those are for relsweep \(command.other.rawValue); "
                + "give them a manifest of their own")
    }
}
