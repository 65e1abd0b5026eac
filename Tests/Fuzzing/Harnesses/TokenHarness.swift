import ZohoAPI

/// A token comes only from a 2xx answer that contains it and is valid in a header; sent secrets
/// never appear in a message.
enum TokenHarness {
    private static let secret = "1000.s3cretpart"

    static func check(_ bytes: [UInt8]) throws(BrokenInvariant) {
        guard let first = bytes.first else { return }
        let statuses = AnswerHarness.statuses
        let answer = HTTPAnswer(
            status: statuses[Int(first & 0x7F) % statuses.count], body: Array(bytes.dropFirst()))
        let classification = TokenExchange.classify(answer, hiding: [secret])
        switch classification {
        case .issued(let token):
            try require((200..<300).contains(answer.status), "a token of \(answer.status)")
            for text in [token.accessToken, token.refreshToken ?? "x"] {
                try require(
                    (1...4_096).contains(text.utf8.count)
                        && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F },
                    "a token that no header can hold")
            }
            try require(
                AnswerHarness.says(answer, token.accessToken), "the token is not in the answer")
            try require(
                token.lifetime >= .seconds(1) && token.lifetime <= .seconds(86_400),
                "it lives \(token.lifetime)")
            for text in token.scopes + [token.apiDomain ?? ""] {
                try TextInvariants.checkSafe(text)
            }
            try require(
                !"\(token)\(classification)".contains(token.accessToken)
                    || token.accessToken.count < 8,
                "a description holds the token")
        case .refused(let message), .lockedOut(let message, _), .unclear(let message):
            try TextInvariants.checkSafe(message.text)
            try TextInvariants.checkSafe(message.code, maximumByteCount: 100)
            // The message may cut, escape or space out the secret, but must not show it.
            if AnswerHarness.says(answer, secret) {
                try require(
                    !message.code.contains(secret) && !message.text.contains(secret)
                        && !message.code.hasSuffix(secret.prefix(9)),
                    "a message repeats what was sent: \(message)")
            }
        }
        guard let start = answer.body.first, start != 0xEF else { return }
        var spaced = answer
        spaced.body = [0x0A] + answer.body + [0x20]
        try require(
            TokenExchange.classify(spaced, hiding: [secret]) == classification,
            "white space matters")
    }
}
