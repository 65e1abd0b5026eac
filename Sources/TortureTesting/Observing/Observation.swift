import JobModel
import Simulator
import ZohoAPI

/// What is observable outside the process, in order: requests sent, answers received, effects at
/// the service, signals, kills, the process's output and exit status. For the disk see `WorldView`.
enum Observation {
    /// A process starts work; its session record is durable.
    case processBegan(ProcessConditions)
    /// What `status` says, while no process runs.
    case statusAsked(SeenStatus)
    /// What a start decides about the run in its current state; it need not continue.
    case startDecided(SeenStart, SeenStep)
    /// A start has cut the bytes after the last whole record; and the copy that it saved of them.
    case tailCut([UInt8], saved: [UInt8]?)
    /// A start failed before sending anything, with this status.
    case startRefused(exit: Int32, text: String)
    /// A request is sent.
    case requestLeft(Sending)
    /// A request reaches the service and takes effect.
    case requestArrived(Sending, status: Int)
    /// The process receives the result of a request.
    case requestEnded(Sending, SeenEnd)
    /// A sync has returned: `WorldView.journal` is durable.
    case diskSynchronised
    /// The process hears that the disk has failed.
    case diskFailed
    /// The process has updated its displayed progress.
    case counted(SeenCounts)
    /// SIGTERM, SIGINT or SIGHUP has reached the process's control queue.
    case signalled
    /// The process reports that it drains.
    case saidDraining
    /// The process says that a service pauses.
    case saidPaused(Service)
    /// A token exchange is sent by a run or by another process of the account.
    case exchangeLeft(isOurs: Bool)
    /// It has ended, with the token if any.
    case exchangeEnded(token: String?)
    /// The process was killed, or ended by a second signal.
    case killed
    /// The process exited normally.
    case processEnded(SeenSummary)
    /// A bit of the journal was flipped, or a newer version wrote to it, between sessions.
    case journalDamaged(isProven: Bool)
    /// Whole records were added that give an outcome to a row that is no item, or let a call ask
    /// for one.
    case journalForged
    /// The journal was restored from a backup.
    case journalRestored
    /// No further session; everything in flight has arrived. With the actual effects.
    case worldEnded(Ledger)
}

/// The parameters of a start.
struct ProcessConditions {
    /// 1 for the first process of the world.
    var number: Int
    /// The settings of this start.
    var limits: RunLimits
    /// Origin of its monotonic clock.
    var clockZero: Moment
    /// Wall time then, milliseconds since 1970.
    var wallMillisecondsAtZero: Int64
    /// `resume --override-halt`: the overridden halt.
    var overriddenHalt: UInt64?
    /// The outcomes that `--retry` reopens.
    var retries: [OutcomeKind]
    /// The host that its requests go to, and the client that asks.
    var host: String
    var client: String
}

/// A sent request, by the harness's number.
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

/// The result of a request as received by the process.
typealias SeenEnd = Result<SeenAnswer, TransportFailure>

extension TransportFailure {
    /// The service may have received the request.
    var mayHaveActed: Bool { kind != .notSent && kind != .untrusted }
}

/// The displayed progress of a running process.
struct SeenCounts: Equatable {
    /// Index = `OutcomeKind.rawValue`.
    var items: [Int]
    var creatorDeleted: Int
    var creatorFailed: Int
    var pending = 0

    /// Items with a final outcome.
    var final: Int { items.reduce(0, +) }
}

/// The summary object of `--json` at the end.
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

/// A start as a user requests it.
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

/// The result of a start.
enum SeenStep: Equatable {
    case carriesOn, carriesOnAndBeginsAnew, beginsAnew, abandonsAndBeginsAnew
    case sendsNothing(exit: Int32)
    case refuses(exit: Int32)
}

/// Additional state available to checkers.
struct WorldView {
    var now: Moment
    /// The content of the simulated disk, read by the checkers' own reader.
    var journal: SeenJournal
    /// The current process.
    var process: ProcessConditions?
}

/// A violated invariant.
package struct InvariantViolation: Error, Equatable, Sendable {
    /// The checker's name.
    package var checker: String
    /// What it saw.
    package var text: String
}

/// Observes a world from outside and reports a violated invariant. One invariant per checker.
///
/// A checker uses the scenario, the observations and the view, but none of the code under test
/// (engine, planner, recovery). Timeouts, statuses and codes are those documented by Zoho.
protocol Checker {
    init(_ scenario: Scenario)
    /// nil while the invariant holds.
    mutating func observe(_ observation: Observation, _ world: borrowing WorldView) -> String?
}
