import JSONText
import Testing

@Suite struct JSON5Tests {
    static let accepted: [(String, String)] = [
        ("{a:1}", #"{"a":1}"#), ("{$a_1: 1, é: 2, _:3}", #"{"$a_1":1,"é":2,"_":3}"#),
        ("{'a':'b\"c'}", #"{"a":"b\"c"}"#), ("'it\\'s'", "\"it's\""), ("\"it's\"", "\"it's\""),
        ("[1,2,]", "[1,2]"), ("{a:1,}", #"{"a":1}"#), ("// c\n1", "1"), ("/* a\n b */ 1 // x", "1"),
        ("/**/[/***/1/*,*/]", "[1]"),
        ("[+1,.5,5.,-.5,0x1F,5.e3,+.5e-1]", "[1,0.5,5,-0.5,31,5e3,0.5e-1]"),
        ("'a\\\nb'", "\"ab\""), ("'a\\\r\nb'", "\"ab\""),
        ("'\\x41\\v\\0\\q'", #""A\u000b\u0000q""#),
        ("\u{FEFF}{\u{A0}a\u{2003}:\u{B}1\u{C}}\u{2028}", #"{"a":1}"#), ("'\t'", #""\t""#),
        ("{null:null,true:true}", #"{"null":null,"true":true}"#), ("'é\\é'", "\"éé\""),
        ("'//no /*comment*/'", "\"//no /*comment*/\""),
        // The standard's chapters 5.2 and 7: strings may hold U+2028 and U+2029 as they are;
        // outside they end a line, and so a comment, and after a backslash the line continues.
        ("'a\u{2028}b\u{2029}'", "\"a\u{2028}b\u{2029}\""),
        ("'a\\\u{2028}b\\\u{2029}c'", "\"abc\""), ("\"\\\u{2030}\\é\"", "\"\u{2030}é\""),
        ("// c\u{2028}1", "1"), ("[1, // c\u{2029}2]", "[1,2]"), ("// \u{2030}\u{2027}\n1", "1"),
        ("/* c\u{2028} */1//\u{2029}", "1"),
    ]

    @Test func `what JSON5 adds is read`() throws {
        for (text, compact) in Self.accepted {
            let value = try JSONTree.parse(Array(text.utf8), dialect: .json5)
            #expect(JSONWriter.text(of: value) == compact, "\(text)")
        }
        for vector in JSONVectors.accepted {
            let value = try JSONTree.parse(Array(vector.text.utf8), dialect: .json5)
            #expect(JSONWriter.text(of: value) == vector.compact, "\(vector)")
        }
    }

    @Test func `what JSON5 does not have either is refused`() {
        let texts = [
            "", "// only", "// only\u{2027}1", "'a\u{2028}", "1// c\u{2028}2", "/* open", "[,]",
            "[1,,]", "{,}", "{a}", "{a:}", "{1a:1}", "{a-b:1}",
            "'a\nb'",
            "'a", "{a:1,'a':2}", "Infinity", "-NaN", "0x", "0xG", ".", "+", "'\\1'", "'\\x4'",
            "/ 1", "[1}",
            "'\u{0}'", "--1", "+-1", "5..", "1 2",
        ]
        for text in texts {
            #expect(throws: JSONError.self, "\(text)") {
                try JSONTree.parse(Array(text.utf8), dialect: .json5)
            }
        }
        #expect(
            throws: JSONError(kind: .invalidUTF8, position: .init(line: 1, column: 4, offset: 3))
        ) {
            try JSONTree.parse([0x2F, 0x2F, 0x20, 0xFF, 0x0A, 0x31], dialect: .json5)
        }
        #expect(
            throws: JSONError(
                kind: .unterminatedComment, position: .init(line: 2, column: 1, offset: 2))
        ) {
            try JSONTree.parse(Array("1\n/*".utf8), dialect: .json5)
        }
    }

    @Test func `every value and every key knows its place`() throws {
        let text = "// settings\n{\n  a: [1,\n    'x'],\n  'b': {},\n}\n"
        let value = try JSONTree.parseWithPositions(Array(text.utf8), dialect: .json5)
        #expect(value.position == TextPosition(line: 2, column: 1, offset: 12))
        let members = try #require(value.members)
        #expect(members.map(\.key) == ["a", "b"])
        #expect(members.map(\.keyPosition.description) == ["3:3", "5:3"])
        #expect(members.map(\.value.position.description) == ["3:6", "5:8"])
        #expect(value["a"]?.elements?.map(\.position.description) == ["3:7", "4:5"])
        #expect(value.plain == ["a": [1, "x"], "b": [:]])
    }
}
