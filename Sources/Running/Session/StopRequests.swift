import Synchronization

/// Passes stop requests from signals to the run.
package final class StopRequests: Sendable {
    /// What became of asking for a stop.
    package enum Response: Sendable {
        /// A run is active and drains.
        case draining
        /// Nothing was sent yet: the process may exit immediately.
        case nothingToDrain
        /// The run ended and its reports are being written.
        case isOver
    }

    private enum State {
        /// Successors: running, over.
        case preparing
        /// Successors: over, or preparing again (a run that is followed by another).
        case running(@Sendable () -> Void)
        case over
    }

    private let state = Mutex((state: State.preparing, isRequested: false))

    package init() {}

    /// Whether a stop was requested; checked between the steps before the first call.
    package var isRequested: Bool { state.withLock { $0.isRequested } }

    /// Asks for a stop.
    @discardableResult
    package func request() -> Response {
        let current = state.withLock { value in
            value.isRequested = true
            return value.state
        }
        switch current {
        case .preparing: return .nothingToDrain
        case .running(let drain):
            drain()
            return .draining
        case .over: return .isOver
        }
    }

    /// A run exists from now on: `drain` is called for a stop, and immediately if one was already
    /// requested.
    package func runBegan(drain: @escaping @Sendable () -> Void) {
        let isRequested = state.withLock { value in
            value.state = .running(drain)
            return value.isRequested
        }
        if isRequested { drain() }
    }

    /// The run has ended. `another` says that a further run is prepared in this process.
    package func runEnded(another: Bool = false) {
        state.withLock { $0.state = another ? .preparing : .over }
    }
}
