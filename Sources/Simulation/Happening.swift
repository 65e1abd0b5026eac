import Execution
import JobModel
import Journaling
import ZohoAPI

/// What the checkers of a world are told, in order.
enum Happening {
    /// A process takes the run up; its session record is durable.
    case sessionBegan(SessionFacts)
    /// The engine hands a record over.
    case recordHandedOver(JournalRecord, sequence: UInt64)
    /// A synchronisation of the disk has returned, and all of these have been in it.
    case recordsSynchronised(through: UInt64)
    /// A request leaves the process.
    case requestLeft(AttemptID, APIRequest)
    /// The request reaches the service; it acts now. `isThrottled`: with 429.
    case requestArrived(AttemptID, APIRequest, session: Int, status: Int)
    /// The engine is told how an attempt ended.
    case attemptEnded(AttemptID, AttemptEnd)
    /// The engine has handled something; what it counts now.
    case progressed(RunProgress)
    /// A token exchange leaves.
    case exchangeLeft
    /// It has ended, in whatever way.
    case exchangeEnded
    /// The process died. The journal says this now.
    case crashed(counted: RunProgress, journal: RecoveredRun)
    /// The engine ended. The journal says this now.
    case sessionEnded(RunEnd, journal: RecoveredRun)
    /// Nobody takes the run up any more.
    case worldEnded(WorldEnd)
}

/// How an attempt ended, as the engine is told.
enum AttemptEnd {
    case answered(HTTPAnswer)
    case failed(TransportFailure)
}

/// What a session starts from.
struct SessionFacts {
    var number: Int
    var limits: RunLimits
    /// The journal before this session's records.
    var before: RecoveredRun
    /// The journal with them: what the engine starts from.
    var recovered: RecoveredRun
    /// The halt that a person overrode.
    var overriddenHalt: UInt64?
    /// What `--retry` tries again.
    var reopens: [OutcomeKind]
    /// The target that this process speaks to.
    var target: String
    /// Origin of the engine's clock in the world's time.
    var clockZero: Moment
}

/// Promises hold or are broken; this says how one was broken.
package struct BrokenPromise: Error, Equatable, Sendable {
    /// The checker's name.
    package var checker: String
    /// What it saw.
    package var text: String
}

/// Watches a world and says when a promise is broken. One promise a checker, one checker a file.
protocol Checker {
    init(_ scenario: Scenario)
    /// Nil while the promise holds.
    mutating func sees(_ happening: Happening, at now: Moment) -> String?
}
