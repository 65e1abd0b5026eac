package import JobModel

// The vocabulary of the journal: plain values. `RecordCodec` gives them their bytes; `Recovery`
// replays them.
//
// If you change a record, also change: RecordCodec (both ways, and its format version), Recovery,
// the DocC article, and the reports that read it. Records are only ever added to; a field that
// older journals lack has a default.

/// One line of a journal.
package enum JournalRecord: Equatable, Sendable {
    /// The first record: what the run is, and everything that is pinned. Indirect, because its size
    /// would be that of every record.
    indirect case run(RunHeader)
    /// What was planned, written once by the process that began the run.
    case planned(PlannedCounts)
    /// A process begins to work on the run.
    case session(SessionRecord)
    /// A call exists. Durable before its first attempt.
    case call(CallRecord)
    /// A call is about to be sent. Durable before the request is sent.
    case attempt(AttemptRecord)
    /// The end of an attempt. Durable before its outcomes count anywhere.
    case answer(AnswerRecord)
    /// A relation kind was stopped: its open items are blocked unless a resume reopens them.
    case kindStopped(KindStoppedRecord)
    /// Items that will not be sent because their kind was stopped.
    case blocked(BlockedRecord)
    /// A resume reopens items that had ended (`--retry failed|blocked|unknown`).
    case reopened(ReopenedRecord)
    /// The run is halted from here on, until a session overrides this record by its number.
    case halt(HaltRecord)
    /// A session ended in order. Only a new session, or `abandoned`, may follow it.
    case stop(StopRecord)
    /// The user abandoned the run (`--unfinished abandon`).
    case abandoned(AbandonedRecord)
}

/// A setting that must not differ at resume (exit 78 names both values).
package struct PinnedSetting: Equatable, Sendable {
    package var name: String
    package var value: String

    package init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

/// What a run is, and every setting that a later start must not change.
package struct RunHeader: Equatable, Sendable {
    /// The format version that this build writes.
    package static let currentVersion = 1

    package var version: Int
    package var run: String
    package var job: String
    /// `relsweep 0.1.0`.
    package var tool: String
    /// UTC, ISO 8601 with milliseconds.
    package var startedAt: String
    package var user: String
    package var host: String
    /// `$INVOCATION_ID` of systemd; empty outside.
    package var invocation: String
    /// Where the manifest came from, `-` for standard input; informational.
    package var source: String
    /// `csv`, `json` or `jsonl`.
    package var manifestFormat: String
    /// SHA-256 in hexadecimal of the snapshot.
    package var manifestDigest: String
    package var manifestByteCount: Int
    /// Column map, defaults, allowed pairs, safety flags, pivot, ids per call, and the target; in a
    /// fixed order.
    package var pinned: [PinnedSetting]

    package init(
        version: Int = RunHeader.currentVersion, run: String, job: String, tool: String,
        startedAt: String,
        user: String, host: String, invocation: String, source: String, manifestFormat: String,
        manifestDigest: String, manifestByteCount: Int, pinned: [PinnedSetting]
    ) {
        self.version = version
        self.run = run
        self.job = job
        self.tool = tool
        self.startedAt = startedAt
        self.user = user
        self.host = host
        self.invocation = invocation
        self.source = source
        self.manifestFormat = manifestFormat
        self.manifestDigest = manifestDigest
        self.manifestByteCount = manifestByteCount
        self.pinned = pinned
    }
}

/// Counts of the plan, for reports.
package struct PlannedCounts: Equatable, Sendable {
    package var rows: Int
    package var items: Int
    package var duplicates: Int
    package var skipped: Int
    package var calls: Int

    package init(rows: Int, items: Int, duplicates: Int, skipped: Int, calls: Int) {
        self.rows = rows
        self.items = items
        self.duplicates = duplicates
        self.skipped = skipped
        self.calls = calls
    }

    /// Of a journal that ends before its planned record.
    package static let zero = PlannedCounts(
        rows: 0, items: 0, duplicates: 0, skipped: 0, calls: 0)
}

/// A process that starts or resumes the run.
package struct SessionRecord: Equatable, Sendable {
    /// 1 for the process that began the run.
    package var number: Int
    package var at: String
    /// The clock of this session's times; nil in journals written before it was recorded.
    package var clock: SessionClock?
    package var processID: Int
    package var host: String
    package var invocation: String
    /// `--override-halt`: the sequence number of the halt that a person overrode.
    package var overriddenHalt: UInt64?
    /// The timeout of the session's calls (`--timeout`), rounded up; 0 = not recorded.
    package var timeoutMilliseconds: Int

    package init(
        number: Int, at: String, clock: SessionClock? = nil, processID: Int, host: String,
        invocation: String, overriddenHalt: UInt64? = nil, timeoutMilliseconds: Int = 0
    ) {
        self.number = number
        self.at = at
        self.clock = clock
        self.processID = processID
        self.host = host
        self.invocation = invocation
        self.overriddenHalt = overriddenHalt
        self.timeoutMilliseconds = timeoutMilliseconds
    }
}

/// One API request as it will be sent, with the items that it carries.
package struct CallRecord: Equatable, Sendable {
    /// 1-based, unique in the run.
    package var call: UInt32
    /// The call that was split into this one; nil for a call of the plan.
    package var parentCall: UInt32?
    package var kind: RelationKind
    package var direction: CallDirection
    /// Record id in the URL.
    package var parent: UInt64
    /// Items by row number, in the order in which their ids are sent.
    package var rows: [UInt32]
    /// The ids sent, one per row; never derived again from the manifest. Empty for steps of a lane.
    package var related: [UInt64]
    /// For an item that is worked off in rounds or pages: which of them this call is. The call has
    /// one row then; its parent is the deleted one, or 0 for a Creator report.
    package var step: LaneStep?

    package init(
        call: UInt32, parentCall: UInt32? = nil, kind: RelationKind, direction: CallDirection,
        parent: UInt64,
        rows: [UInt32], related: [UInt64], step: LaneStep? = nil
    ) {
        self.call = call
        self.parentCall = parentCall
        self.kind = kind
        self.direction = direction
        self.parent = parent
        self.rows = rows
        self.related = related
        self.step = step
    }

    /// Whether the call may be sent again when it is in doubt.
    package var isRepeatable: Bool { step?.isRepeatable ?? kind.operation.isRepeatable }
}

/// One attempt of a call.
package struct AttemptRecord: Equatable, Sendable {
    package var call: UInt32
    /// 1-based; counts every attempt of the call.
    package var attempt: Int
    /// Wall time in milliseconds since 1970, UTC: rate windows and daily counts are rebuilt from
    /// it.
    package var atMilliseconds: Int64
    /// Rows that this attempt asks for, where some of the call's items are settled already; nil =
    /// all.
    package var rows: [UInt32]?

    package init(call: UInt32, attempt: Int, atMilliseconds: Int64, rows: [UInt32]? = nil) {
        self.call = call
        self.attempt = attempt
        self.atMilliseconds = atMilliseconds
        self.rows = rows
    }
}

/// The end of an attempt, as seen by its call.
package enum AnswerVerdict: String, CaseIterable, Sendable {
    /// Every item that the attempt asked for has its outcome in the record; for a record that was
    /// read back: it exists.
    case settled
    /// A fault (timeout, reset, 5xx): all items are still open, a retry is spent, the call is sent
    /// again.
    case again
    /// As `again`, but no retry is spent: the service has given no clear answer since its first
    /// fault, or the run is about to stop.
    case outage
    /// Items without an outcome in the record were not answered clearly; the call asks for them
    /// again.
    case unclear
    /// 429: never in doubt, no retry spent.
    case throttled
    /// 401: never in doubt, no retry spent.
    case unauthorised
    /// The request was never sent (no connection, or a stop came first): never in doubt, no retry
    /// spent.
    case unsent
    /// The call ends; its open items continue in calls of their own (`parentCall`), or are planned
    /// again.
    case split
    /// The round, listing or page ends, and its item continues with the next one. For a record that
    /// was read back: it is gone, or could not be read.
    case continued
}

/// The end of an attempt: the answer and its meaning for the items.
package struct AnswerRecord: Equatable, Sendable {
    package var call: UInt32
    package var attempt: Int
    package var atMilliseconds: Int64
    package var verdict: AnswerVerdict
    /// HTTP status; 0 when no answer came.
    package var status: Int
    package var code: String
    package var message: String
    /// The service may have acted although no clear answer says so: what is found absent later is
    /// `afterDoubt`.
    package var leavesDoubt: Bool
    /// The pause that the service requested, from this record on.
    package var pauseMilliseconds: Int
    /// Final outcomes, items of equal outcome together.
    package var outcomes: [OutcomeGroup]
    /// The refusal may apply to the whole kind: once the kind is stopped, its failed items no
    /// longer count towards the error budget.
    package var refusesKind: Bool
    /// What a Creator round did.
    package var records: RoundRecords?
    /// What a page of a deleted parent had.
    package var page: PageRecord?

    package init(
        call: UInt32, attempt: Int, atMilliseconds: Int64, verdict: AnswerVerdict, status: Int = 0,
        code: String = "", message: String = "", leavesDoubt: Bool = false,
        pauseMilliseconds: Int = 0, outcomes: [OutcomeGroup] = [], refusesKind: Bool = false,
        records: RoundRecords? = nil, page: PageRecord? = nil
    ) {
        self.call = call
        self.attempt = attempt
        self.atMilliseconds = atMilliseconds
        self.verdict = verdict
        self.status = status
        self.code = code
        self.message = message
        self.leavesDoubt = leavesDoubt
        self.pauseMilliseconds = pauseMilliseconds
        self.outcomes = outcomes
        self.refusesKind = refusesKind
        self.records = records
        self.page = page
    }
}

/// Items with the same outcome.
package struct OutcomeGroup: Equatable, Sendable {
    package var outcome: Outcome
    /// nil = every row that the attempt asked for.
    package var rows: [UInt32]?

    package init(outcome: Outcome, rows: [UInt32]? = nil) {
        self.outcome = outcome
        self.rows = rows
    }
}

/// A relation kind whose calls are refused permanently, with the service's message.
package struct KindStoppedRecord: Equatable, Sendable {
    package var kind: RelationKind
    package var status: Int
    package var code: String
    package var message: String

    package init(kind: RelationKind, status: Int, code: String, message: String) {
        self.kind = kind
        self.status = status
        self.code = code
        self.message = message
    }
}

/// Items of a stopped kind, in parts.
package struct BlockedRecord: Equatable, Sendable {
    /// Rows in one record at most.
    package static let maximumRowCount = 10_000

    package var kind: RelationKind
    /// `blocked`, with the message that stopped the kind.
    package var outcome: Outcome
    package var rows: [UInt32]

    package init(kind: RelationKind, outcome: Outcome, rows: [UInt32]) {
        self.kind = kind
        self.outcome = outcome
        self.rows = rows
    }
}

/// What `resume --retry` reopens.
package struct ReopenedRecord: Equatable, Sendable {
    /// Outcomes that are open again.
    package var outcomes: [OutcomeKind]

    package init(outcomes: [OutcomeKind]) { self.outcomes = outcomes }
}

/// The state of a run at the end of a session.
package enum RunState: String, CaseIterable, Sendable { case finished, paused, halted }

/// Why a session ended. The raw value is written to journals and summaries.
package enum StopReason: String, CaseIterable, Sendable {
    case completed
    // Paused: start again later.
    case signal, until, outOfCalls = "out-of-calls", maximumCalls = "max-calls", throttledTokens =
        "throttled-tokens"
    case unreachable, credentials, credits
    // Halted: needs manual review.
    case recordDeleted = "record-deleted", failureBudget = "error-budget", maximumAbsent =
        "max-absent"
    // Neither: the disk failed, so the stop record may be missing.
    case journal

    package var state: RunState {
        switch self {
        case .completed: .finished
        case .signal, .until, .outOfCalls, .maximumCalls, .throttledTokens, .unreachable,
            .credentials, .credits,
            .journal:
            .paused
        case .recordDeleted, .failureBudget, .maximumAbsent: .halted
        }
    }
}

/// A decision that needs manual review before anything else is sent. It is identified by its
/// sequence number.
///
/// It is recorded before the answer that led to it, so that the run stays halted no matter how the
/// process ends.
package struct HaltRecord: Equatable, Sendable {
    /// Of the state `halted`.
    package var reason: StopReason
    /// Text for the user: what happened, with the numbers.
    package var text: String
    package var atMilliseconds: Int64

    package init(reason: StopReason, text: String, atMilliseconds: Int64) {
        precondition(reason.state == .halted, "\(reason.rawValue) does not halt a run")
        self.reason = reason
        self.text = text
        self.atMilliseconds = atMilliseconds
    }
}

/// The end of a session, with its reason.
package struct StopRecord: Equatable, Sendable {
    package var state: RunState
    package var reason: StopReason
    /// Text for the user: what happened, with the numbers.
    package var text: String
    package var exit: Int32
    package var atMilliseconds: Int64

    package init(
        state: RunState, reason: StopReason, text: String, exit: Int32, atMilliseconds: Int64
    ) {
        self.state = state
        self.reason = reason
        self.text = text
        self.exit = exit
        self.atMilliseconds = atMilliseconds
    }
}

/// Who abandoned the run, and when.
package struct AbandonedRecord: Equatable, Sendable {
    package var at: String
    package var user: String

    package init(at: String, user: String) {
        self.at = at
        self.user = user
    }
}
