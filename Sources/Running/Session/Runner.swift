import Dispatch
package import Execution
package import JobModel
package import Journaling
import Synchronization
package import ZohoAPI

/// Where records go: the journal writer, or a test's memory.
package protocol RecordSink: Sendable {
    /// Hands over records that follow each other, from the number `firstSequence` on; returns at
    /// once. What became of them is told through the callback that the sink was made with:
    /// `recordsDurable` or `journalFailed`.
    func append(_ records: [JournalRecord], firstSequence: UInt64)
}

/// Runs the engine under Dispatch: the only place where actions are performed.
///
/// One serial control queue owns the engine, the timer and the transport. It never blocks and never
/// polls: everything that takes time (disk, network, token exchange, a slow terminal) happens
/// elsewhere and comes back as an event through `post`, the only entry point.
package final class Runner: Sendable {
    /// The dependencies of a runner.
    package struct Environment: Sendable {
        package var transport: TransportFactory
        package var tokens: any AccessTokens
        /// Where records go. Its parameter receives the events that report the result.
        package var journal:
            @Sendable (_ post: @escaping @Sendable (EngineEvent) -> Void) ->
                any RecordSink
        /// Monotonic; `EngineSetup.wallMillisecondsAtZero` belongs to its zero.
        package var now: @Sendable () -> Moment
        /// A notice for the user; called in order on its own queue.
        package var notice: @Sendable (RunNotice) -> Void
        /// Makes the body of a request that has `bodyItems`; it may wait for the disk, and is
        /// called on a queue of its own.
        package var body: @Sendable (APIRequest) throws(RunningError) -> [UInt8]

        package init(
            transport: @escaping TransportFactory, tokens: any AccessTokens,
            journal:
                @escaping @Sendable (@escaping @Sendable (EngineEvent) -> Void) -> any RecordSink,
            now: @escaping @Sendable () -> Moment,
            notice: @escaping @Sendable (RunNotice) -> Void,
            body: @escaping @Sendable (APIRequest) throws(RunningError) -> [UInt8] = { request in
                preconditionFailure(
                    "a \(request.method) request needs a body, and none can be made")
            }
        ) {
            self.transport = transport
            self.tokens = tokens
            self.journal = journal
            self.now = now
            self.notice = notice
            self.body = body
        }
    }

    /// State confined to the control queue.
    private struct Control {
        var engine: RunEngine
        /// nil before the start, and after the end.
        var connections: Connections?
        var hasEnded = false
        /// With which token each attempt in flight was sent.
        var generations: [AttemptID: Int] = [:]
    }

    private struct Connections {
        let transport: any Transport
        let journal: any RecordSink
        let timer: any DispatchSourceTimer
    }

    private let environment: Environment
    private let limits: RunLimits
    private let board: ProgressSnapshot
    private let control: Confined<Control>
    /// Notices have their own queue: a blocked terminal must not block the control plane.
    private let notices = DispatchQueue(label: "relsweep.notices")
    /// Bodies of updates are made on their own queue: the disk must not block the control plane.
    private let bodies = DispatchQueue(label: "relsweep.bodies")
    /// How often everything in flight was cancelled: attempts that were waiting for their body then
    /// are never sent.
    private let cancellations = Atomic(0)
    private let finished: @Sendable (RunEnding) -> Void

    /// - Parameters:
    ///   - setup: What the engine starts from.
    ///   - board: Where the numbers of the run are published.
    ///   - finished: Called once, after every notice, on a queue of the runner's.
    package init(
        _ setup: EngineSetup, environment: Environment, board: ProgressSnapshot,
        finished: @escaping @Sendable (RunEnding) -> Void
    ) {
        self.environment = environment
        self.board = board
        self.finished = finished
        limits = setup.limits
        control = Confined(Control(engine: RunEngine(setup)), label: "relsweep.control")
    }

    /// Starts the run: makes the transport and starts the engine.
    ///
    /// - Throws: What the transport throws; nothing has been sent then.
    package func start() throws {
        // The transport is made where it lives. Nothing runs on the queue yet, so this does not
        // wait.
        let transport = try control.queue.sync {
            try environment.transport(control.queue, limits) { [weak self] attempt, result in
                self?.post(.attemptEnded(attempt, result))
            }
        }
        let journal = environment.journal { [weak self] event in self?.post(event) }
        control.async { [self] control in
            let timer = DispatchSource.makeTimerSource(queue: self.control.queue)
            timer.setEventHandler { [weak self] in self?.post(.timerFired) }
            timer.schedule(deadline: .distantFuture)
            timer.resume()
            control.connections = Connections(
                transport: transport, journal: journal, timer: timer)
        }
        environment.tokens.whenRenewed { [weak self] token in
            self?.post(.tokenReady(generation: token.generation))
        }
        post(.started)
    }

    /// Asks for a drain; any thread.
    package func drain() { post(.drainRequested) }

    /// The only entry point: every event reaches the engine here, and every action is returned
    /// here.
    private func post(_ event: EngineEvent) {
        control.async { [self] control in
            guard !control.hasEnded, let connections = control.connections else { return }
            let now = environment.now()
            noteToken(event, &control)
            let actions = control.engine.handle(event, at: now)
            board.publish(control.engine.progress)
            for case .sendRequest(let attempt, _, let generation) in actions {
                control.generations[attempt] = generation
            }
            if let end = perform(actions, at: now, with: connections) {
                if end.reason == .credentials, let token = environment.tokens.current() {
                    environment.tokens.refusedPermanently(generation: token.generation)
                }
                control.hasEnded = true
                control.connections = nil
                close(connections, end)
            }
        }
    }

    /// Reports to the token provider whether the token was accepted.
    ///
    /// Only answers that require a valid token count: success, and refusals of the request itself.
    /// A 401 is handled by the engine.
    private func noteToken(_ event: EngineEvent, _ control: inout Control) {
        switch event {
        case .attemptEnded(let attempt, .success(let answer)):
            guard let generation = control.generations.removeValue(forKey: attempt) else { return }
            let shows = (200..<300).contains(answer.status) || [400, 403].contains(answer.status)
            if shows { environment.tokens.accepted(generation: generation) }
        case .attemptEnded(let attempt, .failure): control.generations[attempt] = nil
        default: return
        }
    }

    /// Performs the actions in their order; consecutive records are written to the journal
    /// together.
    private func perform(
        _ actions: [EngineAction], at now: Moment, with connections: Connections
    ) -> RunEnding? {
        var records: [JournalRecord] = []
        var firstSequence: UInt64 = 0
        func flush() {
            guard !records.isEmpty else { return }
            connections.journal.append(records, firstSequence: firstSequence)
            records.removeAll()
        }
        for action in actions {
            if case .appendRecord(let record, let sequence) = action {
                // The engine numbers its records without gaps.
                if records.isEmpty { firstSequence = sequence }
                records.append(record)
                continue
            }
            flush()
            switch action {
            case .appendRecord: preconditionFailure("a journal record was left among the actions")
            case .sendRequest(let attempt, let request, let generation):
                if request.bodyItems.isEmpty {
                    send(attempt, request, generation, through: connections.transport)
                } else {
                    complete(attempt, request, generation)
                }
            case .cancelAttempts:
                cancellations.add(1, ordering: .relaxed)
                connections.transport.cancelAll()
            case .refreshToken(let refused): refresh(refused)
            case .setTimer(let moment): set(connections.timer, to: moment, now: now)
            case .announce(let notice):
                notices.async { [environment] in environment.notice(notice) }
            case .finish(let end):
                return end
            }
        }
        flush()
        return nil
    }

    private func send(
        _ attempt: AttemptID, _ request: APIRequest, _ generation: Int,
        through transport: any Transport
    ) {
        // The provider may have dropped a refused generation; use the newest.
        let tokens = environment.tokens
        if let token = tokens.token(generation: generation) ?? tokens.current() {
            transport.send(attempt, request, token: token)
        } else {
            let failure = TransportFailure(.notSent, "there is no access token")
            post(.attemptEnded(attempt, .failure(failure)))
        }
    }

    /// Makes the body of an update, and sends it when it is whole.
    private func complete(_ attempt: AttemptID, _ request: APIRequest, _ generation: Int) {
        let count = cancellations.load(ordering: .relaxed)
        bodies.async { [weak self] in
            guard let self else { return }
            var whole = request
            do throws(RunningError) {
                whole.body = try environment.body(request)
            } catch {
                // If the snapshot cannot be read from the disk, the run stops: 74. The attempt is
                // never sent.
                post(.journalFailed(error.text))
                post(.attemptEnded(attempt, .failure(TransportFailure(.notSent, error.text))))
                return
            }
            whole.bodyItems = []
            control.async { [self, whole] control in
                guard !control.hasEnded, let connections = control.connections,
                    cancellations.load(ordering: .relaxed) == count
                else { return }
                guard control.engine.maySend(attempt, at: environment.now()) else {
                    return post(.attemptWithdrawn(attempt))
                }
                send(attempt, whole, generation, through: connections.transport)
            }
        }
    }

    private func refresh(_ refusedGeneration: Int) {
        environment.tokens.refresh(refusedGeneration: refusedGeneration) { [weak self] answer in
            switch answer {
            case .ready(let token): self?.post(.tokenReady(generation: token.generation))
            case .unavailable(let problem): self?.post(.tokenUnavailable(problem))
            }
        }
    }

    private func set(_ timer: any DispatchSourceTimer, to moment: Moment?, now: Moment) {
        guard let moment else { return timer.schedule(deadline: .distantFuture) }
        // Dispatch counts in signed nanoseconds from its own origin: a day ahead is enough, because
        // the engine recomputes what is due whenever the timer fires.
        let wait = min(max(.zero, moment - now), .seconds(86_400))
        timer.schedule(
            deadline: .now() + .nanoseconds(Int(wait.nanoseconds)), leeway: .milliseconds(1))
    }

    private func close(_ connections: Connections, _ end: RunEnding) {
        environment.tokens.whenRenewed(nil)
        connections.timer.cancel()
        connections.transport.close()
        notices.async { [finished] in finished(end) }
    }
}
