/// What may go wrong or be narrow in a world. Each seed switches a random part of them off (swarm
/// testing): what hides behind one trouble shows where that trouble is missing.
package enum Feature: String, CaseIterable, Sendable {
    /// The process dies at any step or storage call.
    case crashes
    /// Crashes take the machine's power with them.
    case powerLoss
    /// A synchronisation or a write fails.
    case failingDisk
    /// Synchronisations may take seconds.
    case slowDisk
    /// The disk has little room, and more of it at the next start.
    case fullDisk
    /// 5xx, pages in place of JSON, resets, hangs, cut answers.
    case faults
    /// Elements that are missing, doubled, foreign or out of order.
    case distortedAnswers
    /// 429 by chance.
    case throttling
    /// A small limit of active calls at the service.
    case narrowService
    /// Access tokens that live for seconds, and 401 by chance.
    case tokenExpiry
    /// Times in which no connection comes about.
    case outages
    /// SIGTERM.
    case signals
    /// `--until`.
    case window
    /// `--max-calls`.
    case callBudget
    /// Credits run out.
    case credits
    /// Calls a minute at most.
    case callsPerMinute
    /// Items whose relation, file, record or parent is not there.
    case missingItems
    /// Kinds that are refused for want of a right.
    case refusedRights
    /// A success that says `record deleted`.
    case recordDeleted
    /// `--max-failures` and `--max-absent` are tight.
    case tightBudgets
    /// Limits differ from session to session.
    case changedLimits
    /// Answers may take longer than the time-out.
    case slowAnswers

    /// Creator reports are cleared in rounds.
    case rounds
    /// Rounds name their records: `creator.pin`.
    case pinnedRounds
    /// Creator records that can't be deleted.
    case undeletableRecords
    /// Deleted parents are read in pages.
    case pages
    /// Children come and go while their parent's pages are read.
    case movingChildren
    /// `--retry failed|blocked|unknown`.
    case reopens
    /// The wall clock is set forward and back between the processes.
    case clockSteps
    /// A start is given another target.
    case otherTargets

    /// Features that fill a world with hundreds of records.
    var isCostly: Bool { self == .rounds || self == .pages }

    /// Features under which every item still comes to the one end that the world decides: a run
    /// that was cut and one that was not must agree.
    package static let calm: [Feature] = [
        .crashes, .powerLoss, .throttling, .narrowService, .callsPerMinute, .missingItems,
        .signals, .failingDisk, .slowDisk, .rounds, .pinnedRounds, .undeletableRecords, .pages,
        .clockSteps, .otherTargets,
    ]
}
