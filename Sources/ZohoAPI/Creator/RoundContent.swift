package import JobModel

/// What a round of a Creator job is about, materialised from the plan or from the journal.
package struct RoundContent: Equatable, Sendable {
    package var job: CreatorJob
    /// Ids of records that an earlier round could not delete, at most `CreatorJob.maximumExcluded`;
    /// sent as `ID!=a`.
    package var excluded: [UInt64]
    /// The records that the round may delete, 1…`CreatorJob.recordsPerRound`; nil: whatever the
    /// criteria matches.
    package var explicitIDs: [UInt64]?

    package init(job: CreatorJob, excluded: [UInt64] = [], explicitIDs: [UInt64]? = nil) {
        self.job = job
        self.excluded = excluded
        self.explicitIDs = explicitIDs
    }
}

/// What a listing of matching records is about, which comes before a pinned round (`creator.pin`).
/// Changes nothing.
package struct ListingContent: Equatable, Sendable {
    package var job: CreatorJob
    /// As `RoundContent.excluded`: those are not listed again.
    package var excluded: [UInt64]

    package init(job: CreatorJob, excluded: [UInt64] = []) {
        self.job = job
        self.excluded = excluded
    }
}

/// What a page of `discover-deleted` is about.
package struct PageContent: Equatable, Sendable {
    package var parent: DeletedParent
    /// From 1.
    package var page: Int

    package init(parent: DeletedParent, page: Int) {
        self.parent = parent
        self.page = page
    }
}
