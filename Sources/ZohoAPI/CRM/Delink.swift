package import JobModel

/// Removes relations (ServiceFacts: Delink): `DELETE`, no body, ids in the URL.
///
/// One id uses the single form, several the bulk form. Both leave the records in place only on
/// many-to-many lists: see `SupportedRelations`.
package enum DelinkRequest {
    /// The request of a delink call.
    ///
    /// Traps on other operations, and where `ServiceURL` traps.
    package static func request(
        for content: RelationContent, profile: ServiceProfile = .init()
    ) -> APIRequest {
        precondition(
            content.kind.operation == .delink, "\(content.kind) was sent as a delink")
        return APIRequest(
            service: .crm, method: .delete,
            target: ServiceURL.target(of: content, profile: profile))
    }
}

/// Answers of delink calls.
///
/// ServiceFacts: Delink: each element has `code` SUCCESS, `status` success and the
/// related record's id in `details.id`. An element INVALID_DATA ("relation not found" in newer
/// versions) carries the id too, and says the same of a relation that was removed already and of
/// one that never was: `absent`, not a failure.
package enum DelinkAnswer {
    /// Whether a successful delink claims to have deleted a record.
    ///
    /// On a one-to-many list the same request deletes the child records. Up to v7 only the message
    /// shows it (`ServiceProfile.delinkMessageIsConclusive`). This is the only decision based on a
    /// message, and it never makes a success.
    package static func saysRecordDeleted(_ message: String) -> Bool {
        // Fast path for the usual message.
        if message == "relation removed" { return false }
        let words = message.lowercased()
        return words.contains("record deleted") || words.contains("records deleted")
            || words.contains("record has been deleted")
    }
}

extension ServiceProfile {
    /// Whether the message of a successful delink distinguishes a removed relation from a deleted
    /// record.
    ///
    /// The pages of Delink up to v7 have "relation removed". Of v8, Zoho's
    /// OpenAPI files show both that (3.0) and "record deleted" (3.1) for a successful delink, so
    /// with v8 and later the text proves nothing, and a record is read back instead.
    package var delinkMessageIsConclusive: Bool {
        let major = crmVersion.dropFirst().prefix { $0 != "." }
        return Int(major).map { $0 <= 7 } ?? false
    }

    /// The module of a related list's records: of Zoho's lists, their own name.
    package func childModule(of kind: RelationKind) -> APIName {
        childModules[RelatedListName(module: kind.module, relatedList: kind.relatedList)]
            ?? APIName(SupportedRelations.currentName(kind.relatedList.text)) ?? kind.relatedList
    }
}
