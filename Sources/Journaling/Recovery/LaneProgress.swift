package import JobModel

// How far the items have come that are worked off one call at a time. The engine's memory and the
// replay of a journal are the same values, changed by the same functions.

/// What the rounds of a Creator row have come to.
package struct RoundProgress: Equatable, Sendable {
    package var row: UInt32
    package private(set) var tally = CreatorTally()
    /// Records that can't be deleted, in the order in which they were named; `tally.failed` is
    /// their number.
    package private(set) var excluded: [UInt64] = []
    /// Records named as deleted; looked up, never iterated. Empty once the row is done.
    package private(set) var deleted: Set<UInt64> = []
    /// From 1; the rounds before it have ended.
    package private(set) var nextRound = 1
    /// Rounds in doubt since the last one that was answered.
    package private(set) var consecutiveDoubts = 0
    /// The last round was answered, deleted all that it matched, and said that more records match.
    package private(set) var expectsMore = false
    /// The call that has not ended.
    package var openCall: RecoveredRun.OpenCall?

    package init(row: UInt32) { self.row = row }

    /// Takes what a round did.
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

    /// Counts what a round may have done whose item ends without a word on it.
    package mutating func giveUp(_ step: LaneStep) {
        tally.unaccounted += step.maximumUnaccounted
    }

    /// The row is done: only the numbers are of interest.
    package mutating func dropIDs() {
        deleted = []
        excluded = []
    }

    /// The row is open again: what could not be deleted then is asked for again.
    package mutating func reopen() {
        excluded = []
        tally.failed = 0
        consecutiveDoubts = 0
    }
}

/// What the pages of a deleted parent have come to.
package struct PageProgress: Equatable, Sendable {
    package var row: UInt32
    /// From 1; the pages before it are journalled.
    package private(set) var nextPage = 1
    /// Children named so far; looked up, never iterated. Empty once the row is done.
    package private(set) var children: Set<UInt64> = []
    package private(set) var childCount = 0
    /// The last page said that there is a further one.
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

    /// The row is done: only the numbers are of interest.
    package mutating func dropIDs() {
        children = []
    }
}
