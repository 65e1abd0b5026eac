package import JobModel
package import ZohoAPI

/// What a run needs beside its manifest; the same for `run` and `resume`. The target is pinned,
/// limits are not.
package struct RunSettings: Sendable {
    package var limits = RunLimits()
    package var profile = ServiceProfile()
    package var target: PinnedTarget
    /// `delink.recordDeleted`; pinned.
    package var recordDeleted = RecordDeletedPolicy.halt
    /// `creator.pin`: the records that a round may delete are listed and named first; pinned.
    package var usesExplicitIDs = false
    /// `--retry`: outcomes to reopen.
    package var outcomesToRetry: [OutcomeKind] = []
    /// `--max-items`: more open work items than this is exit 76.
    package var maximumItems: Int?
    /// `--until`, resolved to a moment when the run starts.
    package var until: TimeOfDay?
    /// Options of the command line that commands suggested in messages need as well, as
    /// `EarlierRun.options` has them.
    package var suggestedOptions = ""
    /// `relsweep 0.1.0`.
    package var tool: String
    package var tokens: any AccessTokens
    package var transport: TransportFactory
    /// Reads the organisation before the first call; nil = not read.
    package var organisation: OrganisationReader?

    package init(
        target: PinnedTarget, tool: String, tokens: any AccessTokens,
        transport: @escaping TransportFactory
    ) {
        self.target = target
        self.tool = tool
        self.tokens = tokens
        self.transport = transport
    }
}

/// The target of a run. Pinned: resuming against another target exits 78.
package struct PinnedTarget: Equatable, Sendable {
    /// `https://www.zohoapis.eu`; a simulator's is not pinned, for its port differs at every start.
    package var apiDomain: String
    package var creatorURL: String
    package var accountsHost: String
    /// First 16 hexadecimal digits of the client id's SHA-256; empty with a bare access token.
    package var clientHash: String = ""
    /// Organisation id, if it could be read: `OrganisationReader`.
    package var organisation: String = ""
    package var isSimulated: Bool

    package init(
        apiDomain: String, creatorURL: String = "", accountsHost: String = "",
        isSimulated: Bool = false
    ) {
        self.apiDomain = apiDomain
        self.creatorURL = creatorURL
        self.accountsHost = accountsHost
        self.isSimulated = isSimulated
    }
}

/// What a run does when a delink deleted a record.
package enum RecordDeletedPolicy: String, CaseIterable, Sendable {
    case halt, warn
}
