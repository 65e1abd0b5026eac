package import JobModel
package import Journaling
package import ZohoAPI

/// A notice for the user during a run.
package enum RunNotice: Equatable, Sendable {
    case servicePaused(Service, seconds: Int, ServiceMessage)
    case concurrencyLowered(Service, to: Int)
    case kindStopped(RelationKind, ServiceMessage, blocked: Int)
    case callSplit(UInt32, items: Int, ServiceMessage)
    /// A request was refused for its length: later calls of the kind carry no more items than
    /// this.
    case callsShortened(RelationKind, items: Int, ServiceMessage)
    case serviceFailing(Service, String)
    /// With `delink.recordDeleted: warn`: a record was deleted, or could not be read back.
    case recordDeleted(RelationKind, String)
    case draining(StopReason, inFlight: Int)
}
