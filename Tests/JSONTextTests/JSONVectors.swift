/// RFC 8259 test vectors, similar to well-known suites: each is accepted (with its compact text) or
/// rejected (with reason and position).
enum JSONVectors {
    struct Accepted: Sendable, CustomStringConvertible {
        let text: String
        let compact: String
        var description: String { text }
        init(_ text: String, _ compact: String? = nil) {
            self.text = text
            self.compact = compact ?? text
        }
    }

    static let accepted: [Accepted] = [
        .init("null"), .init("true"), .init("false"), .init("0"), .init("-0"), .init("42"),
        .init("\"\""), .init("\"asd\""), .init(" 1 ", "1"), .init("\t\r\n1\n", "1"),
        .init("[]"), .init("[ ]", "[]"), .init("{}"), .init("{ }", "{}"), .init("[[]]"),
        .init("[\"\"]"), .init("[null, 1, \"1\", {}]", "[null,1,\"1\",{}]"),
        .init("[1\n]", "[1]"), .init(" [1]", "[1]"), .init("[2] ", "[2]"),
        .init("[1,null,null,null,2]"), .init("[null]"), .init("[false]"),
        .init("[123e65]"), .init("[0e+1]"), .init("[0e1]"), .init("[ 4]", "[4]"),
        .init(
            "[-0.000000000000000000000000000000000000000000000000000000000000000000000000000001]"),
        .init("[20e1]"), .init("[-123]"), .init("[-1]"), .init("[1E22]"), .init("[1E-2]"),
        .init("[1E+2]"), .init("[123e-10000000]"), .init("[123.456e78]"), .init("[1.5e+9999]"),
        .init("50.560"), .init("[4876876000001234567]"), .init("[18446744073709551615]"),
        .init("[99999999999999999999999999999999]"), .init("1.0"), .init("1e2"),
        .init("{\"asd\":\"sdf\", \"dfg\":\"fgh\"}", "{\"asd\":\"sdf\",\"dfg\":\"fgh\"}"),
        .init("{\"\":0}"), .init("{\"foo\\u0000bar\": 42}", "{\"foo\\u0000bar\":42}"),
        .init("{\n\"a\": \"b\"\n}", "{\"a\":\"b\"}"),
        .init(#"["\u0060\u012a\u12AB"]"#, "[\"`\u{12a}\u{12AB}\"]"),
        .init(#"["\uD801\udc37"]"#, "[\"\u{10437}\"]"),
        .init(#"["\ud83d\ude39\ud83d\udc8d"]"#, "[\"😹💍\"]"),
        .init(#"["\"\\\/\b\f\n\r\t"]"#, #"["\"\\/\u0008\u000c\n\r\t"]"#),
        .init(#"["\\u0000"]"#), .init(#"["\u0000"]"#), .init("[\"a/*b*/c/*d//e\"]"),
        .init("[\"\u{7F}\"]"), .init("[\"π é €\u{FFFF}\u{10FFFF}\"]"), .init("[\"\u{2028}\"]"),
        .init(#"["\uFFFF"]"#, "[\"\u{FFFF}\"]"), .init("[\"new\\u000Aline\"]", "[\"new\\nline\"]"),
        .init("{\"e\u{301}\":1,\"\u{e9}\":2}"),
        .init("\u{FEFF}{}", "{}"), .init("{\"a\":{\"a\":{}}}"),
    ]

    struct Refused: Sendable, CustomStringConvertible {
        let bytes: [UInt8]
        let message: String
        let line: Int
        let column: Int
        var description: String { String(decoding: bytes, as: UTF8.self) }
        init(_ text: String, _ message: String, _ line: Int, _ column: Int) {
            self.init(bytes: Array(text.utf8), message, line, column)
        }
        init(bytes: [UInt8], _ message: String, _ line: Int, _ column: Int) {
            self.bytes = bytes
            self.message = message
            self.line = line
            self.column = column
        }
    }

    private static let nothing = "there is no JSON value here, only white space"
    private static let trailing = "something follows after the end of the JSON value"
    private static let notUTF8 = "the bytes from here are not valid UTF-8"
    private static func ends(_ expected: String) -> String {
        "the text ends here, expected \(expected)"
    }
    private static func number(_ text: String) -> String {
        "\"\(text)\" is not a number by JSON's grammar"
    }
    private static func escape(_ text: String) -> String {
        "\"\(text)\" is not an escape sequence of JSON"
    }
    private static func half(_ unit: String) -> String {
        "\\u\(unit) is half of a surrogate pair, the other half is missing"
    }

    static let refused: [Refused] = structure + numbers + strings

    private static let structure: [Refused] = [
        .init("", nothing, 1, 1), .init(" \n ", nothing, 2, 2), .init("\u{FEFF}", nothing, 1, 1),
        .init("[1 true]", "found \"t\", expected \",\" or \"]\"", 1, 4),
        .init("[\"\": 1]", "found \":\", expected \",\" or \"]\"", 1, 4),
        .init("[\"\"],", trailing, 1, 5),
        .init("[,1]", "found \",\", expected a value or \"]\"", 1, 2),
        .init("[1,,2]", "found \",\", expected a value", 1, 4), .init("[\"x\"]]", trailing, 1, 6),
        .init("[\"\",]", "found \"]\", expected a value", 1, 5),
        .init("[\"x\"", ends("\",\" or \"]\""), 1, 5),
        .init("[x", "found \"x\", expected a value or \"]\"", 1, 2),
        .init("[3[4]]", "found \"[\", expected \",\" or \"]\"", 1, 3),
        .init("[1:2]", "found \":\", expected \",\" or \"]\"", 1, 3),
        .init("[", ends("a value or \"]\""), 1, 2), .init("[1,", ends("a value"), 1, 4),
        .init("[1,\n1\n,1", ends("\",\" or \"]\""), 3, 3),
        .init("]", "found \"]\", expected a value", 1, 1),
        .init("[nul]", "found \"nul\", expected a value or \"]\"", 1, 2),
        .init("[truth]", "found \"truth\", expected a value or \"]\"", 1, 2),
        .init("[True]", "found \"True\", expected a value or \"]\"", 1, 2),
        .init("{", ends("a key or \"}\""), 1, 2), .init("{\"a\"", ends("\":\""), 1, 5),
        .init("{\"a\":", ends("a value"), 1, 6), .init("{\"a\":1", ends("\",\" or \"}\""), 1, 7),
        .init("{\"a\":1,", ends("a key"), 1, 8),
        .init("{\"a\":1,}", "found \"}\", expected a key", 1, 8),
        .init("{\"a\" 1}", "found \"1\", expected \":\"", 1, 6),
        .init("{\"a\"::1}", "found \":\", expected a value", 1, 6),
        .init("{a:1}", "found \"a\", expected a key or \"}\"", 1, 2),
        .init("{'a':1}", "found \"'\", expected a key or \"}\"", 1, 2),
        .init("{1:1}", "found \"1\", expected a key or \"}\"", 1, 2),
        .init("{\"a\":1 \"b\":2}", "found '\"', expected \",\" or \"}\"", 1, 8),
        .init("{\"a\":1]", "found \"]\", expected \",\" or \"}\"", 1, 7),
        .init("[1}", "found \"}\", expected \",\" or \"]\"", 1, 3), .init("{}}", trailing, 1, 3),
        .init("{\"a\":1}/**/", trailing, 1, 8), .init("{\"a\":\"b\"}#", trailing, 1, 10),
        .init("1 2", trailing, 1, 3),
        .init("{\"a\":1,\n \"a\":1}", "the key \"a\" occurs twice in the same object", 2, 2),
        .init(#"{"a":1,"\u0061":2}"#, "the key \"a\" occurs twice in the same object", 1, 8),
        .init("<.>", "found \"<\", expected a value", 1, 1),
        .init("*", "found \"*\", expected a value", 1, 1),
        .init("[\u{0C}1]", "found the byte 0x0C, expected a value or \"]\"", 1, 2),
        .init("[\u{A0}]", "found the byte 0xC2, expected a value or \"]\"", 1, 2),
        .init("[1\u{0}]", "found a NUL byte, expected \",\" or \"]\"", 1, 3),
        .init("// x\n1", "found \"/\", expected a value", 1, 1),
        .init(bytes: [0xEF], "found the byte 0xEF, expected a value", 1, 1),
        .init(bytes: [0xEF, 0xBB], "found the byte 0xEF, expected a value", 1, 1),
        .init(bytes: [0xEF, 0xBB, 0x31], "found the byte 0xEF, expected a value", 1, 1),
        .init(bytes: [0xFF, 0xFE, 0x5B, 0], "found the byte 0xFF, expected a value", 1, 1),
    ]

    private static let numbers: [Refused] = [
        .init("[-]", number("-"), 1, 2), .init("[+1]", number("+1"), 1, 2),
        .init("[01]", number("01"), 1, 2),
        .init("[-01]", number("-01"), 1, 2), .init("[1.]", number("1."), 1, 2),
        .init("[.5]", number(".5"), 1, 2),
        .init("[0.1.2]", number("0.1.2"), 1, 2), .init("[1e]", number("1e"), 1, 2),
        .init("[1e+]", number("1e+"), 1, 2),
        .init("[0.e1]", number("0.e1"), 1, 2), .init("[1eE2]", number("1eE2"), 1, 2),
        .init("[0x42]", number("0x42"), 1, 2),
        .init("[1_000]", number("1_000"), 1, 2), .init("[--1]", number("--1"), 1, 2),
        .init("[-Infinity]", number("-Infinity"), 1, 2),
        .init("[NaN]", "found \"NaN\", expected a value or \"]\"", 1, 2),
        .init("[1 000]", "found \"0\", expected \",\" or \"]\"", 1, 4),
        .init("[1+2]", number("1+2"), 1, 2), .init("[123abc]", number("123abc"), 1, 2),
        .init("-", number("-"), 1, 1),
        .init("[\u{FF11}]", "found the byte 0xEF, expected a value or \"]\"", 1, 2),
    ]

    private static let strings: [Refused] = [
        .init("[\"", "the string that opens here is never closed", 1, 2),
        .init("[\"x\\\"]", "the string that opens here is never closed", 1, 2),
        .init("\"\\", "the string that opens here is never closed", 1, 1),
        .init("[\"a\nb\"]", "a line break within a string must be escaped", 1, 4),
        .init("[\"\t\"]", "a tab within a string must be escaped", 1, 3),
        .init("[\"a\u{0}a\"]", "a NUL byte within a string must be escaped", 1, 4),
        .init("[\"a\u{1F}\"]", "the byte 0x1F within a string must be escaped", 1, 4),
        .init(#"["\x00"]"#, escape(#"\x"#), 1, 3), .init(#"["\a"]"#, escape(#"\a"#), 1, 3),
        .init(#"["\u00A"]"#, escape(#"\u00A"#), 1, 3),
        .init(#"["\u00Gx"]"#, escape(#"\u00Gx"#), 1, 3),
        .init(#"["ab\'"]"#, escape(#"\'"#), 1, 5), .init("[\"\\\n\"]", escape("\\"), 1, 3),
        .init("[\"\\é\"]", escape("\\?"), 1, 3),
        .init(#"["\uD800"]"#, half("D800"), 1, 3), .init(#"["\uDC00"]"#, half("DC00"), 1, 3),
        .init(#"["\uD800\u0041"]"#, half("D800"), 1, 3),
        .init(#"["a\uD888x"]"#, half("D888"), 1, 4),
        .init(#"["\uD800\n"]"#, half("D800"), 1, 3),
        .init(#"["\uDd1e\uD834"]"#, half("DD1E"), 1, 3),
        .init(#"["\uD800\uD800\uDC00"]"#, half("D800"), 1, 3),
        .init(bytes: [0x22, 0x61, 0xFF, 0x22], notUTF8, 1, 3),
        .init(bytes: [0x22, 0xC3, 0x22], notUTF8, 1, 2),
        .init(bytes: [0x22, 0xC0, 0xAF, 0x22], notUTF8, 1, 2),
        .init(bytes: [0x22, 0xE0, 0x80, 0x80, 0x22], notUTF8, 1, 2),
        .init(bytes: [0x22, 0xED, 0xA0, 0x80, 0x22], notUTF8, 1, 2),
        .init(bytes: [0x22, 0xF4, 0x90, 0x80, 0x80, 0x22], notUTF8, 1, 2),
        .init(bytes: [0x22, 0x80, 0x22], notUTF8, 1, 2),
        .init(bytes: [0x22, 0x5C, 0x6E, 0xC3, 0xA9, 0xE2, 0x82, 0x22], notUTF8, 1, 6),
        .init(bytes: [0x22, 0xF0, 0x9F, 0x98, 0x22], notUTF8, 1, 2),
    ]
}
