import JobModel

/// Deletes attachments of a record (document "Delete an Attachment"): `DELETE …/Attachments/{id}`,
/// no body.
///
/// One a call. The SDKs know a bulk form, `…/Attachments?ids=a,b`, which no page of the REST API
/// describes; it is used only where `ServiceProfile.sendsAttachmentsInBulk` is set.
package enum AttachmentRequest {
    /// The request of a call that deletes attachments.
    ///
    /// Traps on another operation, on another list than `Attachments`, and on what `ServiceURL`
    /// traps on.
    package static func request(
        for content: RelationContent, profile: ServiceProfile = .init()
    ) -> APIRequest {
        precondition(
            content.kind.operation == .deleteAttachment,
            "broken belief: \(content.kind) deletes no attachment")
        return APIRequest(
            service: .crm, method: .delete,
            target: ServiceURL.target(of: content, profile: profile))
    }
}
