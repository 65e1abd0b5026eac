import JobModel

/// A recursive-descent parser with bounded depth; for the grammar see `Criteria`.
struct CriteriaParser {
    private let bytes: UnsafeBufferPointer<UInt8>
    private var index = 0
    private var depth = 0
    /// Offsets of the open parentheses.
    private var open: [Int] = []

    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
    }

    /// Reads all of the text.
    mutating func criteria() throws(CriteriaError) -> CriteriaMeaning {
        if bytes.count > Criteria.maximumByteCount {
            throw fault(
                Criteria.maximumByteCount,
                "the criteria has \(bytes.count) bytes, at most \(Criteria.maximumByteCount) are "
                    + "possible")
        }
        skipSpace()
        if index == bytes.count { throw fault(0, "the criteria is empty") }
        let meaning = try disjunction()
        skipSpace()
        guard index == bytes.count else { throw unexpectedEnd() }
        return meaning
    }

    private mutating func disjunction() throws(CriteriaError) -> CriteriaMeaning {
        var meaning = try conjunction()
        while try consumeDouble(UInt8(ascii: "|")) { meaning = meaning.or(try conjunction()) }
        return meaning
    }

    private mutating func conjunction() throws(CriteriaError) -> CriteriaMeaning {
        var meaning = try negation()
        while try consumeDouble(UInt8(ascii: "&")) { meaning = meaning.and(try negation()) }
        return meaning
    }

    private mutating func negation() throws(CriteriaError) -> CriteriaMeaning {
        skipSpace()
        guard let byte = next else {
            throw fault(index, "the criteria ends where an expression is expected")
        }
        guard byte == UInt8(ascii: "!") || byte == UInt8(ascii: "(") else {
            return try comparison()
        }
        depth += 1
        if depth > Criteria.maximumDepth {
            throw fault(
                index, "more than \(Criteria.maximumDepth) parentheses and negations in each other")
        }
        defer { depth -= 1 }
        let start = index
        index += 1
        if byte == UInt8(ascii: "!") { return try negation().negated }
        open.append(start)
        let meaning = try disjunction()
        skipSpace()
        guard next == UInt8(ascii: ")") else {
            if index == bytes.count {
                throw fault(start, "this parenthesis is never closed")
            }
            throw unexpectedEnd()
        }
        index += 1
        open.removeLast()
        return meaning
    }

    // MARK: Expressions

    private mutating func comparison() throws(CriteriaError) -> CriteriaMeaning {
        let start = index
        var names = [try name("a field's name")]
        while next == UInt8(ascii: ".") {
            index += 1
            names.append(try name("a field's or function's name"))
        }
        let last = names[names.count - 1]
        skipSpace()
        if next == UInt8(ascii: "(") {
            guard names.count > 1 else {
                throw fault(
                    start,
                    "\(quoted(last)) is used as a function; expected a field before it, like "
                        + #"Email.contains("x")"#)
            }
            return try function(last, of: names.count == 2 ? field(names[0]) : .ordinary)
        }
        let field = names.count == 1 ? field(last) : .ordinary
        let comparison = try comparisonOperator(after: last)
        return CriteriaMeaning(field, comparison, try value())
    }

    private mutating func function(
        _ name: Range<Int>, of field: CriteriaMeaning.Field
    ) throws(CriteriaError) -> CriteriaMeaning {
        guard matches(name, "contains") || matches(name, "startswith") || matches(name, "endswith")
        else {
            throw fault(
                name.lowerBound,
                "\(quoted(name)) is no function of criteria; expected contains, startswith or "
                    + "endswith")
        }
        let parenthesis = index
        index += 1
        skipSpace()
        guard let quote = next, quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else {
            throw fault(index, "a function takes a text in double quotes")
        }
        var value = try string()
        // Inside a string, digits are text.
        if value != .empty { value = .word }
        skipSpace()
        guard next == UInt8(ascii: ")") else {
            throw index == bytes.count
                ? fault(parenthesis, "this parenthesis is never closed")
                : fault(index, "a function takes one text; expected \")\" here")
        }
        index += 1
        return CriteriaMeaning(field, .function, value)
    }

    private mutating func comparisonOperator(
        after field: Range<Int>
    ) throws(CriteriaError) -> CriteriaMeaning.Operator {
        let start = index
        while let byte = next, "=!<>~".utf8.contains(byte) { index += 1 }
        let spelled = start..<index
        if matches(spelled, "==") || matches(spelled, "=") { return .equal }
        if matches(spelled, "!=") { return .unequal }
        if matches(spelled, ">") { return .greater }
        if matches(spelled, ">=") { return .greaterOrEqual }
        if matches(spelled, "<") { return .less }
        if matches(spelled, "<=") { return .lessOrEqual }
        if !spelled.isEmpty {
            throw fault(
                start, "\(quoted(spelled)) is no operator; expected ==, =, !=, >, >=, < or <=")
        }
        if start == bytes.count {
            throw fault(
                field.lowerBound, "the criteria ends after \(quoted(field)), without an operator")
        }
        throw fault(
            start,
            "expected an operator (==, !=, >, >=, <, <=) or a function (.contains(\"…\")) after "
                + "\(quoted(field))")
    }

    // MARK: Values

    private mutating func value() throws(CriteriaError) -> CriteriaMeaning.Value {
        skipSpace()
        guard let byte = next else {
            throw fault(index, "the criteria ends where a value is expected")
        }
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "'"): return try string()
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."):
            return try number()
        default:
            if byte >= 0x80 { throw foreign() }
            guard isNameStart(byte) else {
                throw fault(
                    index,
                    "expected a value: a text in double quotes, a date in single quotes, a number, "
                        + "true, false or null")
            }
            let word = try name("a value")
            if matches(word, "true") || matches(word, "false") { return .word }
            if matches(word, "null") { return .empty }
            throw fault(word.lowerBound, "the value \(quoted(word)) must be in double quotes")
        }
    }

    /// A number, ending at a word boundary.
    private mutating func number() throws(CriteriaError) -> CriteriaMeaning.Value {
        let start = index
        let isNegative = next == UInt8(ascii: "-")
        if isNegative { index += 1 }
        let integer = digits()
        var isNumber = !integer.isEmpty
        if next == UInt8(ascii: ".") {
            index += 1
            isNumber = !digits().isEmpty && isNumber
        }
        // Show an unquoted date or time as a whole.
        while let byte = next, isNamePart(byte) || ".-:/".utf8.contains(byte) || byte >= 0x80 {
            index += 1
            isNumber = false
        }
        guard isNumber else {
            throw fault(
                start,
                "\(quoted(start..<index)) is no number; texts need double quotes, dates "
                    + "single quotes")
        }
        return .number(
            isNegative: isNegative, integerDigitCount: bytes[integer].drop { $0 == 0x30 }.count)
    }

    private mutating func digits() -> Range<Int> {
        let start = index
        while let byte = next, byte >= 0x30, byte <= 0x39 { index += 1 }
        return start..<index
    }

    /// A string in double or single quotes.
    private mutating func string() throws(CriteriaError) -> CriteriaMeaning.Value {
        let start = index
        let quote = bytes[index]
        index += 1
        var isBlank = true
        while let byte = next {
            if byte == quote {
                let content = bytes[start + 1..<index]
                index += 1
                if isBlank { return .empty }
                // An id may be quoted.
                return content.allSatisfy { $0 >= 0x30 && $0 <= 0x39 }
                    ? .number(
                        isNegative: false, integerDigitCount: content.drop { $0 == 0x30 }.count)
                    : .word
            }
            if byte == UInt8(ascii: "\\") {
                index += 1
            }
            guard let taken = next else { break }
            guard taken >= 0x20 || isSpace(taken), taken != 0x7F else {
                throw fault(index, "a control character within quotes")
            }
            if !isSpace(byte) { isBlank = false }
            index += 1
        }
        throw fault(start, "this quote is never closed")
    }

    // MARK: Words

    /// Skips a name: ASCII letters, digits and `_`, as in link names.
    private mutating func name(_ expected: String) throws(CriteriaError) -> Range<Int> {
        let start = index
        guard let first = next else {
            throw fault(index, "the criteria ends where \(expected) is expected")
        }
        if first >= 0x80 { throw foreign() }
        guard isNameStart(first) else {
            switch first {
            case UInt8(ascii: ")"):
                throw open.isEmpty
                    ? fault(index, "this parenthesis was never opened")
                    : fault(index, "expected an expression before this parenthesis")
            case UInt8(ascii: "&"), UInt8(ascii: "|"):
                throw fault(index, "expected an expression before \(quoted(index..<index + 1))")
            default:
                throw fault(
                    index, "\(quoted(index..<index + 1)) appears where \(expected) is expected")
            }
        }
        while let byte = next, isNamePart(byte) { index += 1 }
        if let byte = next, byte >= 0x80 { throw foreign() }
        return start..<index
    }

    /// Skips a doubled operator; a single `&` or `|` is an error.
    private mutating func consumeDouble(_ byte: UInt8) throws(CriteriaError) -> Bool {
        skipSpace()
        guard next == byte else { return false }
        let sign = String(Unicode.Scalar(byte))
        guard index + 1 < bytes.count, bytes[index + 1] == byte else {
            throw fault(index, "a single \"\(sign)\" is no operator, write \"\(sign)\(sign)\"")
        }
        index += 2
        return true
    }

    /// Describes what follows a complete expression.
    private mutating func unexpectedEnd() -> CriteriaError {
        guard let byte = next else { return fault(index, "the criteria ends too early") }
        if byte == UInt8(ascii: ")") { return fault(index, "this parenthesis was never opened") }
        if byte >= 0x80 { return foreign() }
        let start = index
        while let byte = next, isNamePart(byte) { index += 1 }
        let word = start..<max(index, start + 1)
        for (spelled, sign) in [("and", "&&"), ("or", "||")] where matches(word, spelled) {
            return fault(start, "write \(sign) for \(quoted(word))")
        }
        return fault(start, "\(quoted(word)) appears where && or || or the end is expected")
    }

    /// A non-ASCII character outside quotes.
    private func foreign() -> CriteriaError {
        let isTypographicQuote =
            bytes.count >= index + 3 && bytes[index] == 0xE2 && bytes[index + 1] == 0x80
            && (0x98...0x9F).contains(bytes[index + 2])
        return fault(
            index,
            isTypographicQuote
                ? "a typographic quote, as word processors make them; write \" or '"
                : "a character outside ASCII, which is only allowed within quotes")
    }

    private var next: UInt8? { index < bytes.count ? bytes[index] : nil }

    private mutating func skipSpace() {
        while let byte = next, isSpace(byte) { index += 1 }
    }

    private func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D
    }

    private func isNameStart(_ byte: UInt8) -> Bool {
        (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7A || byte == 0x5F
    }

    private func isNamePart(_ byte: UInt8) -> Bool {
        isNameStart(byte) || (byte >= 0x30 && byte <= 0x39)
    }

    private func field(_ name: Range<Int>) -> CriteriaMeaning.Field {
        if matches(name, "id") { return .recordID }
        let filled = ["added_time", "modified_time", "added_user", "modified_user"]
        return filled.contains { matches(name, $0) } ? .alwaysFilled : .ordinary
    }

    /// Whether the bytes are a word in lower case, whatever their own case.
    private func matches(_ range: Range<Int>, _ word: String) -> Bool {
        guard range.count == word.utf8.count else { return false }
        return zip(bytes[range], word.utf8).allSatisfy { byte, expected in
            byte == expected
                || (byte >= 0x41 && byte <= 0x5A && byte | 0x20 == expected)
        }
    }

    private func quoted(_ range: Range<Int>) -> String {
        SafeText.quoted(bytes: Array(bytes[range]))
    }

    private func fault(_ offset: Int, _ message: String) -> CriteriaError {
        CriteriaError(offset: offset, message: message)
    }
}
