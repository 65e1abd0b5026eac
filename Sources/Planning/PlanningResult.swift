package import JobModel

/// The result of planning a manifest.
package struct PlanningResult: Sendable {
    /// Counts of one relation kind, as written in the rows.
    package struct KindNumbers: Equatable, Sendable {
        package var kind: RelationKind
        /// Valid rows of the kind.
        package var rows: Int
        /// Distinct parents of its items.
        package var parents: Int
        package var items: Int
        /// Rows merged into an item, possibly of another kind (the same relation in the other
        /// direction).
        package var duplicates: Int
        package var isAddedByConfiguration: Bool
    }

    /// Valid rows per operation: a command refuses those it cannot execute (`run`:
    /// `discover-deleted`; `discover`: all others).
    package struct OperationRows: Equatable, Sendable {
        package var operation: Operation
        /// Rows merged into an item of another row are counted too.
        package var rows: Int

        package init(operation: Operation, rows: Int) {
            self.operation = operation
            self.rows = rows
        }
    }

    /// The work items. Not to be executed when `stopsRun`.
    package var items: WorkItems
    package var diagnostics: DiagnosticList
    /// Ascending by kind.
    package var kinds: [KindNumbers]
    /// In the order of `Operation.allCases`; only operations that the manifest has.
    package var operations: [OperationRows]
    /// Builds the fields to send from reread update rows.
    package var linkFields: LinkFields
    /// For messages about rows.
    package var rowLines: RowLines
    /// Whether `run` refuses the manifest (65): there are errors that cannot be skipped, or
    /// skipping was not requested.
    package var stopsRun: Bool

    /// Rows with their own fault, skipped or not.
    package var invalidRowCount: Int { items.skippedRows.count }
}
