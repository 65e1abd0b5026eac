package import JobModel

/// The result of replaying a journal: everything that the engine needs to continue, and that
/// `status` needs to show the state of a run. Rows are 1-based data rows of the snapshot.
package struct RecoveredRun: Equatable, Sendable {
    package var header: RunHeader?
    package var planned: PlannedCounts?
    package var sessionCount = 0
    package var lastSession: SessionRecord?
    /// The clock of `recentAttempts`, `lastDoubtfulRoundAtMilliseconds` and `pauses`: the last
    /// session's. nil if that session has none: then they are recorded wall times.
    package var clock: SessionClock?
    /// The last session's stop. Without one its process was killed or is still running, and the run
    /// counts as paused unless it is halted.
    package var stop: StopRecord?
    /// Halts that no session overrode, by ascending number; a run is halted once for each reason.
    /// While there is one, the run is halted, regardless of later records.
    package var halts: [Halt] = []
    package var abandoned: AbandonedRecord?
    /// Index = row; 0 = open, otherwise `OutcomeKind.rawValue + 1`. As long as the highest row seen
    /// needs.
    package var outcomeOfRow: [UInt8] = []
    /// Counts of final outcomes (`pending` is set by the caller, who knows the items).
    package var counts = OutcomeCounts()
    /// Calls that were attempted and have not ended, ascending by number; each is sent again as it
    /// is.
    package var openCalls: [OpenCall] = []
    /// Creator rows that have begun, ascending by row; a call of theirs that has not ended is
    /// stored with them and not in `openCalls`, because the row's item is needed to send it.
    package var rounds: [RoundProgress] = []
    /// Deleted parents that have begun, ascending by row; their open calls as with `rounds`.
    package var pages: [PageProgress] = []
    /// When the last round in doubt ended, in wall milliseconds: no round is sent before its
    /// timeout has passed. A round without an answer is found by its open call.
    package var lastDoubtfulRoundAtMilliseconds: Int64?
    /// The longest timeout of any session: a round in doubt may be running for that long, however
    /// short the current timeout is.
    package var longestTimeoutMilliseconds = 0
    /// Pauses that services requested and that may not be over.
    package var pauses: [ServicePause] = []
    /// Records that the service reported as deleted although none was to be: in answers to the
    /// removal of relations, or besides those that a Creator round named. Overriding a halt does
    /// not forget them.
    package var recordsDeleted = 0
    package var highestCall: UInt32 = 0
    /// Distinct calls that were attempted at least once, splits included.
    package var callCount = 0
    /// Attempts, except those that ended `unsent`.
    package var attemptCount = 0
    /// Attempts that may have reached the service in the 60 s before the last record, by ascending
    /// time.
    package var recentAttempts: [RecentAttempt] = []
    /// First attempts of calls by the minute (milliseconds since 1970 / 60,000), ascending:
    /// `--max-calls` over 24 h.
    package var callsByMinute: [MinuteCount] = []
    package var stoppedKinds: [KindStoppedRecord] = []
    /// Rows that were `unknown` and are tried again: an attempt of before may have acted. Only
    /// looked up.
    package var rowsInDoubt: Set<UInt32> = []
    /// The first success of each kind that has one. A session that overrides a halt keeps those
    /// whose record was found.
    package var proofs: [KindProof] = []
    /// By kind, in order of first appearance; since the last session that overrode a halt.
    package var tallies: [KindTally] = []
    /// For the error budget; since the last session that overrode a halt.
    package var failures = FailureWindow()
    /// Wall time of the last record that carries one.
    package var lastRecordAtMilliseconds: Int64 = 0
    /// The sequence number of the next record.
    package var nextSequence: UInt64 = 1

    package init() {}

    /// A halt by the sequence number of its record.
    package struct Halt: Equatable, Sendable {
        package var number: UInt64
        package var record: HaltRecord

        package init(number: UInt64, record: HaltRecord) {
            self.number = number
            self.record = record
        }
    }

    /// The halt that an override must name, with the texts of all halts; nil if the run is not
    /// halted.
    ///
    /// The newest halt is named, because its text includes those before it.
    package var halt: Halt? {
        guard var last = halts.last else { return nil }
        last.record.text = halts.map(\.record.text).joined(separator: "; ")
        return last
    }

    /// A call that must be sent again unchanged.
    package struct OpenCall: Equatable, Sendable {
        package var record: CallRecord
        /// Attempts so far.
        package var attempts: Int
        /// Attempts that counted as a retry.
        package var retriesSpent: Int
        /// Answers that could not be read clearly for the items still open.
        package var unclearAnswers: Int
        /// An attempt may have acted without a clear answer: what is absent now is `afterDoubt`.
        package var isInDoubt: Bool
        /// What the last attempt came to.
        package var last: CallTrace
        /// Rows that have no outcome yet; a subset of `record.rows`, in its order.
        package var openRows: [UInt32]
        /// Attempts that were sent, or may have been.
        package var sentCount: Int

        package init(
            record: CallRecord, attempts: Int, retriesSpent: Int, unclearAnswers: Int,
            isInDoubt: Bool, last: CallTrace = .answeredAgain, openRows: [UInt32]
        ) {
            self.record = record
            self.attempts = attempts
            self.retriesSpent = retriesSpent
            self.unclearAnswers = unclearAnswers
            self.isInDoubt = isInDoubt
            self.last = last
            self.openRows = openRows
            sentCount = attempts
        }

        /// What a resume does with it.
        package var decision: ItemDecision {
            ItemDecision(nil, last, isRepeatable: record.isRepeatable)
        }
    }

    /// Records of all Creator rows. A round without an answer counts as unaccounted already.
    package var creator: CreatorTally {
        var sum = CreatorTally()
        for row in rounds {
            sum.deleted += row.tally.deleted
            sum.failed += row.tally.failed
            sum.unaccounted += row.tally.unaccounted
            if let call = row.openCall, call.decision == .countUnaccounted,
                let step = call.record.step
            {
                sum.unaccounted += step.maximumUnaccounted
            }
        }
        return sum
    }

    /// Converts times to the clock of another session.
    package mutating func rebase(to clock: SessionClock) {
        defer { self.clock = clock }
        guard let earlier = self.clock else { return }
        for index in recentAttempts.indices {
            recentAttempts[index].atMilliseconds = clock.milliseconds(
                of: recentAttempts[index].atMilliseconds, by: earlier)
        }
        lastDoubtfulRoundAtMilliseconds = lastDoubtfulRoundAtMilliseconds.map {
            clock.milliseconds(of: $0, by: earlier)
        }
        for index in pauses.indices {
            pauses[index].atMilliseconds = clock.milliseconds(
                of: pauses[index].atMilliseconds, by: earlier)
        }
    }

    /// Adds a pause that began after the held ones. Held pauses that were over by then are removed,
    /// and those that are no shorter and end no later. Several pauses of one service are kept,
    /// because not every run waits for each.
    package mutating func apply(_ pause: ServicePause) {
        pauses.removeAll { held in
            guard held.service == pause.service else { return false }
            // If the clock was set, the held pause may appear to have begun later.
            let end = min(held.atMilliseconds, pause.atMilliseconds) + held.milliseconds
            return end <= pause.atMilliseconds
                || held.milliseconds >= pause.milliseconds && end <= pause.endMilliseconds
        }
        // Journals written by relsweep contain at most a few dozen overlapping pauses.
        if pauses.count >= 1_000 { pauses.removeFirst() }
        pauses.append(pause)
    }

    /// Counts in ascending minutes, also where the wall clock was set back.
    mutating func countCall(inMinute minute: Int64) {
        var index = callsByMinute.count
        while index > 0, callsByMinute[index - 1].minute > minute { index -= 1 }
        if index > 0, callsByMinute[index - 1].minute == minute {
            callsByMinute[index - 1].count += 1
        } else {
            callsByMinute.insert(.init(minute: minute, count: 1), at: index)
        }
    }

    /// A pause of a service.
    package struct ServicePause: Equatable, Sendable {
        package var service: Service
        /// When it began.
        package var atMilliseconds: Int64
        package var milliseconds: Int64

        package init(service: Service, atMilliseconds: Int64, milliseconds: Int64) {
            self.service = service
            self.atMilliseconds = atMilliseconds
            self.milliseconds = milliseconds
        }

        package var endMilliseconds: Int64 { atMilliseconds + milliseconds }
    }

    package struct RecentAttempt: Equatable, Sendable {
        package var service: Service
        /// The time of its end, or of its record if the end is not recorded.
        package var atMilliseconds: Int64
        /// False: it may have been sent at any time until its process ended.
        package var hasEnded: Bool

        package init(service: Service, atMilliseconds: Int64, hasEnded: Bool = true) {
            self.service = service
            self.atMilliseconds = atMilliseconds
            self.hasEnded = hasEnded
        }
    }

    package struct MinuteCount: Equatable, Sendable {
        package var minute: Int64
        package var count: Int

        package init(minute: Int64, count: Int) {
            self.minute = minute
            self.count = count
        }
    }

    /// The first item of a kind with a success.
    package struct KindProof: Equatable, Sendable {
        /// Whether its record was read back, which only some versions of the API need.
        package enum ReadBack: Sendable { case notRead, found, notFound }

        package var kind: RelationKind
        package var row: UInt32
        /// The id that was sent for it.
        package var related: UInt64
        package var readBack: ReadBack

        package init(
            kind: RelationKind, row: UInt32, related: UInt64, readBack: ReadBack = .notRead
        ) {
            self.kind = kind
            self.row = row
            self.related = related
            self.readBack = readBack
        }
    }

    /// Counts of a kind's answers so far: for `--max-absent`, and for kinds that are stopped after
    /// refusals at two parents.
    package struct KindTally: Equatable, Sendable {
        package var kind: RelationKind
        /// Items that were answered and in no doubt, however often they were sent: not after an
        /// attempt that may have acted.
        package var answered: Int
        /// Of those, the absent ones.
        package var absent: Int
        /// Parents whose refusals may apply to the whole kind, since its last success: at most two.
        package var refusingParents: [UInt64]

        package init(
            kind: RelationKind, answered: Int = 0, absent: Int = 0, refusingParents: [UInt64] = []
        ) {
            self.kind = kind
            self.answered = answered
            self.absent = absent
            self.refusingParents = refusingParents
        }

        /// Notes a refusal that may apply to the whole kind.
        package mutating func noteRefusal(at parent: UInt64) {
            guard refusingParents.count < 2, !refusingParents.contains(parent) else { return }
            refusingParents.append(parent)
        }
    }
}

// Stops and halts in a replay.

extension JournalRecord {
    var isHeader: Bool {
        if case .run = self { true } else { false }
    }

    /// Whether the record may follow a session's stop record.
    var mayFollowStop: Bool {
        switch self {
        case .session, .abandoned: true
        case .run, .planned, .call, .attempt, .answer, .kindStopped, .blocked, .reopened, .halt,
            .stop:
            false
        }
    }
}

extension RecoveredRun {
    /// Takes a session's stop record. One that says "halted" is a halt, also without a record of
    /// its own.
    mutating func apply(_ stop: StopRecord, number: UInt64) {
        self.stop = stop
        guard stop.reason.state == .halted || stop.state == .halted, halts.isEmpty else { return }
        let reason = stop.reason.state == .halted ? stop.reason : .recordDeleted
        halts.append(
            Halt(
                number: number,
                record: HaltRecord(
                    reason: reason, text: stop.text, atMilliseconds: stop.atMilliseconds)))
    }

    /// Applies the override of a halt, which includes earlier halts.
    ///
    /// - Returns: why it can't, or nil.
    mutating func resolveHalt(_ number: UInt64) -> String? {
        guard let halt = halts.last else {
            return "a session overrides halt \(number), and the run is not halted"
        }
        guard halt.number == number else {
            return "a session overrides halt \(number), and the run is halted by \(halt.number)"
        }
        halts.removeAll()
        return nil
    }
}
