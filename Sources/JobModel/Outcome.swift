/// The outcome of a work item. A failed item is data and never thrown.
package enum OutcomeKind: UInt8, CaseIterable, Sendable {
    /// Done by this run.
    case removed, updated, deleted, listed
    /// Already so.
    case absent
    /// Refused by the service.
    case failed
    /// Not sent, because its kind was stopped.
    case blocked
    /// Sent and never clearly answered, retries spent; or refused after an attempt that may have
    /// acted.
    case unknown

    /// Whether the service changed the relation as requested.
    package var isSuccess: Bool { self == .removed || self == .updated }

    /// Whether the service gave a clear answer about the item.
    package var isAnswered: Bool { self != .blocked && self != .unknown }

    /// The text in journals and reports.
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

/// An outcome with the service's answer: code, message, HTTP status.
package struct Outcome: Hashable, Sendable {
    /// Maximum bytes of the service's message that are kept.
    package static let maximumMessageByteCount = 500

    package var kind: OutcomeKind
    /// HTTP status of the answer; 0 when there was none.
    package var status: Int
    /// Zoho's code, `SUCCESS` or `INVALID_DATA` for example; empty when there was none.
    package var code: String
    /// The service's message, sanitised, at most `maximumMessageByteCount` bytes.
    package var message: String
    /// For `absent`: an earlier attempt in doubt may have done it.
    package var isAfterDoubt: Bool
    /// The service's answer to a delink reported that it deleted a record.
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

/// Counts of outcomes by kind, including `pending` items.
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
