import Execution
import JobModel
import Journaling
import SandboxAPI
import SystemCalls
import ZohoAPI

// Time passes from event to event.

extension Simulation {
    /// Steps of a process after which it counts as one that never ends; and the time it may take.
    static let maximumSteps = 40_000
    static let maximumSessionTime = Duration.seconds(48 * 3_600)

    /// True when the run needs nobody to take it up.
    mutating func runProcess() -> Bool {
        var steps = 0
        while report.broken == nil, let process {
            if disk.isDead || steps >= process.stepsToLive { return crashed() }
            if let end = process.end { return sessionEnded(end) }
            guard steps < Simulation.maximumSteps,
                now - process.clockZero < Simulation.maximumSessionTime
            else {
                breaks("RunsEnd", "no end after \(steps) steps, \(now - process.clockZero)")
                return true
            }
            guard let (at, event) = queue.next() else {
                breaks("RunsEnd", "nothing will happen any more, and the run has not ended")
                return true
            }
            now = max(now, at)
            steps += 1
            report.stepCount += 1
            take(event)
        }
        return true
    }

    private mutating func sessionEnded(_ end: RunEnd) -> Bool {
        abandonExchange()
        report.stopReasons.insert(end.reason)
        tell(.sessionEnded(end, journal: journal().run))
        // Another start finds out for itself that a run has finished or was halted.
        return false
    }

    private func isAlive(_ session: Int) -> Bool { process?.number == session }

    mutating func take(_ event: EventQueue.Event) {
        switch event {
        case .arrival(let parcel): arrive(parcel)
        case .replied(let parcel, let reply):
            service.finished(reply)
            guard let end = SimulatedService.end(reply) else { return }
            land(parcel.attempt, end, session: parcel.session)
        case .timeout(let attempt, let session):
            land(attempt, .failed(TransportFailure(.timedOut, "timed out")), session: session)
        case .lost(let attempt, let kind, let session):
            land(attempt, .failed(TransportFailure(kind, "simulated")), session: session)
        case .synchronised(let session): if isAlive(session) { synchronise() }
        case .timer(let version, let session):
            if isAlive(session), process?.timerVersion == version { handle(.timerFired) }
        case .signal(let session): if isAlive(session) { handle(.drainRequested) }
        case .tokenWaited(let session): if isAlive(session) { stepTokens() }
        case .exchangeArrival(let request, let exchange):
            let reply = service.reply(to: request, token: "", at: now)
            let end = now + .nanoseconds(max(1, reply.delayNanoseconds))
            if reply.delivery != .never {
                queue.schedule(.exchangeReplied(reply, exchange: exchange), at: end)
            }
        case .exchangeReplied(let reply, let exchange):
            if case .answered(let answer) = SimulatedService.end(reply) {
                exchangeEnded(answer, exchange)
            } else {
                exchangeEnded(nil, exchange)
            }
        case .exchangeTimeout(let exchange): exchangeEnded(nil, exchange)
        }
    }

    private mutating func arrive(_ parcel: EventQueue.Parcel) {
        let reply = service.reply(to: parcel.request, token: parcel.token, at: now)
        tell(
            .requestArrived(
                parcel.attempt, parcel.request, session: parcel.session, status: reply.status))
        var delay = Duration.nanoseconds(max(1, reply.delayNanoseconds))
        if reply.delivery == .never { delay = scenario.limits.timeout }
        queue.schedule(.replied(parcel, reply), at: now + delay)
        if options.canary == .resendsAfterSuccess, reply.status == 200, random.once(in: 10) {
            queue.schedule(.arrival(parcel), at: now + .milliseconds(5))
        }
    }

    /// An attempt has ended, if it has not before.
    private mutating func land(_ attempt: AttemptID, _ end: AttemptEnd, session: Int) {
        guard isAlive(session), let flight = process?.flights.removeValue(forKey: attempt) else {
            return
        }
        tell(.attemptEnded(attempt, end))
        switch end {
        case .answered(let answer):
            if (200..<300).contains(answer.status) || [400, 403].contains(answer.status) {
                tokens.accepted(generation: flight.generation, at: now)
            }
            handle(.answerReceived(attempt, answer))
        case .failed(let failure): handle(.attemptFailed(attempt, failure))
        }
    }

    // MARK: The disk

    /// Writes what waits; the synchronisation returns later.
    mutating func writeNextBatch() {
        guard let batch = process?.commit.nextBatch() else { return }
        var bytes: [UInt8] = []
        batch.append(to: &bytes, RecordCodec())
        do throws(SystemError) {
            try disk.write(bytes, at: batch.offset)
        } catch {
            return journalFailed(error)
        }
        process?.batch = (batch, bytes.count)
        queue.schedule(
            .synchronised(session: report.sessionCount), at: now + synchronisationTime())
        if options.canary == .countsEarly { handle(.recordsDurable(through: batch.through)) }
    }

    private mutating func synchronisationTime() -> Duration {
        guard scenario.has(.slowDisk), random.once(in: 8) else {
            return random.milliseconds(0...40)
        }
        return random.milliseconds(0...random.pick([400, 3_000, 90_000]))
    }

    private mutating func synchronise() {
        guard let (batch, byteCount) = process?.batch else { return }
        process?.batch = nil
        do throws(SystemError) {
            try disk.synchroniseData()
        } catch {
            return journalFailed(error)
        }
        process?.commit.committed(batch, byteCount: byteCount)
        tell(.recordsSynchronised(through: batch.through))
        handle(.recordsDurable(through: batch.through))
        writeNextBatch()
    }

    private mutating func journalFailed(_ error: SystemError) {
        if disk.isDead { return }
        process?.commit.fail()
        note("the journal fails: \(error)")
        handle(.journalFailed(error.description))
    }
}
