package import JobModel
package import Journaling
package import ZohoAPI

/// Everything a run starts from.
package struct EngineSetup: Sendable {
    /// The calls for all open items that no open call of `recovered` carries.
    package var plan: CallPlan
    /// Items of the whole manifest, final ones included.
    package var itemCount: Int
    /// Replay of the journal; a fresh run's has only its header.
    package var recovered: RecoveredRun
    package var limits: RunLimits
    package var profile: ServiceProfile
    /// `delink.recordDeleted: halt|warn`.
    package var haltsOnRecordDeleted = true
    /// `creator.pin`: matching ids are listed and recorded first, then deleted by id.
    package var usesExplicitIDs = false
    /// Calls of this job's other runs in the last 24 hours.
    package var earlierCallsInLast24Hours = 0
    /// Rows skipped by `--skip-invalid`: they make the exit 3.
    package var skippedRows = 0
    /// For the jitter of backoffs.
    package var seed: UInt64
    /// Wall-clock milliseconds since 1970 at `Moment.zero`.
    package var wallMillisecondsAtZero: Int64
    /// The generation of the access token in use.
    package var tokenGeneration = 1

    package init(
        plan: CallPlan, itemCount: Int, recovered: RecoveredRun, limits: RunLimits,
        profile: ServiceProfile,
        seed: UInt64, wallMillisecondsAtZero: Int64
    ) {
        self.plan = plan
        self.itemCount = itemCount
        self.recovered = recovered
        self.limits = limits
        self.profile = profile
        self.seed = seed
        self.wallMillisecondsAtZero = wallMillisecondsAtZero
    }
}
