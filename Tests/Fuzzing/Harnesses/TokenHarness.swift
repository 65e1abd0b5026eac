import ZohoAPI

/// A token is only issued by a 2xx answer that holds it and that can stand in a header; what was
/// sent never comes back in a remark.
enum TokenHarness {
    private static let secret = "1000.s3cretpart"

    static func check(_ bytes: [UInt8]) throws(BrokenInvariant) {
        guard let first = bytes.first else { return }
        let statuses = AnswerHarness.statuses
        let answer = HTTPAnswer(
            status: statuses[Int(first & 0x7F) % statuses.count], body: Array(bytes.dropFirst()))
        let judgement = TokenExchange.classify(answer, hiding: [secret])
        switch judgement {
        case .issued(let token):
            try promise((200..<300).contains(answer.status), "a token of \(answer.status)")
            for text in [token.accessToken, token.refreshToken ?? "x"] {
                try promise(
                    (1...4_096).contains(text.utf8.count)
                        && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F },
                    "a token that no header can hold")
            }
            try promise(
                AnswerHarness.says(answer, token.accessToken), "the token is not in the answer")
            try promise(
                token.lifetime >= .seconds(1) && token.lifetime <= .seconds(86_400),
                "it lives \(token.lifetime)")
            for text in token.scopes + [token.apiDomain ?? ""] {
                try TextInvariants.checkSafe(text)
            }
            try promise(
                !"\(token)\(judgement)".contains(token.accessToken) || token.accessToken.count < 8,
                "a description holds the token")
        case .refused(let message), .lockedOut(let message, _), .unclear(let message):
            try TextInvariants.checkSafe(message.text)
            try TextInvariants.checkSafe(message.code, maximumByteCount: 100)
            // Whoever sent the whole of it may have it cut, escaped or spaced, but not shown.
            if AnswerHarness.says(answer, secret) {
                try promise(
                    !message.code.contains(secret) && !message.text.contains(secret)
                        && !message.code.hasSuffix(secret.prefix(9)),
                    "a remark repeats what was sent: \(message)")
            }
        }
        guard let start = answer.body.first, start != 0xEF else { return }
        var spaced = answer
        spaced.body = [0x0A] + answer.body + [0x20]
        try promise(
            TokenExchange.classify(spaced, hiding: [secret]) == judgement, "white space matters")
    }
}
