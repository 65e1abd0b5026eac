import Dispatch
internal import Execution
internal import JobModel
package import Running
import Synchronization
internal import SystemCalls

/// Shows the progress of a run from its published numbers: a status line on a terminal, periodic
/// lines elsewhere.
///
/// Uses its own timer, so a slow terminal never slows down the run.
package final class ProgressDisplay: Sendable {
    /// Between two updates of a terminal's line.
    package static let lineInterval = Duration.milliseconds(250)
    /// Between two lines of a log.
    package static let logInterval = Duration.seconds(60)

    private struct State {
        var board: ProgressSnapshot?
        var rate = ProgressRate()
        var pause: (reason: String, end: Moment)?
        var lastLogged: Moment?
    }

    private let console: Console
    private let isOff: Bool
    private let queue = DispatchQueue(label: "relsweep.progress")
    private let state = Mutex(State())

    package init(console: Console, isOff: Bool = false) {
        self.console = console
        self.isOff = isOff || console.style.isQuiet
    }

    /// Shows the numbers of `board` from now on, until `stop`.
    package func start(_ board: ProgressSnapshot) {
        if isOff { return }
        let now = Self.now()
        state.withLock { state in
            state.board = board
            state.lastLogged = now
        }
        schedule()
    }

    /// Ends the display and removes the line.
    package func stop() {
        state.withLock { $0.board = nil }
        // Wait for a running tick, so that the line does not reappear.
        queue.sync { console.showProgress("") }
    }

    /// Shows the reason of a service's pause until it is over.
    package func pause(_ reason: String, seconds: Int) {
        let end = Self.now() + .seconds(seconds)
        state.withLock { $0.pause = (reason, end) }
    }

    private func schedule() {
        let delay = DispatchTimeInterval.nanoseconds(Int(Self.lineInterval.nanoseconds))
        queue.asyncAfter(deadline: .now() + delay) { [weak self] in self?.tick() }
    }

    private func tick() {
        let now = Self.now()
        let isTerminal = console.style.isTerminal
        let line: ProgressLine? = state.withLock { state in
            guard let board = state.board else { return nil }
            let progress = board.progress
            state.rate.note(progress.counts.final, at: now)
            var pause: String?
            if let (reason, end) = state.pause, now < end {
                pause = "\(reason), \(NumberText.time(end - now)) left"
            }
            return ProgressLine(
                progress, itemsPerSecond: state.rate.itemsPerSecond, pause: pause)
        }
        guard let line else { return }
        if isTerminal {
            console.showProgress(line.text(width: console.style.width - 1))
        } else if isLogDue(now) {
            console.information([line.text()])
        }
        schedule()
    }

    private func isLogDue(_ now: Moment) -> Bool {
        state.withLock { state in
            guard let last = state.lastLogged, now - last >= Self.logInterval else { return false }
            state.lastLogged = now
            return true
        }
    }

    private static func now() -> Moment { Moment(nanoseconds: MonotonicClock.now()) }
}
