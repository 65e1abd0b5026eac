package import JobModel

// How far the items have come that are worked off one call at a time. The engine's memory and the
// replay of a journal are the same values, changed by the same functions.

/// The progress of a Creator row.
package struct RoundProgress: Equatable, Sendable {
    package var row: UInt32
    package private(set) var tally = CreatorTally()
    /// Records that can't be deleted, in the order in which they were named; `tally.failed` is
    /// their number.
    package private(set) var excluded: [UInt64] = []
    /// Ids reported as deleted. Empty when the row is done.
    package private(set) var deleted: Set<UInt64> = []
    /// From 1; the rounds before it have ended.
    package private(set) var nextRound = 1
    /// Consecutive rounds in doubt.
    package private(set) var consecutiveDoubts = 0
    /// The last round deleted all its matches and announced more.
    package private(set) var expectsMore = false
    /// The call that has not ended.
    package var openCall: RecoveredRun.OpenCall?

    package init(row: UInt32) { self.row = row }

    /// Applies the result of a round.
    ///
    /// - Parameter isInDoubt: the round has ended without an answer that could be understood.
    package mutating func apply(_ records: RoundRecords, ofRound round: Int, isInDoubt: Bool) {
        nextRound = max(nextRound, round + 1)
        consecutiveDoubts = isInDoubt ? consecutiveDoubts + 1 : 0
        // Records that could not be deleted match still.
        expectsMore =
            !isInDoubt && records.moreRecords == true && records.undeletable.isEmpty
            && records.unaccounted == 0
        tally.deleted += records.deleted.count + records.gone.count
        tally.unaccounted += records.unaccounted
        excluded += records.undeletable.map(\.id)
        tally.failed = excluded.count
        deleted.formUnion(records.deleted)
        deleted.formUnion(records.gone)
    }

    /// Counts a round whose item ends without an answer to it as unaccounted.
    package mutating func giveUp(_ step: LaneStep) {
        tally.unaccounted += step.maximumUnaccounted
    }

    /// The row is done: only the counts are kept.
    package mutating func dropIDs() {
        deleted = []
        excluded = []
    }

    /// The row is reopened: undeletable records are requested again.
    package mutating func reopen() {
        excluded = []
        tally.failed = 0
        consecutiveDoubts = 0
    }
}

/// The progress of a deleted record.
package struct PageProgress: Equatable, Sendable {
    package var row: UInt32
    /// From 1; the pages before it are journalled.
    package private(set) var nextPage = 1
    /// Children named so far; looked up, never iterated. Empty once the row is done.
    package private(set) var children: Set<UInt64> = []
    package private(set) var childCount = 0
    /// The last page announced another one.
    package private(set) var expectsMore = false
    /// The call that has not ended.
    package var openCall: RecoveredRun.OpenCall?

    package init(row: UInt32) { self.row = row }

    /// Takes a page.
    package mutating func apply(_ page: PageRecord) {
        nextPage = page.page + 1
        expectsMore = page.moreRecords == true
        childCount += page.children.count
        for child in page.children { children.insert(child.id) }
    }

    /// The row is done: only the counts are kept.
    package mutating func dropIDs() {
        children = []
    }
}
