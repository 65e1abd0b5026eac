import Execution
import JobModel
import Journaling
import ZohoAPI

/// The state of a process, lost when it dies.
struct SimulatedProcess {
    /// Blocks of the control queue, in order.
    enum ControlTask {
        /// An event for the engine, as queued by `Runner.post`.
        case event(EngineEvent)
        /// A socket of the transport has ended an attempt; its completion posts the event.
        case connectionEnded(AttemptID, Result<HTTPAnswer, TransportFailure>)
        /// The timer's handler, which posts the event.
        case timerHandler
        /// An update's body is complete.
        case send(AttemptID, APIRequest, generation: Int, cancellations: Int)
    }

    /// A request sent or about to be sent.
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
    /// Finished by the transport, not yet processed by the engine.
    var landed: [AttemptID: Flight] = [:]
    /// Number of times that all calls in flight were abandoned.
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
