/// Statistics of Creator.
package struct CreatorCounts: Equatable, Sendable {
    /// Records deleted.
    package var recordsDeleted = 0
    /// Of these, bystanders. Must be 0.
    package var bystandersDeleted = 0
    /// Deletions that failed with 3001, counted by record and round.
    package var failedDeletions = 0
    /// Deletions by criteria that were carried out.
    package var rounds = 0
    /// Deletions that triggered a form's workflow, because `skip_workflow` was absent.
    package var workflowsStarted = 0
    /// Calls refused by the limit of a minute (2955), and by that of a day (4000).
    package var refusedByMinute = 0
    package var refusedByDay = 0
    /// Maximum concurrent calls.
    package var maximumActiveCalls = 0
    /// Maximum calls in any 60 seconds, including refused ones.
    package var maximumCallsPerMinute = 0
    /// Deletions by user, in order of first appearance.
    package var deletions: [Deletion] = []

    /// Deletions from one report by one user.
    package struct Deletion: Equatable, Sendable {
        /// From which report.
        package var report: CreatorReportName
        /// The `demo_user_name`; empty for the token's own user.
        package var user: String
        /// How many records are gone.
        package var records: Int
        /// Number of rounds; deletions of a single record by id do not count.
        package var rounds: Int
    }

    mutating func note(_ report: CreatorReportName, user: String, records: Int, rounds: Int) {
        recordsDeleted += records
        self.rounds += rounds
        for index in deletions.indices
        where deletions[index].report == report && deletions[index].user == user {
            deletions[index].records += records
            deletions[index].rounds += rounds
            return
        }
        deletions.append(Deletion(report: report, user: user, records: records, rounds: rounds))
    }
}

extension Ledger {
    /// What a report shows, and what it showed.
    package struct ReportState: Equatable, Sendable {
        /// Which report.
        package var report: CreatorReportName
        /// Ids of records that are there, lowest first.
        package var remaining: [UInt64]
        /// Ids of records that were deleted, lowest first.
        package var deleted: [UInt64]
    }

    /// Every report, in the order of seeding.
    package var creatorReports: [ReportState] {
        world.reports.map { report in
            ReportState(
                report: report.name,
                remaining: report.rows.filter(\.isPresent).map(\.id),
                deleted: report.rows.filter { !$0.isPresent && !$0.isTaken }.map(\.id))
        }
    }
}
