import JobModel
import Testing

struct QuotedTextTests {
    @Test(arguments: [
        ("delnik", "\"delnik\""), ("", "\"\""), ("a\nb\t\r", "\"a\\nb\\t\\r\""),
        ("say \"no\" \\", "\"say \\\"no\\\" \\\\\""), ("\u{1B}[2J", "\"\\u{1B}[2J\""),
        ("\0\u{7F}\u{85}", "\"\\u{00}\\u{7F}\\u{85}\""),
        ("a\u{202E}b\u{200B}", "\"a\\u{202E}b\\u{200B}\""),
        ("Größe 日本 👋", "\"Größe 日本 👋\""),
    ])
    func `quoted data is shown so that it can be found and cannot act`(text: String, shown: String)
    {
        #expect(SafeText.quoted(text) == shown)
    }

    @Test func `bytes that are no UTF-8 are shown one by one`() {
        #expect(SafeText.quoted(bytes: [0x61, 0xFF, 0xE2, 0x82, 0x62]) == "\"a\\xFF\\xE2\\x82b\"")
    }

    @Test func `long data is cut, with its length`() {
        let limit = SafeText.maximumQuotedCharacters
        #expect(SafeText.quoted(String(repeating: "x", count: limit)).count == limit + 2)
        #expect(
            SafeText.quoted(String(repeating: "x", count: limit + 1)).hasSuffix("x…\" (61 bytes)"))
    }
}

struct SpellingTests {
    @Test(arguments: [
        ("", "", 0), ("app", "app", 0), ("map", "app", 2), ("enviroment", "environment", 1),
        ("delnik", "delink", 2), ("", "abc", 3), ("kitten", "sitting", 3),
    ])
    func `distances count characters put in, left out or changed`(
        first: String, second: String, distance: Int
    ) {
        #expect(Spelling.distance(first, second) == distance)
        #expect(Spelling.distance(second, first) == distance)
    }

    @Test func `the nearest known name is suggested, within two`() {
        let known = ["delink", "update", "discover-deleted"]
        #expect(Spelling.suggestion(for: "Delnik", among: known) == "delink")
        #expect(Spelling.suggestion(for: "updat", among: known) == "update")
        #expect(Spelling.suggestion(for: "xx", among: ["us", "eu"]) == nil)
        #expect(Spelling.suggestion(for: "remove", among: known) == nil)
        #expect(
            Spelling.suggestion(for: String(repeating: "x", count: 100_000), among: known) == nil)
    }
}
