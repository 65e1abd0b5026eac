/// Which data of a Creator application a row is about; mandatory on Creator rows, since no header
/// at all means production (ServiceFacts: Creator delete).
package enum CreatorEnvironment: String, CaseIterable, Sendable {
    case production, development, stage
}

/// One row of `delete-creator-records`: delete what a report shows and a criteria matches, in
/// rounds of 200.
///
/// A row is one work item; its records are counted apart.
package struct CreatorJob: Equatable, Sendable {
    package var row: UInt32
    /// Link names, not labels; each becomes one percent-encoded path segment.
    package var owner: String
    package var app: String
    package var report: String
    /// As written; its shape has been checked.
    package var criteria: String
    /// `"skip_workflow": ["form_workflow"]` is sent.
    package var skipsWorkflow: Bool
    package var environment: CreatorEnvironment
    /// `demo_user_name`; nil = none.
    package var demoUser: String?
    /// Records deleted and unaccounted together at most.
    package var maximumRecords: Int

    /// Records a row may delete unless it says otherwise.
    package static let defaultMaximumRecords = 10_000
    /// Records a round deletes at most (ServiceFacts: Creator delete).
    package static let recordsPerRound = 200
    /// Undeletable records that a criteria excludes at most; then the item fails.
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

    /// All Creator jobs are of one kind: what is refused for good (no API access, a missing scope)
    /// is refused to each of them. The names stand for no module.
    package static let kind: RelationKind = {
        guard let module = APIName("Creator"), let list = APIName("Records") else {
            preconditionFailure("\"Creator\" or \"Records\" is not an API name")
        }
        return RelationKind(
            operation: .deleteCreatorRecords, module: module, relatedList: list)
    }()
}

/// What is known of a Creator job's records, by the answers so far.
package struct CreatorTally: Equatable, Sendable {
    package var deleted = 0
    package var failed = 0
    /// A round in doubt may have deleted up to 200 records that nobody named.
    package var unaccounted = 0

    package init(deleted: Int = 0, failed: Int = 0, unaccounted: Int = 0) {
        self.deleted = deleted
        self.failed = failed
        self.unaccounted = unaccounted
    }
}

/// One row of `discover-deleted`: list what was related to a deleted parent.
package struct DeletedParent: Equatable, Sendable {
    package var row: UInt32
    package var module: APIName
    package var id: UInt64
    package var relatedList: APIName
    /// Comma-separated API names; mandatory in the call (ServiceFacts: Deleted parent).
    package var fields: String

    /// Records a page holds at most.
    package static let recordsPerPage = 200
    /// Pages that are read of one parent, 100,000 records: a service that always has more ends.
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
