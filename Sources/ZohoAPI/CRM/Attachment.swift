import JobModel

/// Deletes attachments of a record (ServiceFacts: Attachment): `DELETE …/Attachments/{id}`,
/// no body.
///
/// One per call. Zoho's SDKs have a bulk form, `…/Attachments?ids=a,b`, that the REST pages do not
/// describe; it is used only with `ServiceProfile.sendsAttachmentsInBulk`.
package enum AttachmentRequest {
    /// The request of a call that deletes attachments.
    ///
    /// Traps on other operations, on lists other than `Attachments`, and where `ServiceURL` traps.
    package static func request(
        for content: RelationContent, profile: ServiceProfile = .init()
    ) -> APIRequest {
        precondition(
            content.kind.operation == .deleteAttachment,
            "\(content.kind) was sent as the deletion of an attachment")
        return APIRequest(
            service: .crm, method: .delete,
            target: ServiceURL.target(of: content, profile: profile))
    }
}

/// Answers of "Delete an Attachment".
///
/// ServiceFacts: Attachment: SUCCESS carries the attachment's id. One that was deleted already is
/// refused with INVALID_DATA, and newer versions name the segment of the path: 3 is the
/// attachment's id, 1 the record's. The answer contains no more than that. It is the same for an
/// attachment that never existed, and (Zoho's OpenAPI files) for an existing one of a kind that the
/// API does not delete; and without an index it is unknown which id is meant. A note added to the
/// service's message says so, because `absent` proves no more than that.
enum AttachmentAnswer {
    static let absentNote =
        "relsweep: the service answers alike for an attachment that is gone, that never was, or "
        + "that the API can't delete"
    static let failedNote =
        "relsweep: the answer does not say whether the record's or the attachment's id is meant"

    /// The classification with what the answer leaves open.
    static func annotated(
        _ classification: Classification<[ItemResult]>
    ) -> Classification<[ItemResult]> {
        switch classification {
        case .refused(let message, .item(.absent)):
            return .refused(annotated(message, absentNote), .item(.absent))
        case .refused(let message, .item(.failed)) where message.code == "INVALID_DATA":
            return .refused(annotated(message, failedNote), .item(.failed))
        case .content(let results):
            return .content(results.map(annotated))
        case .throttled, .unauthorised, .outOfCalls, .unclear, .refused:
            return classification
        }
    }

    private static func annotated(_ result: ItemResult) -> ItemResult {
        guard case .outcome(var outcome) = result, outcome.code == "INVALID_DATA" else {
            return result
        }
        outcome.message = appended(
            outcome.message, outcome.kind == .absent ? absentNote : failedNote)
        return .outcome(outcome)
    }

    private static func annotated(_ message: ServiceMessage, _ note: String) -> ServiceMessage {
        ServiceMessage(
            status: message.status, code: message.code, text: appended(message.text, note))
    }

    /// The service's message, truncated if needed, and our note in parentheses, within the limit.
    private static func appended(_ message: String, _ note: String) -> String {
        let room = Outcome.maximumMessageByteCount - note.utf8.count - 3
        let words = SafeText.sanitised(message, maximumByteCount: room)
        return words.isEmpty ? "(\(note))" : "\(words) (\(note))"
    }
}
