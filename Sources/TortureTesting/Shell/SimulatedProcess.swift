import Execution
import JobModel
import Journaling
import ZohoAPI

/// One process of the run: what is lost when it dies.
struct SimulatedProcess {
    /// What waits on the control queue: one block each, in order.
    enum ControlTask {
        /// A fact for the engine, as `Runner.post` queues it.
        case event(EngineEvent)
        /// A socket of the transport has ended an attempt; its completion posts the event.
        case connectionEnded(AttemptID, Result<HTTPAnswer, TransportFailure>)
        /// The timer's handler, which posts the event.
        case timerHandler
        /// The whole body of an update is there.
        case send(AttemptID, APIRequest, generation: Int, cancellations: Int)
    }

    /// A request that has left, or is about to.
    struct Flight {
        var sending: Sending
        var generation: Int
    }

    let number: Int
    let limits: RunLimits
    /// Origin of its clock in the world's time.
    let clockZero: Moment
    let beganAt: Moment
    var engine: RunEngine
    var commit: GroupCommit
    /// Written, and waiting for its synchronisation.
    var batch: (batch: GroupCommit.Batch, byteCount: Int)?
    var hasJournalFailed = false
    var flights: [AttemptID: Flight] = [:]
    /// Ended on the line, and not heard by the engine yet.
    var landed: [AttemptID: Flight] = [:]
    /// How often everything in flight was given up.
    var cancellations = 0
    /// Only the timer set last fires.
    var timerVersion = 0
    var renewalVersion = 0
    var control: [ControlTask] = []
    /// The control queue is busy until then.
    var busyUntil: Moment
    var asleepUntil: Moment
    var end: RunEnding?
    /// Steps until it is killed.
    var stepsToLive = Int.max

    func time(_ now: Moment) -> Moment { Moment.zero + (now - clockZero) }
}
