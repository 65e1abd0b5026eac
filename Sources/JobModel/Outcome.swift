/// What became of a work item. An item failure is data: it is never thrown.
package enum OutcomeKind: UInt8, CaseIterable, Sendable {
    /// Done by us.
    case removed, updated, deleted, listed
    /// Was so already.
    case absent
    /// Refused by the service.
    case failed
    /// Not sent: its kind was stopped.
    case blocked
    /// Sent and never clearly answered, retries spent; or refused after an attempt that may have
    /// acted.
    case unknown

    /// Whether the service has just changed a relation as it was asked to.
    package var isSuccess: Bool { self == .removed || self == .updated }

    /// Whether the service gave a clear answer on the item.
    package var isAnswered: Bool { self != .blocked && self != .unknown }

    /// The word in journals and reports.
    package var word: String {
        switch self {
        case .removed: "removed"
        case .updated: "updated"
        case .deleted: "deleted"
        case .listed: "listed"
        case .absent: "absent"
        case .failed: "failed"
        case .blocked: "blocked"
        case .unknown: "unknown"
        }
    }

    package init?(word: String) {
        guard let kind = OutcomeKind.allCases.first(where: { $0.word == word }) else { return nil }
        self = kind
    }
}

/// An outcome with what was said: enough to account for the item at 3 a.m.
package struct Outcome: Hashable, Sendable {
    /// Bytes of the service's own words that are kept, at most.
    package static let maximumMessageByteCount = 500

    package var kind: OutcomeKind
    /// HTTP status of the answer; 0 when there was none.
    package var status: Int
    /// Zoho's code, `SUCCESS` or `INVALID_DATA` for example; empty when there was none.
    package var code: String
    /// What the service said, sanitised: no control characters, at most `maximumMessageByteCount`
    /// bytes.
    package var message: String
    /// For `absent`: an earlier attempt of ours, in doubt, may have done it.
    package var isAfterDoubt: Bool
    /// The service answered the removal of a relation by saying that it deleted a record.
    package var isRecordDeleted = false

    package init(
        kind: OutcomeKind, status: Int = 0, code: String = "", message: String = "",
        isAfterDoubt: Bool = false
    ) {
        self.kind = kind
        self.status = status
        self.code = code
        self.message = message
        self.isAfterDoubt = isAfterDoubt
    }
}

/// Counts of outcomes by kind. Also of items without one: `pending`.
package struct OutcomeCounts: Equatable, Sendable {
    private var counts: [Int] = Array(repeating: 0, count: OutcomeKind.allCases.count)
    /// Items without a final outcome.
    package var pending: Int = 0

    package init() {}

    package subscript(kind: OutcomeKind) -> Int {
        get { counts[Int(kind.rawValue)] }
        set { counts[Int(kind.rawValue)] = newValue }
    }

    /// Items with a final outcome.
    package var final: Int { counts.reduce(0, +) }
}
