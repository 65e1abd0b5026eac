/// The work items of one relation kind, grouped by parent, in columns (12 bytes per item).
///
/// Item i is (`related[i]`, `rows[i]`); the items of `parents[p]` are `starts[p]..<starts[p + 1]`.
/// Parents ascend, and within a parent related ids ascend, so equal manifests give equal groups in
/// any order of their rows.
package struct ItemGroup: Sendable, Equatable {
    package var kind: RelationKind
    /// Whether the configuration added the list: its calls carry one item until one has succeeded.
    package var isAddedByConfiguration: Bool
    /// Distinct parent record ids, ascending.
    package var parents: [UInt64]
    /// `parents.count + 1` offsets into `related` and `rows`.
    package var starts: [UInt32]
    package var related: [UInt64]
    /// The first row (1-based data row) that requested the item.
    package var rows: [UInt32]

    package init(
        kind: RelationKind, isAddedByConfiguration: Bool = false, parents: [UInt64],
        starts: [UInt32],
        related: [UInt64], rows: [UInt32]
    ) {
        precondition(
            starts.count == parents.count + 1,
            "\(starts.count) offsets for \(parents.count) parents")
        precondition(
            related.count == rows.count, "\(related.count) related ids for \(rows.count) rows")
        self.kind = kind
        self.isAddedByConfiguration = isAddedByConfiguration
        self.parents = parents
        self.starts = starts
        self.related = related
        self.rows = rows
    }
}

/// All work items of a manifest, and the rows that are not items.
///
/// Invariant: rows = items + duplicates + skipped.
package struct WorkItems: Sendable, Equatable {
    /// Ascending by kind.
    package var groups: [ItemGroup] = []
    /// One item each, in row order.
    package var creatorJobs: [CreatorJob] = []
    /// One item each, in row order.
    package var deletedParents: [DeletedParent] = []
    /// The positions of update rows in the file.
    package var updateRows = UpdateRows()
    /// Rows merged into the item of an equal earlier row; ascending.
    package var duplicateRows: [UInt32] = []
    /// For each of `duplicateRows`, the row that carries the item.
    package var duplicateOf: [UInt32] = []
    /// Rows left out by `--skip-invalid`; ascending.
    package var skippedRows: [UInt32] = []
    /// Data rows read.
    package var rowCount: Int = 0

    package init() {}

    package var itemCount: Int {
        groups.reduce(creatorJobs.count + deletedParents.count) { $0 + $1.rows.count }
    }
}
