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
    func `what could steer a terminal is replaced, and words are kept`(text: String, safe: String) {
        #expect(SafeText.sanitised(text + "\n") == safe)
        #expect(SafeText.sanitised(bytes: Array(text.utf8)) == safe)
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
