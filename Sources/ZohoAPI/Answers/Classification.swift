package import JobModel

/// The classification of a complete answer to a CRM call. Status and codes decide, never the
/// message.
///
/// `Content` is what the call asked for: the items' results, a round, a page. A request that
/// changes nothing leaves no doubt, whatever the answer.
package enum Classification<Content: Sendable>: Sendable {
    /// The body spoke of what was asked for.
    case content(Content)
    /// 429, or a code that means the same (Creator 2955): refused before execution, no retry spent.
    case throttled(ServiceMessage, retryAfter: Duration?)
    /// The access token was refused before execution (401 `INVALID_TOKEN`,
    /// `AUTHENTICATION_FAILURE`, Creator 1030).
    case unauthorised(ServiceMessage)
    /// Nothing that can be believed: 5xx, redirect, HTML, cut off, no JSON. In doubt; asked again.
    /// After a Creator round up to 200 records may be gone that the answer does not name.
    case unclear(ServiceMessage)
    /// The daily limit is used up (Creator 4000): refused before execution.
    case outOfCalls(ServiceMessage)
    /// The call as a whole was refused, and nothing was done.
    case refused(ServiceMessage, RefusalScope)

    /// The same, with the content transformed.
    package func map<New>(_ transform: (Content) -> New) -> Classification<New> {
        switch self {
        case .content(let content): .content(transform(content))
        case .throttled(let message, let pause): .throttled(message, retryAfter: pause)
        case .unauthorised(let message): .unauthorised(message)
        case .unclear(let message): .unclear(message)
        case .outOfCalls(let message): .outOfCalls(message)
        case .refused(let message, let scope): .refused(message, scope)
        }
    }
}

extension Classification: Equatable where Content: Equatable {}

/// What a refusal of a whole call applies to.
package enum RefusalScope: Equatable, Sendable {
    /// The parent record: every item of the call has this final outcome kind (`failed`).
    case parent
    /// The only item of the call, with its outcome (`absent` or `failed`).
    case item(OutcomeKind)
    /// One or more of several items: bisect until each bad item is alone.
    case unidentifiedItem
    /// The kind: all further calls would be refused; stop it at once.
    case kindPermanently
    /// The kind, if it happens at two parents without a success in between (`NO_PERMISSION`,
    /// `AUTHORIZATION_FAILED`).
    case kindIfRepeated
    /// Unidentified: the call's items fail.
    case call
}

/// The result of one element.
package enum ItemResult: Equatable, Sendable {
    case outcome(Outcome)
    /// Success, but the message says that a record was deleted instead of a relation: done, and the
    /// run halts if the version's message is meaningful
    /// (`ServiceProfile.delinkMessageIsConclusive`,
    /// `delink.recordDeleted`). The only use of a message's text.
    case recordDeleted(Outcome)
    /// No element, contradicting elements, or an unreadable one: retried.
    case unclear(ServiceMessage)
}

/// Status, code and sanitised message of an answer or of one of its elements.
package struct ServiceMessage: Hashable, Sendable {
    package var status: Int
    package var code: String
    package var text: String

    package init(status: Int, code: String, text: String) {
        self.status = status
        self.code = code
        self.text = text
    }
}
