import JSONText

/// The tree parser and the tokenizer agree in values, errors and positions; chunk boundaries have
/// no effect; output round-trips; JSON is valid JSON5.
enum JSONHarness {
    private enum Reading: Equatable {
        case value(JSONValue)
        case fault(JSONError)
    }

    static func check(_ bytes: [UInt8]) throws(BrokenInvariant) {
        let tree = read(bytes, .json)
        let whole = tokens([bytes])
        let cut = tokens(InputSplit.pieces(of: bytes))
        try require(cut == whole, "cut, \(cut) is not \(whole)")
        switch tree {
        case .fault(let error):
            try require(whole.fault == error, "tree: \(error), tokenizer: \(whole)")
            try require(
                error.position.offset <= bytes.count, "\(error) is beyond \(bytes.count) bytes")
        case .value(let value):
            try require(whole.fault == nil, "only the tokenizer refuses: \(whole)")
            try require(
                whole.tokens.map(\.kind) == kinds(of: value), "\(whole) are not of \(value)")
            try checkBounds(value, depth: 0)
            try checkWritten(value)
            let relaxed = read(bytes, .json5)
            try require(relaxed == tree, "as JSON5 \(tree) is \(relaxed)")
        }
        if case .value(let value) = read(bytes, .json5) {
            try checkBounds(value, depth: 0)
            try checkWritten(value)
        }
    }

    /// No duplicate keys, and no nesting beyond the limit.
    private static func checkBounds(_ value: JSONValue, depth: Int) throws(BrokenInvariant) {
        try require(depth <= JSONLimits().maximumDepth, "a value is nested \(depth) deep")
        switch value {
        case .array(let elements):
            for element in elements { try checkBounds(element, depth: depth + 1) }
        case .object(let object):
            let keys = object.members.map { Array($0.key.utf8) }
            try require(Set(keys).count == keys.count, "a key occurs twice: \(value)")
            for member in object.members { try checkBounds(member.value, depth: depth + 1) }
        case .null, .bool, .number, .string: break
        }
    }

    private static func checkWritten(_ value: JSONValue) throws(BrokenInvariant) {
        let text = JSONWriter.text(of: value)
        let again = read(Array(text.utf8), .json)
        try require(again == .value(value), "\(value) is written \(text), which is \(again)")
        try require(!text.utf8.contains { $0 < 0x20 }, "a control character is written raw")
    }

    private static func read(_ bytes: [UInt8], _ dialect: JSONDialect) -> Reading {
        do throws(JSONError) {
            return .value(try JSONTree.parse(bytes, dialect: dialect))
        } catch {
            return .fault(error)
        }
    }

    private struct Tokens: Equatable {
        var tokens: [JSONToken] = []
        var fault: JSONError?
    }

    private static func tokens(_ pieces: [[UInt8]]) -> Tokens {
        var tokenizer = JSONTokenizer()
        var read = Tokens()
        do throws(JSONError) {
            for piece in pieces { try tokenizer.feed(piece, into: &read.tokens) }
            try tokenizer.finish(into: &read.tokens)
        } catch {
            read.fault = error
        }
        return read
    }

    private static func kinds(of value: JSONValue) -> [JSONToken.Kind] {
        switch value {
        case .null: [.null]
        case .bool(let bool): [.bool(bool)]
        case .number(let number): [.number(number)]
        case .string(let string): [.string(string)]
        case .array(let elements): [.beginArray] + elements.flatMap(kinds) + [.endArray]
        case .object(let object):
            [.beginObject]
                + object.members.flatMap { [.key($0.key)] + kinds(of: $0.value) }
                + [.endObject]
        }
    }

}
