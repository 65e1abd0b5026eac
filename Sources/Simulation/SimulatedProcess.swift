import Execution
import JobModel
import Journaling
import ZohoAPI

/// One process of the run: what is lost when it dies.
struct SimulatedProcess {
    /// A request that has left.
    struct Flight {
        var request: APIRequest
        var generation: Int
    }

    let number: Int
    let limits: RunLimits
    /// Origin of its monotonic clock in the world's time.
    let clockZero: Moment
    var engine: RunEngine
    var commit: GroupCommit
    /// Written, and waiting for its synchronisation.
    var batch: (batch: GroupCommit.Batch, byteCount: Int)?
    var journalHasFailed = false
    var flights: [AttemptID: Flight] = [:]
    /// Only the timer set last fires.
    var timerVersion = 0
    var end: RunEnd?
    /// Steps until it is killed.
    var stepsToLive = Int.max

    func time(_ now: Moment) -> Moment { Moment.zero + (now - clockZero) }
}
