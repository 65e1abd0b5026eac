import JobModel
import Journaling
import SystemCalls

/// The machine's clocks: a monotonic one since the last boot, and a settable wall clock.
struct SimulatedClock {
    /// By how much the wall clock is ahead of the world's time, in milliseconds.
    private var offset: Int64 = 0
    /// Number of reboots, and time of the last one.
    private var start = (number: 0, at: Moment.zero)

    mutating func set(ahead milliseconds: Int64) { offset = milliseconds }

    mutating func machineRestarts(at now: Moment) { start = (start.number + 1, now) }

    /// The time base of a session that starts at `now`.
    func ofSession(at now: Moment) -> SessionClock {
        SessionClock(
            bootID: bootID, monotonicMilliseconds: uptime(at: now), wallMilliseconds: wall(at: now))
    }

    /// The time base of shared files.
    func shared(at now: Moment) -> SharedTime {
        SharedTime(
            bootID: bootID, uptimeMilliseconds: uptime(at: now), wallMilliseconds: wall(at: now))
    }

    /// The moment at which the machine has been up for this number of milliseconds.
    func moment(ofUptime milliseconds: Int64) -> Moment { start.at + .milliseconds(milliseconds) }

    private var bootID: String { "machine \(start.number)" }

    private func uptime(at now: Moment) -> Int64 { now.milliseconds - start.at.milliseconds }

    private func wall(at now: Moment) -> Int64 {
        Simulation.epochMilliseconds + now.milliseconds + offset
    }
}
