/// The environment of a Creator application; mandatory on Creator rows, because omitting the header
/// means production.
package enum CreatorEnvironment: String, CaseIterable, Sendable {
    case production, development, stage
}

/// One row of `delete-creator-records`: deletes the records of a report that match a criteria
/// expression, in rounds of 200.
///
/// A row is one work item; its records are counted separately.
package struct CreatorJob: Equatable, Sendable {
    package var row: UInt32
    /// Link names, not labels; each becomes one percent-encoded path segment.
    package var owner: String
    package var app: String
    package var report: String
    /// As written; its syntax has been checked.
    package var criteria: String
    /// `"skip_workflow": ["form_workflow"]` is sent.
    package var skipsWorkflow: Bool
    package var environment: CreatorEnvironment
    /// `demo_user_name`, if any.
    package var demoUser: String?
    /// Maximum records deleted and unaccounted for together.
    package var maximumRecords: Int

    /// Default maximum.
    package static let defaultMaximumRecords = 10_000
    /// Records a round deletes at most (ServiceFacts: Creator delete).
    package static let recordsPerRound = 200
    /// Maximum undeletable records that are excluded; with more the item fails.
    package static let maximumExcluded = 200

    package init(
        row: UInt32, owner: String, app: String, report: String, criteria: String,
        skipsWorkflow: Bool = false, environment: CreatorEnvironment, demoUser: String? = nil,
        maximumRecords: Int = CreatorJob.defaultMaximumRecords
    ) {
        self.row = row
        self.owner = owner
        self.app = app
        self.report = report
        self.criteria = criteria
        self.skipsWorkflow = skipsWorkflow
        self.environment = environment
        self.demoUser = demoUser
        self.maximumRecords = maximumRecords
    }

    /// Rounds of one report are strictly serial: jobs with equal keys never run at once.
    package var reportKey: String { "\(owner)/\(app)/\(report)/\(environment.rawValue)" }

    /// All Creator jobs form one kind, because a permanent refusal (no API access, missing scope)
    /// applies to all of them. The names are not modules.
    package static let kind: RelationKind = {
        guard let module = APIName("Creator"), let list = APIName("Records") else {
            preconditionFailure("\"Creator\" or \"Records\" is not an API name")
        }
        return RelationKind(
            operation: .deleteCreatorRecords, module: module, relatedList: list)
    }()
}

/// What the answers so far show about a Creator job's records.
package struct CreatorTally: Equatable, Sendable {
    package var deleted = 0
    package var failed = 0
    /// Up to 200 unidentified records that a round in doubt may have deleted.
    package var unaccounted = 0

    package init(deleted: Int = 0, failed: Int = 0, unaccounted: Int = 0) {
        self.deleted = deleted
        self.failed = failed
        self.unaccounted = unaccounted
    }
}

/// One row of `discover-deleted`: lists the records that were related to a deleted parent.
package struct DeletedParent: Equatable, Sendable {
    package var row: UInt32
    package var module: APIName
    package var id: UInt64
    package var relatedList: APIName
    /// Comma-separated API names; mandatory in the call (ServiceFacts: Deleted parent).
    package var fields: String

    /// Records a page holds at most.
    package static let recordsPerPage = 200
    /// Maximum pages per parent (100,000 records), in case a service always announces more.
    package static let maximumPages = 500

    package var kind: RelationKind {
        RelationKind(operation: .discoverDeleted, module: module, relatedList: relatedList)
    }

    package init(
        row: UInt32, module: APIName, id: UInt64, relatedList: APIName, fields: String
    ) {
        self.row = row
        self.module = module
        self.id = id
        self.relatedList = relatedList
        self.fields = fields
    }
}
