import JobModel
import Journaling
import ZohoAPI

// How a session ends, and when the engine must be woken.
extension RunEngine {
    // MARK: The end

    /// Completes the run when no call is live and none is left to start.
    mutating func stopIfNothingIsLeft(at now: Moment) {
        guard phase == .running, liveCalls.isEmpty, kinds.allSatisfy({ $0.remaining.isEmpty })
        else {
            return
        }
        precondition(openItems == 0, "\(openItems) items are open after the last call")
        close(.completed, at: now)
    }

    /// Writes the stop record when all attempts have ended or the drain's deadline has passed.
    mutating func closeIfDrained(at now: Moment) {
        let isQuiet = services.allSatisfy { $0.inFlight == 0 }
        switch phase {
        case .draining(_, let deadline):
            guard isQuiet || now >= deadline else { return }
            if !isQuiet { giveUpInFlight(at: now) }
            // Cancelled attempts may have halted the run.
            guard case .draining(let reason, _) = phase else { return }
            // A run with a recorded halt is halted, regardless of why the drain began. A run with a
            // record still to be read back is not complete.
            let isComplete = openItems == 0 && liveCalls.isEmpty && halts.isEmpty
            close(isComplete ? .completed : reason, at: now)
        case .failing(let deadline):
            guard isQuiet || now >= deadline else { return }
            if !isQuiet { giveUpInFlight(at: now) }
            end(
                RunEnding(
                    state: .paused, reason: .journal, text: stopText, exit: .journal,
                    halt: halts.last { isDurable($0) }?.number, progress: progress,
                    unrecorded: unrecorded))
        case .closing(let runEnd, let sequence):
            guard durableSequence >= sequence else { return }
            var runEnd = runEnd
            let inDoubt = progress.inDoubt
            refreshCounts()
            runEnd.progress = progress
            runEnd.progress.inDoubt = inDoubt
            end(runEnd)
        case .idle, .running, .ended: return
        }
    }

    private mutating func giveUpInFlight(at now: Moment) {
        actions.append(.cancelAttempts)
        let inFlight = liveCalls.filter {
            if case .inFlight = calls[$0]?.phase { true } else { false }
        }
        progress.inDoubt = inFlight.count
        for number in inFlight {
            guard let call = calls[number], !call.isRepeatable else { continue }
            let message = "the run ended before an answer came"
            let service = serviceIndex(kinds[call.kind].service)
            roundLost(
                call, ServiceMessage(status: 0, code: "unanswered", text: message),
                isServiceWell: services[service].isHealthy, at: now)
        }
    }

    private mutating func refreshCounts() {
        progress.counts.pending = setup.itemCount - progress.counts.final
        progress.inFlight = 0
    }

    private mutating func close(_ reason: StopReason, at now: Moment) {
        let exit = exitStatus(reason)
        let text = reason == .completed ? finishedText : stopText
        let state = halts.isEmpty ? reason.state : .halted
        let sequence = append(
            .stop(
                StopRecord(
                    state: state, reason: reason, text: text, exit: exit.rawValue,
                    atMilliseconds: wallMilliseconds(at: now))))
        guard let sequence else {
            preconditionFailure("the stop record was refused: the journal had failed")
        }
        phase = .closing(
            RunEnding(
                state: state, reason: reason, text: text, exit: exit,
                halt: halts.last?.number, progress: progress),
            sequence: sequence)
    }

    private mutating func end(_ runEnd: RunEnding) {
        phase = .ended
        timer = nil
        actions.append(.setTimer(nil))
        actions.append(.finish(runEnd))
    }

    /// The exit status for a stop reason; for a complete run it depends on the outcomes, including
    /// those not durable yet.
    private func exitStatus(_ reason: StopReason) -> ExitStatus {
        switch reason {
        case .journal: return .journal
        case .recordDeleted, .failureBudget, .maximumAbsent: return .halted
        case .credentials: return .credentials
        case .unreachable: return .unreachable
        case .signal, .until, .outOfCalls, .maximumCalls, .throttledTokens, .credits: return .paused
        case .completed: break
        }
        let (counts, creator) = settled
        let recordsDeleted = commits.reduce(progress.recordsDeleted) { $0 + $1.recordsDeleted }
        let isWhole =
            recordsDeleted == 0 && counts[.failed] + counts[.blocked] + counts[.unknown] == 0
            && setup.skippedRows == 0
            && creator.failed + creator.unaccounted == 0
        if isWhole { return .done }
        let done =
            counts.final - counts[.failed] - counts[.blocked] - counts[.unknown] + creator.deleted
        let isRefused = !kinds.isEmpty && kinds.allSatisfy(\.isStopped)
        let mayBeDone = counts[.unknown] > 0 || creator.unaccounted > 0
        return isRefused && done == 0 && !mayBeDone ? .credentials : .finishedWithFailures
    }

    // MARK: The timer

    /// The next moment at which a call may start by time alone; nil if an answer or a token is
    /// needed first.
    func nextStart(after now: Moment) -> Moment? {
        guard !isAwaitingToken else { return nil }
        var next = delayed.firstDue
        for service in services {
            let isWanted =
                ready.contains {
                    calls[$0].map { kinds[$0.kind].service == service.service } ?? false
                }
                || kinds.contains { $0.service == service.service && !$0.remaining.isEmpty }
            guard isWanted, let chance = service.nextAvailable(after: now) else { continue }
            next = min(next ?? chance, chance)
        }
        return next
    }

    func nextWake(after now: Moment) -> Moment? {
        switch phase {
        case .idle, .closing, .ended: return nil
        case .draining(_, let deadline), .failing(let deadline): return deadline
        case .running: break
        }
        var next = nextStart(after: now)
        func consider(_ moment: Moment) {
            next = min(next ?? moment, moment)
        }
        if let startDeadline = setup.limits.startDeadline {
            consider(startDeadline + .nanoseconds(1))
        }
        for service in services where hasWork(for: service.service) {
            if let since = service.throttledSince, service.concurrency == 1 {
                consider(since + setup.limits.outOfCallsAfter)
            }
            if let since = service.failingSince { consider(since + setup.limits.giveUp) }
            if let since = service.noSuccessSince { consider(since + noSuccessLimit) }
        }
        return next
    }
}
