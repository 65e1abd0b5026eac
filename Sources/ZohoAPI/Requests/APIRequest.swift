package import JobModel

/// The HTTP methods used by the operations and by the token exchange.
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

/// One element of an update's body. The sender adds the link fields, which stay in the snapshot
/// until then.
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

/// One request, without host and credentials, which the transport adds.
package struct APIRequest: Equatable, Sendable {
    package var service: Service
    package var method: HTTPMethod
    /// Path and query in origin form, `/crm/v2/Campaigns/1/Leads?ids=2,3`.
    package var target: String
    /// Empty if the request has no body or if the sender builds it from `bodyItems`.
    package var body: [UInt8]
    /// If not empty, the sender rereads these rows and builds the body with `UpdateRequest.body`.
    package var bodyItems: [BodyItem]
    package var headers: [HTTPHeader]
    /// Whether the request needs a fresh connection (Creator rounds).
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

/// The content of a call, built from the plan or the journal.
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
    /// Path prefix of Creator requests, taken from the configured Creator URL; no trailing slash.
    package var creatorPath = ServiceEndpoints.creatorPath
    /// Related ids a call carries at most (ServiceFacts: Delink: 100).
    package var idsPerCall = 100
    /// Maximum bytes of path and query; 100 ids of 19 digits need a query value of 1,999 bytes.
    package var maximumTargetByteCount = 2_200
    /// Whether attachments are deleted several per call (not documented in the REST pages).
    package var sendsAttachmentsInBulk = false
    /// Module of a list's records where it differs from the list's name. Lookups only; never
    /// iterated.
    package var childModules: [RelatedListName: APIName] = [:]

    package init() {}
}

extension APIRequest {
    /// The request of any call that names relations: delink, update, delete-attachment.
    ///
    /// An update has no body yet: the sender builds it from `bodyItems` with `UpdateRequest.body`.
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

    /// The request that lists the records for a round with explicit ids.
    package init(for content: ListingContent, profile: ServiceProfile = .init()) {
        self = CreatorListingRequest.request(for: content, profile: profile)
    }

    /// The request of one page of a deleted parent.
    package init(for content: PageContent, profile: ServiceProfile = .init()) {
        self = DeletedPageRequest.request(for: content, profile: profile)
    }
}
