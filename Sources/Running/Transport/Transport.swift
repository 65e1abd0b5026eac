package import Dispatch
package import Execution
package import JobModel
package import ZohoAPI

/// Sends attempts to the service. Lives on the control queue: its members are called there, and it
/// reports there.
///
/// One attempt sends its request once, regardless of what happens to the connection. For every
/// `send`, exactly one report follows, never from within `send` itself; after `cancelAll` or
/// `close` there is none for cancelled attempts.
package protocol Transport: Sendable {
    /// Sends the request once, and watches the whole-call timeout itself.
    func send(_ attempt: AttemptID, _ request: APIRequest, token: AccessToken)
    /// Gives everything in flight up, without reports.
    func cancelAll()
    /// Frees connections and sources; the last call.
    func close()
}

/// Tells what came of an attempt.
package typealias AttemptReport =
    @Sendable (AttemptID, Result<HTTPAnswer, TransportFailure>) -> Void

/// Makes the transport of one run on the control queue `queue`.
///
/// `limits` gives timeout and concurrency (connections); `report` may be called from any queue, but
/// is meant to be called on `queue`. Called once, before anything is sent.
package typealias TransportFactory =
    @Sendable (
        _ queue: DispatchQueue, _ limits: RunLimits, _ report: @escaping AttemptReport
    ) throws -> any Transport
