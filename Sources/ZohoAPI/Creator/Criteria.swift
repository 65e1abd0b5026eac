import JobModel

/// A fault in a criteria's shape.
package struct CriteriaError: Error, Equatable, Sendable {
    /// Bytes from the criteria's first byte.
    package var offset: Int
    /// What is wrong and what would be right; lower case, no full stop.
    package var message: String
}

/// How much of a report a criteria reaches.
package enum CriteriaScope: Equatable, Sendable {
    /// Every alternative compares a field other than ID, positively, with a value that is not
    /// empty.
    case narrow
    /// Some alternative does not: an explicit `max_records` is wanted.
    case wide
    /// It matches (nearly) every record, as `ID!=0` does: `--allow-delete-all` is wanted as well.
    case everything
}

/// Criteria of Creator's data API (ServiceFacts: Creator delete, "Defining the Search
/// Criteria"): their shape is checked before anything is sent, their text is never rewritten.
///
///     criteria    = and { "||" and }
///     and         = not { "&&" not }
///     not         = "!" not | "(" criteria ")" | comparison
///     comparison  = field operator value | field "." function "(" string ")"
///     field       = name { "." name }
///     operator    = "==" | "=" | "!=" | ">" | ">=" | "<" | "<="
///     function    = "contains" | "startswith" | "endswith"          whatever the case
///     value       = string | 'date' | number | true | false | null
///
/// `!` binds closer than `&&`, and that closer than `||`. Within quotes a backslash takes the next
/// character as it is. An expression always begins with a field, so `1==1` is no criteria, and
/// neither is `Name==Name`.
///
/// If you change the grammar, also look at `CriteriaMeaning`, which says how much a criteria
/// reaches.
package enum Criteria {
    /// Bytes of a criteria at most: those of any cell of a manifest.
    package static let maximumByteCount = 65_536
    /// Parentheses and negations within each other at most.
    package static let maximumDepth = 64

    /// The fault of a criteria's shape; empty when it can be sent. Reading ends at the first one,
    /// since what follows a fault can't be told from its consequences.
    ///
    /// - Complexity: O(bytes).
    package static func check(_ text: String) -> [CriteriaError] {
        switch reading(of: text) {
        case .success: []
        case .failure(let fault): [fault]
        }
    }

    /// How much a criteria reaches; `everything` for one that has faults.
    package static func scope(of text: String) -> CriteriaScope {
        switch reading(of: text) {
        case .success(let meaning): meaning.scope
        case .failure: .everything
        }
    }

    /// The faults of a criteria's shape and, if it has none, of its reach, which are reported at
    /// its first byte.
    ///
    /// - Parameters:
    ///   - hasExplicitMaximum: The row gives `max_records` itself.
    ///   - allowsDeleteAll: `--allow-delete-all` was given.
    package static func check(
        _ text: String, hasExplicitMaximum: Bool, allowsDeleteAll: Bool
    ) -> [CriteriaError] {
        let meaning: CriteriaMeaning
        switch reading(of: text) {
        case .failure(let fault): return [fault]
        case .success(let read): meaning = read
        }
        var faults: [CriteriaError] = []
        let reach = meaning.scope
        if reach == .everything, !allowsDeleteAll {
            faults.append(
                CriteriaError(
                    offset: 0,
                    message: "the criteria matches every record of the report, or nearly so; "
                        + "--allow-delete-all is needed to send it"))
        }
        if reach != .narrow, !hasExplicitMaximum {
            faults.append(
                CriteriaError(
                    offset: 0,
                    message: "the criteria does not compare a field other than ID with a value in "
                        + "every alternative; compare one (==, <, >, contains, …), or give "
                        + "max_records explicitly"))
        }
        return faults
    }

    private static func reading(of text: String) -> Result<CriteriaMeaning, CriteriaError> {
        var text = text
        return text.withUTF8 { bytes in
            Result { () throws(CriteriaError) in
                var parser = CriteriaParser(bytes)
                return try parser.criteria()
            }
        }
    }
}

/// How much a part of a criteria, and its negation, reach. Put together without ever writing out
/// the alternatives, of which there may be exponentially many.
struct CriteriaMeaning: Equatable {
    /// Whether every alternative of its disjunctive form has a positive comparison, and the same of
    /// its negation.
    var isGuarded: Bool
    var isNegationGuarded: Bool
    /// Whether some alternative matches (nearly) every record, and the same of its negation.
    var matchesAll: Bool
    var negationMatchesAll: Bool

    var scope: CriteriaScope {
        matchesAll ? .everything : isGuarded ? .narrow : .wide
    }

    var negated: CriteriaMeaning {
        CriteriaMeaning(
            isGuarded: isNegationGuarded, isNegationGuarded: isGuarded,
            matchesAll: negationMatchesAll, negationMatchesAll: matchesAll)
    }

    /// Alternatives of `a && b` are pairs: one without a guard needs one without from either side.
    func and(_ other: CriteriaMeaning) -> CriteriaMeaning {
        CriteriaMeaning(
            isGuarded: isGuarded || other.isGuarded,
            isNegationGuarded: isNegationGuarded && other.isNegationGuarded,
            matchesAll: matchesAll && other.matchesAll,
            negationMatchesAll: negationMatchesAll || other.negationMatchesAll)
    }

    /// `a || b` is `!(!a && !b)`.
    func or(_ other: CriteriaMeaning) -> CriteriaMeaning {
        negated.and(other.negated).negated
    }
}

extension CriteriaMeaning {
    enum Operator: Equatable {
        case equal, unequal, greater, greaterOrEqual, less, lessOrEqual
        /// contains, startswith, endswith
        case function

        /// What its negation is; there is none for a function.
        var negated: Operator? {
            switch self {
            case .equal: .unequal
            case .unequal: .equal
            case .greater: .lessOrEqual
            case .greaterOrEqual: .less
            case .less: .greaterOrEqual
            case .lessOrEqual: .greater
            case .function: nil
            }
        }
    }

    /// What is known of a field by its name.
    enum Field: Equatable {
        case recordID
        /// Creator fills it in itself in every record: Added_Time and its like.
        case alwaysFilled
        case ordinary
    }

    enum Value: Equatable {
        /// null, or nothing but white space between quotes
        case empty
        /// Text, a date, a truth value.
        case word
        /// A number, also one in quotes.
        case number(isNegative: Bool, integerDigitCount: Int)
    }

    /// The meaning of one comparison.
    init(_ field: Field, _ comparison: Operator, _ value: Value) {
        isGuarded = Self.isGuard(field, comparison, value)
        isNegationGuarded = comparison.negated.map { Self.isGuard(field, $0, value) } ?? false
        matchesAll = Self.isEverything(field, comparison, value)
        negationMatchesAll =
            comparison.negated.map { Self.isEverything(field, $0, value) } ?? false
    }

    private static func isGuard(_ field: Field, _ comparison: Operator, _ value: Value) -> Bool {
        field != .recordID && comparison != .unequal && value != .empty
    }

    /// `ID!=0`, `ID>1`, `Name.contains("")` and their like. Ids have 15 digits and more, at most
    /// 20.
    private static func isEverything(
        _ field: Field, _ comparison: Operator, _ value: Value
    ) -> Bool {
        if comparison == .function { return value == .empty }
        guard field == .recordID else {
            return field == .alwaysFilled && comparison == .unequal && value == .empty
        }
        switch (comparison, value) {
        case (.unequal, _): return true
        case (.greater, .number(let isNegative, let digits)),
            (.greaterOrEqual, .number(let isNegative, let digits)):
            return isNegative || digits < 12
        case (.greater, _), (.greaterOrEqual, _): return true
        case (.less, .number(let isNegative, let digits)),
            (.lessOrEqual, .number(let isNegative, let digits)):
            return !isNegative && digits > 18
        case (.less, _), (.lessOrEqual, _), (.equal, _), (.function, _): return false
        }
    }
}

extension Criteria {
    /// The criteria that is sent: `(criteria) && ID!=a && ID!=b`, or `(criteria) && (ID==c ||
    /// ID==d)`.
    ///
    /// The criteria itself is never rewritten. Where ids are pinned nothing need be excluded: the
    /// listing that found them left the excluded ones out.
    ///
    /// Traps on a criteria whose shape has faults (a stray parenthesis would change what the
    /// wrapping means), on ids that are 0 or doubled, on none to pin, and on more than a round can
    /// take.
    package static func wrapped(
        _ criteria: String, excluding excluded: [UInt64], explicitIDs: [UInt64]?
    ) -> String {
        precondition(
            check(criteria).isEmpty,
            "the criteria expression \"\(criteria)\" was not checked by planning")
        let ids = explicitIDs ?? excluded
        precondition(
            !ids.contains(0) && Set(ids).count == ids.count,
            "the ids of a criteria expression contain 0 or repeat: \(ids)")
        guard let explicitIDs else {
            precondition(
                excluded.count <= CreatorJob.maximumExcluded,
                "\(excluded.count) records are excluded, more than \(CreatorJob.maximumExcluded)")
            if excluded.isEmpty { return criteria }
            return "(\(criteria))" + excluded.map { " && ID!=\($0)" }.joined()
        }
        precondition(
            (1...CreatorJob.recordsPerRound).contains(explicitIDs.count),
            "a round names \(explicitIDs.count) records, not 1 to \(CreatorJob.recordsPerRound)")
        return "(\(criteria)) && (" + explicitIDs.map { "ID==\($0)" }.joined(separator: " || ")
            + ")"
    }
}
