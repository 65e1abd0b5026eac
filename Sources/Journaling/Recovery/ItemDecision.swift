package import JobModel

/// The state of the last call that carried an item.
package enum CallTrace: CaseIterable, Sendable {
    /// No call carries the item, or the last one ended by being split.
    case noCall
    /// A call is recorded but was never attempted.
    case recorded
    /// Half of a call that was split while in doubt, and not attempted itself; or the split call,
    /// for items whose half is not on record.
    case halfInDoubt
    /// An attempt is on record, its answer is not.
    case unanswered
    /// The last answer asked for another attempt, at the cost of a retry, or was not clear about
    /// the item.
    case answeredAgain
    /// The last attempt was refused before execution (429, 401) or never left.
    case refused
    /// The call was a round, listing or page that has ended, and its item goes on.
    case continued
}

/// What a resume does with an item: the first of the two tables of recovery. Its rows are also in
/// Journaling.docc. Tests compare the two, and show that a replay comes to every row.
package enum ItemDecision: String, CaseIterable, Sendable {
    /// Plan the item again and send it.
    case planAnew = "@A"
    /// Send the same call again; items found absent are `afterDoubt`.
    case resendInDoubt = "@B"
    /// Send the same call again; the counts of attempts and retries go on.
    case resend = "@C"
    /// Do not send; report. A resume with `--retry` reopens.
    case report = "@D"
    /// Do not send: done.
    case skip = "@E"
    /// Do not send: what the call may have done counts as unaccounted, no next round before its
    /// timeout.
    case countUnaccounted = "@H"
    /// Send the same call again; no retry was spent.
    case resendWithoutRetry = "@I"
    /// Continue with the item's next round or page.
    case nextStep = "@P"

    /// The one row for an item.
    ///
    /// - Parameters:
    ///   - outcome: Its final outcome, if it has one.
    ///   - last: What its last call came to.
    ///   - isRepeatable: Whether that call may be sent again when it is in doubt.
    package init(_ outcome: OutcomeKind?, _ last: CallTrace, isRepeatable: Bool) {
        switch outcome {
        case .failed, .blocked, .unknown: self = .report
        case .removed, .updated, .deleted, .listed, .absent: self = .skip
        case nil:
            switch last {
            case .noCall, .recorded: self = .planAnew
            case .halfInDoubt: self = .resendInDoubt
            case .unanswered: self = isRepeatable ? .resendInDoubt : .countUnaccounted
            case .answeredAgain: self = .resend
            case .refused: self = .resendWithoutRetry
            case .continued: self = .nextStep
            }
        }
    }

    /// For each byte of `RecoveredRun.outcomeOfRow`, the row of an item that no open call carries.
    package static let ofOutcomeCode = ([nil] + OutcomeKind.allCases.map(Optional.some)).map {
        ItemDecision($0, .noCall, isRepeatable: true)
    }

    /// The outcomes that a resume can reopen.
    package static let reopenable = OutcomeKind.allCases.filter {
        ofOutcomeCode[Int($0.rawValue) + 1] == .report
    }

    /// Why, in words.
    package var cause: String {
        switch self {
        case .planAnew: "no call of the item was attempted since it was planned or split"
        case .resendInDoubt: "the process ended before the answer, and a repeat does no harm"
        case .resend: "the last answer asks for another attempt"
        case .report: "the item failed, was blocked or is unknown"
        case .skip: "the item is done, or was absent"
        case .countUnaccounted: "the process ended before the answer, and a repeat may delete more"
        case .resendWithoutRetry: "the last attempt was refused before execution, or never left"
        case .nextStep: "a round, listing or page ended, and its item goes on"
        }
    }

    /// Whether the call on record is still open: to be sent again as it is, or to be counted.
    var keepsCall: Bool {
        switch self {
        case .resendInDoubt, .resend, .resendWithoutRetry, .countUnaccounted: true
        case .planAnew, .nextStep, .report, .skip: false
        }
    }
}

extension Operation {
    /// Whether a call in doubt may be sent again: all except Creator rounds, which may have
    /// deleted records without naming them.
    package var isRepeatable: Bool {
        switch self {
        case .delink, .update, .deleteAttachment, .discoverDeleted: true
        case .deleteCreatorRecords: false
        }
    }
}
