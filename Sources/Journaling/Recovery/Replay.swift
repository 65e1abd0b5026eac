import JobModel

/// Applies records, in order, to what is known of a run.
///
/// Memory: a byte for each row, and the calls that are open; a call that has ended is forgotten.
package struct Replay: Sendable {
    /// A call that has not ended.
    private struct Trace {
        var record: CallRecord
        var attempts = 0
        /// Attempts that were sent, or may have been; withdrawn ones do not count.
        var sentCount = 0
        var retriesSpent = 0
        var unclearAnswers = 0
        var isInDoubt = false
        /// For a call that was split in doubt: the rows of its halves. If the record of a half is
        /// lost, the doubt must remain, so until then the call is open for its rows.
        var doubtTransferredRows: Set<UInt32> = []
        /// The unanswered attempt.
        var outstanding: AttemptRecord?
        var last = CallTrace.recorded
    }

    private var run = RecoveredRun()
    /// Calls that have not ended, in reusable slots.
    private var traces: [Trace] = []
    private var slotOfCall: [UInt32: Int] = [:]
    private var freeSlots: [Int] = []
    /// A bit for each call number.
    private var callsSeen: [UInt64] = []
    /// Calls that ended by a split while in doubt: their children inherit the doubt.
    private var splitsInDoubt: Set<UInt32> = []
    /// Items of lanes.
    private var lanes = LaneReplay()
    /// Attempts of the last minute, and those without a recorded end.
    private var recent: [(call: UInt32, attempt: RecoveredRun.RecentAttempt)] = []
    /// The time of the last record, by its session's clock.
    private var lastRecordTime: Int64 = 0
    /// When the session began, by its clock.
    private var sessionStart: Int64?
    /// Kinds stopped in this session; a later session may send the rest.
    private var stoppedInSession: [RelationKind] = []
    private var hasHeader = false
    /// A row with an outcome that is beyond the manifest.
    private var outOfRangeRow: UInt32?

    /// The window of the calls-per-minute limit.
    private static let recentWindowMilliseconds: Int64 = 60_000
    private static let millisecondsPerMinute: Int64 = 60_000

    /// A replay of nothing.
    package init() {}

    /// Applies the next record.
    ///
    /// - Returns: why the record makes no sense here, or nil.
    package mutating func apply(_ scanned: ScannedRecord) -> String? {
        if hasHeader == scanned.record.isHeader {
            return !hasHeader
                ? "the first record must be \"run\", this is \"\(scanned.record.name)\""
                : "\"run\" must be the first record and no other"
        }
        if run.stop != nil, !scanned.record.mayFollowStop {
            return "a record \"\(scanned.record.name)\" behind the stop record"
        }
        run.nextSequence = scanned.sequence + 1
        switch scanned.record {
        case .run(let header):
            run.header = header
            hasHeader = true
            note(Timestamp.milliseconds(header.startedAt))
        case .planned(let counts): run.planned = counts
        case .session(let session): return apply(session)
        case .call(let call): return apply(call)
        case .attempt(let attempt): return apply(attempt)
        case .answer(let answer):
            if let problem = apply(answer) { return problem }
        case .kindStopped(let stopped):
            if !run.stoppedKinds.contains(where: { $0.kind == stopped.kind }) {
                run.stoppedKinds.append(stopped)
            }
            apply(stopped)
        case .blocked(let blocked):
            for row in blocked.rows {
                settle(row, blocked.outcome.kind)
                endLaneItem(row, blocked.outcome.kind)
            }
        case .reopened(let reopened): apply(reopened)
        case .halt(let halt):
            run.halts.append(.init(number: scanned.sequence, record: halt))
            note(halt.atMilliseconds)
        case .stop(let stop):
            run.apply(stop, number: scanned.sequence)
            note(stop.atMilliseconds)
        case .abandoned(let abandoned):
            run.abandoned = abandoned
            // Written by the clock of a process that is not a session; not used for calculations.
            let last = lastRecordTime
            note(Timestamp.milliseconds(abandoned.at))
            lastRecordTime = last
        }
        return outOfRangeRow.map { "row \($0) of a manifest of \(run.planned?.rows ?? 0) rows" }
    }

    /// What the records come to.
    ///
    /// - Parameter decided: takes the decision on each item of each call that has not ended.
    package func finished(_ decided: (ItemDecision) -> Void = { _ in }) -> RecoveredRun {
        var run = run
        var openCalls: [RecoveredRun.OpenCall] = []
        for number in slotOfCall.keys.sorted() {
            guard let slot = slotOfCall[number] else { continue }
            if let call = openCall(of: traces[slot], decided) { openCalls.append(call) }
        }
        run.openCalls = openCalls.filter { $0.record.step == nil }
        (run.rounds, run.pages) = lanes.finished(openCalls)
        run.lastDoubtfulRoundAtMilliseconds = lanes.lastDoubtfulRoundAtMilliseconds
        let oldest = lastRecordTime - Self.recentWindowMilliseconds
        run.recentAttempts = recent.map(\.attempt)
            .filter { $0.atMilliseconds > oldest || !$0.hasEnded }
            .sorted { $0.atMilliseconds < $1.atMilliseconds }
        return run
    }

    /// The call as it must be sent again, or nil if its open items are planned anew.
    private func openCall(
        of trace: Trace, _ decided: (ItemDecision) -> Void
    ) -> RecoveredRun.OpenCall? {
        let last = trace.outstanding == nil ? trace.last : .unanswered
        let openRows = trace.record.rows.filter { row in
            if trace.doubtTransferredRows.contains(row) { return false }
            let decision = ItemDecision(
                outcome(of: row), last, isRepeatable: trace.record.isRepeatable)
            decided(decision)
            return decision.keepsCall
        }
        guard !openRows.isEmpty else { return nil }
        var open = RecoveredRun.OpenCall(
            record: trace.record, attempts: trace.attempts, retriesSpent: trace.retriesSpent,
            unclearAnswers: trace.unclearAnswers,
            isInDoubt: trace.isInDoubt || trace.outstanding != nil, last: last, openRows: openRows)
        open.sentCount = trace.sentCount
        return open
    }

    // MARK: Records

    private mutating func apply(_ session: SessionRecord) -> String? {
        if let number = session.overriddenHalt, let problem = run.resolveHalt(number) {
            return problem
        }
        run.stop = nil
        run.sessionCount += 1
        stoppedInSession.removeAll()
        run.lastSession = session
        run.longestTimeoutMilliseconds = max(
            run.longestTimeoutMilliseconds, session.timeoutMilliseconds)
        // The command may have waited for a token or a lock since it read the clocks.
        sessionStart = Timestamp.milliseconds(session.at)
        if let clock = session.clock {
            sessionStart = max(clock.wallMilliseconds, sessionStart ?? .min)
            rebase(to: clock)
        } else {
            // Written by an older version; its times do not refer to the previous session's clock.
            run.clock = nil
        }
        note(sessionStart)
        guard session.overriddenHalt != nil else { return nil }
        run.tallies.removeAll()
        run.proofs.removeAll { $0.readBack != .found }
        run.failures = FailureWindow()
        return nil
    }

    private mutating func apply(_ call: CallRecord) -> String? {
        // Numbers need not ascend: halves of a split call may be recorded later.
        guard markSeen(call.call) else { return "call \(call.call) is on record already" }
        run.highestCall = max(run.highestCall, call.call)
        if let ended = lanes.apply(call), let slot = slotOfCall[ended] { forget(ended, slot) }
        var trace = Trace(record: call)
        if let parentCall = call.parentCall, splitsInDoubt.contains(parentCall) {
            trace.isInDoubt = true
            trace.last = .halfInDoubt
            transferDoubt(call.rows, from: parentCall)
        }
        if let slot = freeSlots.popLast() {
            traces[slot] = trace
            slotOfCall[call.call] = slot
        } else {
            slotOfCall[call.call] = traces.count
            traces.append(trace)
        }
        return nil
    }

    private mutating func apply(_ attempt: AttemptRecord) -> String? {
        guard let slot = slotOfCall[attempt.call] else {
            return "an attempt of call \(attempt.call), which is not open"
        }
        if traces[slot].attempts == 0 {
            run.countCall(inMinute: attempt.atMilliseconds / Self.millisecondsPerMinute)
        }
        if traces[slot].sentCount == 0 { run.callCount += 1 }
        traces[slot].sentCount += 1
        // An attempt left by a killed process was never answered.
        if traces[slot].outstanding != nil {
            traces[slot].isInDoubt = true
            // The request may still have been in transit when its process died, and arrive after
            // this record: a second is far longer than any transit.
            noteEnd(ofAttempt: attempt.call, attempt.atMilliseconds + 1_000)
            noteUnansweredRound(of: slot, now: attempt.atMilliseconds)
        }
        traces[slot].attempts = max(traces[slot].attempts, attempt.attempt)
        traces[slot].outstanding = attempt
        run.attemptCount += 1
        note(attempt.atMilliseconds)
        noteAttempt(
            attempt.call, traces[slot].record.kind.operation.service, attempt.atMilliseconds)
        return nil
    }

    private mutating func apply(_ answer: AnswerRecord) -> String? {
        guard let slot = slotOfCall[answer.call] else {
            return "an answer to call \(answer.call), which is not open"
        }
        guard let attempt = traces[slot].outstanding, attempt.attempt == answer.attempt else {
            return "an answer to attempt \(answer.attempt) of call \(answer.call), "
                + "which is not on record"
        }
        note(answer.atMilliseconds)
        traces[slot].outstanding = nil
        noteEnd(
            ofAttempt: answer.call, answer.verdict == .unsent ? nil : answer.atMilliseconds)
        // The outcomes of this answer are not affected by the doubt that it leaves.
        let wasInDoubt = traces[slot].isInDoubt
        if answer.leavesDoubt { traces[slot].isInDoubt = true }
        if answer.pauseMilliseconds > 0 {
            run.apply(
                .init(
                    service: traces[slot].record.kind.operation.service,
                    atMilliseconds: answer.atMilliseconds,
                    milliseconds: Int64(answer.pauseMilliseconds)))
        }
        let rows = traces[slot].record.rows
        lanes.apply(answer, of: traces[slot].record)
        settle(
            answer, asked: attempt.rows ?? rows, traces[slot].record, wasInDoubt: wasInDoubt)
        switch answer.verdict {
        case .settled:
            traces[slot].last = .answeredAgain
        case .again:
            traces[slot].retriesSpent += 1
            traces[slot].last = .answeredAgain
        case .outage:
            traces[slot].last = .answeredAgain
        case .unclear:
            traces[slot].unclearAnswers += 1
            traces[slot].last = .answeredAgain
        case .throttled, .unauthorised:
            traces[slot].last = .refused
        case .unsent:
            // Nothing was sent: undo the attempt, and the call if this was its only attempt.
            run.attemptCount -= 1
            traces[slot].sentCount -= 1
            if traces[slot].sentCount == 0 { run.callCount -= 1 }
            traces[slot].last = .refused
        case .split:
            guard traces[slot].isInDoubt else {
                forget(answer.call, slot)
                return nil
            }
            splitsInDoubt.insert(answer.call)
            traces[slot].last = .halfInDoubt
        case .continued:
            traces[slot].last = .continued
        }
        if case .readBack(let id)? = traces[slot].record.step {
            // The row already has its outcome.
            guard answer.verdict == .settled || answer.verdict == .continued else { return nil }
            noteReading(
                of: traces[slot].record.kind, id,
                answer.verdict == .settled ? .found : .notFound)
            forget(answer.call, slot)
        } else if !rows.contains(where: { isOpen($0, in: traces[slot]) }) {
            forget(answer.call, slot)
        }
        return nil
    }

    private mutating func transferDoubt(_ rows: [UInt32], from call: UInt32) {
        guard let slot = slotOfCall[call] else { return }
        for row in rows { traces[slot].doubtTransferredRows.insert(row) }
        let isOver = !traces[slot].record.rows.contains { isOpen($0, in: traces[slot]) }
        if isOver { forget(call, slot) }
    }

    /// Whether the row is open and the call's own.
    private func isOpen(_ row: UInt32, in trace: Trace) -> Bool {
        isOpen(row) && !trace.doubtTransferredRows.contains(row)
    }

    /// False if the number has been seen before.
    private mutating func markSeen(_ call: UInt32) -> Bool {
        let (word, bit) = (Int(call / 64), UInt64(1) << UInt64(call % 64))
        if word >= callsSeen.count {
            callsSeen.append(contentsOf: repeatElement(0, count: word + 1 - callsSeen.count))
        }
        defer { callsSeen[word] |= bit }
        return callsSeen[word] & bit == 0
    }

    private mutating func forget(_ call: UInt32, _ slot: Int) {
        slotOfCall.removeValue(forKey: call)
        freeSlots.append(slot)
    }

    /// An item ends without an answer: the records of its last call are unaccounted.
    private mutating func endLaneItem(_ row: UInt32, _ outcome: OutcomeKind) {
        guard let call = lanes.end(row, outcome), let slot = slotOfCall[call] else { return }
        let trace = traces[slot]
        if trace.outstanding != nil { noteUnansweredRound(of: slot, now: lastRecordTime) }
        if let step = trace.record.step, trace.isInDoubt || trace.outstanding != nil,
            trace.last != .continued || trace.outstanding != nil
        {
            lanes.giveUp(step, of: row)
        }
        forget(call, slot)
    }

    private mutating func apply(_ reopened: ReopenedRecord) {
        let codes = reopened.outcomes.map { $0.rawValue + 1 }
        for row in lanes.creatorRows {
            guard let outcome = outcome(of: row), reopened.outcomes.contains(outcome) else {
                continue
            }
            lanes.reopen(row)
        }
        for row in run.outcomeOfRow.indices where codes.contains(run.outcomeOfRow[row]) {
            if outcome(of: UInt32(row)) == .unknown { run.rowsInDoubt.insert(UInt32(row)) }
            run.outcomeOfRow[row] = 0
        }
        for outcome in reopened.outcomes { run.counts[outcome] = 0 }
        if reopened.outcomes.contains(.blocked) { run.stoppedKinds.removeAll() }
        if reopened.outcomes.contains(.failed) { run.failures.forgetFailures() }
    }

    // MARK: Outcomes

    private func isOpen(_ row: UInt32) -> Bool {
        Int(row) >= run.outcomeOfRow.count || run.outcomeOfRow[Int(row)] == 0
    }

    private func outcome(of row: UInt32) -> OutcomeKind? {
        let index = Int(row)
        guard index < run.outcomeOfRow.count, run.outcomeOfRow[index] > 0 else { return nil }
        return OutcomeKind(rawValue: run.outcomeOfRow[index] - 1)
    }

    private mutating func settle(_ row: UInt32, _ outcome: OutcomeKind) {
        let index = Int(row)
        if index >= run.outcomeOfRow.count {
            // A row number beyond the manifest would allocate that many bytes.
            if let planned = run.planned, index > planned.rows {
                outOfRangeRow = row
                return
            }
            run.outcomeOfRow.append(
                contentsOf: repeatElement(0, count: index + 1 - run.outcomeOfRow.count))
        }
        if let earlier = self.outcome(of: row) { run.counts[earlier] -= 1 }
        run.outcomeOfRow[index] = outcome.rawValue + 1
        run.counts[outcome] += 1
    }

    private mutating func settle(
        _ answer: AnswerRecord, asked: [UInt32], _ call: CallRecord, wasInDoubt: Bool
    ) {
        run.recordsDeleted += answer.records?.foreign ?? 0
        guard !answer.outcomes.isEmpty else { return }
        let index = tallyIndex(of: call.kind)
        var (answered, failures, successes) = (0, 0, 0)
        for group in answer.outcomes {
            let rows = group.rows ?? asked
            if group.outcome.isRecordDeleted { run.recordsDeleted += rows.count }
            for row in rows {
                settle(row, group.outcome.kind)
                _ = lanes.end(row, group.outcome.kind)
            }
            if group.outcome.kind.isSuccess { noteProof(of: call, by: rows) }
            guard group.outcome.kind.isAnswered else { continue }
            answered += rows.count
            if group.outcome.kind == .failed {
                failures += rows.count
            } else {
                successes += rows.count
            }
            if wasInDoubt || call.step != nil { continue }
            let certain =
                run.rowsInDoubt.isEmpty
                ? rows.count : rows.count { !run.rowsInDoubt.contains($0) }
            run.tallies[index].answered += certain
            if group.outcome.kind == .absent { run.tallies[index].absent += certain }
        }
        if successes > 0 { run.tallies[index].refusingParents.removeAll() }
        if answer.refusesKind { run.tallies[index].noteRefusal(at: call.parent) }
        run.failures.add(
            call.kind, outcomes: answered, failures: failures, successes: successes,
            mayRefuseKind: answer.refusesKind)
        if stoppedInSession.contains(call.kind) { run.failures.kindStopped(call.kind) }
    }

    private mutating func apply(_ stopped: KindStoppedRecord) {
        stoppedInSession.append(stopped.kind)
        run.failures.kindStopped(stopped.kind)
        run.tallies[tallyIndex(of: stopped.kind)].refusingParents.removeAll()
    }

    /// An item of a call was removed or updated.
    private mutating func noteProof(of call: CallRecord, by rows: [UInt32]) {
        guard call.step == nil, !run.proofs.contains(where: { $0.kind == call.kind }),
            let row = rows.first, let place = call.rows.firstIndex(of: row)
        else { return }
        run.proofs.append(
            RecoveredRun.KindProof(kind: call.kind, row: row, related: call.related[place]))
    }

    private mutating func noteReading(
        of kind: RelationKind, _ id: UInt64, _ reading: RecoveredRun.KindProof.ReadBack
    ) {
        for place in run.proofs.indices
        where run.proofs[place].kind == kind && run.proofs[place].related == id {
            run.proofs[place].readBack = reading
        }
    }

    /// A run has a handful of kinds: a search is quicker than a table.
    private mutating func tallyIndex(of kind: RelationKind) -> Int {
        if let index = run.tallies.firstIndex(where: { $0.kind == kind }) { return index }
        run.tallies.append(RecoveredRun.KindTally(kind: kind))
        return run.tallies.count - 1
    }

    // MARK: Times

    private mutating func rebase(to clock: SessionClock) {
        // Pending times are merged into the run before its clock changes.
        if let earlier = run.clock {
            for index in recent.indices {
                recent[index].attempt.atMilliseconds = clock.milliseconds(
                    of: recent[index].attempt.atMilliseconds, by: earlier)
            }
            lanes.rebase { clock.milliseconds(of: $0, by: earlier) }
        }
        run.rebase(to: clock)
    }

    private mutating func note(_ milliseconds: Int64?) {
        guard let milliseconds else { return }
        run.lastRecordAtMilliseconds = milliseconds
        lastRecordTime = milliseconds
    }

    private mutating func noteAttempt(_ call: UInt32, _ service: Service, _ milliseconds: Int64) {
        recent.append(
            (call, .init(service: service, atMilliseconds: milliseconds, hasEnded: false)))
        // Compacted occasionally, so that only about one window of attempts is held.
        guard recent.count >= 4_096, recent.count & (recent.count - 1) == 0 else { return }
        let oldest = milliseconds - Self.recentWindowMilliseconds
        recent.removeAll { $0.attempt.atMilliseconds <= oldest && $0.attempt.hasEnded }
    }

    /// A round of an earlier process without a recorded answer was sent before this session began.
    private mutating func noteUnansweredRound(of slot: Int, now milliseconds: Int64) {
        let began = run.clock == nil ? nil : sessionStart
        lanes.noteUnanswered(traces[slot].record, at: min(began ?? milliseconds, milliseconds))
    }

    /// An attempt reached the service, if at all, between its record and its end; nil: it was never
    /// sent.
    private mutating func noteEnd(ofAttempt call: UInt32, _ milliseconds: Int64?) {
        // Usually among the last entries.
        guard let place = recent.lastIndex(where: { $0.call == call && !$0.attempt.hasEnded })
        else { return }
        if let milliseconds {
            recent[place].attempt.atMilliseconds = milliseconds
            recent[place].attempt.hasEnded = true
        } else {
            recent.remove(at: place)
        }
    }
}
