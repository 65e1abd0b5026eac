package import JobModel
package import Journaling
package import ZohoAPI

/// One sending of one call.
package struct AttemptID: Hashable, Sendable, CustomStringConvertible {
    package var call: UInt32
    /// 1-based.
    package var attempt: Int

    package init(call: UInt32, attempt: Int) {
        self.call = call
        self.attempt = attempt
    }

    package var description: String { "call \(call), attempt \(attempt)" }
}

/// Facts that the shell tells the engine.
package enum EngineEvent: Sendable {
    /// Once, first.
    case started
    /// Every record up to this sequence number is on the disk.
    case recordsDurable(through: UInt64)
    /// The journal failed for good: nothing after the last durable record is promised.
    case journalFailed(String)
    case attemptEnded(AttemptID, Result<HTTPAnswer, TransportFailure>)
    /// The attempt was not sent: `RunEngine.maySend` said no when its request was complete.
    case attemptWithdrawn(AttemptID)
    /// The timer that was set last is due. Late and spurious firings do no harm.
    case timerFired
    /// SIGTERM or SIGINT: drain.
    case drainRequested
    /// An access token of this generation is there; it is used from now on.
    case tokenReady(generation: Int)
    /// There is no access token and there will be none soon.
    case tokenUnavailable(TokenProblem)
}

/// Why there is no access token.
package enum TokenProblem: Equatable, Sendable {
    /// The credentials were refused, or there is no way to refresh them; with advice.
    case refused(String)
    /// The accounts server throttles, past the bounds of the run.
    case throttled(String)
    /// The accounts server gives no usable answer, past the bounds of the run.
    case unreachable(String)
    /// The token that all processes share can't be read or written: nobody may ask for another.
    case cacheFailed(String)
}

/// Imperatives that the shell carries out, in their order.
package enum EngineAction: Equatable, Sendable {
    /// Write the record; `recordsDurable` tells when it is on the disk.
    case appendRecord(JournalRecord, sequence: UInt64)
    /// Send the request once, with the access token of this generation.
    case sendRequest(AttemptID, APIRequest, tokenGeneration: Int)
    /// Give the attempts in flight up; no event is expected for them.
    case cancelAttempts
    /// Get an access token newer than this generation.
    case refreshToken(refusedGeneration: Int)
    /// Fire once at this moment; replaces the timer set before. nil = no timer.
    case setTimer(Moment?)
    /// Something a person wants to know now.
    case announce(RunNotice)
    /// The run has ended; no event is handled after it.
    case finish(RunEnding)
}

/// What a person wants to know while a run goes on. `text` is for people, the case for machines.
package enum RunNotice: Equatable, Sendable {
    case servicePaused(Service, seconds: Int, ServiceMessage)
    case concurrencyLowered(Service, to: Int)
    case kindStopped(RelationKind, ServiceMessage, blocked: Int)
    case callSplit(UInt32, items: Int, ServiceMessage)
    /// A request was refused for its length: later calls of the kind carry no more items than
    /// this.
    case callsShortened(RelationKind, items: Int, ServiceMessage)
    case serviceFailing(Service, String)
    /// `delink.recordDeleted: warn`: a record was deleted, or none could be read back to be sure.
    case recordDeleted(RelationKind, String)
    case draining(StopReason, inFlight: Int)
}

/// How a run ended.
package struct RunEnding: Equatable, Sendable {
    package var state: RunState
    package var reason: StopReason
    /// What happened, with the numbers, and what to do next.
    package var text: String
    package var exit: ExitStatus
    /// The number of the halt that an override must name; nil when the run is not halted.
    package var halt: UInt64?
    package var progress: RunProgress
    /// After a journal failure: records that did not reach the disk, for the terminal.
    package var unrecorded: [JournalRecord]

    package init(
        state: RunState, reason: StopReason, text: String, exit: ExitStatus, halt: UInt64? = nil,
        progress: RunProgress, unrecorded: [JournalRecord] = []
    ) {
        self.state = state
        self.reason = reason
        self.text = text
        self.exit = exit
        self.halt = halt
        self.progress = progress
        self.unrecorded = unrecorded
    }
}

/// Where a run stands; only what is durable counts.
package struct RunProgress: Equatable, Sendable {
    /// Over the whole run, earlier sessions included.
    package var counts = OutcomeCounts()
    package var itemCount = 0
    /// Records of all Creator rows. What an unanswered round may have done is unaccounted.
    package var creator = CreatorTally()
    /// Records that the service said it deleted where none was to be.
    package var recordsDeleted = 0
    /// Distinct requests, splits included, over the whole run.
    package var callCount = 0
    /// Sendings, over the whole run.
    package var attemptCount = 0
    package var inFlight = 0
    /// Attempts that were sent and never answered when the run ended.
    package var inDoubt = 0

    package init() {}
}
