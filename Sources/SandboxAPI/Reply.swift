/// What the organisation answers to one request, and how the answer is to come.
package struct Reply: Equatable, Sendable {
    /// How the bytes reach the client.
    package enum Delivery: Equatable, Sendable {
        /// With a Content-Length.
        case whole
        /// In chunks.
        case chunked
        /// The Content-Length of the whole, but only so many bytes of the body; then the connection
        /// closes.
        case cut(afterBytes: Int)
        /// A TCP reset and not a byte.
        case reset
        /// Nothing, until the client gives up.
        case never
    }

    /// What the body is.
    package enum ContentType: Equatable, Sendable {
        case json, html
    }

    /// The HTTP status.
    package var status: Int
    /// The body.
    package var body: [UInt8]
    /// What the body is.
    package var contentType = ContentType.json
    /// Further header lines, each with its CR LF.
    package var extraFields: [UInt8] = []
    /// How the bytes reach the client.
    package var delivery = Delivery.whole
    /// How long the answer takes.
    package var delayNanoseconds: Int64 = 0
    /// Whether the call counts as active until `Organisation.finished()` is told that it ended.
    package var isActive = false
    /// Which service answers.
    package var service = SimulatedService.crm
    /// True for an answer to HEAD: the length is told, the body is not sent.
    package var omitsBody = false
}

/// How an unknown related id is refused.
package enum RefusalStyle: String, CaseIterable, Sendable {
    /// The v2 document: one bad id refuses the whole request, and nothing is done.
    case v2
    /// The v8 spec: every element is judged by itself.
    case v8
}
