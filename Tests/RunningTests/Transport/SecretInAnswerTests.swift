import Testing
import ZohoAPI

@testable import Running

@Suite struct `a secret in an answer` {
    @Test(arguments: [
        ("1000.abc", "you sent 1000.abc", "you sent ********"),
        ("1000.abc", "1000.abc1000.abc", "****************"),
        ("1000.abc", "11000.ab 1000.abc", "11000.ab ********"),
        ("1000.abc", "1000.ab", "1000.ab"), ("", "as it was", "as it was"),
        // Answers would be nothing but asterisks.
        ("t", "at last", "at last"), ("1000.ab", "1000.ab", "1000.ab"), ("1000.abc", "", ""),
    ])
    func `is redacted, and nothing else`(_ secret: String, _ body: String, _ expected: String) {
        let answer = HTTPAnswer(status: 400, body: Array(body.utf8)).withoutSecret(secret)
        #expect(String(decoding: answer.body, as: UTF8.self) == expected)
    }
}
