import JobModel
import Journaling

/// An item of a call: its row, and the related id that is sent.
struct CallItem: Equatable, Sendable {
    var row: UInt32
    var related: UInt64
}

/// A live call: started from the plan or restored from the journal, and not ended.
struct CallState: Sendable {
    enum Phase: Equatable, Sendable {
        /// Waiting for a free slot. → journalling
        case ready
        /// Waiting for a point in time. → ready
        case delayed
        /// The record of its attempt is not durable yet. → inFlight, or ready (withdrawn)
        case journalling(sequence: UInt64)
        /// Sent. → ended, ready, delayed
        case inFlight(since: Moment)
    }

    let number: UInt32
    let parentCall: UInt32?
    /// Index of the kind in the engine's table.
    let kind: Int
    let direction: CallDirection
    let parent: UInt64
    /// Items without an outcome; the next attempt requests these.
    var items: [CallItem]
    /// Number of items when the call was created. The journal lists rows only if an attempt
    /// requests fewer.
    let itemCount: Int
    /// The step of a lane's item; nil for other calls.
    var laneCall: LaneCall?
    /// It reads back the record of its only item, which already has its outcome.
    var isReadBack = false
    var phase = Phase.ready
    /// Its call record is in the journal.
    var isRecorded: Bool
    /// Attempts begun.
    var attempts = 0
    /// Attempts that were sent. A call without one does not count as a request.
    var sentCount = 0
    /// Attempts that ended in a fault and used up a retry.
    var faults = 0
    /// Attempts of this process that ended in a fault and used no retry, because the service gave
    /// no clear answer.
    var outages = 0
    var unclearAnswers = 0
    /// An answer in this process gave some of its items an outcome.
    var hasSettledItems = false
    /// An attempt may have been carried out, and no clear answer arrived.
    var isInDoubt = false
    /// The next attempt must first take a retry from the service's retry budget.
    var owesRetry = false
    var tokenGeneration = 0

    /// Whether it may be repeated when in doubt.
    var isRepeatable: Bool { laneCall?.step.isRepeatable ?? true }

    /// Restores the counters of an earlier process.
    mutating func restore(_ open: RecoveredRun.OpenCall) {
        attempts = open.attempts
        sentCount = open.sentCount
        faults = open.retriesSpent
        unclearAnswers = open.unclearAnswers
        isInDoubt = open.isInDoubt
    }
}

/// Which lane a call belongs to, and which step it is.
struct LaneCall: Sendable {
    let lane: Int
    let step: LaneStep
}

/// What the engine knows of one relation kind.
struct KindState: Sendable {
    let planned: PlannedKind
    /// Calls of the plan that have not been started: a range of call indices; or lanes that have
    /// not begun.
    var remaining: Range<Int>
    /// Items of the first of these calls that were already sent in calls of their own.
    var itemsStarted = 0
    /// In this process an answer has ended a call of the kind.
    var isFirstCallAnswered = false
    /// It is known what a call of the kind does. Until then each carries one item. See
    /// `RunEngine.isProven`.
    var isProven = true
    /// The call that goes alone: no other call of the kind is sent until it ends.
    var probe: UInt32?
    var isStopped = false
    /// Maximum items of a planned call: fewer than planned once a call was refused for its length.
    var maximumItems = Int.max
    /// Counts of its answers over the whole run.
    var tally: RecoveredRun.KindTally

    init(planned: PlannedKind, remaining: Range<Int>) {
        self.planned = planned
        self.remaining = remaining
        tally = RecoveredRun.KindTally(kind: planned.kind)
    }

    var kind: RelationKind { planned.kind }
    /// Its calls are sent one at a time.
    var goesAlone: Bool { !isFirstCallAnswered || !isProven }
    var service: Service { planned.kind.operation.service }
    /// Its items are processed in lanes.
    var hasLanes: Bool {
        switch kind.operation {
        case .delink, .update, .deleteAttachment: false
        case .deleteCreatorRecords, .discoverDeleted: true
        }
    }
}
