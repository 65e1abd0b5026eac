/// (operation, module, related list). Calls of one kind succeed or are refused for the same
/// reasons.
package struct RelationKind: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let operation: Operation
    package let module: APIName
    package let relatedList: APIName

    package init(operation: Operation, module: APIName, relatedList: APIName) {
        self.operation = operation
        self.module = module
        self.relatedList = relatedList
    }

    /// `delink Campaigns/Leads`: the form in journals and messages.
    package var description: String { "\(operation.rawValue) \(module)/\(relatedList)" }

    /// By operation, module, list: the order in which kinds are planned and reported.
    package static func < (first: RelationKind, second: RelationKind) -> Bool {
        if first.operation != second.operation {
            return first.operation.rawValue < second.operation.rawValue
        }
        return first.module == second.module
            ? first.relatedList < second.relatedList : first.module < second.module
    }
}

/// The end of a relation from which a call is made.
package enum CallDirection: String, Sendable {
    /// As in the row.
    case asWritten = "as-written"
    /// Reversed: the row's related record is the call's parent.
    case reversed = "turned-round"
}
