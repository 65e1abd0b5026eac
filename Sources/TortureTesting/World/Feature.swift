/// Faults and restrictions of a world. Each seed disables a random subset (swarm testing), so that
/// one fault does not mask another.
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
    /// Elements that are missing, doubled, foreign, out of order, or contradict each other.
    case distortedAnswers
    /// 429 by chance.
    case throttling
    /// A small limit of active calls at the service.
    case narrowService
    /// Access tokens that live for seconds, and 401 by chance.
    case tokenExpiry
    /// Periods without connectivity.
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
    /// Items whose relation, attachment, record or parent is missing.
    case missingItems
    /// Kinds refused for missing permissions.
    case refusedRights
    /// A success that says `record deleted`.
    case recordDeleted
    /// `--max-failures` and `--max-absent` are tight.
    case tightBudgets
    /// Limits differ from session to session.
    case changedLimits
    /// Answers may take longer than the timeout.
    case slowAnswers

    /// Creator reports are cleared in rounds.
    case rounds
    /// Rounds with explicit ids: `creator.pin`.
    case pinnedRounds
    /// Creator records that can't be deleted, and some that can't be at first.
    case undeletableRecords
    /// Deleted parents are read in pages.
    case pages
    /// Children come and go while their parent's pages are read, and Creator records go between
    /// rounds.
    case movingChildren
    /// `--retry failed|blocked|unknown`.
    case retries
    /// The wall clock is set forward and back between the processes.
    case clockSteps
    /// A start is given another target.
    case otherTargets

    /// Requests that reach the service after the client has given up.
    case lateEffects
    /// Connect and first-byte timeouts, connections that are reset when they are used again,
    /// answers that are no HTTP.
    case lineFaults
    /// A certificate that is not to be trusted.
    case untrustedHost
    /// 429s give their pause in a header field, as seconds or as a date.
    case pausesInHeader
    /// The control queue is busy for seconds.
    case stalls
    /// The machine sleeps.
    case sleeps
    /// Other processes of the account share the access token.
    case otherProcesses
    /// A day passes between two starts.
    case daysBetween
    /// A bit of the journal is flipped, or a newer version writes to it, and a copy is restored.
    case damage
    /// Thousands of items.
    case large
    /// A list added by the settings.
    case addedLists
    /// 413, 414 and 431 to requests that are long.
    case sizeLimits
    /// Nothing but 429s and 503s.
    case deadService
    /// Rows of the manifest that are no items, and `--skip-invalid`.
    case invalidRows

    /// What it is: something that goes wrong by itself, or a setting, a user's request or a kind of
    /// work. Those whose faults are named in the service's plan of faults do not count twice.
    var isFault: Bool {
        switch self {
        case .crashes, .powerLoss, .failingDisk, .slowDisk, .fullDisk, .outages, .lateEffects,
            .lineFaults, .untrustedHost, .stalls, .sleeps, .clockSteps, .damage, .otherTargets,
            .tokenExpiry, .refusedRights, .deadService:
            true
        case .faults, .distortedAnswers, .throttling, .recordDeleted, .movingChildren,
            .slowAnswers, .narrowService, .signals, .window, .callBudget, .credits,
            .callsPerMinute, .missingItems, .tightBudgets, .changedLimits, .rounds, .pinnedRounds,
            .undeletableRecords, .pages, .retries, .pausesInHeader, .otherProcesses, .daysBetween,
            .large, .addedLists, .sizeLimits, .invalidRows:
            false
        }
    }

    /// Frequency: one world in this many.
    var rarity: Int {
        switch self {
        case .rounds, .pages: 8
        case .large: 300
        case .deadService: 60
        case .damage, .untrustedHost, .daysBetween, .addedLists: 4
        default: 2
        }
    }

    /// Features under which every item has a single possible outcome, so that an interrupted run
    /// and an uninterrupted one must agree.
    package static let calm: [Feature] = [
        .crashes, .powerLoss, .throttling, .narrowService, .callsPerMinute, .missingItems,
        .signals, .failingDisk, .slowDisk, .rounds, .pinnedRounds, .undeletableRecords, .pages,
        .clockSteps, .otherTargets, .stalls, .pausesInHeader, .damage,
    ]
}
