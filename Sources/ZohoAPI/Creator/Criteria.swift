import JobModel

/// A syntax error in a criteria expression.
package struct CriteriaError: Error, Equatable, Sendable {
    /// Offset in bytes.
    package var offset: Int
    /// What is wrong and how to fix it; lower case, no full stop.
    package var message: String
}

/// How much of a report an expression can match.
package enum CriteriaScope: Equatable, Sendable {
    /// Every disjunct has a positive comparison of a field other than ID with a non-empty value.
    case narrow
    /// Some disjunct does not: `max_records` must be given.
    case wide
    /// It matches (nearly) every record, as `ID!=0` does: `--allow-delete-all` is required as well.
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
/// `!` binds tighter than `&&`, which binds tighter than `||`. Inside quotes a backslash escapes
/// the next character. A comparison starts with a field, so neither `1==1` nor `Name==Name` is an
/// expression.
///
/// If you change the grammar, also check `CriteriaMeaning`, which estimates how much an expression
/// matches.
package enum Criteria {
    /// Maximum bytes: those of a manifest cell.
    package static let maximumByteCount = 65_536
    /// Maximum nesting depth.
    package static let maximumDepth = 64

    /// The first syntax error; empty if the expression can be sent. Later errors would only be
    /// consequences of the first.
    ///
    /// - Complexity: O(bytes).
    package static func check(_ text: String) -> [CriteriaError] {
        switch reading(of: text) {
        case .success: []
        case .failure(let fault): [fault]
        }
    }

    /// How much an expression matches; `everything` if it has syntax errors.
    package static func scope(of text: String) -> CriteriaScope {
        switch reading(of: text) {
        case .success(let meaning): meaning.scope
        case .failure: .everything
        }
    }

    /// The syntax errors of the criteria or, if there are none, the faults of their scope, which
    /// are reported at the first byte.
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

/// How much a subexpression and its negation match. Computed without expanding to disjunctive form,
/// which may be exponential.
struct CriteriaMeaning: Equatable {
    /// Whether every disjunct of its disjunctive form has a positive comparison; likewise for its
    /// negation.
    var isGuarded: Bool
    var isNegationGuarded: Bool
    /// Whether some disjunct matches (nearly) every record; likewise for its negation.
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

    /// Disjuncts of `a && b` are pairs: an unguarded pair needs an unguarded disjunct on both
    /// sides.
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

        /// The negated operator; functions have none.
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

    /// What is known from a field's name.
    enum Field: Equatable {
        case recordID
        /// A system field, set in every record, such as Added_Time.
        case alwaysFilled
        case ordinary
    }

    enum Value: Equatable {
        /// null, or a blank string
        case empty
        /// A string, date or Boolean.
        case word
        /// A number, also as a string.
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

    /// `ID!=0`, `ID>1`, `Name.contains("")` and the like. Ids have 15 to 20 digits.
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
    /// The expression that is sent: `(criteria) && ID!=a && ID!=b`, or `(criteria) && (ID==c ||
    /// ID==d)`.
    ///
    /// The user's expression is never rewritten. With explicit ids nothing needs to be excluded:
    /// the listing already left those records out.
    ///
    /// Traps on a malformed expression (a stray parenthesis would change the meaning of the
    /// wrapping), on ids that are 0 or duplicate, on an empty list, and on more ids than a round
    /// can hold.
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
