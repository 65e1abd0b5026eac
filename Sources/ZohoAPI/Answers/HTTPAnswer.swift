/// A complete answer: the parts that are needed to classify it.
package struct HTTPAnswer: Equatable, Sendable {
    /// Maximum body bytes that are read; a longer body is truncated and counts as unreadable.
    package static let maximumBodyByteCount = 4 << 20

    package var status: Int
    package var body: [UInt8]
    /// `Retry-After` in seconds from receipt of the answer, if readable (not documented by Zoho).
    package var retryAfterSeconds: Int?
    /// `X-API-CREDITS-REMAINING`: sent only after half of the daily credits are used, so its
    /// absence does not mean unlimited. Negative beyond the limit.
    package var creditsRemaining: Int?
    /// Whether the body exceeded `maximumBodyByteCount` and was truncated.
    package var isCutOff: Bool

    package init(
        status: Int, body: [UInt8], retryAfterSeconds: Int? = nil, creditsRemaining: Int? = nil,
        isCutOff: Bool = false
    ) {
        self.status = status
        self.body = body
        self.retryAfterSeconds = retryAfterSeconds
        self.creditsRemaining = creditsRemaining
        self.isCutOff = isCutOff
    }
}

/// Why an attempt ended without a complete answer.
package struct TransportFailure: Error, Equatable, Sendable {
    package enum Kind: String, Sendable {
        /// Not sent: name resolution, connection or TLS handshake failed. Never in doubt.
        case notSent = "not-sent"
        /// Not sent: the server's certificate is not trusted. Never in doubt; retrying does not
        /// help.
        case untrusted
        /// No complete answer within the timeout.
        case timedOut = "timed-out"
        /// The connection broke after the request may have been sent.
        case connectionLost = "connection-lost"
        /// A malformed or truncated answer.
        case unreadable
    }

    package var kind: Kind
    /// libcurl's message, without the URL.
    package var message: String

    package init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }

    /// Whether the service may have acted on the request.
    package var leavesDoubt: Bool {
        switch kind {
        case .notSent, .untrusted: false
        case .timedOut, .connectionLost, .unreadable: true
        }
    }
}
