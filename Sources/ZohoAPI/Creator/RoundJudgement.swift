/// What a complete answer to a Creator round means.
package enum RoundJudgement: Equatable, Sendable {
    /// The body spoke of records.
    case round(RoundResult)
    /// 3100: no record matches; nothing was done, and the job is done.
    case nothingMatched
    /// Refused before execution: 429, or 2955 (50 calls a minute). No retry spent.
    case throttled(ServiceMessage, retryAfter: Duration?)
    /// Refused before execution: the access token (1030).
    case unauthorised(ServiceMessage)
    /// Refused before execution: the day's calls are used up (4000).
    case outOfCalls(ServiceMessage)
    /// Nothing that can be believed: up to 200 records may be gone that nobody named.
    case unclear(ServiceMessage)
    /// Refused as a whole, nothing was deleted: `.call` fails the job, `.kindPermanently` every Creator
    /// job.
    case refused(ServiceMessage, RefusalScope)
}

/// What a round did, by its answer (document "Delete Records - v2.1").
package struct RoundResult: Equatable, Sendable {
    /// Ids of records that are deleted, in the answer's order, none twice.
    package var deleted: [UInt64]
    /// Records that were not deleted, in the answer's order, none twice.
    package var failed: [FailedRecord]
    /// Elements without a readable id or code, or that contradict each other: each may be a deleted
    /// record.
    package var unaccounted: Int
    /// Of `deleted`, those that a pinned round did not name; empty without pins. A person must
    /// look.
    package var foreign: [UInt64]
    /// What `more_records` says; nil where the answer has none (as the document's own sample).
    package var moreRecords: Bool?
    /// The service said that no record matches (3100), and did nothing.
    package var nothingMatched: Bool
    /// Elements that told of a task (a page or report to open afterwards); nothing follows from it.
    package var taskCount: Int
    /// HTTP status of the answer.
    package var status: Int

    package init(
        deleted: [UInt64] = [], failed: [FailedRecord] = [], unaccounted: Int = 0,
        foreign: [UInt64] = [], moreRecords: Bool? = nil,
        nothingMatched: Bool = false, taskCount: Int = 0, status: Int = 200
    ) {
        self.deleted = deleted
        self.failed = failed
        self.unaccounted = unaccounted
        self.foreign = foreign
        self.moreRecords = moreRecords
        self.nothingMatched = nothingMatched
        self.taskCount = taskCount
        self.status = status
    }
}

/// A record that a round did not delete.
package struct FailedRecord: Hashable, Sendable {
    package var id: UInt64
    /// Creator's code, `3001` for example.
    package var code: String
    /// What `error`, `message` or `description` says, sanitised.
    package var message: String

    package init(id: UInt64, code: String, message: String) {
        self.id = id
        self.code = code
        self.message = message
    }

    /// Whether the record itself is refused, so that later rounds must exclude it; false where the
    /// code speaks of a passing trouble, after which the record may be tried again.
    package var isUndeletable: Bool {
        switch ErrorCatalogue.errorClass(of: code) {
        case .transient, .throttled, .unauthorised, .outOfCalls: false
        case .data, .kindPermanently, .kindIfRepeated, .item, .nothingToDo: true
        }
    }
}

/// What a complete answer to a listing before a pinned round means. The request changes nothing:
/// none of these leaves doubt.
package enum ListingJudgement: Equatable, Sendable {
    /// The matching records, at most 200, in the answer's order.
    case listed([UInt64])
    /// 3100: no record matches.
    case nothingMatched
    case throttled(ServiceMessage, retryAfter: Duration?)
    case unauthorised(ServiceMessage)
    case outOfCalls(ServiceMessage)
    case unclear(ServiceMessage)
    case refused(ServiceMessage, RefusalScope)
}
