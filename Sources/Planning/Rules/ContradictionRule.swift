import JobModel
import ManifestReading

/// Two rows that request different things for one relation. Items have no order, so it is unknown
/// which should come last.
///
/// Compares the canonical relation, whatever the direction of the rows. `--skip-invalid` skips both
/// rows and all their duplicates.
enum ContradictionRule {
    /// - Parameters:
    ///   - wanted: What the later row asks for.
    ///   - earlier: What the earlier row asks for.
    ///   - earlierLine: Where the earlier row starts.
    static func finding(wanted: RequestedChange, earlier: RequestedChange, earlierLine: Int)
        -> Finding
    {
        let advice = "what needs an order is two manifests; keep one of the rows"
        if wanted.operation == .update, earlier.operation == .update {
            return Finding(
                "\(wanted) sets other link fields than \(earlier) at line \(earlierLine); \(advice)"
            )
        }
        return Finding("\(wanted) contradicts \(earlier) at line \(earlierLine); \(advice)")
    }

    /// For rows that are one item each.
    ///
    /// - Parameters:
    ///   - name: What both rows are about, quoted.
    ///   - difference: The first column in which they differ.
    static func finding(name: String, difference: KnownColumn, earlierLine: Int) -> Finding {
        let what =
            difference == .fields
            ? "\(name) is read at line \(earlierLine) already"
            : "the records of \(name) that match are deleted by line \(earlierLine) already"
        return Finding(
            "\(what), with another \"\(difference.rawValue)\"; keep one of the rows")
    }

    /// What a row asks for.
    struct RequestedChange: CustomStringConvertible {
        var operation: Operation
        var module: APIName
        var parent: UInt64
        var relatedList: APIName
        var related: UInt64

        init(_ kind: RelationKind, parent: UInt64, related: UInt64) {
            operation = kind.operation
            module = kind.module
            self.parent = parent
            relatedList = kind.relatedList
            self.related = related
        }

        var description: String {
            "the \(operation.rawValue) of \(module)/\(parent)/\(relatedList)/\(related)"
        }
    }
}
