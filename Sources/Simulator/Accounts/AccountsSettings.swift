/// Behaviour and credentials of the simulated accounts server.
///
/// Without clients, any credentials are accepted and any token is valid (or only
/// `OrganisationSettings.token`, if set, which is then issued). With clients, only issued tokens
/// are valid until they expire, besides `OrganisationSettings.token`.
package struct AccountsSettings: Sendable {
    /// The registered clients.
    package var clients: [Client] = []
    /// Refresh tokens that exist from the start.
    package var refreshTokens: [RefreshToken] = []
    /// Grant codes that can be exchanged, once each.
    package var grantCodes: [GrantCode] = []
    /// How long an access token lives, in nanoseconds: an hour.
    package var tokenLifetimeNanoseconds: Int64 = 3_600_000_000_000
    /// The form of the lifetime in answers.
    package var expiryStyle = ExpiryStyle.seconds
    /// Whether answers contain the scopes, as newer servers' do.
    package var sendsScope = false
    /// The `api_domain` of the answer; nil for the address that the request came to.
    package var apiDomain: String?
    /// The portal in `/clientoauth/v2/{portal}/token`; nil takes any.
    package var portal: String?
    /// Exchanges of one refresh token (or grant code) in `windowNanoseconds`, failed ones included;
    /// one more locks it out.
    package var maximumExchanges = 10
    /// Ten minutes. A lockout lasts until the oldest exchange leaves the window …
    package var windowNanoseconds: Int64 = 600_000_000_000
    /// … and every attempt during it extends it by this duration.
    package var lockOutExtensionNanoseconds: Int64 = 600_000_000_000
    /// Maximum valid access tokens per refresh token; a further one invalidates the oldest.
    package var maximumActiveTokens = 10
    /// Maximum refresh tokens per client; a further one invalidates the oldest and its access
    /// tokens.
    package var maximumRefreshTokens = 20
    /// How the CRM refuses an expired or unknown token. Both have been observed.
    package var badTokenAnswer = BadTokenAnswer.invalidToken
    /// Whether CRM answers carry `X-ACCESSTOKEN-RESET`, the token's end.
    package var sendsTokenReset = true
    /// The user's time zone in that header, in seconds east of UTC; the default is India's.
    package var zoneOffsetSeconds = 19_800
    /// Faults injected at the accounts server; its requests are counted separately.
    package var faults = FaultPlan.none

    /// The defaults: any credentials.
    package init() {}

    /// A registered client.
    package struct Client: Equatable, Sendable {
        /// `client_id`.
        package var id: String
        /// `client_secret`.
        package var secret: String

        /// A client by its id and secret.
        package init(id: String, secret: String) {
            self.id = id
            self.secret = secret
        }
    }

    /// A refresh token of a client.
    package struct RefreshToken: Equatable, Sendable {
        /// The token.
        package var token: String
        /// The client's id.
        package var clientID: String
        /// Such as `ZohoCRM.modules.ALL`; nil for everything.
        package var scopes: [String]?

        /// A refresh token of `clientID`; without scopes its access tokens may do everything.
        package init(token: String, clientID: String, scopes: [String]? = nil) {
            self.token = token
            self.clientID = clientID
            self.scopes = scopes
        }
    }

    /// A grant code that a client was given.
    package struct GrantCode: Equatable, Sendable {
        /// The code.
        package var code: String
        /// The client's id.
        package var clientID: String
        /// As for a refresh token.
        package var scopes: [String]?
        /// How long it can be exchanged, in nanoseconds from the simulator's first request on:
        /// three minutes unless the console sets more.
        package var lifetimeNanoseconds: Int64

        /// A grant code of `clientID`.
        package init(
            code: String, clientID: String, scopes: [String]? = nil,
            lifetimeNanoseconds: Int64 = 180_000_000_000
        ) {
            self.code = code
            self.clientID = clientID
            self.scopes = scopes
            self.lifetimeNanoseconds = lifetimeNanoseconds
        }
    }

    /// How an answer states the lifetime.
    package enum ExpiryStyle: String, CaseIterable, Sendable {
        /// `"expires_in":3600`.
        case seconds
        /// `"expires_in_sec":3600,"expires_in":3600000`: the same name, in milliseconds.
        case milliseconds
    }

    /// How the CRM refuses a bad token.
    package enum BadTokenAnswer: String, CaseIterable, Sendable {
        /// `INVALID_TOKEN`.
        case invalidToken
        /// `AUTHENTICATION_FAILURE`.
        case authenticationFailure
    }
}
