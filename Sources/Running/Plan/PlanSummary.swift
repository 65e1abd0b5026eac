package import Chunking
package import JobModel

/// The summary of a plan, for people and `plan --json`.
package struct PlanSummary: Equatable, Sendable {
    package var rows = 0
    package var items = 0
    /// Items that this start would send: all of a new run's, the open ones of one that is carried
    /// on.
    package var itemsToSend = 0
    package var duplicates = 0
    /// Rows left out by `--skip-invalid`.
    package var skipped = 0
    /// Rows without an item, skipped or not: rows = items + duplicates + invalid.
    package var invalid = 0
    /// Findings that are errors, skipped ones included; a row can have several, and a file's
    /// structure some that are no row's.
    package var errors = 0
    /// The calls, credits and time of what is planned; its kinds are as they will be called.
    package var estimate = PlanEstimate.empty
    /// Calls of an earlier session that are sent again beside those.
    package var openCalls = 0
    /// Which organisation a run changes; nil where it was not read, as for `plan`.
    package var organisation: OrganisationReader.Reading?

    package init() {}

    package var calls: Int { estimate.calls + openCalls }
}

/// What `plan` found.
package struct PlanOutcome: Sendable {
    package var summary: PlanSummary
    package var diagnostics: DiagnosticList
    /// The prefix of each diagnostic: the manifest's path, or `<stdin>`.
    package var path: String
    /// The work items, for a simulator to fill itself from.
    package var items: WorkItems
    /// Whether `run` would refuse the manifest (65).
    package var stopsRun: Bool
}
