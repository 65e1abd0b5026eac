import Synchronization

/// The way from a signal to the run that is to drain.
package final class StopRequests: Sendable {
    /// What became of asking for a stop.
    package enum Response: Sendable {
        /// A run is there: it drains.
        case draining
        /// Nothing has been sent and nothing will be missing: the process may leave at once.
        case nothingToDrain
        /// The run is over; its reports are being written, and soon the process ends by itself.
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

    /// Whether a stop was asked for; looked at between the steps before the first call.
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

    /// A run is there from now on: `drain` is called for a stop, and at once if one was asked for
    /// already.
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
