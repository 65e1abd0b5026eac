/// A complete answer, as far as judging needs it.
package struct HTTPAnswer: Equatable, Sendable {
    /// Bytes of a body that are read at most; a longer one is cut off and counts as unreadable.
    package static let maximumBodyByteCount = 4 << 20

    package var status: Int
    package var body: [UInt8]
    /// `Retry-After` in seconds from the answer's receipt, if it had one that can be read
    /// (undocumented, honoured when there).
    package var retryAfterSeconds: Int?
    /// `X-API-CREDITS-REMAINING`: present only once half of a day's credits are used; absent is not
    /// unlimited. Negative when more than the day's credits are used.
    package var creditsRemaining: Int?
    /// The body passed `maximumBodyByteCount` and was cut off.
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
        /// The request never left: name not resolved, connection refused, TLS not agreed. Never in
        /// doubt.
        case notSent = "not-sent"
        /// The request never left, since the server's certificate is not one to trust. Never in
        /// doubt, and nothing that time mends.
        case untrusted
        /// No answer, or not a whole one, within the time-out.
        case timedOut = "timed-out"
        /// The connection broke after the request may have left.
        case connectionLost = "connection-lost"
        /// A broken or cut answer.
        case unreadable
    }

    package var kind: Kind
    /// libcurl's words, without the URL.
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
