import JobModel
import Journaling
import ZohoAPI

// Why and how a run ends. Every wait has an end: bounds are checked at each event, and the timer is
// armed for the next of them.

extension RunEngine {
    // MARK: Bounds

    /// Where several reasons hold, the one of the highest rank is the run's.
    private static func rank(_ reason: StopReason) -> Int {
        switch reason {
        case .journal: 5
        case .recordDeleted, .failureBudget, .maximumAbsent: 4
        case .credentials: 3
        case .unreachable: 2
        case .signal, .until, .outOfCalls, .maximumCalls, .throttledTokens, .credits: 1
        case .completed: 0
        }
    }

    /// Begins to drain, or replaces the reason of a drain by a more severe one.
    mutating func beginStop(_ reason: StopReason, _ text: String, at now: Moment) {
        switch phase {
        case .running:
            phase = .draining(reason, deadline: now + setup.limits.timeout)
            stopText = text
            withdrawJournalled(at: now)
            let inFlight = services.reduce(0) { $0 + $1.inFlight }
            let notice = RunNotice.draining(reason, inFlight: inFlight)
            if reason.state == .halted {
                haltNotice = (nextSequence - 1, notice)
            } else {
                actions.append(.announce(notice))
            }
        case .draining(let current, let deadline):
            guard RunEngine.rank(reason) > RunEngine.rank(current) else { return }
            phase = .draining(reason, deadline: deadline)
            stopText = text
        case .idle, .failing, .closing, .ended: return
        }
    }

    /// Halts the run: it cannot be resumed until this halt is overridden.
    ///
    /// Called before the record of the answer that led to it, so that no journal has the answer
    /// without the halt. A reason is recorded once. After a failure of the journal the record is
    /// reported on the terminal.
    mutating func halt(_ reason: StopReason, _ text: String, at now: Moment) {
        guard handlesAnswers, !halts.contains(where: { $0.record.reason == reason }) else { return }
        let record = HaltRecord(
            reason: reason, text: text, atMilliseconds: wallMilliseconds(at: now))
        if let number = append(.halt(record)) {
            halts.append(RecoveredRun.Halt(number: number, record: record))
            // Kept until it is durable; if the journal fails first, it is printed.
            commits.append(Commit(sequence: number, record: .halt(record), counts: []))
        } else {
            halts.append(RecoveredRun.Halt(number: .max, record: record))  // never durable
            stopText += RunEngine.lostHalt(text)
        }
        if case .draining(let earlier, _) = phase,
            RunEngine.rank(earlier) >= RunEngine.rank(reason)
        {
            stopText += "; " + text
        } else {
            beginStop(reason, text, at: now)
        }
    }

    /// Only this process knows of a halt that did not reach the disk, so it must be reported.
    private static func lostHalt(_ text: String) -> String {
        "; the run was to be halted, but the journal does not contain the halt: review it "
            + "before you start the run again: \(text)"
    }

    /// Before anything is sent, checks the state left by an earlier process: recorded halts, and
    /// the budgets against this start's limits.
    mutating func checkRecovered(at now: Moment) {
        if let halt = setup.recovered.halt {
            return beginStop(halt.record.reason, halt.record.text, at: now)
        }
        for kind in kinds.indices { checkBudgets(kind: kind, at: now) }
    }

    /// Whether new attempts may be sent; otherwise nothing is split or started.
    var isSending: Bool { phase == .running }

    /// Whether the record of the halt is durable.
    func isDurable(_ halt: RecoveredRun.Halt) -> Bool {
        halt.number <= durableSequence || halt.number < setup.recovered.nextSequence
    }

    /// Whether the journal has failed: nothing can be recorded any more.
    var hasJournalFailed: Bool {
        if case .failing = phase { true } else { false }
    }

    /// Whether answers are processed: not before the start and not after the stop record.
    var handlesAnswers: Bool {
        switch phase {
        case .running, .draining, .failing: true
        case .idle, .closing, .ended: false
        }
    }

    /// Whether `--max-calls` is reached: no new call may be started.
    var isCallBudgetSpent: Bool {
        setup.limits.maximumCalls.map { callsInLast24Hours >= $0 } ?? false
    }

    /// Ends the run when calls are left that `--max-calls` keeps from starting, and everything else
    /// has ended.
    mutating func stopIfCallBudgetIsSpent(at now: Moment) {
        guard isCallBudgetSpent, delayed.isEmpty, services.allSatisfy({ $0.inFlight == 0 }),
            ready.allSatisfy({ waitsForCallBudget($0) }),
            !ready.isEmpty || kinds.contains(where: { !$0.remaining.isEmpty })
        else { return }
        let maximum = setup.limits.maximumCalls ?? 0
        beginStop(
            .maximumCalls, "\(callsInLast24Hours) calls in 24 hours; --max-calls is \(maximum)",
            at: now)
    }

    /// Whether a ready call cannot be sent at any later time: it is new, or waits for a new call
    /// that is sent alone.
    private func waitsForCallBudget(_ number: UInt32) -> Bool {
        guard let call = calls[number] else {
            preconditionFailure("ready call \(number) is not live")
        }
        if call.attempts == 0 { return true }
        guard kinds[call.kind].goesAlone, let probe = kinds[call.kind].probe, probe != number
        else { return false }
        return calls[probe]?.attempts == 0
    }

    /// Whether the run still needs a service; faults of other services do not end it.
    func hasWork(for service: Service) -> Bool {
        liveCalls.contains { calls[$0].map { kinds[$0.kind].service == service } ?? false }
            || kinds.contains { $0.service == service && !$0.remaining.isEmpty }
    }

    /// Ends the run when a wait exceeds its bound.
    mutating func checkBounds(at now: Moment) {
        let limits = setup.limits
        if let startDeadline = limits.startDeadline, now > startDeadline {
            beginStop(.until, "the time window has closed (--until)", at: now)
            return
        }
        for service in services where hasWork(for: service.service) {
            if let since = service.throttledSince, service.concurrency == 1,
                now - since >= limits.outOfCallsAfter
            {
                beginStop(
                    .outOfCalls,
                    "nothing but \"too many requests\" for "
                        + "\(DurationText.exact(limits.outOfCallsAfter)) with one call at a time: "
                        + "the day's credits seem to be used up", at: now)
            } else if let since = service.failingSince, now - since >= limits.giveUp {
                beginStop(.unreachable, unreachableText(service), at: now)
            } else if let since = service.noSuccessSince, now - since >= noSuccessLimit {
                beginStop(.unreachable, unreachableText(service), at: now)
            }
        }
    }

    /// Ends the run if the next call could start only after the window. Called when all calls that
    /// may start now have started.
    mutating func stopIfWindowClosesFirst(at now: Moment) {
        guard let startDeadline = setup.limits.startDeadline,
            services.allSatisfy({ $0.inFlight == 0 }), let next = nextStart(after: now),
            next > startDeadline
        else { return }
        beginStop(
            .until, "the next call could only start after the time window has closed", at: now)
    }

    var noSuccessLimit: Duration {
        max(setup.limits.outOfCallsAfter, setup.limits.giveUp) + setup.limits.giveUp
    }

    private func unreachableText(_ service: ServiceState) -> String {
        let fault =
            service.lastFailure.isEmpty ? "" : "; the last fault: \(service.lastFailure)"
        return "no usable answer from \(service.service.rawValue) for "
            + "\(DurationText.exact(setup.limits.giveUp)) (--give-up)\(fault)"
    }

    mutating func checkCredits(_ answer: HTTPAnswer, at now: Moment) {
        guard let left = answer.creditsRemaining, left <= setup.limits.creditReserve else { return }
        beginStop(
            .credits,
            "\(left) API credits are left today; \(setup.limits.creditReserve) are kept for others",
            at: now)
    }

    mutating func checkBudgets(kind index: Int, at now: Moment) {
        let tally = kinds[index].tally
        if tally.answered >= setup.limits.absentMinimum,
            Double(tally.absent) * 100 > Double(tally.answered)
                * setup.limits.maximumAbsentPercent
        {
            halt(
                .maximumAbsent,
                "\(tally.absent) of \(tally.answered) items of \(tally.kind) were absent "
                    + "already: are the columns swapped, or is it another organisation? "
                    + "(--max-absent)",
                at: now)
        }
        switch setup.limits.failureBudget {
        case .count(let maximum):
            guard failures.failed > maximum else { return }
            halt(
                .failureBudget,
                "\(failures.failed) items failed; --max-failures is \(maximum)", at: now)
        case .percent(let percent, let minimum):
            guard failures.recentOutcomes >= minimum,
                Double(failures.recentFailures) * 100 > Double(failures.recentOutcomes) * percent
            else { return }
            halt(
                .failureBudget,
                "\(failures.recentFailures) of the last \(failures.recentOutcomes) items failed "
                    + "(--max-failures)",
                at: now)
        }
    }

    // MARK: Kinds

    /// Stops a kind whose later calls would be refused as well: its open items are blocked.
    mutating func stopKind(_ index: Int, _ message: ServiceMessage, at now: Moment) {
        guard !kinds[index].isStopped else { return }
        withdrawJournalled(ofKind: index, at: now)
        kinds[index].isStopped = true
        let kind = kinds[index].kind
        append(
            .kindStopped(
                KindStoppedRecord(
                    kind: kind, status: message.status, code: message.code, message: message.text)))
        let before = openItems
        let rows =
            kinds[index].hasLanes
            ? removeWaitingRows(ofKind: index) : removePlannedRows(ofKind: index)
        // In lanes, the rounds count what an attempt may have done.
        let doubtful = kinds[index].hasLanes ? [] : setup.recovered.rowsInDoubt
        endUnsent(
            kind, inDoubt: rows.filter { doubtful.contains($0) },
            others: rows.filter { !doubtful.contains($0) }, message)
        for number in liveCalls where calls[number]?.kind == index {
            switch calls[number]?.phase {
            case .ready, .delayed: endWithoutSending(number, message)
            case .inFlight: continue
            case .journalling, nil:
                preconditionFailure("call \(number) is still journalled after its kind stopped")
            }
        }
        actions.append(.announce(.kindStopped(kind, message, blocked: before - openItems)))
    }

    /// Removes and returns the rows of planned calls that have not been started.
    private mutating func removePlannedRows(ofKind index: Int) -> [UInt32] {
        let remaining = kinds[index].remaining
        let plan = setup.plan
        let start = Int(plan.callStarts[remaining.lowerBound]) + kinds[index].itemsStarted
        kinds[index].remaining = remaining.upperBound..<remaining.upperBound
        return Array(plan.rows[start..<Int(plan.callStarts[remaining.upperBound])])
    }

    /// Ends a waiting call of a stopped kind: items are blocked, or unknown if an attempt may have
    /// changed them.
    mutating func endWithoutSending(_ number: UInt32, _ message: ServiceMessage? = nil) {
        guard let call = calls[number] else {
            preconditionFailure("call \(number) was ended and is not live")
        }
        ready.removeAll { $0 == number }
        delayed.remove(number)
        guard !call.isReadBack else { return remove(number) }
        let unaccounted = call.isInDoubt ? call.laneCall?.step.maximumUnaccounted ?? 0 : 0
        endUnsent(
            kinds[call.kind].kind,
            inDoubt: call.items.filter { isInDoubt($0, of: call) }.map(\.row),
            others: call.items.filter { !isInDoubt($0, of: call) }.map(\.row), message,
            CreatorTally(unaccounted: unaccounted))
        remove(number)
        // The lane's other items are already blocked.
        if let lane = call.laneCall?.lane { laneWork[lane] = nil }
    }

    /// Ends items of a stopped kind: unknown where an attempt may have acted, else blocked.
    private mutating func endUnsent(
        _ kind: RelationKind, inDoubt: [UInt32], others: [UInt32], _ message: ServiceMessage?,
        _ creator: CreatorTally = CreatorTally()
    ) {
        for (rows, outcomeKind) in [(inDoubt, OutcomeKind.unknown), (others, .blocked)] {
            let outcome = Outcome(
                kind: outcomeKind, status: message?.status ?? 0, code: message?.code ?? "",
                message: message?.text ?? "")
            for start in stride(from: 0, to: rows.count, by: BlockedRecord.maximumRowCount) {
                let end = min(start + BlockedRecord.maximumRowCount, rows.count)
                block(kind, outcome, Array(rows[start..<end]), creator)
            }
        }
    }

    /// Ends items without an answer.
    mutating func block(
        _ kind: RelationKind, _ outcome: Outcome, _ rows: [UInt32],
        _ creator: CreatorTally = CreatorTally()
    ) {
        let record = JournalRecord.blocked(BlockedRecord(kind: kind, outcome: outcome, rows: rows))
        guard let sequence = append(record) else { return }
        openItems -= rows.count
        precondition(openItems >= 0, "a row of \(kind) got a second outcome")
        commits.append(
            Commit(
                sequence: sequence, record: record, counts: [(outcome.kind, rows.count)],
                creator: creator))
    }

    // MARK: Tokens and the journal

    mutating func tokenUnavailable(_ problem: TokenProblem, at now: Moment) {
        switch problem {
        case .refused(let text): beginStop(.credentials, text, at: now)
        case .throttled(let text): beginStop(.throttledTokens, text, at: now)
        case .unreachable(let text): beginStop(.unreachable, text, at: now)
        case .cacheFailed(let text): beginStop(.journal, text, at: now)
        }
    }

    mutating func journalFailed(_ text: String, at now: Moment) {
        switch phase {
        case .idle, .running, .draining, .closing:
            for commit in commits { unrecorded.append(commit.record) }
            commits.removeAll()
            // Behind a stop record nothing is awaited any more.
            let isClosing = if case .closing = phase { true } else { false }
            phase = .failing(deadline: isClosing ? now : now + setup.limits.timeout)
            stopText = text
            for halt in halts where !isDurable(halt) {
                stopText += RunEngine.lostHalt(halt.record.text)
            }
            if let halt = haltNotice { actions.append(.announce(halt.notice)) }
            haltNotice = nil
            // Requests that have not been sent will not be sent.
            for (_, number) in journalling {
                guard let call = calls[number] else { continue }
                services[serviceIndex(kinds[call.kind].service)].withdraw()
                calls[number]?.phase = .ready
            }
            journalling.removeAll()
        case .failing, .ended: return
        }
    }
}
