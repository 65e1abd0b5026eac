package import ManifestReading
package import ZohoAPI

/// How rows become work items. All of it is pinned for the length of a run: the same snapshot with
/// the same settings gives the same items at every start.
package struct PlanningSettings: Equatable, Sendable {
    /// `--operation`, `--module`, `--related-list`. They win over a manifest's own `defaults`.
    package var defaults: [ColumnDefault] = []
    /// Many-to-many lists of the account's own, from the configuration. A list that is known to
    /// hold children is refused even so.
    package var addedPairs: [RelatedListName] = []
    /// `--skip-invalid`: leave out rows whose fault is one cell's value.
    package var skipsInvalid = false

    /// `--allow-delete-all`: Creator criteria that match every record of a report are meant.
    package var allowsDeleteAll = false

    /// Rows, in percent, that `skipsInvalid` may leave out; more of them is an error after all.
    package static let maximumSkippedPercent = 5

    package init() {}
}
