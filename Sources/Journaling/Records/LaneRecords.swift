import JobModel

// Journal data of items that are processed one call at a time: Creator jobs in rounds, deleted
// parents in pages.

/// The step of a call; part of the call's record, so that it is never derived again.
package enum LaneStep: Equatable, Sendable {
    /// A round of a Creator job. Without pinned ids it may delete any 200 records that match, and
    /// is never sent again once it is in doubt.
    case round(Int, excluded: [UInt64], explicitIDs: [UInt64]?)
    /// The listing whose ids that round will name (`creator.pin`). Changes nothing.
    case listing(round: Int, excluded: [UInt64])
    /// A page of what was related to a deleted parent, from 1. Changes nothing.
    case page(Int)
    /// The reading of a related record after the first delink of its kind. Changes nothing, and its
    /// row has its outcome already.
    case readBack(UInt64)

    /// Whether the call may be sent again when it is in doubt.
    package var isRepeatable: Bool {
        switch self {
        case .round(_, _, let explicitIDs): explicitIDs != nil
        case .listing, .page, .readBack: true
        }
    }

    /// Records that the call may have deleted without a word: all it names, or as many as a round
    /// may delete.
    package var maximumUnaccounted: Int {
        switch self {
        case .round(_, _, let explicitIDs): explicitIDs?.count ?? CreatorJob.recordsPerRound
        case .listing, .page, .readBack: 0
        }
    }
}

/// The known result of a round.
package struct RoundRecords: Equatable, Sendable {
    /// Records that the answer names as deleted and no earlier answer did.
    package var deleted: [UInt64]
    /// Records that can't be deleted; later rounds of the item exclude them.
    package var undeletable: [UndeletableRecord]
    /// Records that the call named and the answer doesn't know any more, where an earlier attempt
    /// of the same call was in doubt: that one deleted them.
    package var gone: [UInt64]
    /// Records that may have been deleted and that no answer named.
    package var unaccounted: Int
    /// Records that were deleted and should not have been: others than a round named, or the one
    /// that a delink should have left in place, found gone when it was read back.
    package var foreign = 0
    /// Whether the answer announces more matching records; nil if it does not say.
    package var moreRecords: Bool?

    package init(
        deleted: [UInt64] = [], undeletable: [UndeletableRecord] = [], gone: [UInt64] = [],
        unaccounted: Int = 0, moreRecords: Bool? = nil
    ) {
        self.deleted = deleted
        self.undeletable = undeletable
        self.gone = gone
        self.unaccounted = unaccounted
        self.moreRecords = moreRecords
    }
}

/// A record that the service did not delete, and why.
package struct UndeletableRecord: Equatable, Sendable {
    package var id: UInt64
    package var code: String
    package var message: String

    package init(id: UInt64, code: String, message: String) {
        self.id = id
        self.code = code
        self.message = message
    }
}

/// A page of what was related to a deleted parent.
package struct PageRecord: Equatable, Sendable {
    /// From 1.
    package var page: Int
    /// The page's children that no earlier page of the same row named, in its order.
    package var children: [ChildRecord]
    /// Whether the page announces another one; nil if it does not say and is full.
    package var moreRecords: Bool?

    package init(page: Int, children: [ChildRecord], moreRecords: Bool?) {
        self.page = page
        self.children = children
        self.moreRecords = moreRecords
    }
}

/// A record that was related to a deleted parent.
package struct ChildRecord: Equatable, Sendable {
    package var id: UInt64
    /// The fields asked for, as the compact JSON text of an object.
    package var fields: String

    package init(id: UInt64, fields: String) {
        self.id = id
        self.fields = fields
    }
}
