import Reporting
import Testing

@Suite struct NumberTextTests {
    @Test(arguments: [
        (0, "0"), (7, "7"), (999, "999"), (1000, "1,000"), (1_234_567, "1,234,567"),
        (-1000, "-1,000"),
    ])
    func `numbers are grouped by thousands`(_ number: Int, _ text: String) {
        #expect(NumberText.grouped(number) == text)
    }

    @Test(arguments: [
        (Duration.zero, "0 s"), (.milliseconds(49), "less than 0.1 s"),
        (.milliseconds(840), "0.8 s"), (.milliseconds(9_949), "9.9 s"),
        (.milliseconds(9_950), "10 s"), (.seconds(59), "59 s"),
        (.milliseconds(59_500), "1 min 00 s"),
        (.seconds(200), "3 min 20 s"), (.seconds(3600), "1 h 00 min"),
        (.seconds(7500), "2 h 05 min"),
        (.seconds(273_600), "3 d 4 h"), (.seconds(-5), "0 s"),
    ])
    func `times have the digits that matter`(_ duration: Duration, _ text: String) {
        #expect(NumberText.time(duration) == text)
    }

    @Test func `shares are never 0% of something`() {
        #expect(NumberText.share(0, of: 10) == "0%")
        #expect(NumberText.share(1, of: 100_000) == "<0.1%")
        #expect(NumberText.share(3, of: 1000) == "0.3%")
        #expect(NumberText.share(20, of: 1000) == "2%")
        #expect(NumberText.share(1, of: 3) == "33%")
        #expect(NumberText.share(5, of: 0) == "0%")
    }
}

@Suite struct TextLayoutTests {
    @Test func `text is broken between words, and a long word has its own line`() {
        #expect(TextLayout.wrapped("a bb ccc dddd", width: 8, indent: 2) == ["a bb ccc", "  dddd"])
        #expect(
            TextLayout.wrapped("a /very/long/path b", width: 5) == ["a", "/very/long/path", "b"])
        #expect(TextLayout.wrapped("", width: 5) == [""])
    }

    @Test(arguments: [
        ("a/b.csv", "a/b.csv"), ("a b", "'a b'"), ("it's", "'it'\\''s'"), ("", "''"),
        ("~x", "'~x'"), ("$(rm)", "'$(rm)'"),
    ])
    func `words are quoted for a shell`(_ word: String, _ expected: String) {
        #expect(TextLayout.shellWord(word) == expected)
    }
}
