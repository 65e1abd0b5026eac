import JobModel
import Testing

struct SafeTextTests {
    @Test(arguments: [
        ("relation removed", "relation removed"),
        ("", ""),
        ("a\tb\r\n  c", "a b c"),
        ("\u{1B}[31mred\u{7}", "?[31mred?"),
        ("nul\0 del\u{7F} csi\u{9B}", "nul? del? csi?"),
        ("right\u{202E}left", "right?left"),
        ("Grüße 日本 👋🏽", "Grüße 日本 👋🏽"),
        ("\u{FEFF}bom", "?bom"),
        ("  spaces  ", "spaces"),
    ])
    func `what could control a terminal is replaced, and words are kept`(text: String, safe: String)
    {
        #expect(SafeText.sanitised(text + "\n") == safe)
        #expect(SafeText.sanitised(bytes: Array(text.utf8)) == safe)
    }

    @Test(arguments: [
        ("  items   42", "  items   42"), ("\u{1B}]0;title\u{7}", "?]0;title?"),
        ("\u{1B}]8;;http://evil\u{1B}\\x", "?]8;;http://evil?\\x"), ("\u{9B}31m", "?31m"),
        ("a\nb\tc\u{7F}", "a?b?c?"), ("\u{202E}\u{2066}\u{200B}\u{2028}", "????"),
        ("Grüße 日本", "Grüße 日本"),
    ])
    func `a line keeps its columns, and nothing in it controls a terminal`(
        line: String, safe: String
    ) {
        #expect(SafeText.harmless(line) == safe)
    }

    @Test func `what could control a terminal is escaped in JSON`() {
        let text = "{\"a\":\"x\u{9B}1m \u{202E}é\u{7F}\u{E0041}\"}\n"
        #expect(
            SafeText.escapedInJSON(text)
                == "{\"a\":\"x\\u009b1m \\u202eé\\u007f\\udb40\\udc41\"}\n")
    }

    @Test func `text is cut at a character's boundary`() {
        for limit in 0...12 {
            let cut = SafeText.sanitised("aé日👋b", maximumByteCount: limit)
            #expect(cut.utf8.count <= limit)
            #expect("aé日👋b".hasPrefix(cut))
        }
        #expect(SafeText.sanitised(String(repeating: "x", count: 501)).utf8.count == 500)
        #expect(SafeText.sanitised(String(repeating: "x", count: 500)).utf8.count == 500)
    }

    @Test func `bytes that are no UTF-8 are shown as such`() {
        #expect(SafeText.sanitised(bytes: [0x61, 0xFF, 0x62]) == "a\u{FFFD}b")
        #expect(
            SafeText.sanitised(bytes: [UInt8](repeating: 0xFF, count: 9000)).utf8.count == 498)
    }
}
