package import JobModel
package import Journaling
package import ZohoAPI

/// Actions that the shell performs in order.
package enum EngineAction: Equatable, Sendable {
    /// Write the record; `recordsDurable` tells when it is on the disk.
    case appendRecord(JournalRecord, sequence: UInt64)
    /// Send the request once, with the access token of this generation.
    case sendRequest(AttemptID, APIRequest, tokenGeneration: Int)
    /// Cancel the attempts in flight; no events follow for them.
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
