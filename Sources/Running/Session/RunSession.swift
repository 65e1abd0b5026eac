import Dispatch
import Execution
import JobModel
import Journaling

/// One session of a run: from the durable session record to the engine's end.
struct RunSession {
    var settings: RunSettings
    var stops: StopRequests
    var observer: any RunObserver
    var board: ProgressSnapshot
    var clock: RunClock
    /// nil for a run without updates.
    var bodies: UpdateBodies?
    /// Notifies systemd, if requested.
    var notifier = ServiceNotifier()

    /// How often `systemctl status` gets new numbers.
    private static let statusInterval = DispatchTimeInterval.seconds(10)

    /// Runs the engine to its end on the control queue, and waits for it; then the journal is
    /// closed.
    ///
    /// - Throws: `configuration` (78) when the transport can't be made.
    func execute(_ setup: EngineSetup, on relay: SessionJournal) throws(RunningError) -> RunEnding {
        let ending = BlockingWait<RunEnding>()
        let clock = clock
        let observer = observer
        let notifier = notifier
        let runner = Runner(
            setup,
            environment: Runner.Environment(
                transport: settings.transport, tokens: settings.tokens,
                journal: { post in
                    relay.listen(post)
                    return relay
                },
                now: { clock.now() },
                notice: { notice in
                    if case .draining = notice { notifier?.send(.stopping) }
                    observer.noticed(notice)
                },
                body: { [bodies] (request) throws(RunningError) in
                    guard let bodies else {
                        preconditionFailure("a request has updates, and the plan has none")
                    }
                    return try bodies.body(of: request)
                }),
            board: board,
            finished: { ending.complete($0) })
        defer { relay.close() }
        do {
            try runner.start()
        } catch let error as RunningError {
            throw error
        } catch {
            throw RunningError(.configuration, "the transport can't be set up: \(error)")
        }
        stops.runBegan { runner.drain() }
        let ticker = startTicking()
        let runEnd = ending.wait()
        ticker?.cancel()
        stops.runEnded()
        settings.tokens.flush()
        return runEnd
    }

    /// Notifies systemd that the service is ready, and then its progress periodically.
    private func startTicking() -> (any DispatchSourceTimer)? {
        guard let notifier else { return nil }
        let board = board
        notifier.send(.ready)
        let timer = DispatchSource.makeTimerSource(
            queue: DispatchQueue(label: "relsweep.notifier"))
        timer.setEventHandler { notifier.send(.status(RunSession.status(board.progress))) }
        timer.schedule(
            deadline: .now(), repeating: RunSession.statusInterval, leeway: .seconds(1))
        timer.resume()
        return timer
    }

    /// `640 of 2000 items, 16 calls, 5 in flight`.
    static func status(_ progress: RunProgress) -> String {
        "\(progress.counts.final) of \(progress.itemCount) items, \(progress.callCount) calls, "
            + "\(progress.inFlight) in flight"
    }
}
