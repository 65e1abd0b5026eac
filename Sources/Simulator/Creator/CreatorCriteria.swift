import JSONText

/// A compiled criteria expression; for the grammar see `CreatorCriteria+Parsing.swift`.
indirect enum CreatorCriteria: Equatable, Sendable {
    case all([CreatorCriteria])
    case any([CreatorCriteria])
    case not(CreatorCriteria)
    /// The record's id is one of these: what a long `ID==a || ID==b || …` becomes, so that
    /// selecting 200 of 10,000 records does not take two million comparisons.
    case idIsOneOf(Set<UInt64>)
    case id(Comparator, UInt64)
    /// Whether the field is empty; the id never is.
    case isEmpty(Field)
    case text(Field, String)
    case number(Field, Comparator, ExactDecimal)
    case truth(Field, Bool)
    case date(Field, Comparator, CreatorDate)
    case lookup(Field, UInt64)
    case function(Field, Function, String)
    /// Of a multi-select: one value is chosen.
    case chosen(Field, String)

    /// A column of the report.
    typealias Field = Int

    enum Comparator: Equatable, Sendable {
        case equal, unequal, less, lessOrEqual, greater, greaterOrEqual

        func holds<Value: Comparable>(_ left: Value, _ right: Value) -> Bool {
            switch self {
            case .equal: left == right
            case .unequal: left != right
            case .less: left < right
            case .lessOrEqual: left <= right
            case .greater: left > right
            case .greaterOrEqual: left >= right
            }
        }
    }

    enum Function: String, CaseIterable, Sendable {
        case contains, startswith, endswith
    }

    /// Whether a record matches. An empty field is unequal to everything and neither less nor
    /// greater than anything.
    func matches(_ row: CreatorReport.Row) -> Bool {
        switch self {
        case .all(let parts): return parts.allSatisfy { $0.matches(row) }
        case .any(let parts): return parts.contains { $0.matches(row) }
        case .not(let part): return !part.matches(row)
        case .idIsOneOf(let ids): return ids.contains(row.id)
        case .id(let comparator, let id): return comparator.holds(row.id, id)
        case .isEmpty(let field):
            switch Self.value(row, field) {
            case .null, .string(""), .array([]): return true
            default: return false
            }
        case .text(let field, let text): return Self.value(row, field).string == text
        case .truth(let field, let truth): return Self.value(row, field).bool == truth
        case .number(let field, let comparator, let number):
            guard let held = Self.value(row, field).number.flatMap({ ExactDecimal($0.text) })
            else { return comparator == .unequal }
            return comparator.holds(held, number)
        case .date(let field, let comparator, let date):
            guard let held = Self.value(row, field).string.flatMap(CreatorDate.init) else {
                return comparator == .unequal
            }
            return comparator.holds(held, date)
        case .lookup(let field, let id):
            return Self.value(row, field)["ID"]?.string == String(id)
        case .chosen(let field, let text):
            return Self.value(row, field).array?.contains(.string(text)) ?? false
        case .function(let field, let function, let text):
            guard let held = Self.value(row, field).string else { return false }
            switch function {
            case .contains: return text.isEmpty || held.utf8.firstRange(of: text.utf8) != nil
            case .startswith: return held.utf8.starts(with: text.utf8)
            case .endswith: return held.utf8.reversed().starts(with: text.utf8.reversed())
            }
        }
    }

    private static func value(_ row: CreatorReport.Row, _ field: Field) -> JSONValue {
        // Rows that were seeded before a later column have no value there.
        field < row.values.count ? row.values[field] : .null
    }
}
