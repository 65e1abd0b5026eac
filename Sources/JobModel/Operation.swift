/// What a row asks for; the raw value is the word in a manifest's `operation` column.
package enum Operation: String, CaseIterable, Sendable {
    case delink
    case update
    case deleteAttachment = "delete-attachment"
    case deleteCreatorRecords = "delete-creator-records"
    case discoverDeleted = "discover-deleted"

    /// The service that answers the operation's calls; limits belong to a service, not to a host.
    package var service: Service {
        switch self {
        case .delink, .update, .deleteAttachment, .discoverDeleted: .crm
        case .deleteCreatorRecords: .creator
        }
    }
}

/// A service with limits of its own.
package enum Service: String, CaseIterable, Sendable {
    case crm, creator, accounts
}
