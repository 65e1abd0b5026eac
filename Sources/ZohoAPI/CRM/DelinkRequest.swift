import JobModel

/// Removes relations (document "Delink Related Records"): `DELETE`, no body, ids in the URL.
///
/// One id takes the single form, whose answer is about that record alone; several take the bulk
/// form. Both leave the records themselves in place, but only on many-to-many lists: see
/// `SupportedRelations`.
package enum DelinkRequest {
    /// The request of a delink call.
    ///
    /// Traps on another operation, and on what `ServiceURL` traps on.
    package static func request(
        for content: RelationContent, profile: ServiceProfile = .init()
    ) -> APIRequest {
        precondition(
            content.kind.operation == .delink, "broken belief: \(content.kind) is no delink")
        return APIRequest(
            service: .crm, method: .delete,
            target: ServiceURL.target(of: content, profile: profile))
    }
}
