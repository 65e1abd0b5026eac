package import JobModel

/// What replaying a journal tells: everything that the engine needs to go on, and that `status`
/// needs to say where a run stands. Rows are 1-based data rows of the snapshot.
package struct RecoveredRun: Equatable, Sendable {
    package var header: RunHeader?
    package var planned: PlannedCounts?
    package var sessionCount = 0
    package var lastSession: SessionRecord?
    /// By which `recentAttempts`, `lastDoubtfulRoundAtMilliseconds` and `pauses` are reckoned: the
    /// last session's. nil where that has none: then by the wall clock as it was.
    package var clock: SessionClock?
    /// The last session's stop: without one its process was killed, or runs still, and the run
    /// counts as paused unless it is halted.
    package var stop: StopRecord?
    /// Halts that no session overrode, by ascending number; a run is halted once for each reason.
    /// While there is one the run is halted, whatever follows on record.
    package var halts: [Halt] = []
    package var abandoned: AbandonedRecord?
    /// Index = row; 0 = open, otherwise `OutcomeKind.rawValue + 1`. As long as the highest row seen
    /// needs.
    package var outcomeOfRow: [UInt8] = []
    /// Of items with a final outcome (`pending` is for the caller, who knows the items).
    package var counts = OutcomeCounts()
    /// Calls that were attempted and have not ended, ascending by number; each is sent again as it
    /// is.
    package var openCalls: [OpenCall] = []
    /// Creator rows that have begun, ascending by row; a call of theirs that has not ended stands
    /// with them and not in `openCalls`, for the row's item is needed to send it.
    package var rounds: [RoundProgress] = []
    /// Deleted parents that have begun, ascending by row; their open calls as with `rounds`.
    package var pages: [PageProgress] = []
    /// When the last round ended that is in doubt, in wall milliseconds: no round leaves before its
    /// time-out has passed. A round without an answer is found by its open call.
    package var lastDoubtfulRoundAtMilliseconds: Int64?
    /// The longest time-out that a session had: a round in doubt may be at work for so long,
    /// however short today's time-out is.
    package var longestTimeoutMilliseconds = 0
    /// What services asked for, and may not be over.
    package var pauses: [ServicePause] = []
    /// Records that the service said it deleted where none was to be: to the removal of relations,
    /// or beside those that a Creator round named. Overriding a halt does not forget them.
    package var recordsDeleted = 0
    package var highestCall: UInt32 = 0
    /// Distinct calls that were attempted at least once, splits included.
    package var callCount = 0
    /// Sendings: attempt records but for those that ended `unsent`.
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
    /// The first success of each kind that has one. A session that overrides a halt leaves those
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

    /// Why the run is halted and which halt an override must name; nil when it is not.
    ///
    /// The newest one is named: whoever overrides it has been shown those before it as well.
    package var halt: Halt? {
        guard var last = halts.last else { return nil }
        last.record.text = halts.map(\.record.text).joined(separator: "; ")
        return last
    }

    /// A call that must be sent again: never derived anew.
    package struct OpenCall: Equatable, Sendable {
        package var record: CallRecord
        /// Sendings so far.
        package var attempts: Int
        /// Of those, the ones that cost a retry.
        package var retriesSpent: Int
        /// Answers that could not be read clearly for the items still open.
        package var unclearAnswers: Int
        /// An attempt may have acted and nothing clear was said: what is absent now is
        /// `afterDoubt`.
        package var isInDoubt: Bool
        /// What the last attempt came to.
        package var last: CallTrace
        /// Rows that have no outcome yet; a subset of `record.rows`, in its order.
        package var openRows: [UInt32]
        /// Attempts that left, or may have; the others were withdrawn.
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

    /// Reckons by the clock of a session that takes the run up, or looks at it.
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

    /// Takes a pause that came after those that are held: what was over by then goes, and what is
    /// no shorter and ends no later. Several of a service stay, for not every run waits for each.
    package mutating func apply(_ pause: ServicePause) {
        pauses.removeAll { held in
            guard held.service == pause.service else { return false }
            // By a clock that was set, it may seem to have begun later.
            let end = min(held.atMilliseconds, pause.atMilliseconds) + held.milliseconds
            return end <= pause.atMilliseconds
                || held.milliseconds >= pause.milliseconds && end <= pause.endMilliseconds
        }
        // Some tens overlap at most, in a journal that relsweep wrote.
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

    /// A service that is left alone for a while.
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
        /// Of its end; of its record, where the end is not on record.
        package var atMilliseconds: Int64
        /// False: it may have left at any time up to the end of its process.
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

    /// The first item of a kind that was removed or updated.
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

    /// What a kind's answers said so far: for `--max-absent`, and for kinds that are stopped after
    /// refusals at two parents.
    package struct KindTally: Equatable, Sendable {
        package var kind: RelationKind
        /// Items that were answered and in no doubt, however often they were sent: not after an
        /// attempt that may have acted.
        package var answered: Int
        /// Of those, the absent ones.
        package var absent: Int
        /// Parents at which refusals came that may speak of the kind, since its last success: two
        /// at most.
        package var refusingParents: [UInt64]

        package init(
            kind: RelationKind, answered: Int = 0, absent: Int = 0, refusingParents: [UInt64] = []
        ) {
            self.kind = kind
            self.answered = answered
            self.absent = absent
            self.refusingParents = refusingParents
        }

        /// A refusal came that may speak of the kind.
        package mutating func noteRefusal(at parent: UInt64) {
            guard refusingParents.count < 2, !refusingParents.contains(parent) else { return }
            refusingParents.append(parent)
        }
    }
}

// Stops and halts, as a replay takes them.

extension JournalRecord {
    var isHeader: Bool {
        if case .run = self { true } else { false }
    }

    /// Whether the record may be written behind a session's stop record.
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

    /// A session overrides a halt, and with it those before it.
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
