import JobModel

extension APIRequest {
    /// The request of any call that names relations: delink, update, delete-attachment.
    ///
    /// An update has no body yet: its sender makes one of `bodyItems` by `UpdateRequest.body`.
    ///
    /// - Parameter rows: For an update, the data row of each related id, in the same order; else
    ///   unused.
    package init(
        for content: RelationContent, rows: [UInt32] = [], profile: ServiceProfile = .init()
    ) {
        switch content.kind.operation {
        case .delink: self = DelinkRequest.request(for: content, profile: profile)
        case .update: self = UpdateRequest.request(for: content, rows: rows, profile: profile)
        case .deleteAttachment: self = AttachmentRequest.request(for: content, profile: profile)
        case .deleteCreatorRecords, .discoverDeleted:
            preconditionFailure(
                "broken belief: \(content.kind.operation.rawValue) takes rounds or pages, not calls"
            )
        }
    }

    /// The request of one round of a Creator job.
    package init(for content: RoundContent, profile: ServiceProfile = .init()) {
        self = CreatorRoundRequest.request(for: content, profile: profile)
    }

    /// The request that lists the records a pinned round would name.
    package init(for content: ListingContent, profile: ServiceProfile = .init()) {
        self = CreatorListingRequest.request(for: content, profile: profile)
    }

    /// The request of one page of a deleted parent.
    package init(for content: PageContent, profile: ServiceProfile = .init()) {
        self = DeletedPageRequest.request(for: content, profile: profile)
    }
}
