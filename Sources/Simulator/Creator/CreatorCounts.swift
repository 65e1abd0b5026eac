/// Numbers of what happened in Creator.
package struct CreatorCounts: Equatable, Sendable {
    /// Records deleted.
    package var recordsDeleted = 0
    /// Of these, how many nobody was to delete. Must be 0.
    package var bystandersDeleted = 0
    /// Deletions that failed with 3001, counted by record and round.
    package var failedDeletions = 0
    /// Deletions by criteria that were carried out.
    package var rounds = 0
    /// Deletions that started a form's workflow, for no `skip_workflow` named it.
    package var workflowsStarted = 0
    /// Calls refused by the limit of a minute (2955), and by that of a day (4000).
    package var refusedByMinute = 0
    package var refusedByDay = 0
    /// The most calls that clients had open at once.
    package var maximumActiveCalls = 0
    /// The most calls that came within any 60 seconds, refused ones included.
    package var maximumCallsPerMinute = 0
    /// What was deleted by whom, in the order of first sight.
    package var deletions: [Deletion] = []

    /// Deletions from one report by one user.
    package struct Deletion: Equatable, Sendable {
        /// From which report.
        package var report: CreatorReportName
        /// The `demo_user_name`; empty for the token's own user.
        package var user: String
        /// How many records are gone.
        package var records: Int
        /// In how many rounds; deletions of a single record, named by its id, are none.
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
