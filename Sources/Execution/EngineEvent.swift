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
