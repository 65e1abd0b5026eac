import JSONText
import Testing

@Suite struct JSONTreeTests {
    @Test func `what RFC 8259 allows is read and written as it is`() throws {
        for vector in JSONVectors.accepted {
            let value = try JSONTree.parse(Array(vector.text.utf8))
            #expect(JSONWriter.text(of: value) == vector.compact, "\(vector)")
            #expect(try JSONTree.parse(Array(vector.compact.utf8)) == value, "\(vector)")
        }
    }

    @Test func `what RFC 8259 forbids is refused with the reason and the place`() {
        for vector in JSONVectors.refused {
            do throws(JSONError) {
                _ = try JSONTree.parse(vector.bytes)
                Issue.record("taken: \(vector)")
            } catch {
                #expect(error.message == vector.message, "\(vector)")
                #expect(error.position.line == vector.line, "\(vector)")
                #expect(error.position.column == vector.column, "\(vector)")
            }
        }
    }

    @Test func `numbers keep every byte of their text`() throws {
        for text in ["50.560", "4876876000001234567", "18446744073709551615", "1.0", "1e2", "-0"] {
            let value = try JSONTree.parse(Array("{\"n\":\(text)}".utf8))
            #expect(value["n"]?.number?.text == text)
        }
    }

    @Test(
        arguments: [
            ("0", 0), ("7", 7), ("18446744073709551615", UInt64.max), ("18446744073709551616", nil),
            ("-1", nil), ("1.0", nil), ("1e2", nil),
        ] as [(String, UInt64?)])
    func `only canonical plain digits are an id`(text: String, expected: UInt64?) {
        #expect(JSONNumber(validating: text)?.uint64 == expected)
    }

    @Test func `a number must follow the grammar from end to end`() {
        for text in ["", "01", "+1", " 1", "1 ", "0x1", "1.", ".1", "NaN", "1e", "٣"] {
            #expect(JSONNumber(validating: text) == nil, "\(text)")
        }
    }

    @Test func `64 levels are read and the 65th is refused where it opens`() {
        let deep = { (levels: Int) in
            Array(
                (String(repeating: "[", count: levels) + String(repeating: "]", count: levels)).utf8
            )
        }
        #expect(throws: Never.self) { try JSONTree.parse(deep(64)) }
        let expected = JSONError(
            kind: .tooDeep(limit: 64), position: TextPosition(line: 1, column: 65, offset: 64))
        #expect(throws: expected) { try JSONTree.parse(deep(65)) }
        #expect(throws: expected) { try JSONTree.parse(deep(10_000)) }
        let open = Array(String(repeating: "{\"a\":", count: 10_000).utf8)
        #expect(throws: JSONError.self) { try JSONTree.parse(open) }
    }

    @Test func `a doubled key is found among very many`() throws {
        var text = "{"
        for index in 0..<5_000 { text += "\"k\(index)\":\(index)," }
        let once = try JSONTree.parse(Array((text + "\"last\":1}").utf8))
        #expect(once.object?.members.count == 5_001)
        #expect(once["k4321"]?.number?.uint64 == 4_321)
        do throws(JSONError) {
            _ = try JSONTree.parse(Array((text + "\"k77\":1}").utf8))
            Issue.record("taken")
        } catch {
            #expect(error.kind == .doubledKey("k77"))
        }
    }

    @Test func `members and bytes have limits`() {
        let bytes = Array("{\"a\":1,\"b\":2}".utf8)
        #expect(throws: Never.self) {
            try JSONTree.parse(bytes, limits: JSONLimits(maximumBytes: 13, maximumMembers: 2))
        }
        #expect(throws: JSONError(kind: .tooLong(limit: 12), position: .init())) {
            try JSONTree.parse(bytes, limits: JSONLimits(maximumBytes: 12))
        }
        #expect(
            throws: JSONError(
                kind: .tooManyMembers(limit: 1), position: .init(line: 1, column: 8, offset: 7))
        ) {
            try JSONTree.parse(bytes, limits: JSONLimits(maximumMembers: 1))
        }
    }

    @Test func `a part of a larger text reports the places of the larger text`() {
        let bytes = Array("{\"a\": x}".utf8)
        let start = TextPosition(line: 7, column: 1, offset: 600)
        _ = bytes.withUnsafeBufferPointer { buffer in
            #expect(
                throws: JSONError(
                    kind: .unexpectedWord("x", expected: "a value"),
                    position: TextPosition(line: 7, column: 7, offset: 606))
            ) {
                try JSONTree.parse(buffer, startingAt: start)
            }
        }
    }

    @Test func `an error renders as line column and message`() {
        let error = JSONError(
            kind: .doubledKey("a"), position: TextPosition(line: 2, column: 9, offset: 40))
        #expect("\(error)" == "2:9: error: the key \"a\" occurs twice in the same object")
    }
}
