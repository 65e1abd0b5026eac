/// An incremental (push) tokenizer; chunks may have any size.
///
/// It checks the whole grammar: matching brackets, alternating keys and values, no duplicate keys,
/// nothing after the value. Memory is bounded by the limits: one token split between chunks, and
/// the keys of the open objects.
///
/// Chunk boundaries do not affect tokens or errors. If you change this, also change `TreeParser`:
/// tests compare the two, including positions.
package struct JSONTokenizer: Sendable {
    /// The state; the container is the last frame.
    private enum Expectation {
        case document, firstElement, element, firstKey, key, colon, memberValue, commaOrEnd, nothing
    }

    /// The incomplete token.
    private enum Lexeme {
        case none, key, string, word
        /// Number of byte order mark bytes seen.
        case mark(Int)
    }

    private struct Frame {
        var isObject: Bool
        var keys = KeySet()
    }

    private let limits: JSONLimits
    private var expectation = Expectation.document
    private var lexeme = Lexeme.none
    private var frames: [Frame] = []

    /// The bytes of a token that began in an earlier piece.
    private var pending: [UInt8] = []
    private var features = StringContent.Features()
    private var isAfterBackslash = false
    private var tokenStart = TextPosition()

    /// Offset of the current chunk.
    private var base = 0
    private var line = 1
    private var columnOrigin = 0
    private var failure: JSONError?

    /// A machine at the start of a text.
    package init(limits: JSONLimits = .init()) {
        self.limits = limits
    }

    /// Consumes the next chunk and appends the completed tokens.
    ///
    /// - Throws: The first error; the tokens before it have been appended. Every later call throws
    ///   the same error.
    package mutating func feed(
        _ bytes: UnsafeBufferPointer<UInt8>, into tokens: inout [JSONToken]
    ) throws(JSONError) {
        if let failure { throw failure }
        do throws(JSONError) {
            try consume(bytes, &tokens)
        } catch {
            failure = error
            throw error
        }
        base += bytes.count
    }

    /// Takes the next piece of the text from an array.
    package mutating func feed(
        _ bytes: [UInt8], into tokens: inout [JSONToken]
    ) throws(JSONError) {
        try bytes.withUnsafeBufferPointer { (buffer) throws(JSONError) in
            try feed(buffer, into: &tokens)
        }
    }

    /// Takes the next piece of the text from a part of an array.
    package mutating func feed(
        _ bytes: ArraySlice<UInt8>, into tokens: inout [JSONToken]
    ) throws(JSONError) {
        try bytes.withUnsafeBufferPointer { (buffer) throws(JSONError) in
            try feed(buffer, into: &tokens)
        }
    }

    /// Ends the text.
    ///
    /// - Throws: If the text is incomplete.
    package mutating func finish(into tokens: inout [JSONToken]) throws(JSONError) {
        if let failure { throw failure }
        do throws(JSONError) {
            try conclude(&tokens)
        } catch {
            failure = error
            throw error
        }
    }

    private mutating func conclude(_ tokens: inout [JSONToken]) throws(JSONError) {
        switch lexeme {
        case .none: break
        case .mark:
            throw JSONError(kind: .unexpectedByte(0xEF, expected: "a value"), position: .init())
        case .key, .string: throw JSONError(kind: .unterminatedString, position: tokenStart)
        case .word: try finishWord(UnsafeBufferPointer(start: nil, count: 0), &tokens)
        }
        if case .nothing = expectation { return }
        let end = position(at: 0)
        if case .document = expectation { throw JSONError(kind: .empty, position: end) }
        throw JSONError(kind: .unexpectedEnd(expected: expectedText), position: end)
    }

    // MARK: Bytes

    private mutating func consume(
        _ bytes: UnsafeBufferPointer<UInt8>, _ tokens: inout [JSONToken]
    ) throws(JSONError) {
        var index = 0
        while index < bytes.count {
            switch lexeme {
            case .none: try consumeStructure(bytes, &index, &tokens)
            case .key, .string: try consumeString(bytes, &index, &tokens)
            case .word: try consumeWord(bytes, &index, &tokens)
            case .mark(let seen): try consumeMark(bytes, &index, seen)
            }
        }
    }

    private mutating func consumeMark(
        _ bytes: UnsafeBufferPointer<UInt8>, _ index: inout Int, _ seen: Int
    ) throws(JSONError) {
        guard bytes[index] == (seen == 1 ? 0xBB : 0xBF) else {
            throw JSONError(kind: .unexpectedByte(0xEF, expected: "a value"), position: .init())
        }
        index += 1
        lexeme = seen == 2 ? .none : .mark(seen + 1)
        if seen == 2 { columnOrigin = 3 }
    }

    /// Reads white space and punctuation until a string or a word begins.
    private mutating func consumeStructure(
        _ bytes: UnsafeBufferPointer<UInt8>, _ index: inout Int, _ tokens: inout [JSONToken]
    ) throws(JSONError) {
        while index < bytes.count {
            let byte = bytes[index]
            if ASCII.isSpace(byte) {
                index += 1
                if byte == ASCII.lineFeed {
                    line += 1
                    columnOrigin = base + index
                }
                continue
            }
            switch expectation {
            case .commaOrEnd:
                try afterElement(byte, position(at: index), &tokens)
            case .colon:
                guard byte == ASCII.colon else { throw unexpected(byte, at: index) }
                expectation = .memberValue
            case .firstKey, .key:
                if byte == ASCII.quote { return begin(.key, &index) }
                guard byte == ASCII.rightBrace, case .firstKey = expectation else {
                    throw unexpected(byte, at: index)
                }
                close(.endObject, position(at: index), &tokens)
            case .nothing:
                throw JSONError(kind: .trailingContent, position: position(at: index))
            case .document, .firstElement, .element, .memberValue:
                if try beginValue(byte, &index, &tokens) { return }
            }
            index += 1
        }
    }

    /// At the first byte of a value; true when a string, word or mark has begun.
    private mutating func beginValue(
        _ byte: UInt8, _ index: inout Int, _ tokens: inout [JSONToken]
    ) throws(JSONError) -> Bool {
        switch byte {
        case ASCII.quote: begin(.string, &index)
        case ASCII.leftBrace, ASCII.leftBracket:
            let start = position(at: index)
            guard frames.count < limits.maximumDepth else {
                throw JSONError(kind: .tooDeep(limit: limits.maximumDepth), position: start)
            }
            let isObject = byte == ASCII.leftBrace
            frames.append(Frame(isObject: isObject))
            tokens.append(JSONToken(isObject ? .beginObject : .beginArray, at: start))
            expectation = isObject ? .firstKey : .firstElement
            return false
        case ASCII.rightBracket:
            guard case .firstElement = expectation else { throw unexpected(byte, at: index) }
            close(.endArray, position(at: index), &tokens)
            return false
        case 0xEF where base + index == 0:
            lexeme = .mark(1)
            index += 1
        default:
            guard ASCII.isWord(byte) else { throw unexpected(byte, at: index) }
            tokenStart = position(at: index)
            lexeme = .word
        }
        return true
    }

    /// Begins a string behind its opening quote.
    private mutating func begin(_ kind: Lexeme, _ index: inout Int) {
        tokenStart = position(at: index)
        lexeme = kind
        features = StringContent.Features()
        isAfterBackslash = false
        index += 1
    }

    private mutating func afterElement(
        _ byte: UInt8, _ position: TextPosition, _ tokens: inout [JSONToken]
    ) throws(JSONError) {
        let isObject = frames[frames.count - 1].isObject
        if byte == ASCII.comma {
            expectation = isObject ? .key : .element
        } else if byte == (isObject ? ASCII.rightBrace : ASCII.rightBracket) {
            close(isObject ? .endObject : .endArray, position, &tokens)
        } else {
            throw JSONError(
                kind: .unexpectedByte(byte, expected: expectedText), position: position)
        }
    }

    private mutating func close(
        _ kind: JSONToken.Kind, _ position: TextPosition, _ tokens: inout [JSONToken]
    ) {
        frames.removeLast()
        tokens.append(JSONToken(kind, at: position))
        expectation = frames.isEmpty ? .nothing : .commaOrEnd
    }

    // MARK: Strings and words

    private mutating func consumeString(
        _ bytes: UnsafeBufferPointer<UInt8>, _ index: inout Int, _ tokens: inout [JSONToken]
    ) throws(JSONError) {
        let start = index
        while index < bytes.count {
            if isAfterBackslash {
                isAfterBackslash = false
                // Handle a control character separately.
                if bytes[index] >= 0x20 {
                    if bytes[index] >= 0x80 { features.hasNonASCII = true }
                    index += 1
                    continue
                }
            }
            index = StringContent.plainEnd(bytes, from: index, to: bytes.count)
            guard index < bytes.count else { break }
            let byte = bytes[index]
            if byte == ASCII.backslash {
                features.hasEscapes = true
                isAfterBackslash = true
                index += 1
            } else if byte >= 0x80 {
                features.hasNonASCII = true
                index += 1
            } else {
                let body = UnsafeBufferPointer(rebasing: bytes[start..<index])
                let text = try finishString(body)
                guard byte == ASCII.quote else {
                    throw JSONError(kind: .controlCharacter(byte), position: position(at: index))
                }
                index += 1
                return try emit(text, &tokens)
            }
        }
        try hold(UnsafeBufferPointer(rebasing: bytes[start..<index]))
    }

    private mutating func emit(
        _ text: String, _ tokens: inout [JSONToken]
    ) throws(JSONError) {
        guard case .key = lexeme else {
            tokens.append(JSONToken(.string(text), at: tokenStart))
            return finishValue()
        }
        let top = frames.count - 1
        guard frames[top].keys.insert(text) else {
            throw JSONError(kind: .doubledKey(text), position: tokenStart)
        }
        guard frames[top].keys.count <= limits.maximumMembers else {
            throw JSONError(
                kind: .tooManyMembers(limit: limits.maximumMembers), position: tokenStart)
        }
        tokens.append(JSONToken(.key(text), at: tokenStart))
        lexeme = .none
        expectation = .colon
    }

    private mutating func consumeWord(
        _ bytes: UnsafeBufferPointer<UInt8>, _ index: inout Int, _ tokens: inout [JSONToken]
    ) throws(JSONError) {
        let start = index
        while index < bytes.count, ASCII.isWord(bytes[index]) { index += 1 }
        let part = UnsafeBufferPointer(rebasing: bytes[start..<index])
        if index == bytes.count { try hold(part) } else { try finishWord(part, &tokens) }
    }

    private mutating func finishWord(
        _ part: UnsafeBufferPointer<UInt8>, _ tokens: inout [JSONToken]
    ) throws(JSONError) {
        let expected = expectedText
        let start = tokenStart
        let value = try withWhole(part) { (word) throws(JSONError) -> JSONValue in
            guard let value = Word.value(of: word, dialect: .json) else {
                throw JSONError(kind: Word.fault(of: word, expected: expected), position: start)
            }
            return value
        }
        switch value {
        case .number(let number): tokens.append(JSONToken(.number(number), at: tokenStart))
        case .bool(let bool): tokens.append(JSONToken(.bool(bool), at: tokenStart))
        case .null: tokens.append(JSONToken(.null, at: tokenStart))
        case .string, .array, .object:
            preconditionFailure("a bare word was read as neither a number nor a literal")
        }
        finishValue()
    }

    private mutating func finishValue() {
        lexeme = .none
        expectation = frames.isEmpty ? .nothing : .commaOrEnd
    }

    private mutating func finishString(
        _ part: UnsafeBufferPointer<UInt8>
    ) throws(JSONError) -> String {
        let start = tokenStart
        let features = features
        return try withWhole(part) { (body) throws(JSONError) -> String in
            do throws(LexicalError) {
                return try StringContent.decode(body, features)
            } catch {
                // A string contains no line break, so its columns continue from the quote.
                let offset = 1 + error.offset
                throw JSONError(
                    kind: error.kind,
                    position: TextPosition(
                        line: start.line, column: start.column + offset,
                        offset: start.offset + offset))
            }
        }
    }

    /// Emits the complete token, joined with its part from earlier chunks if needed.
    private mutating func withWhole<Value>(
        _ part: UnsafeBufferPointer<UInt8>,
        _ body: (UnsafeBufferPointer<UInt8>) throws(JSONError) -> Value
    ) throws(JSONError) -> Value {
        guard pending.count + part.count <= limits.maximumTokenBytes else { throw tooLong }
        if pending.isEmpty { return try body(part) }
        pending.append(contentsOf: part)
        defer { pending.removeAll(keepingCapacity: true) }
        return try pending.withUnsafeBufferPointer(body)
    }

    private mutating func hold(_ part: UnsafeBufferPointer<UInt8>) throws(JSONError) {
        guard pending.count + part.count <= limits.maximumTokenBytes else { throw tooLong }
        pending.append(contentsOf: part)
    }

    private var tooLong: JSONError {
        JSONError(kind: .tooLong(limit: limits.maximumTokenBytes), position: tokenStart)
    }

    // MARK: Places and words

    private func position(at index: Int) -> TextPosition {
        let offset = base + index
        return TextPosition(line: line, column: offset - columnOrigin + 1, offset: offset)
    }

    private func unexpected(_ byte: UInt8, at index: Int) -> JSONError {
        JSONError(
            kind: .unexpectedByte(byte, expected: expectedText), position: position(at: index))
    }

    private var expectedText: String {
        switch expectation {
        case .document, .element, .memberValue: "a value"
        case .firstElement: "a value or \"]\""
        case .firstKey: "a key or \"}\""
        case .key: "a key"
        case .colon: "\":\""
        case .commaOrEnd: frames.last?.isObject == true ? "\",\" or \"}\"" : "\",\" or \"]\""
        case .nothing: "nothing more"
        }
    }
}
