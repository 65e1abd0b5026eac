package import Chunking
package import JobModel

/// What a manifest comes to, for people and `plan --json`.
package struct PlanSummary: Equatable, Sendable {
    /// One kind of calls.
    package struct Kind: Equatable, Sendable {
        /// As it will be called; `direction` tells whether the rows have it the other way round.
        package var kind: RelationKind
        package var direction: CallDirection
        package var parents: Int
        package var items: Int
        package var calls: Int

        package init(
            kind: RelationKind, direction: CallDirection, parents: Int, items: Int, calls: Int
        ) {
            self.kind = kind
            self.direction = direction
            self.parents = parents
            self.items = items
            self.calls = calls
        }
    }

    package var rows = 0
    package var items = 0
    /// Items that this start would send: all of a new run's, the open ones of one that is carried
    /// on.
    package var itemsToSend = 0
    package var duplicates = 0
    /// Rows left out by `--skip-invalid`.
    package var skipped = 0
    /// Rows that came to nothing, skipped or not: rows = items + duplicates + invalid.
    package var invalid = 0
    /// Findings that are errors, skipped ones included; a row can have several, and a file's
    /// structure some that are no row's.
    package var errors = 0
    package var calls = 0
    /// Calls if every row were called from the end it names.
    package var callsAsWritten = 0
    /// Proven: no choice of ends needs fewer.
    package var lowerBound = 0
    package var byKind: [Kind] = []
    /// Credits and time; nil when nothing was planned.
    package var estimate: PlanEstimate?
    /// Which organisation a run changes; nil where nobody asked, as for `plan`.
    package var organisation: OrganisationReader.Reading?

    package init() {}
}

/// What `plan` found.
package struct PlanOutcome: Sendable {
    package var summary: PlanSummary
    package var diagnostics: DiagnosticList
    /// What stands before each diagnostic: the manifest's path, or `<stdin>`.
    package var path: String
    /// The work items, for a simulator to fill itself from.
    package var items: WorkItems
    /// Whether `run` would refuse (65): errors that can't be, or were not to be, skipped.
    package var stopsRun: Bool

    package init(
        summary: PlanSummary, diagnostics: DiagnosticList, path: String, items: WorkItems,
        stopsRun: Bool
    ) {
        self.summary = summary
        self.diagnostics = diagnostics
        self.path = path
        self.items = items
        self.stopsRun = stopsRun
    }
}
