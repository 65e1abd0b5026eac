import JSONText

/// The tree and the tokenizer agree in values, faults and places; any cutting gives the same; what
/// is written is read again; JSON is JSON5.
enum JSONHarness {
    private enum Reading: Equatable {
        case value(JSONValue)
        case fault(JSONError)
    }

    static func check(_ bytes: [UInt8]) throws(BrokenPromise) {
        let tree = read(bytes, .json)
        let whole = tokens([bytes])
        for cutting in Cutting.allCases {
            let cut = tokens(cutting.pieces(of: bytes))
            try promise(cut == whole, "\(cutting): \(cut) is not \(whole)")
        }
        switch tree {
        case .fault(let error):
            try promise(whole.fault == error, "tree: \(error), tokenizer: \(whole)")
            try promise(
                error.position.offset <= bytes.count, "\(error) lies behind \(bytes.count) bytes")
        case .value(let value):
            try promise(whole.fault == nil, "only the tokenizer refuses: \(whole)")
            try promise(
                whole.tokens.map(\.kind) == kinds(of: value), "\(whole) are not of \(value)")
            try checkWritten(value)
            let relaxed = read(bytes, .json5)
            try promise(relaxed == tree, "as JSON5 \(tree) is \(relaxed)")
        }
        if case .value(let value) = read(bytes, .json5) { try checkWritten(value) }
    }

    private static func checkWritten(_ value: JSONValue) throws(BrokenPromise) {
        let text = JSONWriter.text(of: value)
        let again = read(Array(text.utf8), .json)
        try promise(again == .value(value), "\(value) is written \(text), which is \(again)")
        try promise(!text.utf8.contains { $0 < 0x20 }, "a control character is written raw")
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
