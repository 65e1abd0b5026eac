import Dispatch
import Execution
import JobModel
import Journaling
import Synchronization

/// One session of a run: from the durable session record to the engine's end.
struct RunSession {
    var settings: RunSettings
    var stops: StopRequests
    var observer: any RunObserver
    var board: ProgressBoard
    var clock: RunClock

    /// Runs the engine to its end on the control queue, and waits for it; then the journal is
    /// closed.
    ///
    /// - Throws: `configuration` (78) when the transport can't be made.
    func execute(_ setup: RunSetup, on relay: JournalRelay) throws(RunningError) -> RunEnd {
        let done = DispatchSemaphore(value: 0)
        let end = Mutex<RunEnd?>(nil)
        let clock = clock
        let observer = observer
        let runner = Runner(
            setup,
            world: Runner.World(
                transport: settings.transport, tokens: settings.tokens,
                journal: { post in
                    relay.listen(post)
                    return relay
                },
                now: { clock.now() }, notice: { observer.noticed($0) }),
            board: board,
            finished: { runEnd in
                end.withLock { $0 = runEnd }
                done.signal()
            })
        defer { relay.close() }
        do {
            try runner.start()
        } catch let error as RunningError {
            throw error
        } catch {
            throw RunningError(.configuration, "the transport can't be set up: \(error)")
        }
        stops.runBegan { runner.drain() }
        done.wait()
        stops.runEnded()
        guard let runEnd = end.withLock({ $0 }) else {
            preconditionFailure("broken belief: the runner ends with an end")
        }
        return runEnd
    }
}
