import Execution
import JobModel
import ZohoAPI

// The control queue of `Runner`: one serial queue, on which everything that concerns the engine is
// a block of its own. Facts are posted to its end, also those that an action causes, and are
// handled when their turn comes: never in the middle of an action list. The queue may be busy, and
// what happens meanwhile waits.

extension Simulation {
    /// Queues an event for the engine.
    mutating func post(_ event: EngineEvent) {
        guard process?.end == nil else { return }
        process?.control.append(.event(event))
    }

    /// Runs the block at the head of the control queue.
    mutating func runControlTask() {
        guard let task = process?.control.first else { return }
        process?.control.removeFirst()
        switch task {
        case .event(let event): handle(event)
        case .connectionEnded(let attempt, let end): connectionEnded(attempt, end)
        case .timerHandler: post(.timerFired)
        case .send(let attempt, let request, let generation, let cancellations):
            guard process?.cancellations == cancellations, let now = process?.time(now) else {
                break
            }
            guard process?.engine.maySend(attempt, at: now) == true else {
                post(.attemptWithdrawn(attempt))
                break
            }
            send(attempt, request, generation)
        }
        let busy = drawBusyTime()
        process?.busyUntil = now + busy
    }

    /// Passes an event to the engine and performs its actions in order.
    private mutating func handle(_ event: EngineEvent) {
        guard !isOver, !disk.isDead, let before = process, before.end == nil else { return }
        let sending = heard(event)
        let altered = altered(event, sending)
        guard !isOver, let actions = process?.engine.handle(altered, at: before.time(now)) else {
            return
        }
        perform(perturbed(actions))
        if let progress = process?.engine.progress { observe(.counted(SeenCounts(progress))) }
    }

    /// The transport has finished an attempt: queues the result.
    private mutating func connectionEnded(
        _ attempt: AttemptID, _ end: Result<HTTPAnswer, TransportFailure>
    ) {
        guard let flight = process?.flights.removeValue(forKey: attempt) else { return }
        process?.landed[attempt] = flight
        post(.attemptEnded(attempt, end))
    }

    /// Records what the engine is about to receive.
    ///
    /// - Returns: The affected request.
    private mutating func heard(_ event: EngineEvent) -> Sending? {
        switch event {
        case .attemptEnded(let attempt, .success(let answer)):
            guard let flight = process?.landed.removeValue(forKey: attempt) else { return nil }
            if (200..<300).contains(answer.status) || [400, 403].contains(answer.status) {
                tokens.accepted(generation: flight.generation, at: now)
            }
            if options.bug != .answersEarly {
                observe(.requestEnded(flight.sending, .success(SeenAnswer(answer))))
            }
            return flight.sending
        case .attemptEnded(let attempt, .failure(let failure)):
            guard let flight = process?.landed.removeValue(forKey: attempt) else { return nil }
            observe(.requestEnded(flight.sending, .failure(failure)))
            return flight.sending
        case .drainRequested:
            observe(.signalled)
            return nil
        case .journalFailed:
            observe(.diskFailed)
            return nil
        default: return nil
        }
    }

    /// For how long the control queue is busy after a block: mostly not at all.
    private mutating func drawBusyTime() -> Duration {
        if scenario.has(.stalls), random.once(in: 60) {
            return random.milliseconds(0...random.pick([50, 3_000, 90_000]))
        }
        return random.once(in: 8) ? random.milliseconds(0...3) : .zero
    }
}

extension SeenCounts {
    init(_ progress: RunProgress) {
        items = OutcomeKind.allCases.map { progress.counts[$0] }
        creatorDeleted = progress.creator.deleted
        creatorFailed = progress.creator.failed
        pending = progress.counts.pending
    }
}
