import Testing

@testable import Running

@Suite struct `secret words` {
    @Test(arguments: [
        ("1000.abc was sent", "(secret) was sent"), ("1000.abc1000.abc", "(secret)(secret)"),
        ("1000.ab", "1000.ab"), ("", ""),
        // After a letter they form another Character, but the bytes still contain the secret.
        ("1000.abc\u{301}", "(secret)\u{301}"), ("1000.abc\u{200D}x", "(secret)\u{200D}x"),
    ])
    func `are replaced, byte for byte`(text: String, expected: String) {
        #expect(SecretRedactor(["1000.abc", "", "x"]).redacted(text) == expected)
    }
}
