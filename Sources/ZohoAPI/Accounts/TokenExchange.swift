import JSONText
import JobModel

/// The credential exchanged for an access token. Never part of a description.
package enum TokenGrant: Sendable, CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    /// A refresh token: lives until it is revoked, is good for one organisation and one
    /// environment.
    case refreshToken(String)
    /// A Self Client's grant code: single-use, valid for minutes; its answer contains a refresh
    /// token. The redirect URI is needed for web clients only.
    case authorisationCode(String, redirectURI: String?)

    package var description: String {
        switch self {
        case .refreshToken: "a refresh token"
        case .authorisationCode: "a grant code"
        }
    }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

/// An OAuth client. Neither part is ever in a description.
package struct TokenClient: Sendable, CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    package var id: String
    package var secret: String

    package init(id: String, secret: String) {
        self.id = id
        self.secret = secret
    }

    package var description: String { "a token client" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

/// An access token as issued by the accounts server. Its secrets are never in a description.
package struct IssuedToken: Equatable, Sendable, CustomStringConvertible,
    CustomDebugStringConvertible,
    CustomReflectable
{
    /// The value after `Authorization: Zoho-oauthtoken `: visible ASCII.
    package var accessToken: String
    /// Lifetime, 1 second…1 day; one hour if the answer does not say.
    package var lifetime: Duration
    /// In the answer to a grant code only.
    package var refreshToken: String?
    /// `https://www.zohoapis.eu`: identifies the account's data centre.
    package var apiDomain: String?
    /// Empty if the server does not name them.
    package var scopes: [String]

    package init(
        accessToken: String, lifetime: Duration, refreshToken: String? = nil,
        apiDomain: String? = nil, scopes: [String] = []
    ) {
        self.accessToken = accessToken
        self.lifetime = lifetime
        self.refreshToken = refreshToken
        self.apiDomain = apiDomain
        self.scopes = scopes
    }

    package var description: String { "an access token, good for \(lifetime)" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

/// The classification of a token exchange's answer. Messages contain no part of the answer except
/// its error text.
package enum TokenExchangeResult: Equatable, Sendable {
    case issued(IssuedToken)
    /// The credentials are refused; retrying does not help (`invalid_client`, `invalid_code`, …).
    case refused(ServiceMessage)
    /// `Access Denied` or 429: too many exchanges; each further one extends the lockout.
    case lockedOut(ServiceMessage, retryAfter: Duration)
    /// Unusable; retried like any call.
    case unclear(ServiceMessage)
}

/// Gets access tokens from an accounts server (OAuth 2.0).
///
///     POST {token path}   application/x-www-form-urlencoded
///     grant_type=refresh_token&client_id=…&client_secret=…&refresh_token=…
///     grant_type=authorization_code&client_id=…&client_secret=…&code=…[&redirect_uri=…]
///
/// A form body, never the query, because URLs are logged. Errors come with HTTP 200 or 400, in
/// `error`. The lifetime is `expires_in` in seconds; if `expires_in_sec` is present, that is
/// seconds and `expires_in` milliseconds.
package enum TokenExchange {
    /// Lockout after ten exchanges in ten minutes.
    package static let lockOut: Duration = .seconds(600)
    /// Default lifetime of an access token.
    package static let defaultLifetime: Duration = .seconds(3_600)

    /// The request of an exchange.
    ///
    /// - Parameter path: `ServiceEndpoints.tokenPath`.
    package static func request(
        _ grant: TokenGrant, client: TokenClient, path: String
    ) -> APIRequest {
        var members: [(name: String, value: String)] = [
            ("client_id", client.id), ("client_secret", client.secret),
        ]
        switch grant {
        case .refreshToken(let token):
            members.insert(("grant_type", "refresh_token"), at: 0)
            members.append(("refresh_token", token))
        case .authorisationCode(let code, let redirectURI):
            members.insert(("grant_type", "authorization_code"), at: 0)
            members.append(("code", code))
            if let redirectURI { members.append(("redirect_uri", redirectURI)) }
        }
        precondition(
            path.utf8.first == UInt8(ascii: "/"),
            "the token path \"\(path)\" does not begin with a slash")
        let form = members.map { $0.name + "=" + ServiceURL.percentEncoded($0.value) }
        return APIRequest(
            service: .accounts, method: .post, target: path,
            body: Array(form.joined(separator: "&").utf8),
            headers: [HTTPHeader("Content-Type", "application/x-www-form-urlencoded")])
    }

    /// Classifies an answer.
    ///
    /// - Parameter secrets: What was sent. A message that repeats it is dropped.
    package static func classify(_ answer: HTTPAnswer, hiding secrets: [String] = [])
        -> TokenExchangeResult
    {
        let body = AnswerReading.readBody(answer)
        func repeats(_ words: String) -> Bool {
            secrets.contains { SafeText.repeats(words, secret: $0) }
        }
        let error = errorWord(body).map { word in
            // Search before truncating: half a secret is also a secret.
            repeats(word)
                ? "error"
                : SafeText.sanitised(word, maximumByteCount: AnswerReading.maximumCodeByteCount)
        }
        let words = body?["error_description"]?.string ?? ""
        let text = repeats(words) ? "" : words
        let message = ServiceMessage(
            status: answer.status, code: error ?? "", text: SafeText.sanitised(text))
        if answer.status == 429
            || error.map({ ErrorCatalogue.errorClass(of: $0) == .throttled }) == true
        {
            let asked = answer.retryAfterSeconds.map { Duration.seconds(min(max($0, 0), 86_400)) }
            return .lockedOut(message, retryAfter: max(asked ?? lockOut, lockOut))
        }
        guard (200..<300).contains(answer.status) || (400..<500).contains(answer.status),
            let body
        else { return .unclear(described(message, "the accounts server gave no readable answer")) }
        if error != nil { return .refused(message) }
        guard (200..<300).contains(answer.status) else {
            return .unclear(described(message, "the accounts server refused without saying why"))
        }
        guard let token = body["access_token"]?.string, isUsable(token) else {
            return .unclear(described(message, "the answer has no usable access token"))
        }
        let refreshToken = body["refresh_token"]?.string
        return .issued(
            IssuedToken(
                accessToken: token, lifetime: lifetime(body),
                refreshToken: refreshToken.flatMap { isUsable($0) ? $0 : nil },
                apiDomain: body["api_domain"]?.string.map { SafeText.sanitised($0) },
                scopes: scopes(body["scope"])))
    }

    /// The value of `error`: a string, or any other non-null value.
    private static func errorWord(_ body: JSONObject?) -> String? {
        switch body?["error"] {
        case nil, .null: nil
        case .string(let word): word
        case .number(let number): number.text
        default: "error"
        }
    }

    private static func described(_ message: ServiceMessage, _ words: String) -> ServiceMessage {
        ServiceMessage(
            status: message.status, code: message.code,
            text: message.text.isEmpty ? words : message.text
        )
    }

    /// Whether a token is valid in a header field: visible ASCII, at most 4,096 bytes.
    private static func isUsable(_ token: String) -> Bool {
        (1...4_096).contains(token.utf8.count)
            && token.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
    }

    private static func lifetime(_ body: JSONObject) -> Duration {
        let inSeconds = AnswerReading.exactNumber(body["expires_in_sec"])
        let plain = AnswerReading.exactNumber(body["expires_in"])
        // Without `expires_in_sec`, a value of more than a day can only be milliseconds.
        let seconds = inSeconds ?? plain.map { $0 > 86_400 ? $0 / 1_000 : $0 }
        guard let seconds, seconds > 0 else { return defaultLifetime }
        return .seconds(Int(min(seconds, 86_400)))
    }

    private static func scopes(_ value: JSONValue?) -> [String] {
        let text: String
        switch value {
        case .string(let words): text = words
        case .array(let words): text = words.compactMap(\.string).joined(separator: " ")
        default: return []
        }
        return text.split { $0 == " " || $0 == "," }.map { SafeText.sanitised(String($0)) }
    }
}
