import JobModel
import ManifestReading

/// Cells that would narrow what a row does, if its operation knew them.
///
/// Who writes `environment` into a delink believes that production is safe from it; who writes
/// `record_id` into a Creator row believes that one record goes, and not all that match. A default
/// speaks to the rows that need it and to no others, so only the row's own cells count.
enum ForeignColumnRule {
    /// Columns that CRM operations do not know.
    static let ofCRM: [KnownColumn] = [.criteria, .environment, .maximumRecords]
    /// Columns that Creator rows do not know.
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
