import JobModel
import Journaling

/// An item of a call: its row and the id that is sent for it.
struct CallItem: Equatable, Sendable {
    var row: UInt32
    var related: UInt64
}

/// A call that has been taken from the plan (or from the journal) and has not ended.
struct CallState: Sendable {
    enum Phase: Equatable, Sendable {
        /// Waits for a place. → journalling
        case ready
        /// Waits for its moment. → ready
        case delayed
        /// Its attempt's record is on its way to the disk. → inFlight, or ready (withdrawn)
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
    /// Items without an outcome; what the next attempt asks for.
    var items: [CallItem]
    /// Items when the call was made: the journal names rows only where they are not all of these.
    let itemCount: Int
    /// The step it is of an item that is worked off one call at a time.
    var laneCall: LaneCall?
    /// It reads its only item's record back. The item has its outcome already.
    var isReadBack = false
    var phase = Phase.ready
    /// Its call record stands in the journal.
    var isRecorded: Bool
    /// Sendings begun.
    var attempts = 0
    /// Of those, the ones that left: a call of which none did is no request.
    var sentCount = 0
    /// Of those, the ones that ended in a fault and spent a retry.
    var faults = 0
    /// Of those, the ones that ended in a fault of this process's and spent none, since the service
    /// answered nothing clearly.
    var outages = 0
    var unclearAnswers = 0
    /// An answer in this process settled some of its items.
    var hasSettledItems = false
    /// An attempt may have acted and nothing clear was said.
    var isInDoubt = false
    /// The last fault takes a retry from the service's budget before the next attempt.
    var owesRetry = false
    var tokenGeneration = 0

    /// Whether it may be sent again when it is in doubt.
    var isRepeatable: Bool { laneCall?.step.isRepeatable ?? true }

    /// Counts on where an earlier process stopped.
    mutating func restore(_ open: RecoveredRun.OpenCall) {
        attempts = open.attempts
        sentCount = open.sentCount
        faults = open.retriesSpent
        unclearAnswers = open.unclearAnswers
        isInDoubt = open.isInDoubt
    }
}

/// A call of a lane, as which step of the lane's item at work.
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
    /// Items of the first of these calls that went out in calls of their own.
    var itemsStarted = 0
    /// An answer has ended a call of the kind in this process.
    var isFirstCallAnswered = false
    /// It is known what a call of the kind does. Until then each carries one item. See
    /// `RunEngine.isProven`.
    var isProven = true
    /// The call that goes alone: no other of the kind leaves before it has ended.
    var probe: UInt32?
    var isStopped = false
    /// Items that a planned call carries at most: fewer than planned once a call was refused for
    /// its length.
    var maximumItems = Int.max
    /// What its answers said so far, over the whole run.
    var tally: RecoveredRun.KindTally

    init(planned: PlannedKind, remaining: Range<Int>) {
        self.planned = planned
        self.remaining = remaining
        tally = RecoveredRun.KindTally(kind: planned.kind)
    }

    var kind: RelationKind { planned.kind }
    /// One call at a time.
    var goesAlone: Bool { !isFirstCallAnswered || !isProven }
    var service: Service { planned.kind.operation.service }
    /// Its items are worked off in lanes.
    var hasLanes: Bool {
        switch kind.operation {
        case .delink, .update, .deleteAttachment: false
        case .deleteCreatorRecords, .discoverDeleted: true
        }
    }
}
