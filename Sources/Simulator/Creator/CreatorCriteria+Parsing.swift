// The criteria of Zoho's page "Creator delete" (ServiceFacts), "Defining the Search Criteria":
//
//     criteria   = conjunct *("||" conjunct)
//     conjunct   = term *("&&" term)
//     term       = "!" term / "(" criteria ")" / field operator value / field "." function
//     operator   = "==" / "=" / "!=" / "<" / "<=" / ">" / ">="
//     function   = ("contains" / "startswith" / "endswith") "(" string ")"
//     value      = string / date / number / "true" / "false" / "null"
//     string     = DQUOTE … DQUOTE           with \" and \\ inside
//     date       = "'" … "'" or a string     the text says single quotes, the sample has double
//
// A field's data type says which operators and values it takes: text ==, != and the functions;
// numbers, dates and ID all operators, no quotes around a number; decision boxes ==, != with true
// or false; multi-selects contains, ==, != with one value; lookups ==, != with a record's ID; and
// all of them == null and != null.
//
// Chosen, because Zoho's page does not say: && binds closer than ||; comparisons of text are exact;
// field names are case-exact and must exist; ids are not quoted; the maximum depth is 64.

extension CreatorCriteria {
    /// A syntax error with its position.
    struct ParseError: Error, Equatable {
        /// In bytes from 0.
        var offset: Int
        var reason: String
    }

    /// - Throws: the first thing that is wrong.
    init(parsing text: String, for report: CreatorReport) throws(ParseError) {
        var parser = Parser(bytes: Array(text.utf8), report: report)
        self = try parser.whole()
    }

    private struct Parser {
        static let maximumDepth = 64

        let bytes: [UInt8]
        let report: CreatorReport
        var index = 0
        var depth = 0

        enum Value {
            case string(String)
            case quotedDate(String)
            case number(String)
            case truth(Bool)
            case null
        }

        mutating func whole() throws(ParseError) -> CreatorCriteria {
            let criteria = try alternatives()
            skipBlanks()
            guard index == bytes.count else { throw error("nothing is expected here") }
            return criteria
        }

        func error(_ reason: String) -> ParseError {
            ParseError(offset: index, reason: reason)
        }

        mutating func skipBlanks() {
            while index < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[index]) {
                index += 1
            }
        }

        /// Consumes `token` if it is next.
        mutating func consume(_ token: String) -> Bool {
            skipBlanks()
            guard bytes[index...].starts(with: token.utf8) else { return false }
            index += token.utf8.count
            return true
        }

        mutating func alternatives() throws(ParseError) -> CreatorCriteria {
            depth += 1
            guard depth <= Self.maximumDepth else { throw error("the nesting is too deep") }
            defer { depth -= 1 }
            var parts = [try conjunct()]
            while consume("||") { parts.append(try conjunct()) }
            if parts.count == 1 { return parts[0] }
            var ids: Set<UInt64> = []
            var others: [CreatorCriteria] = []
            for part in parts {
                if case .id(.equal, let id) = part { ids.insert(id) } else { others.append(part) }
            }
            if ids.isEmpty { return .any(parts) }
            return others.isEmpty ? .idIsOneOf(ids) : .any(others + [.idIsOneOf(ids)])
        }

        mutating func conjunct() throws(ParseError) -> CreatorCriteria {
            var parts = [try term()]
            while consume("&&") { parts.append(try term()) }
            if parts.count == 1 { return parts[0] }
            var excluded: Set<UInt64> = []
            var others: [CreatorCriteria] = []
            for part in parts {
                if case .id(.unequal, let id) = part {
                    excluded.insert(id)
                } else {
                    others.append(part)
                }
            }
            if excluded.isEmpty { return .all(parts) }
            return .all(others + [.not(.idIsOneOf(excluded))])
        }

        mutating func term() throws(ParseError) -> CreatorCriteria {
            skipBlanks()
            if consume("!") {
                depth += 1
                guard depth <= Self.maximumDepth else { throw error("the nesting is too deep") }
                defer { depth -= 1 }
                return .not(try term())
            }
            if consume("(") {
                let inner = try alternatives()
                guard consume(")") else { throw error("a parenthesis is not closed") }
                return inner
            }
            return try expression()
        }

        mutating func expression() throws(ParseError) -> CreatorCriteria {
            let start = index
            let name = word()
            guard !name.isEmpty else { throw error("a field is expected here") }
            if name == "ID" { return try idExpression() }
            guard let field = report.column(name) else {
                throw ParseError(offset: start, reason: "there is no field \"\(name)\"")
            }
            if consume(".") { return try functionCall(field) }
            let comparator = try comparator()
            let valueStart = index
            let value = try value()
            guard let criteria = Self.compare(field, report.types[field], comparator, value) else {
                throw ParseError(
                    offset: valueStart,
                    reason: "the field \"\(name)\" does not take this operator with this value")
            }
            return criteria
        }

        mutating func idExpression() throws(ParseError) -> CreatorCriteria {
            let comparator = try comparator()
            let start = index
            switch try value() {
            case .null where comparator == .equal: return .any([])
            case .null where comparator == .unequal: return .all([])
            case .number(let digits):
                if let id = UInt64(digits), String(id) == digits { return .id(comparator, id) }
                fallthrough
            default: throw ParseError(offset: start, reason: "an ID is plain digits, or null")
            }
        }

        mutating func functionCall(_ field: Field) throws(ParseError) -> CreatorCriteria {
            guard let function = Function(rawValue: word()), consume("(") else {
                throw error("contains, startswith or endswith is expected here")
            }
            guard case .string(let text) = try value() else {
                throw error("a string in double quotes is expected here")
            }
            guard consume(")") else { throw error("a parenthesis is not closed") }
            switch report.types[field] {
            case .text, nil, .date: return .function(field, function, text)
            case .choices where function == .contains: return .chosen(field, text)
            case .choices, .number, .truth, .lookup:
                throw error("the field does not take \(function.rawValue)")
            }
        }

        mutating func comparator() throws(ParseError) -> Comparator {
            if consume("==") || consume("=") { return .equal }
            if consume("!=") { return .unequal }
            if consume("<=") { return .lessOrEqual }
            if consume(">=") { return .greaterOrEqual }
            if consume("<") { return .less }
            if consume(">") { return .greater }
            throw error("an operator is expected here")
        }

        mutating func word() -> String {
            skipBlanks()
            let start = index
            while index < bytes.count {
                switch bytes[index] {
                case 0x41...0x5A, 0x61...0x7A, 0x5F: index += 1
                case 0x30...0x39 where index > start: index += 1
                default: return String(decoding: bytes[start..<index], as: UTF8.self)
                }
            }
            return String(decoding: bytes[start..<index], as: UTF8.self)
        }

        mutating func value() throws(ParseError) -> Value {
            skipBlanks()
            guard index < bytes.count else { throw error("a value is expected here") }
            switch bytes[index] {
            case 0x22: return .string(try quoted(0x22))
            case 0x27: return .quotedDate(try quoted(0x27))
            case 0x2D, 0x30...0x39: return .number(number())
            default:
                switch word() {
                case "true": return .truth(true)
                case "false": return .truth(false)
                case "null": return .null
                default: throw error("a value is expected here")
                }
            }
        }

        mutating func number() -> String {
            let start = index
            while index < bytes.count, [0x2D, 0x2E].contains(bytes[index]) || isDigit(bytes[index])
            {
                index += 1
            }
            return String(decoding: bytes[start..<index], as: UTF8.self)
        }

        func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }

        mutating func quoted(_ mark: UInt8) throws(ParseError) -> String {
            let start = index
            var text: [UInt8] = []
            index += 1
            while index < bytes.count {
                let byte = bytes[index]
                index += 1
                if byte == mark { return String(decoding: text, as: UTF8.self) }
                if byte == 0x5C, index < bytes.count, [mark, 0x5C].contains(bytes[index]) {
                    text.append(bytes[index])
                    index += 1
                } else {
                    text.append(byte)
                }
            }
            throw ParseError(offset: start, reason: "a quote is not closed")
        }

        /// A comparison; nil if not allowed for the field's type.
        static func compare(
            _ field: Field, _ type: CreatorReport.FieldType?, _ comparator: Comparator,
            _ value: Value
        ) -> CreatorCriteria? {
            let isNegated = comparator == .unequal
            let isEquality = isNegated || comparator == .equal
            func equality(_ criteria: CreatorCriteria) -> CreatorCriteria? {
                isEquality ? (isNegated ? .not(criteria) : criteria) : nil
            }
            switch (type, value) {
            case (_, .null): return equality(.isEmpty(field))
            case (.text?, .string(let text)), (nil, .string(let text)):
                return equality(.text(field, text))
            case (.choices?, .string(let text)): return equality(.chosen(field, text))
            case (.truth?, .truth(let truth)): return equality(.truth(field, truth))
            case (.lookup?, .number(let digits)):
                return UInt64(digits).flatMap { equality(.lookup(field, $0)) }
            case (.number?, .number(let digits)):
                return ExactDecimal(digits).map { .number(field, comparator, $0) }
            case (.date?, .string(let text)), (.date?, .quotedDate(let text)):
                return CreatorDate(text).map { .date(field, comparator, $0) }
            default: return nil
            }
        }
    }
}
