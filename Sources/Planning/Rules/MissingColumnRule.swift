import JobModel
import ManifestReading

/// Required columns that neither the manifest nor a default supplies.
enum MissingColumnRule {
    /// A structural fault: never skippable.
    static func finding(_ column: KnownColumn, isJSON: Bool) -> Finding {
        let remedy: String
        switch column {
        case .operation: remedy = "or give --operation for all rows"
        case .module: remedy = "or give --module for all rows"
        case .relatedList: remedy = "or give --related-list for all rows"
        default: remedy = "or say which column it is with --column \(column.rawValue)=\"...\""
        }
        let what = isJSON ? "the object has no key" : "the manifest has no column"
        return Finding("\(what) \"\(column.rawValue)\"; add it, \(remedy)", isSkippable: false)
    }
}
