import Execution
import JobModel
import Journaling
import Simulator
import SystemCalls
import ZohoAPI

// Time advances from event to event.

extension Simulation {
    /// Maximum steps of a process before it counts as hanging.
    static let maximumSteps = 400_000
    /// Maximum time of a process before it counts as hanging. A large job with one item per call
    /// needs minutes for each, at one call per minute with faults.
    private var maximumSessionTime: Duration {
        .seconds(48 * 3_600 + 300 * scenario.items.rowCount)
    }

    /// Runs the process until it ends or dies.
    mutating func runProcess() {
        var steps = 0
        while !isOver, let process {
            if disk.isDead || steps >= process.stepsToLive { return killed() }
            if let end = process.end { return processEnded(end) }
            guard steps < Simulation.maximumSteps,
                now - process.beganAt < maximumSessionTime
            else {
                return fail("RunsEnd", "no end after \(steps) steps, \(now - process.beganAt)")
            }
            steps += 1
            report.stepCount += 1
            if isControlNext(process) {
                now = max(now, max(process.busyUntil, process.asleepUntil))
                runControlTask()
                continue
            }
            guard let (at, event) = queue.next() else {
                return fail("RunsEnd", "nothing will happen any more, and the run has not ended")
            }
            now = max(now, at)
            dispatch(event)
        }
    }

    /// Whether the control queue's next block comes before the next event.
    private mutating func isControlNext(_ process: SimulatedProcess) -> Bool {
        guard !process.control.isEmpty else { return false }
        let free = max(process.busyUntil, process.asleepUntil, now)
        guard let next = queue.nextMoment.map({ max(now, $0) }), next <= free else { return true }
        return next == free && random.once(in: 2)
    }

    mutating func dispatch(_ event: EventQueue.Event) {
        switch event {
        case .arrival(let parcel): arrive(parcel)
        case .replied(let parcel, let reply):
            service.finished(reply)
            guard let end = service.end(reply, scenario, wall: wall) else { return }
            if options.bug == .answersEarly, case .success(let answer) = end {
                return observe(.requestEnded(parcel.sending, .success(SeenAnswer(answer))))
            }
            queue.schedule(
                .process(.connectionEnded(parcel.id, end), number: parcel.process), at: now)
        case .exchangeArrival(let request, let exchange):
            let reply = service.reply(to: request, token: "", at: now)
            let end = now + .nanoseconds(max(1, reply.delayNanoseconds))
            if reply.delivery != .never {
                queue.schedule(.exchangeReplied(reply, exchange: exchange), at: end)
            }
        case .exchangeReplied(let reply, let exchange):
            if case .success(let answer) = service.end(reply, scenario, wall: wall) {
                exchangeEnded(answer, exchange)
            } else {
                exchangeEnded(nil, exchange)
            }
        case .exchangeTimeout(let exchange): exchangeEnded(nil, exchange)
        case .othersWantToken: othersWantToken()
        case .process(let event, let number):
            guard let process, process.number == number else { return }
            if now < process.asleepUntil {
                // Suspended: events are delayed and reordered.
                queue.schedule(.process(event, number: number), at: process.asleepUntil)
            } else {
                dispatch(event)
            }
        }
    }

    private mutating func dispatch(_ event: EventQueue.ProcessEvent) {
        switch event {
        case .connectionEnded(let attempt, let end):
            // Sockets belong to the control queue.
            process?.control.append(.connectionEnded(attempt, end))
        case .writerRuns: writeNextBatch()
        case .synchronised: synchronise()
        case .timer(let version):
            if process?.timerVersion == version { process?.control.append(.timerHandler) }
        case .bodyMade(let attempt, let request, let generation, let count, let isReadable):
            guard isReadable else {
                post(.journalFailed("the snapshot can't be read"))
                return post(
                    .attemptEnded(attempt, .failure(TransportFailure(.notSent, "no body"))))
            }
            process?.control.append(
                .send(attempt, request, generation: generation, cancellations: count))
        case .tokenWaited: stepTokens()
        case .renewalDue: renewAhead()
        case .signal:
            if options.bug != .losesSignals { post(.drainRequested) } else { observe(.signalled) }
        case .secondSignal:
            note("a second signal")
            report.probes.add("second signal")
            process?.stepsToLive = 0
        case .sleeps(let length):
            note("the machine sleeps for \(length)")
            // The run's clock counts it, as `RunClock` does.
            process?.asleepUntil = now + length
        }
    }

    private mutating func arrive(_ parcel: EventQueue.Parcel) {
        let reply = service.reply(to: parcel.request, token: parcel.token, at: now)
        observe(.requestArrived(parcel.sending, status: reply.status))
        var delay = Duration.nanoseconds(max(1, reply.delayNanoseconds))
        // Milliseconds, so that several things happen in one instant.
        delay = .milliseconds(delay.millisecondsRoundedUp)
        if reply.delivery == .never { delay = scenario.limits.timeout }
        queue.schedule(.replied(parcel, reply), at: now + delay)
        if options.bug == .answersEarly,
            case .success(let answer) = service.end(reply, scenario, wall: wall)
        {
            queue.schedule(
                .process(.connectionEnded(parcel.id, .success(answer)), number: parcel.process),
                at: now)
        }
        if options.bug == .resendsAfterSuccess, reply.status == 200, random.once(in: 10) {
            queue.schedule(.arrival(parcel), at: now + .milliseconds(5))
        }
    }
}
