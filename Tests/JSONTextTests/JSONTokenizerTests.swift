import JSONText
import Testing

@Suite struct JSONTokenizerTests {
    enum Ending: Equatable {
        case complete
        case failed(JSONError)
    }

    /// Cuts a text into pieces and reads them.
    static func read(
        _ bytes: [UInt8], cuts: [Int], limits: JSONLimits = .init()
    ) -> (tokens: [JSONToken], ending: Ending) {
        var tokenizer = JSONTokenizer(limits: limits)
        var tokens: [JSONToken] = []
        do throws(JSONError) {
            var start = 0
            for cut in cuts + [bytes.count] {
                try tokenizer.feed(bytes[start..<cut], into: &tokens)
                start = cut
            }
            try tokenizer.finish(into: &tokens)
            return (tokens, .complete)
        } catch {
            return (tokens, .failed(error))
        }
    }

    /// The tokens of a tree, without positions.
    static func kinds(of value: JSONValue) -> [JSONToken.Kind] {
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

    @Test func `the machine and the tree agree on every text, faults and places included`() {
        let texts =
            JSONVectors.accepted.map { Array($0.text.utf8) } + JSONVectors.refused.map(\.bytes)
        for bytes in texts {
            let (tokens, ending) = Self.read(bytes, cuts: [])
            do throws(JSONError) {
                let value = try JSONTree.parse(bytes)
                #expect(ending == .complete)
                #expect(tokens.map(\.kind) == Self.kinds(of: value))
            } catch {
                #expect(ending == .failed(error), "\(String(decoding: bytes, as: UTF8.self))")
            }
        }
    }

    @Test func `every split in two, in three and byte by byte gives the same tokens`() {
        let rich =
            #" {"items": [{"a":"é\u00e9\\", "n": 50.560, "t": true}, [], {}, null], "z":"𝄞" } "#
        let texts =
            [Array(rich.utf8)] + JSONVectors.accepted.map { Array($0.text.utf8) }
            + JSONVectors.refused.map(\.bytes)
        for bytes in texts {
            let whole = Self.read(bytes, cuts: [])
            #expect(Self.read(bytes, cuts: Array(0...bytes.count)) == whole)
            for first in 0...bytes.count {
                #expect(Self.read(bytes, cuts: [first]) == whole)
                guard bytes.count < 40 else { continue }
                for second in first...bytes.count {
                    if Self.read(bytes, cuts: [first, second]) != whole {
                        Issue.record("\(String(decoding: bytes, as: UTF8.self)) \(first) \(second)")
                    }
                }
            }
        }
    }

    @Test func `tokens have their positions`() {
        let (tokens, ending) = Self.read(Array("{\n  \"a\": [1,\r\n true]}".utf8), cuts: [5, 9])
        #expect(ending == .complete)
        #expect(
            tokens == [
                JSONToken(.beginObject, at: TextPosition(line: 1, column: 1, offset: 0)),
                JSONToken(.key("a"), at: TextPosition(line: 2, column: 3, offset: 4)),
                JSONToken(.beginArray, at: TextPosition(line: 2, column: 8, offset: 9)),
                JSONToken(.number(JSONNumber(1)), at: TextPosition(line: 2, column: 9, offset: 10)),
                JSONToken(.bool(true), at: TextPosition(line: 3, column: 2, offset: 15)),
                JSONToken(.endArray, at: TextPosition(line: 3, column: 6, offset: 19)),
                JSONToken(.endObject, at: TextPosition(line: 3, column: 7, offset: 20)),
            ])
    }

    @Test func `an unclosed string is reported where it opened`() {
        let (tokens, ending) = Self.read(Array("[\n \"abc\\n, 1]".utf8), cuts: [4, 7])
        #expect(tokens.count == 1)
        #expect(
            ending
                == .failed(
                    JSONError(
                        kind: .unterminatedString,
                        position: TextPosition(line: 2, column: 2, offset: 3))))
    }

    @Test func `a token longer than the limit is refused however it is cut`() {
        let limits = JSONLimits(maximumTokenBytes: 8)
        let expected = Ending.failed(
            JSONError(kind: .tooLong(limit: 8), position: .init(line: 1, column: 2, offset: 1)))
        #expect(
            Self.read(Array("[\"12345678\"]".utf8), cuts: [], limits: limits).ending == .complete)
        for text in ["[\"123456789\"]", "[123456789]", "[\"\\q3456789\"]"] {
            let bytes = Array(text.utf8)
            for cut in 0...bytes.count {
                #expect(Self.read(bytes, cuts: [cut], limits: limits).ending == expected)
            }
        }
    }

    @Test func `nesting past the limit is refused without recursion`() {
        let bytes = Array(String(repeating: "[", count: 1_000_000).utf8)
        let (tokens, ending) = Self.read(bytes, cuts: [500_000])
        #expect(tokens.count == 64)
        #expect(
            ending
                == .failed(
                    JSONError(
                        kind: .tooDeep(limit: 64),
                        position: TextPosition(line: 1, column: 65, offset: 64))))
    }

    @Test func `after a fault the machine only repeats it`() {
        var tokenizer = JSONTokenizer()
        var tokens: [JSONToken] = []
        let fault = JSONError(
            kind: .unexpectedByte(UInt8(ascii: "]"), expected: "a value"), position: .init())
        #expect(throws: fault) { try tokenizer.feed(Array("]".utf8), into: &tokens) }
        #expect(throws: fault) { try tokenizer.feed(Array("[]".utf8), into: &tokens) }
        #expect(throws: fault) { try tokenizer.finish(into: &tokens) }
        #expect(tokens.isEmpty)
    }
}
