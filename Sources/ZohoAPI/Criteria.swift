/// A fault in a criteria's shape.
package struct CriteriaFault: Error, Equatable, Sendable {
    /// Bytes from the criteria's first byte.
    package var offset: Int
    /// What is wrong and what would be right; lower case, no full stop.
    package var message: String

    package init(offset: Int, message: String) {
        self.offset = offset
        self.message = message
    }
}

/// How much of a report a criteria reaches.
package enum CriteriaReach: Equatable, Sendable {
    /// Every alternative compares a field other than ID, positively, with a value that is not empty.
    case narrow
    /// Some alternative does not: an explicit `max_records` is wanted.
    case wide
    /// It matches (nearly) every record, as `ID!=0` does: `--allow-delete-all` is wanted as well.
    case everything
}

/// Criteria of Creator's data API (document "Delete Records - v2.1", "Defining the Search Criteria").
package enum Criteria {
    /// The faults of a criteria's shape, in order of their offsets; empty when it can be sent.
    package static func check(_ text: String) -> [CriteriaFault] { [] }

    /// How much a criteria reaches; `everything` for one that has faults.
    package static func reach(of text: String) -> CriteriaReach { .everything }

    /// The faults of a criteria's shape and, if it has none, of its reach (design: "Criteria need, in every
    /// disjunct…").
    ///
    /// - Parameters:
    ///   - hasExplicitMaximum: The row gives `max_records` itself.
    ///   - allowsDeleteAll: `--allow-delete-all` was given.
    package static func check(
        _ text: String, hasExplicitMaximum: Bool, allowsDeleteAll: Bool
    ) -> [CriteriaFault] { [] }
}
