import JobModel
import ManifestReading

/// Cells that look like restrictions but are not used by the row's operation.
///
/// A user who writes `environment` into a delink row expects production to be untouched; one who
/// writes `record_id` into a Creator row expects only that record to be deleted. Only the row's own
/// cells count, not defaults.
enum ForeignColumnRule {
    /// Columns that CRM operations do not use.
    static let ofCRM: [KnownColumn] = [.criteria, .environment, .maximumRecords]
    /// Columns that Creator rows do not use.
    static let ofCreator: [KnownColumn] = [.module, .recordID, .relatedList, .relatedID]

    static func finding(_ column: KnownColumn, operation: Operation) -> Finding {
        let why =
            operation == .deleteCreatorRecords
            ? "its criteria alone says which records are deleted"
            : "it would neither limit nor redirect what the row does"
        return Finding(
            "column \"\(column.rawValue)\" is not for \(operation.rawValue): \(why); leave the "
                + "cell empty (or keep a column of your own with --column carry=...)")
    }
}
