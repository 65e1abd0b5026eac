import Dispatch
import Synchronization
import SystemCalls

/// SIGTERM, SIGINT and SIGHUP: the first drains the run, a second one exits immediately.
///
/// SIGHUP stays ignored if it is ignored at the start: with `nohup` the run is meant to outlive the
/// terminal.
///
/// They have a queue of their own: a busy control queue must not merge two SIGTERMs into one, and
/// the second must work even if the control queue never comes back. The handlers are formed in this
/// nonisolated type, because one formed in `main.swift` would inherit the main actor and trap.
package final class Signals: Sendable {
    /// What the signals do; tests hand in their own.
    package struct Effects: Sendable {
        /// Puts the terminal's line in order (progress is drawn without a newline). Any thread, any
        /// time.
        package var restoreTerminal: @Sendable () -> Void
        /// Prints a message on standard error.
        package var say: @Sendable (String) -> Void
        /// Ends the process without cleaning up.
        package var exit: @Sendable (Int32) -> Void

        package init(
            restoreTerminal: @escaping @Sendable () -> Void = {},
            say: @escaping @Sendable (String) -> Void = { StandardStream.error.write($0) },
            exit: @escaping @Sendable (Int32) -> Void = { ProcessFacts.exitNow($0) }
        ) {
            self.restoreTerminal = restoreTerminal
            self.say = say
            self.exit = exit
        }
    }

    /// Exit status of leaving at once: 75, the journal allows a later start to continue.
    private static let exitStatus: Int32 = 75

    private let stops: StopRequests
    private let effects: Effects
    private let queue = DispatchQueue(label: "relsweep.signals")
    /// Messages have their own queue: a blocked terminal must not delay the second signal.
    private let messages = DispatchQueue(label: "relsweep.signals.words")
    private let state = Mutex((count: 0, hasLeft: false))

    /// Maximum time for output before exiting immediately.
    private static let maximumMessageDelay = DispatchTimeInterval.milliseconds(250)

    package init(stops: StopRequests, effects: Effects = Effects()) {
        self.stops = stops
        self.effects = effects
    }

    /// Watches from now on, and ignores SIGPIPE and SIGXFSZ: what raises them returns an error
    /// instead.
    ///
    /// - Returns: The object that keeps the watch; the watch ends when it is released.
    package func install() -> SignalWatch {
        SignalDispositions.ignore(.brokenPipe)
        SignalDispositions.ignore(.fileSizeLimit)
        var signals = [SignalDispositions.Signal.terminate, .interrupt]
        if !SignalDispositions.isIgnored(.hangUp) { signals.append(.hangUp) }
        let sources = signals.map { signal in
            SignalDispositions.ignore(signal)
            let source = DispatchSource.makeSignalSource(signal: signal.number, queue: queue)
            // The handler keeps its source alive until `cancel` lets go of it.
            source.setEventHandler { [weak self] in
                // Signals received while the queue was busy are counted.
                self?.received(times: max(1, Int(source.data)))
            }
            source.resume()
            return source
        }
        return SignalWatch(sources: sources, signals: self)
    }

    /// Handles the given number of signals; for tests.
    package func received(times: Int = 1) {
        let total = state.withLock { state in
            state.count += times
            return state.count
        }
        guard total < 2 else { return exit("stopped at once; relsweep resume continues\n") }
        switch stops.request() {
        case .draining:
            messages.async { [effects] in
                effects.restoreTerminal()
                effects.say(
                    "stopping: nothing new is sent, answers in flight are awaited; "
                        + "a second signal leaves at once\n")
            }
        case .nothingToDrain: exit("stopped before the first call\n")
        case .isOver: break
        }
    }

    private func exit(_ text: String) {
        messages.async { [self] in
            effects.restoreTerminal()
            effects.say(text)
            exitOnce()
        }
        queue.asyncAfter(deadline: .now() + Signals.maximumMessageDelay) { [self] in exitOnce() }
    }

    private func exitOnce() {
        let isFirst = state.withLock { state in
            defer { state.hasLeft = true }
            return !state.hasLeft
        }
        if isFirst { effects.exit(Signals.exitStatus) }
    }
}

/// Keeps signal sources alive.
package final class SignalWatch {
    private let sources: [any DispatchSourceSignal]
    private let signals: Signals

    init(sources: [any DispatchSourceSignal], signals: Signals) {
        self.sources = sources
        self.signals = signals
    }

    deinit { for source in sources { source.cancel() } }
}
