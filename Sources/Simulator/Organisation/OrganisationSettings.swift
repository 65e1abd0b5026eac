/// Behaviour of the simulated organisation.
package struct OrganisationSettings: Sendable {
    /// How an unknown related id is refused.
    package var style = AnswerStyle.v2
    /// The only valid access token besides those of `accounts`; nil accepts any in the right
    /// header, unless `accounts` has clients.
    package var token: String?
    /// The random seed.
    package var seed: UInt64 = 1
    /// Injected faults.
    package var faults = FaultPlan.none
    /// Latency of answers.
    package var latencyNanoseconds: Int64 = 0
    /// Uniform jitter of the latency; never below zero.
    package var latencyJitterNanoseconds: Int64 = 0
    /// Calls that may be active at once; one more is answered 429. Nil for no limit. The default is
    /// the smallest of all paid editions, which is also the sub-concurrency of complex calls.
    package var maximumActiveCalls: Int? = Edition.standard.maximumActiveCalls
    /// Calls that may come in any 60 seconds; one more is answered 429. Nil: the CRM
    /// documents no such limit.
    package var maximumCallsPerMinute: Int?
    /// Whether a 429 of these limits says `details.retry_after`.
    package var sendsRetryAfter = false
    /// Credits per rolling 24 hours. After half is used, every answer contains the rest; without
    /// any left a call gets 429. nil: unlimited.
    package var dailyCredits: Int?
    /// Credits already used by others before the first call.
    package var creditsUsedBefore = 0
    /// Whether attachments may be deleted by `ids`, which only SDKs document; false answers as to a
    /// wrong URL.
    package var acceptsBulkAttachments = true
    /// Pages of a deleted parent's children that can be read; past them
    /// `DISCRETE_PAGINATION_LIMIT_EXCEEDED`. Nil for all: no limit is known.
    package var maximumDeletedParentPages: Int?
    /// What `GET /crm/{v}/org` and `/users` report.
    package var profile = OrganisationProfile()
    /// How Creator behaves.
    package var creator = CreatorSettings()
    /// How the accounts server behaves, and which credentials it knows.
    package var accounts = AccountsSettings()
    /// The calendar's time of the clock's zero, in milliseconds since 1970; the server sets it.
    package var epochMilliseconds: Int64 = 0
    /// Refusals for missing permissions.
    package var refusedRights: [RefusedRight] = []

    /// The defaults.
    package init() {}

    /// A missing permission of the simulated user or client.
    package struct RefusedRight: Equatable, Sendable {
        /// The answer for a missing permission.
        package enum Answer: String, CaseIterable, Sendable {
            /// `OAUTH_SCOPE_MISMATCH`, 401: the client's scopes do not suffice.
            case scopeMismatch
            /// `NO_PERMISSION`, 403.
            case noPermission
            /// `AUTHORIZATION_FAILED`, 400.
            case authorizationFailed
        }

        /// The module as spelled in the URL.
        package var module: String
        /// The list in the URL; nil for any, and for none.
        package var list: String?
        /// The answer.
        package var answer: Answer
        /// Number of calls of the organisation for which the right exists; then it is lost.
        package var callsBefore: Int

        /// A right on calls of `module`, or only on those of one list.
        package init(module: String, list: String? = nil, answer: Answer, callsBefore: Int = 0) {
            self.module = module
            self.list = list
            self.answer = answer
            self.callsBefore = callsBefore
        }
    }

    /// The editions of the CRM, by what they allow.
    package enum Edition: String, CaseIterable, Sendable {
        case free, standard, professional, enterprise, ultimate

        /// Calls active at once (Kaizen #203 of the help community).
        package var maximumActiveCalls: Int {
            switch self {
            case .free: 5
            case .standard: 10
            case .professional: 15
            case .enterprise: 20
            case .ultimate: 25
            }
        }
    }
}
