import Synchronization

/// The way from a signal to the run that is to drain: kept when it comes before there is a run.
package final class StopRequests: Sendable {
    private struct State {
        var isRequested = false
        var listener: (@Sendable () -> Void)?
    }

    private let state = Mutex(State())

    package init() {}

    /// Whether a stop was asked for; looked at between the steps before the first call.
    package var isRequested: Bool { state.withLock { $0.isRequested } }

    /// Asks for a drain; further calls change nothing.
    package func request() {
        let listener = state.withLock { state in
            guard !state.isRequested else { return nil as (@Sendable () -> Void)? }
            state.isRequested = true
            return state.listener
        }
        listener?()
    }

    /// Sets who is told; told at once when the stop was asked for already. nil = nobody.
    package func setListener(_ listener: (@Sendable () -> Void)?) {
        let isRequested = state.withLock { state in
            state.listener = listener
            return state.isRequested
        }
        if isRequested { listener?() }
    }
}
