package import JobModel

/// The methods that the five documents and the token exchange use.
package enum HTTPMethod: String, Sendable {
    case get = "GET", put = "PUT", post = "POST", delete = "DELETE"
}

/// A header field of a request.
package struct HTTPHeader: Equatable, Sendable {
    package var name: String
    package var value: String

    package init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

/// One element of a body that the sender completes: the link fields of an update stay in the
/// snapshot until they are sent.
package struct BodyItem: Equatable, Sendable {
    /// The manifest's data row (1-based) that holds the fields.
    package var row: UInt32
    /// The related record's id.
    package var id: UInt64

    package init(row: UInt32, id: UInt64) {
        self.row = row
        self.id = id
    }
}

/// One request to a service, without its host and without its credentials: those belong to the
/// transport.
package struct APIRequest: Equatable, Sendable {
    package var service: Service
    package var method: HTTPMethod
    /// Path and query in origin form, `/crm/v2/Campaigns/1/Leads?ids=2,3`.
    package var target: String
    /// Empty when the request has none, or when `bodyItems` says what it will be made of.
    package var body: [UInt8]
    /// When not empty, the sender reads these rows again and sets the body by `UpdateRequest.body`.
    package var bodyItems: [BodyItem]
    package var headers: [HTTPHeader]
    /// True where a connection must not be shared with an earlier request (Creator rounds).
    package var needsFreshConnection: Bool

    package init(
        service: Service, method: HTTPMethod, target: String, body: [UInt8] = [],
        bodyItems: [BodyItem] = [], headers: [HTTPHeader] = [], needsFreshConnection: Bool = false
    ) {
        self.service = service
        self.method = method
        self.target = target
        self.body = body
        self.bodyItems = bodyItems
        self.headers = headers
        self.needsFreshConnection = needsFreshConnection
    }
}

/// What a call is about, materialised from the plan or from the journal.
package struct RelationContent: Equatable, Sendable {
    package var kind: RelationKind
    package var parent: UInt64
    /// 1…100 distinct ids, in the order in which they are sent.
    package var related: [UInt64]

    package init(kind: RelationKind, parent: UInt64, related: [UInt64]) {
        self.kind = kind
        self.parent = parent
        self.related = related
    }
}

/// Settings that shape requests and the reading of answers.
package struct ServiceProfile: Equatable, Sendable {
    /// `v2`, as in `/crm/v2/…`.
    package var crmVersion = "v2"
    /// The version that has related records of deleted parents (ServiceFacts: Deleted parent).
    package var deletedRecordsVersion = "v8"
    /// Path that Creator targets begin with: the path of the Creator URL that is set. Without a
    /// slash at its end.
    package var creatorPath = ServiceEndpoints.creatorPath
    /// Related ids a call carries at most (ServiceFacts: Delink: 100).
    package var idsPerCall = 100
    /// Bytes of a request's path and query at most; 100 ids of 19 digits make 1,999 bytes of query
    /// value.
    package var maximumTargetByteCount = 2_200
    /// Sends deleting calls of attachments with several ids (undocumented in the REST pages).
    package var sendsAttachmentsInBulk = false
    /// The module of a list's records, where the list's name is not its name. Only looked up.
    package var childModules: [RelatedListName: APIName] = [:]

    package init() {}
}

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
                "\(content.kind) was sent with a list of related ids"
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
