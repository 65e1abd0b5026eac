package import JobModel

// What is decided from what a journal shows: once, for everyone. Journaling.docc holds the same
// table with the same labels; the tests prove that exactly one row matches every combination.
//
// If you change a row, also change Journaling.docc, RecoveryTableTests, and whoever acts on its
// decision (`Replay` for items, `JournalScan` for the journal, the comparison of pinned settings
// for the settings).

/// Something found in a journal that asks for a decision.
package enum RecoveryFinding: Equatable, Sendable {
    /// An item of the manifest: its final outcome if it has one, what its last call came to, and
    /// whether its operation may be asked again when in doubt.
    case item(outcome: OutcomeKind?, call: CallTrace, isRepeatable: Bool)
    /// The journal as a file: how it ends, whether no whole record comes before that end, and
    /// whether every whole record was understood.
    case journal(tail: JournalTail, isWithoutRecords: Bool, isUnderstood: Bool)
    /// The pinned settings against those of this start.
    case settings(differ: Bool)

    /// What the journal knows of the last call that carried an item.
    package enum CallTrace: CaseIterable, Sendable {
        /// No call carried the item.
        case none
        /// A call is on record that was never attempted.
        case recorded
        /// The call ended by being split; no later call carries the item.
        case split
        /// Half of a call that was split while in doubt, and not attempted itself; or the split
        /// call, for items whose half is not on record.
        case halfInDoubt
        /// An attempt is on record, its answer is not.
        case unanswered
        /// The last answer asked for another attempt, at the cost of a retry, or was not clear
        /// about the item.
        case answeredAgain
        /// The last attempt was refused before execution (429, 401) or never left.
        case refused
        /// The call was a round, listing or page that has ended, and its item goes on.
        case continued
    }

    /// How the bytes of a journal end.
    package enum JournalTail: CaseIterable, Sendable {
        /// With a whole record (or the journal is empty).
        case whole
        /// With zeros and nothing else behind the last whole record: room that was never written
        /// to.
        case zeros
        /// Damage at sequence s, and no later valid record claims that s is durable.
        case tornTail
        /// Damage at sequence s, and a later valid record claims that s is durable.
        case damaged
    }

    /// Every combination there is, for the test of the table.
    package static var all: [RecoveryFinding] {
        var findings: [RecoveryFinding] = [.settings(differ: false), .settings(differ: true)]
        for isFirst in [false, true] {
            for isSecond in [false, true] {
                for end in JournalTail.allCases {
                    findings.append(
                        .journal(tail: end, isWithoutRecords: isFirst, isUnderstood: isSecond))
                }
            }
            for call in CallTrace.allCases {
                for outcome in [nil] + OutcomeKind.allCases.map(Optional.some) {
                    findings.append(.item(outcome: outcome, call: call, isRepeatable: isFirst))
                }
            }
        }
        return findings
    }
}

/// What follows from a finding.
package enum RecoveryDecision: CaseIterable, Sendable {
    /// Plan the item anew and send it.
    case planAnew
    /// Send the same call again, never derived anew; what is absent then is `afterDoubt`.
    case resendInDoubt
    /// Send the same call again; the counts of attempts and retries go on.
    case resend
    /// Send the same call again; no retry was spent.
    case resendWithoutRetry
    /// Do not send: what the call may have done counts as unaccounted, no next round before its
    /// time-out.
    case countUnaccounted
    /// Go on with the item's next round or page.
    case nextStep
    /// Do not send; report. A resume with `--retry` reopens.
    case report
    /// Do not send: done.
    case skip
    /// Go on behind the last record.
    case continueRun
    /// Cut the zeros off and go on.
    case cutZeros
    /// Save everything from the damage on aside, cut it off, synchronise, say so, and go on.
    case saveAsideAndCut
    /// The run never started; nothing was sent.
    case neverStarted
    /// Touch nothing, name file and line, exit 74.
    case stopDamaged
    /// Touch nothing, name file and line and what was not understood, exit 74.
    case stopNotUnderstood
    /// Send nothing, name both values, exit 78.
    case refuseSettings
}

/// The table of decisions.
package enum RecoveryTable {
    /// One row: a label, what it is about, and the decision.
    package struct Row: Sendable {
        /// `@A` and so on: the same in document, code, messages and tests.
        package let label: String
        /// What is found, in words.
        package let found: String
        /// What follows.
        package let decision: RecoveryDecision
        let matches: @Sendable (RecoveryFinding) -> Bool
    }

    /// The one row for a finding.
    package static func row(for finding: RecoveryFinding) -> Row {
        let matching = rows.filter { $0.matches(finding) }
        guard matching.count == 1, let row = matching.first else {
            preconditionFailure("\(matching.count) rows of the recovery table match \(finding)")
        }
        return row
    }

    /// Whether a row matches a finding, for the test of the table.
    package static func matches(_ row: Row, _ finding: RecoveryFinding) -> Bool {
        row.matches(finding)
    }

    /// Every row, by label.
    package static let rows: [Row] = [
        Row(
            label: "@A", found: "no call sent, or a call that was split", decision: .planAnew,
            matches: {
                open($0) { call, _ in call == .none || call == .recorded || call == .split }
            }
        ),
        Row(
            label: "@B", found: "attempted (or half of a call that was), harmless to repeat",
            decision: .resendInDoubt,
            matches: {
                open($0) { call, isRepeatable in
                    call == .halfInDoubt || (call == .unanswered && isRepeatable)
                }
            }),
        Row(
            label: "@C", found: "answered, to be asked again", decision: .resend,
            matches: { open($0) { call, _ in call == .answeredAgain } }),
        Row(
            label: "@D", found: "failed, blocked or unknown", decision: .report,
            matches: { outcome($0, isOneOf: [.failed, .blocked, .unknown]) }),
        Row(
            label: "@E", found: "done, or absent", decision: .skip,
            matches: { outcome($0, isOneOf: [.removed, .updated, .deleted, .listed, .absent]) }),
        Row(
            label: "@F", found: "torn tail", decision: .saveAsideAndCut,
            matches: {
                journal($0) { end, isWithoutRecords in end == .tornTail && !isWithoutRecords }
            }
        ),
        Row(
            label: "@G", found: "damage before records that are durable", decision: .stopDamaged,
            matches: { journal($0) { end, _ in end == .damaged } }),
        Row(
            label: "@H", found: "attempted, unanswered, not harmless to repeat",
            decision: .countUnaccounted,
            matches: { open($0) { call, isRepeatable in call == .unanswered && !isRepeatable } }),
        Row(
            label: "@I", found: "refused before execution, or never left",
            decision: .resendWithoutRetry,
            matches: { open($0) { call, _ in call == .refused } }),
        Row(
            label: "@J", found: "zeros behind the last record", decision: .cutZeros,
            matches: { journal($0) { end, isWithoutRecords in end == .zeros && !isWithoutRecords } }
        ),
        Row(
            label: "@K", found: "no whole record at all", decision: .neverStarted,
            matches: {
                journal($0) { end, isWithoutRecords in end != .damaged && isWithoutRecords }
            }),
        Row(
            label: "@L", found: "ends with a whole record", decision: .continueRun,
            matches: { journal($0) { end, isWithoutRecords in end == .whole && !isWithoutRecords } }
        ),
        Row(
            label: "@M", found: "a valid record that is not understood",
            decision: .stopNotUnderstood,
            matches: {
                if case .journal(_, _, let isUnderstood) = $0 { !isUnderstood } else { false }
            }),
        Row(
            label: "@N", found: "a pinned setting differs", decision: .refuseSettings,
            matches: { $0 == .settings(differ: true) }),
        Row(
            label: "@O", found: "the pinned settings are the same", decision: .continueRun,
            matches: { $0 == .settings(differ: false) }),
        Row(
            label: "@P", found: "a round or page ended, its item goes on", decision: .nextStep,
            matches: { open($0) { call, _ in call == .continued } }),
    ]

    private static func open(
        _ finding: RecoveryFinding, _ matches: (RecoveryFinding.CallTrace, Bool) -> Bool
    ) -> Bool {
        guard case .item(nil, let call, let isRepeatable) = finding else { return false }
        return matches(call, isRepeatable)
    }

    private static func outcome(_ finding: RecoveryFinding, isOneOf kinds: [OutcomeKind]) -> Bool {
        guard case .item(let outcome?, _, _) = finding else { return false }
        return kinds.contains(outcome)
    }

    private static func journal(
        _ finding: RecoveryFinding, _ matches: (RecoveryFinding.JournalTail, Bool) -> Bool
    ) -> Bool {
        guard case .journal(let end, let isWithoutRecords, true) = finding else { return false }
        return matches(end, isWithoutRecords)
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
