package import JobModel

/// What a complete answer means for the call it answers. Status and codes decide, never a message's
/// text.
package enum Judgement: Equatable, Sendable {
    /// The body spoke of items: one verdict for each related id of the call, in the call's order.
    case items([ItemVerdict])
    /// 429, or a code that means the same: refused before execution, no retry spent.
    case throttled(Remark, retryAfter: Duration?)
    /// The access token was refused before execution (401 `INVALID_TOKEN`,
    /// `AUTHENTICATION_FAILURE`, Creator 1030).
    case unauthorised(Remark)
    /// Nothing that can be believed: 5xx, redirect, HTML, cut off, no JSON. In doubt; asked again.
    case unclear(Remark)
    /// The daily limit is used up (Creator 4000): refused before execution.
    case outOfCalls(Remark)
    /// The call as a whole was refused, and nothing was done.
    case refused(Remark, Refusal)
}

/// Whom a whole-call refusal speaks of.
package enum Refusal: Equatable, Sendable {
    /// The parent record: every item of the call has this final outcome kind (`failed`).
    case parent
    /// The only item of the call, with its outcome (`absent` or `failed`).
    case item(OutcomeKind)
    /// One or more of several items: split in halves until the bad ones stand alone.
    case someItem
    /// The kind: every later call would be refused alike; stop it at once.
    case kindForGood
    /// The kind, if it happens at two parents with no success between (`NO_PERMISSION`,
    /// `AUTHORIZATION_FAILED`).
    case kindPerhaps
    /// None of these: the call's items fail.
    case call
}

/// One element's verdict.
package enum ItemVerdict: Equatable, Sendable {
    case outcome(Outcome)
    /// Success, but the message says that a record was deleted where a relation was to be removed:
    /// done, and the run halts where the version's text tells (`ServiceProfile.delinkTextTells`,
    /// `delink.recordDeleted`). The only use of a message's text.
    case recordDeleted(Outcome)
    /// No element, contradicting elements, or one that can't be read: asked again.
    case unclear(Remark)
}

/// Status, code and sanitised words of an answer (or of a part of it).
package struct Remark: Hashable, Sendable {
    package var status: Int
    package var code: String
    package var said: String

    package init(status: Int, code: String, said: String) {
        self.status = status
        self.code = code
        self.said = said
    }
}
