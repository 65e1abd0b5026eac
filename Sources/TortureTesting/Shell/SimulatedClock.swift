import JobModel
import Journaling
import SystemCalls

/// The clocks of the machine: one goes with the world's time from the machine's last start, the
/// other is set by people.
struct SimulatedClock {
    /// By how much the wall clock is ahead of the world's time, in milliseconds.
    private var offset: Int64 = 0
    /// How often the machine was started again, and when.
    private var start = (number: 0, at: Moment.zero)

    mutating func set(ahead milliseconds: Int64) { offset = milliseconds }

    mutating func machineRestarts(at now: Moment) { start = (start.number + 1, now) }

    /// What the times of a session's records mean that begins at `now`.
    func ofSession(at now: Moment) -> SessionClock {
        SessionClock(
            bootID: bootID, monotonicMilliseconds: uptime(at: now), wallMilliseconds: wall(at: now))
    }

    /// Time as what processes share is reckoned by.
    func shared(at now: Moment) -> SharedTime {
        SharedTime(
            bootID: bootID, uptimeMilliseconds: uptime(at: now), wallMilliseconds: wall(at: now))
    }

    /// When the machine has been up for so many milliseconds.
    func moment(ofUptime milliseconds: Int64) -> Moment { start.at + .milliseconds(milliseconds) }

    private var bootID: String { "machine \(start.number)" }

    private func uptime(at now: Moment) -> Int64 { now.milliseconds - start.at.milliseconds }

    private func wall(at now: Moment) -> Int64 {
        Simulation.epochMilliseconds + now.milliseconds + offset
    }
}
