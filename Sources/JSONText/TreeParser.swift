/// A recursive-descent parser; the depth limit bounds the recursion.
///
/// Only offsets are tracked; lines are counted for errors and for `PositionedValue`.
struct TreeParser<Node: TreeNode> {
    let bytes: UnsafeBufferPointer<UInt8>
    let dialect: JSONDialect
    let limits: JSONLimits
    private let start: TextPosition
    private let markLength: Int
    private var lines: LineCursor
    var index: Int
    private var depth = 0

    init(
        bytes: UnsafeBufferPointer<UInt8>, dialect: JSONDialect, limits: JSONLimits,
        start: TextPosition
    ) {
        self.bytes = bytes
        self.dialect = dialect
        self.limits = limits
        self.start = start
        let hasMark = bytes.count >= 3 && bytes[0] == 0xEF && bytes[1] == 0xBB && bytes[2] == 0xBF
        markLength = hasMark ? 3 : 0
        index = markLength
        lines = LineCursor(start: start, markLength: markLength)
    }

    mutating func parseDocument() throws(JSONError) -> Node {
        guard bytes.count <= limits.maximumBytes else {
            throw fault(.tooLong(limit: limits.maximumBytes), at: 0)
        }
        if dialect == .json5, let offset = UTF8Check.firstInvalid(bytes) {
            // Comments must also be valid UTF-8.
            throw fault(.invalidUTF8, at: offset)
        }
        try skipSpace()
        guard index < bytes.count else { throw fault(.empty, at: index) }
        let value = try parseValue(expected: "a value")
        try skipSpace()
        guard index == bytes.count else { throw fault(.trailingContent, at: index) }
        return value
    }

    func fault(_ kind: JSONError.Kind, at offset: Int) -> JSONError {
        var cursor = LineCursor(start: start, markLength: markLength)
        return JSONError(kind: kind, position: cursor.position(of: offset, in: bytes))
    }

    private mutating func parseValue(expected: String) throws(JSONError) -> Node {
        guard index < bytes.count else {
            throw fault(.unexpectedEnd(expected: expected), at: index)
        }
        let mark = Node.mark(index, &lines, bytes)
        switch bytes[index] {
        case ASCII.quote:
            return Node.scalar(.string(try parseString()), mark)
        case ASCII.leftBrace:
            return Node.object(try parseObject(), mark)
        case ASCII.leftBracket:
            return Node.array(try parseArray(), mark)
        case ASCII.apostrophe where dialect == .json5:
            return Node.scalar(.string(try parseString()), mark)
        case let byte where ASCII.isWord(byte):
            return Node.scalar(try parseWord(expected: expected), mark)
        case let byte:
            throw fault(.unexpectedByte(byte, expected: expected), at: index)
        }
    }

    private mutating func enter() throws(JSONError) {
        depth += 1
        if depth > limits.maximumDepth {
            throw fault(.tooDeep(limit: limits.maximumDepth), at: index)
        }
        index += 1
    }

    private mutating func parseArray() throws(JSONError) -> [Node] {
        try enter()
        var elements: [Node] = []
        try skipSpace()
        if index < bytes.count, bytes[index] == ASCII.rightBracket {
            (index, depth) = (index + 1, depth - 1)
            return elements
        }
        while true {
            elements.append(
                try parseValue(expected: elements.isEmpty ? "a value or \"]\"" : "a value"))
            try skipSpace()
            if try !hasNext(until: ASCII.rightBracket, expected: "\",\" or \"]\"") {
                return elements
            }
        }
    }

    private mutating func parseObject() throws(JSONError) -> [Node.Member] {
        try enter()
        var members: [Node.Member] = []
        var keys = KeySet()
        members.reserveCapacity(4)
        try skipSpace()
        if index < bytes.count, bytes[index] == ASCII.rightBrace {
            (index, depth) = (index + 1, depth - 1)
            return members
        }
        while true {
            let keyOffset = index
            let keyMark = Node.mark(index, &lines, bytes)
            let key = try parseKey(isFirst: members.isEmpty)
            guard isNew(key, members, &keys) else { throw fault(.doubledKey(key), at: keyOffset) }
            guard members.count < limits.maximumMembers else {
                throw fault(.tooManyMembers(limit: limits.maximumMembers), at: keyOffset)
            }
            try skipSpace()
            guard index < bytes.count else {
                throw fault(.unexpectedEnd(expected: "\":\""), at: index)
            }
            guard bytes[index] == ASCII.colon else {
                throw fault(.unexpectedByte(bytes[index], expected: "\":\""), at: index)
            }
            index += 1
            try skipSpace()
            members.append(Node.member(key, keyMark, try parseValue(expected: "a value")))
            try skipSpace()
            if try !hasNext(until: ASCII.rightBrace, expected: "\",\" or \"}\"") { return members }
        }
    }

    /// Whether a key is new; a table is used only for many members.
    private func isNew(_ key: String, _ members: [Node.Member], _ keys: inout KeySet) -> Bool {
        if members.count < KeySet.listLimit {
            for member in members where KeySet.same(Node.key(of: member), key) { return false }
            return true
        }
        if keys.count == 0 {
            for member in members { _ = keys.insert(Node.key(of: member)) }
        }
        return keys.insert(key)
    }

    /// After an element: true if another follows, false if the container is closed.
    private mutating func hasNext(until close: UInt8, expected: String) throws(JSONError) -> Bool {
        guard index < bytes.count else {
            throw fault(.unexpectedEnd(expected: expected), at: index)
        }
        if bytes[index] == ASCII.comma {
            index += 1
            try skipSpace()
            guard dialect == .json5, index < bytes.count, bytes[index] == close else { return true }
        }
        guard bytes[index] == close else {
            throw fault(.unexpectedByte(bytes[index], expected: expected), at: index)
        }
        (index, depth) = (index + 1, depth - 1)
        return false
    }

    private mutating func parseKey(isFirst: Bool) throws(JSONError) -> String {
        let expected = isFirst ? "a key or \"}\"" : "a key"
        guard index < bytes.count else {
            throw fault(.unexpectedEnd(expected: expected), at: index)
        }
        switch bytes[index] {
        case ASCII.quote: return try parseString()
        case ASCII.apostrophe where dialect == .json5: return try parseString()
        case let byte:
            if dialect == .json5, let name = parseIdentifier() { return name }
            throw fault(.unexpectedByte(byte, expected: expected), at: index)
        }
    }

    private mutating func parseString() throws(JSONError) -> String {
        let quote = bytes[index]
        let opening = index
        let end = bytes.count
        var features = StringContent.Features()
        index += 1
        while true {
            index =
                quote == ASCII.quote
                ? StringContent.plainEnd(bytes, from: index, to: end)
                : StringContent.plainEndOfApostrophes(bytes, from: index, to: end)
            guard index < end else { throw fault(.unterminatedString, at: opening) }
            let byte = bytes[index]
            if byte == quote { break }
            switch byte {
            case ASCII.backslash:
                features.hasEscapes = true
                index = escapeEnd()
            case 0x80...:
                features.hasNonASCII = true
                index += 1
            case ASCII.tab where dialect == .json5:
                index += 1
            default:
                // Report an earlier fault first.
                _ = try decode(opening + 1..<index, features)
                throw fault(.controlCharacter(byte), at: index)
            }
        }
        let body = opening + 1..<index
        index += 1
        return try decode(body, features)
    }

    /// Behind the byte that the backslash at `index` takes with it.
    private func escapeEnd() -> Int {
        guard index + 1 < bytes.count else { return bytes.count }
        let next = bytes[index + 1]
        if dialect == .json { return next < 0x20 ? index + 1 : index + 2 }
        let isPair =
            next == ASCII.carriageReturn && index + 2 < bytes.count
            && bytes[index + 2] == ASCII.lineFeed
        return index + (isPair ? 3 : 2)
    }

    private func decode(
        _ range: Range<Int>, _ features: StringContent.Features
    ) throws(JSONError) -> String {
        do throws(LexicalError) {
            return try StringContent.decode(
                UnsafeBufferPointer(rebasing: bytes[range]), features, dialect: dialect)
        } catch {
            throw fault(error.kind, at: range.lowerBound + error.offset)
        }
    }

    /// Parses a bare word: a number or a literal.
    private mutating func parseWord(expected: String) throws(JSONError) -> JSONValue {
        let start = index
        while index < bytes.count, ASCII.isWord(bytes[index]) { index += 1 }
        let word = UnsafeBufferPointer(rebasing: bytes[start..<index])
        guard let value = Word.value(of: word, dialect: dialect) else {
            throw fault(Word.fault(of: word, expected: expected), at: start)
        }
        return value
    }

    mutating func skipSpace() throws(JSONError) {
        while index < bytes.count, ASCII.isSpace(bytes[index]) { index += 1 }
        if dialect == .json5 { try skipJSON5Space() }
    }
}

/// Numbers and literals, cut out as a run of word bytes.
enum Word {
    /// The word's value, or nil if it is neither a number nor a literal.
    @inline(__always)
    static func value(of word: UnsafeBufferPointer<UInt8>, dialect: JSONDialect) -> JSONValue? {
        if NumberGrammar.isNumber(word) {
            return .number(JSONNumber(unchecked: String(decoding: word, as: UTF8.self)))
        }
        if word.elementsEqual("true".utf8) { return .bool(true) }
        if word.elementsEqual("false".utf8) { return .bool(false) }
        if word.elementsEqual("null".utf8) { return .null }
        guard dialect == .json5 else { return nil }
        return NumberGrammar.normalised(json5: String(decoding: word, as: UTF8.self))
            .map { .number(JSONNumber(unchecked: $0)) }
    }

    /// The error of an invalid word.
    static func fault(of word: UnsafeBufferPointer<UInt8>, expected: String) -> JSONError.Kind {
        let isLong = word.count > 40
        let shown = String(decoding: word.prefix(40), as: UTF8.self) + (isLong ? "…" : "")
        let first = word[0]
        let isNumeric =
            ASCII.isDigit(first) || first == ASCII.minus || first == ASCII.plus
            || first == ASCII.dot
        return isNumeric ? .invalidNumber(shown) : .unexpectedWord(shown, expected: expected)
    }
}
