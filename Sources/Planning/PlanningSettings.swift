package import ManifestReading
package import ZohoAPI

/// How rows become work items. Pinned for a run: the same snapshot with the same settings always
/// gives the same items.
package struct PlanningSettings: Equatable, Sendable {
    /// `--operation`, `--module`, `--related-list`. They override a manifest's `defaults`.
    package var defaults: [ColumnDefault] = []
    /// The account's own many-to-many lists, from the configuration. A list known to hold children
    /// is refused anyway.
    package var addedPairs: [RelatedListName] = []
    /// `--skip-invalid`: skip rows with an invalid value in one cell.
    package var skipsInvalid = false

    /// `--allow-delete-all`: accept Creator criteria that match every record of a report.
    package var allowsDeleteAll = false

    /// Maximum percentage of rows that `skipsInvalid` may skip; more is an error.
    package static let maximumSkippedPercent = 5

    package init() {}
}
