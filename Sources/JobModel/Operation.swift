/// The operation of a row; the raw value is the text in the `operation` column.
package enum Operation: String, CaseIterable, Sendable {
    case delink
    case update
    case deleteAttachment = "delete-attachment"
    case deleteCreatorRecords = "delete-creator-records"
    case discoverDeleted = "discover-deleted"

    /// The service that answers the operation's calls. Limits apply per service, not per host.
    package var service: Service {
        switch self {
        case .delink, .update, .deleteAttachment, .discoverDeleted: .crm
        case .deleteCreatorRecords: .creator
        }
    }
}

/// A service with its own limits.
package enum Service: String, CaseIterable, Sendable {
    case crm, creator, accounts
}
