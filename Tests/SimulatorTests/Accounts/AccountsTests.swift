import JSONText
import Testing

@testable import Simulator

@Suite struct AccountsTests {
    static let second: Int64 = 1_000_000_000
    static let form = "Content-Type: application/x-www-form-urlencoded\r\n"
    static let refresh =
        "refresh_token=1000.r&client_id=1000.C&client_secret=s%2B&grant_type=refresh_token"
    static let line = "DELETE /crm/v2/Campaigns/10/Leads/20"

    static func organisation(
        _ change: (inout OrganisationSettings) -> Void = { _ in }
    ) -> Organisation {
        var settings = OrganisationSettings()
        settings.accounts.clients = [
            .init(id: "1000.C", secret: "s+"), .init(id: "1000.D", secret: "t"),
        ]
        settings.accounts.refreshTokens = [
            .init(token: "1000.r", clientID: "1000.C"), .init(token: "1000.q", clientID: "1000.D"),
        ]
        settings.accounts.grantCodes = [
            .init(code: "1000.g", clientID: "1000.C"), .init(code: "1000.h", clientID: "1000.C"),
        ]
        change(&settings)
        return Organisation(settings, world: World(.universal))
    }

    static func post(
        _ organisation: inout Organisation, _ body: String?, target: String = "/oauth/v2/token",
        method: String = "POST", fields: String = form, at seconds: Int64 = 0
    ) throws -> (status: Int, body: JSONValue) {
        let reply = try OrganisationTests.ask(
            &organisation, "\(method) \(target)", authorization: nil, body: body, fields: fields,
            at: seconds * second)
        #expect(!reply.isActive)
        return (reply.status, try JSONTree.parse(reply.body))
    }

    static func token(
        _ organisation: inout Organisation, at seconds: Int64 = 0
    ) throws -> String {
        try #require(
            try post(&organisation, refresh, at: seconds).body["access_token"]?.string)
    }

    static func call(
        _ organisation: inout Organisation, _ token: String, _ line: String = line,
        at seconds: Int64 = 0, body: String? = nil
    ) throws -> Reply {
        try OrganisationTests.ask(
            &organisation, line, authorization: "Zoho-oauthtoken \(token)", body: body,
            at: seconds * second)
    }

    @Test(arguments: [
        "/oauth/v2/token", "/clientoauth/v2/60001/token", "/oauth/v2/token?x=y",
    ])
    func `a refresh token is exchanged for an access token`(target: String) throws {
        var organisation = Self.organisation()
        let answer = try Self.post(&organisation, Self.refresh, target: target)
        #expect(answer.status == 200)
        #expect(
            answer.body.object?.keys == ["access_token", "api_domain", "token_type", "expires_in"])
        #expect(answer.body["api_domain"]?.string == "http://127.0.0.1")
        #expect(answer.body["token_type"]?.string == "Bearer")
        #expect(answer.body["expires_in"]?.number?.text == "3600")
        let token = try #require(answer.body["access_token"]?.string)
        #expect(try Self.call(&organisation, token).status == 200)
        #expect(try Self.call(&organisation, token + "0").status == 401)
        let counts = organisation.ledger.counts
        #expect(counts.calls == 2)
        #expect(counts.accounts.exchanges == 1 && counts.accounts.refusedTokens == 1)
    }

    @Test func `parameters may be in the query, and other keys may give the lifetime`() throws {
        var organisation = Self.organisation {
            $0.accounts.expiryStyle = .milliseconds
            $0.accounts.sendsScope = true
            $0.accounts.apiDomain = "https://www.zohoapis.eu"
            $0.accounts.refreshTokens[0].scopes = ["ZohoCRM.modules.ALL", "ZohoCRM.org.READ"]
        }
        let answer = try Self.post(
            &organisation, nil, target: "/oauth/v2/token?\(Self.refresh)", fields: "")
        #expect(answer.body["expires_in_sec"]?.number?.text == "3600")
        #expect(answer.body["expires_in"]?.number?.text == "3600000")
        #expect(answer.body["scope"]?.string == "ZohoCRM.modules.ALL ZohoCRM.org.READ")
        #expect(answer.body["api_domain"]?.string == "https://www.zohoapis.eu")
    }

    struct Refused: Sendable, CustomTestStringConvertible {
        var method = "POST"
        var target = "/oauth/v2/token"
        var body: String? = AccountsTests.refresh
        var fields = AccountsTests.form
        var status = 200
        var error: String
        var testDescription: String { "\(method) \(target) \(body ?? "") \(error)" }
    }

    static func with(_ change: (String, String)) -> String {
        let parts = refresh.split(separator: change.0, maxSplits: 1).map(String.init)
        return parts.joined(separator: change.1)
    }

    static let refused: [Refused] = [
        Refused(body: with(("1000.C", "1000.X")), error: "invalid_client"),
        Refused(body: with(("client_id=1000.C&", "")), error: "invalid_client"),
        Refused(body: with(("s%2B", "s+")), error: "invalid_client_secret"),
        Refused(body: with(("&client_secret=s%2B", "")), error: "invalid_client_secret"),
        Refused(body: with(("1000.r", "1000.x")), error: "invalid_code"),
        Refused(body: with(("1000.r", "1000.q")), error: "invalid_code"),
        Refused(body: with(("=refresh_token", "=password")), error: "unsupported_grant_type"),
        Refused(body: "%zz", error: "invalid_client"),
        Refused(body: nil, error: "invalid_client"),
        Refused(
            body: #"{"refresh_token":"1000.r","client_id":"1000.C","client_secret":"s+","#
                + #""grant_type":"refresh_token"}"#,
            fields: "Content-Type: application/json\r\n", error: "invalid_client"),
        Refused(
            method: "GET", target: "/oauth/v2/token?\(refresh)", body: nil, status: 405,
            error: "invalid_request"),
        Refused(target: "/oauth/v2/token/revoke?token=x", body: nil, error: "invalid_code"),
    ]

    @Test(arguments: refused)
    func `an exchange is refused, mostly with HTTP 200`(_ example: Refused) throws {
        var organisation = Self.organisation()
        let answer = try Self.post(
            &organisation, example.body, target: example.target, method: example.method,
            fields: example.fields)
        #expect(answer.status == example.status)
        #expect(try answer.body == OrganisationTests.tree("{\"error\":\"\(example.error)\"}"))
        #expect(organisation.ledger.counts.accounts.failures == 1)
        #expect(organisation.ledger.counts.accounts.exchanges == 0)
    }

    @Test func `another path or portal is not found`() throws {
        var organisation = Self.organisation { $0.accounts.portal = "60001" }
        for target in ["/oauth/v3/token", "/clientoauth/v2/token", "/clientoauth/v2/7/token"] {
            let reply = try OrganisationTests.ask(
                &organisation, "POST \(target)", body: Self.refresh, fields: Self.form)
            #expect(reply.status == 404)
        }
        let answer = try Self.post(
            &organisation, Self.refresh, target: "/clientoauth/v2/60001/token")
        #expect(answer.body["access_token"] != nil)
    }

    @Test func `a grant code is good once, for three minutes, for its client`() throws {
        func exchange(
            _ organisation: inout Organisation, _ code: String, _ client: String, at seconds: Int64
        ) throws -> JSONValue {
            try Self.post(
                &organisation,
                "code=\(code)&client_id=\(client)&client_secret="
                    + (client == "1000.C" ? "s%2B" : "t")
                    + "&grant_type=authorization_code&redirect_uri=https%3A%2F%2Fa", at: seconds
            ).body
        }
        var organisation = Self.organisation()
        #expect(
            try exchange(&organisation, "1000.g", "1000.D", at: 0)["error"]?.string
                == "invalid_code")
        let good = try exchange(&organisation, "1000.g", "1000.C", at: 179)
        let refreshToken = try #require(good["refresh_token"]?.string)
        let access = try #require(good["access_token"]?.string)
        #expect(try Self.call(&organisation, access, at: 180).status == 200)
        #expect(
            try exchange(&organisation, "1000.g", "1000.C", at: 179)["error"]?.string
                == "invalid_code")
        #expect(
            try exchange(&organisation, "1000.h", "1000.C", at: 180)["error"]?.string
                == "invalid_code")
        let again = try Self.post(
            &organisation, Self.refresh.replacing("1000.r", with: refreshToken), at: 200)
        #expect(again.body["access_token"]?.string != nil)
        #expect(again.body["refresh_token"] == nil)
        #expect(organisation.ledger.counts.accounts.codeExchanges == 1)
    }

    @Test func `ten exchanges in ten minutes, then a lock-out that tries extend`() throws {
        var organisation = Self.organisation()
        for second: Int64 in 0..<10 { _ = try Self.token(&organisation, at: second) }
        let denied = try Self.post(&organisation, Self.refresh, at: 100)
        #expect(denied.status == 400)
        #expect(
            try denied.body
                == OrganisationTests.tree(
                    """
                    {"error_description": "You have made too many requests continuously. \
                    Please try again after some time.", "error": "Access Denied",
                     "status": "failure"}
                    """))
        // The lock-out ends with the window of the first exchange, at 600; a try at 599 makes it
        // 1,199, one at 1,198 makes it 1,798.
        let times: [(Int64, Int)] = [(599, 400), (1_198, 400), (1_797, 400), (2_397, 200)]
        for (time, status) in times {
            #expect(
                try Self.post(&organisation, Self.refresh, at: time).status == status, "\(time)")
        }
        let accounts = organisation.ledger.counts.accounts
        #expect(accounts.throttled == 4)
        #expect(accounts.lockOuts == 1)
        #expect(accounts.exchanges == 11)
        #expect(accounts.requests == 15)
    }

    @Test
    func `a client that waits for the window to end is served, and others are not locked out`()
        throws
    {
        var organisation = Self.organisation()
        for _ in 0..<10 { _ = try Self.token(&organisation) }
        #expect(try Self.post(&organisation, Self.refresh, at: 1).status == 400)
        let other = "refresh_token=1000.q&client_id=1000.D&client_secret=t&grant_type=refresh_token"
        #expect(try Self.post(&organisation, other, at: 1).body["access_token"] != nil)
        #expect(try Self.post(&organisation, Self.refresh, at: 600).body["access_token"] != nil)
    }

    @Test func `wrong tokens are throttled too`() throws {
        var organisation = Self.organisation()
        let wrong = Self.refresh.replacing("1000.r", with: "1000.x")
        for _ in 0..<10 { #expect(try Self.post(&organisation, wrong).status == 200) }
        #expect(try Self.post(&organisation, wrong).status == 400)
        #expect(try Self.post(&organisation, Self.refresh).status == 200)
    }

    @Test func `a token expires after its hour, and its end is reported`() throws {
        var organisation = Self.organisation {
            // 2024-08-01T10:21:19Z, as in a captured answer.
            $0.epochMilliseconds = 1_722_507_679_000
            $0.accounts.zoneOffsetSeconds = 8 * 3_600
        }
        let token = try Self.token(&organisation)
        let reply = try Self.call(&organisation, token, at: 3_599)
        #expect(reply.status == 200)
        #expect(
            String(decoding: reply.extraFields, as: UTF8.self)
                == "X-ACCESSTOKEN-RESET: 2024-08-01T19:21:19+08:00\r\n")
        let dead = try Self.call(&organisation, token, at: 3_600)
        #expect(dead.status == 401)
        #expect(dead.extraFields.isEmpty)
        #expect(try JSONTree.parse(dead.body)["code"]?.string == "INVALID_TOKEN")
        var other = Self.organisation { $0.accounts.badTokenAnswer = .authenticationFailure }
        #expect(
            try JSONTree.parse(Self.call(&other, "x").body)["code"]?.string
                == "AUTHENTICATION_FAILURE")
    }

    @Test func `the eleventh token revokes the first, and revoking ends all`() throws {
        var organisation = Self.organisation { $0.accounts.maximumExchanges = 100 }
        let tokens = try (0..<11).map { _ in try Self.token(&organisation) }
        #expect(Set(tokens).count == 11)
        let alive = try tokens.map { try Self.call(&organisation, $0).status != 401 }
        #expect(alive == [false] + Array(repeating: true, count: 10))
        let one = try Self.post(
            &organisation, nil, target: "/oauth/v2/token/revoke?token=\(tokens[5])", fields: "")
        #expect(one.body["status"]?.string == "success")
        #expect(try Self.call(&organisation, tokens[5]).status == 401)
        #expect(try Self.call(&organisation, tokens[6]).status != 401)
        _ = try Self.post(&organisation, "token=1000.r", target: "/oauth/v2/token/revoke")
        #expect(try Self.call(&organisation, tokens[6]).status == 401)
        #expect(
            try Self.post(&organisation, Self.refresh).body["error"]?.string == "invalid_code")
        #expect(organisation.ledger.counts.accounts.revocations == 2)
    }

    struct Scoped: Sendable, CustomTestStringConvertible {
        var line: String
        var scopes: [String]
        var isGood: Bool
        var testDescription: String { "\(line) \(scopes) \(isGood)" }
    }

    static let scoped: [Scoped] = [
        (line, ["ZohoCRM.modules.ALL"], true),
        (line, ["ZohoCRM.modules.campaigns.ALL"], true),
        (line, ["ZohoCRM.modules.campaigns.DELETE"], true),
        (line, ["ZohoCRM.modules.campaigns.WRITE"], true),
        (line, ["ZohoCRM.modules.campaigns.UPDATE"], false),
        (line, ["ZohoCRM.modules.leads.DELETE"], false),
        (line, [], false),
        ("DELETE /crm/v2/Price_Books/1/Products/2", ["ZohoCRM.modules.pricebooks.DELETE"], true),
        ("DELETE /crm/v2/Potentials/1/Products/2", ["ZohoCRM.modules.deals.DELETE"], true),
        ("PUT /crm/v2/Leads/1/Campaigns", ["ZohoCRM.modules.leads.UPDATE"], true),
        ("PUT /crm/v2/Leads/1/Campaigns", ["ZohoCRM.modules.leads.DELETE"], false),
        ("GET /crm/v2/Leads/1/Campaigns", ["ZohoCRM.modules.leads.READ"], true),
        ("GET /crm/v8/Leads/deleted/1/Campaigns?fields=id", ["ZohoCRM.modules.leads.READ"], true),
        ("GET /crm/v8/Leads/deleted/1/Campaigns?fields=id", ["ZohoCRM.modules.x.READ"], false),
        ("DELETE /crm/v2/Leads/1/Attachments/2", ["ZohoCRM.modules.ALL"], false),
        (
            "DELETE /crm/v2/Leads/1/Attachments/2",
            ["ZohoCRM.modules.ALL", "ZohoCRM.modules.attachments.DELETE"], true
        ),
        (
            "DELETE /crm/v2/Leads/1/Attachments/2",
            ["ZohoCRM.modules.leads.DELETE", "ZohoCRM.modules.attachments.ALL"], true
        ),
        ("DELETE /crm/v2/Leads/1/Attachments/2", ["ZohoCRM.modules.attachments.ALL"], false),
        ("GET /crm/v2/settings/modules", ["ZohoCRM.settings.ALL"], true),
        ("GET /crm/v2/settings/modules", ["ZohoCRM.settings.modules.READ"], true),
        ("GET /crm/v2/settings/modules", ["ZohoCRM.modules.ALL"], false),
        ("DELETE \(CreatorTests.path)", ["ZohoCreator.report.DELETE"], true),
        ("DELETE \(CreatorTests.path)", ["ZohoCreator.report.READ"], false),
        ("GET \(CreatorTests.path)", ["ZohoCreator.report.READ"], true),
    ].map { Scoped(line: $0.0, scopes: $0.1, isGood: $0.2) }

    @Test(arguments: scoped)
    func `a token reaches as far as its scopes`(_ example: Scoped) throws {
        var organisation = Self.organisation {
            $0.accounts.refreshTokens[0].scopes = example.scopes
        }
        let token = try Self.token(&organisation)
        let reply = try Self.call(
            &organisation, token, example.line, body: #"{"data":[{"id":"7"}]}"#)
        let code = reply.body.isEmpty ? .null : try JSONTree.parse(reply.body)["code"] ?? .null
        let isRefused = code == "OAUTH_SCOPE_MISMATCH" || code == 2945
        #expect(isRefused != example.isGood)
        #expect(organisation.ledger.counts.accounts.refusedScopes == (example.isGood ? 0 : 1))
        if isRefused { #expect(reply.status == 401) }
    }

    @Test func `without clients any credentials are taken, and any token stays good`() throws {
        var settings = OrganisationSettings()
        var organisation = Organisation(settings, world: World(.universal))
        let token = try Self.token(&organisation)
        #expect(try Self.call(&organisation, token, at: 1_000_000).status == 200)
        #expect(try Self.call(&organisation, "other").status != 401)
        settings.token = "fixed"
        var fixed = Organisation(settings, world: World(.universal))
        #expect(try Self.token(&fixed) == "fixed")
        #expect(try Self.call(&fixed, "other").status == 401)
        #expect(
            try Self.post(&fixed, "client_id=a&client_secret=b&grant_type=refresh_token")
                .body["error"]?.string == "invalid_code")
    }

    @Test(arguments: [
        ("429", 400, "Access Denied"), ("401", 200, "invalid_code"),
        ("401-failure", 200, "invalid_client"),
    ])
    func `faults speak the accounts server's language`(
        fault: String, status: Int, error: String
    ) throws {
        var organisation = Self.organisation {
            $0.accounts.faults = FaultPlan(
                rules: [.init(kind: .init(rawValue: fault) ?? .cut, calls: [1...1])])
        }
        let first = try Self.post(&organisation, Self.refresh)
        #expect(first.status == status)
        #expect(first.body["error"]?.string == error)
        #expect(organisation.ledger.counts.accounts.exchanges == 0)
        #expect(try Self.post(&organisation, Self.refresh).body["access_token"] != nil)
    }

    @Test func `the oldest of too many refresh tokens is revoked`() throws {
        var organisation = Self.organisation {
            $0.accounts.maximumRefreshTokens = 1
        }
        let old = try Self.token(&organisation)
        _ = try Self.post(
            &organisation,
            "code=1000.g&client_id=1000.C&client_secret=s%2B&grant_type=authorization_code")
        #expect(try Self.call(&organisation, old).status == 401)
        #expect(
            try Self.post(&organisation, Self.refresh).body["error"]?.string == "invalid_code")
    }
}
