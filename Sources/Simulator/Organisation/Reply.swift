/// An answer of the organisation, and how it is delivered.
package struct Reply: Equatable, Sendable {
    /// How the bytes reach the client.
    package enum Delivery: Equatable, Sendable {
        /// With a Content-Length.
        case whole
        /// In chunks.
        case chunked
        /// Full Content-Length but only this many bytes of the body; then the connection closes.
        case cut(afterBytes: Int)
        /// A TCP reset without any byte.
        case reset
        /// No answer.
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
    /// Whether the call counts as active until `Organisation.finished()` reports its end.
    package var isActive = false
    /// Which service answers.
    package var service = ServiceKind.crm
    /// True for an answer to HEAD: the length is sent, the body is not.
    package var omitsBody = false
}

/// The style of the CRM's answers to removals and updates. Zoho's pages and examples contradict
/// each other, so each reading is a style.
package enum AnswerStyle: String, CaseIterable, Sendable {
    /// v2 page: one bad id refuses the whole request; nothing is done.
    case v2
    /// v8 OpenAPI: each element is handled separately.
    case v8
    /// As `v8`, but what is missing is a 404 `INVALID_DATA` that does not say which id is meant
    /// (the example "Parent or related record not found" of Zoho's OpenAPI 3.0 description).
    case v8NotFound = "v8-404"
    /// As `v8`, but a successful delink says "record deleted", though the record stays (the success
    /// example of Zoho's OpenAPI 3.1 description).
    case v8Deleted = "v8-deleted"
    /// Zoho's OpenAPI 3.1 description of v8 to the letter: both of the above, an update says
    /// "record updated", and the update of one relation must have the `id` in its body.
    case strict = "v8-strict"

    /// Whether a bad id fails its own element alone.
    var answersByElement: Bool { self != .v2 }
    /// Whether a missing record is answered without the index of its id.
    var hidesMissingID: Bool { self == .v8NotFound || self == .strict }
    /// Whether a successful delink says "record deleted".
    var saysRecordDeleted: Bool { self == .v8Deleted || self == .strict }
}
