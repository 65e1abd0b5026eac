package import JobModel

/// Everything that planning found out about a manifest.
package struct PlanningResult: Sendable {
    /// Numbers of one relation kind, as the rows write it.
    package struct KindNumbers: Equatable, Sendable {
        package var kind: RelationKind
        /// Valid rows of the kind.
        package var rows: Int
        /// Distinct parents of its items.
        package var parents: Int
        package var items: Int
        /// Rows merged into an item, which may be of another kind (the same relation seen from its
        /// other end).
        package var duplicates: Int
        package var isAddedByConfiguration: Bool
    }

    /// Valid rows of one operation: commands refuse those they can't execute (`run` the rows of
    /// `discover-deleted`, `discover` all others).
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
    /// Turns rows of updates, read again by their positions, into the fields to be sent.
    package var linkFields: LinkFields
    /// For text that speaks of rows.
    package var rowLines: RowLines
    /// `run` refuses (65): there are errors that can't be, or were not to be, skipped.
    package var stopsRun: Bool

    /// Rows with a fault of their own, skipped or not.
    package var invalidRowCount: Int { items.skippedRows.count }
}
