package import ZohoAPI

/// One attempt of one call.
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

/// Events that the shell reports to the engine.
package enum EngineEvent: Sendable {
    /// Once, first.
    case started
    /// Every record up to this sequence number is on the disk.
    case recordsDurable(through: UInt64)
    /// The journal failed: records after the last durable one may be lost.
    case journalFailed(String)
    case attemptEnded(AttemptID, Result<HTTPAnswer, TransportFailure>)
    /// The attempt was not sent, because `RunEngine.maySend` returned false.
    case attemptWithdrawn(AttemptID)
    /// The timer that was set last is due. Late and spurious firings do no harm.
    case timerFired
    /// SIGTERM or SIGINT: drain.
    case drainRequested
    /// An access token of this generation is available and used from now on.
    case tokenReady(generation: Int)
    /// No access token is available, and none will be soon.
    case tokenUnavailable(TokenProblem)
}

/// Why there is no access token.
package enum TokenProblem: Equatable, Sendable {
    /// The credentials were refused or cannot be renewed; with advice.
    case refused(String)
    /// The accounts server throttles for longer than the run waits.
    case throttled(String)
    /// The accounts server gave no usable answer for longer than the run waits.
    case unreachable(String)
    /// The shared token cache cannot be read or written, so no new token may be requested.
    case cacheFailed(String)
}
