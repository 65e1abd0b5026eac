import JobModel
import Simulator
import ZohoAPI

/// What anybody outside the process can see, in order: requests as they leave, answers as the
/// process hears them, effects at the service, signals, kills, what the process says and with which
/// status it ends. What is on the disk is in `WorldView`.
enum Observation {
    /// A process begins work; the record of its session is on the disk.
    case processBegan(ProcessConditions)
    /// What `status` says, while no process runs.
    case statusAsked(SeenStatus)
    /// What a start makes of the run as it stands; it need not go on.
    case startDecided(SeenStart, SeenStep)
    /// A start has cut what stood behind the last whole record; the copy that it made of that.
    case tailCut([UInt8], saved: [UInt8]?)
    /// A start ended before it could send anything, with this status.
    case startRefused(exit: Int32, text: String)
    /// A request leaves the process.
    case requestLeft(Sending)
    /// A request reaches the service, which acts on it now.
    case requestArrived(Sending, status: Int)
    /// The process hears how a request ended.
    case requestEnded(Sending, SeenEnd)
    /// A synchronisation of the disk has returned: `WorldView.journal` holds what is durable.
    case diskSynchronised
    /// The process hears that the disk has failed.
    case diskFailed
    /// The process has counted items as done: its progress, as it is shown to people.
    case counted(SeenCounts)
    /// SIGTERM, SIGINT or SIGHUP has reached the process's control queue.
    case signalled
    /// The process says that it drains.
    case saidDraining
    /// The process says that a service pauses.
    case saidPaused(Service)
    /// A token exchange leaves; whether a process of ours or another of the account asks.
    case exchangeLeft(isOurs: Bool)
    /// It has ended, in whatever way; whether it brought a token, and which.
    case exchangeEnded(token: String?)
    /// The process died, or a second signal ended it at once.
    case killed
    /// The process ended in order.
    case processEnded(SeenSummary)
    /// A bit of the journal was flipped, or a newer version wrote to it, while no process ran.
    case journalDamaged(isProven: Bool)
    /// Whole records were added that give an outcome to a row that is no item, or let a call ask
    /// for one.
    case journalForged
    /// A person restored the journal.
    case journalRestored
    /// No process begins any more, and everything that was under way has arrived; what really
    /// happened at the service.
    case worldEnded(Ledger)
}

/// What a person decides when a process is started.
struct ProcessConditions {
    /// 1 for the first process of the world.
    var number: Int
    /// The settings of this start.
    var limits: RunLimits
    /// When its monotonic clock shows zero.
    var clockZero: Moment
    /// Wall time then, milliseconds since 1970.
    var wallMillisecondsAtZero: Int64
    /// `resume --override-halt`: the halt that a person overrode.
    var overriddenHalt: UInt64?
    /// What `--retry` tries again.
    var retries: [OutcomeKind]
    /// The host that its requests go to, and the client that asks.
    var host: String
    var client: String
}

/// One request that has left, by the simulation's own number.
struct Sending {
    var number: Int
    /// The process that sent it.
    var process: Int
    var leftAt: Moment
    var host: String
    /// The OAuth client whose token it carries.
    var client: String
    /// The access token it carries.
    var token: String
    var request: SeenRequest
    /// The attempt on the disk that it belongs to; nil if none matches.
    var attempt: SeenJournal.AttemptKey?
}

/// How a request ended, as the process hears it.
typealias SeenEnd = Result<SeenAnswer, TransportFailure>

extension TransportFailure {
    /// The service may have heard the request.
    var mayHaveActed: Bool { kind != .notSent && kind != .untrusted }
}

/// What the process shows of its work while it runs.
struct SeenCounts: Equatable {
    /// Index = `OutcomeKind.rawValue`.
    var items: [Int]
    var creatorDeleted: Int
    var creatorFailed: Int
    var pending = 0

    /// Items with a final outcome.
    var final: Int { items.reduce(0, +) }
}

/// What the process says at its end: the summary object of `--json`.
struct SeenSummary {
    var state: String
    var reason: String
    var text: String
    var exit: Int32
    var counts: SeenCounts
    var pending: Int
    var callCount: Int
    var attemptCount: Int
    var unaccounted: Int
    /// Attempts whose end the process did not hear.
    var inDoubt: Int
}

/// Numbers of a run.
struct SeenStatus {
    var counts: SeenCounts
    var callCount: Int
    var attemptCount: Int
    var unaccounted: Int
}

/// A start as a person wants it.
struct SeenStart {
    /// `relsweep run`; else `relsweep resume`.
    var isRun: Bool
    /// With the manifest of the run that is there.
    var isSameManifest = true
    /// Time since the run's last record, and `resumeWithin`, in milliseconds.
    var age = 0
    var resumeWithin = 24 * 3_600_000
    /// `--unfinished`: `fail`, `resume` or `abandon`.
    var policy = "fail"
    /// `--unfinished abandon` was given for this start.
    var abandonsHalted = false
    /// `--again`.
    var runsAgain = false
    /// `--retry`.
    var reopens = false
    var overriddenHalt: UInt64?
}

/// What comes of a start.
enum SeenStep: Equatable {
    case carriesOn, carriesOnAndBeginsAnew, beginsAnew, abandonsAndBeginsAnew
    case sendsNothing(exit: Int32)
    case refuses(exit: Int32)
}

/// What a checker may look at beside the observation.
struct WorldView {
    var now: Moment
    /// The bytes of the simulated disk, read by a reader of the checkers' own.
    var journal: SeenJournal
    /// The process at work.
    var process: ProcessConditions?
}

/// A rule was broken; this says how.
package struct InvariantViolation: Error, Equatable, Sendable {
    /// The checker's name.
    package var checker: String
    /// What it saw.
    package var text: String
}

/// Watches a world from outside and says when a rule is broken. One rule per checker.
///
/// A checker knows the scenario, the observations and the view, and nothing of the code under test:
/// not the engine, not the planner, not recovery. Time-outs, statuses and codes are those of the
/// documents.
protocol Checker {
    init(_ scenario: Scenario)
    /// Nil while the rule holds.
    mutating func observe(_ observation: Observation, _ world: borrowing WorldView) -> String?
}
