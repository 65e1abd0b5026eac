import Running
import Testing
import ZohoAPI

@testable import CommandLineTool

private func credentials(
    _ variables: [String: String] = [:], systemd: [String: String] = [:]
) throws -> Credentials {
    try Credentials(
        Settings.Environment(
            variable: { variables[$0] },
            credential: { name throws(SettingsError) in
                systemd[name].map { (text: $0, path: "/credentials/\(name)") }
            }))
}

private let refreshing = [
    "RELSWEEP_REFRESH_TOKEN": "r", "RELSWEEP_CLIENT_ID": "i", "RELSWEEP_CLIENT_SECRET": "s",
]

@Suite struct CredentialSourceTests {
    @Test func `a refresh token needs three parts, and a missing one is named`() throws {
        #expect(try credentials().kind == .incomplete([]))
        #expect(try credentials(refreshing).kind == .refreshToken)
        for name in [Credentials.Name.refreshToken, .clientID, .clientSecret] {
            var some = refreshing
            some[name.variable] = nil
            #expect(try credentials(some).kind == .incomplete([name]))
        }
    }

    @Test func `an access token counts, unless the refresh token's source is the stronger`() throws
    {
        let both = refreshing.merging(["RELSWEEP_ACCESS_TOKEN": "a"]) { $1 }
        #expect(try credentials(both).kind == .accessToken)
        #expect(
            try credentials(refreshing, systemd: ["relsweep-access-token": "a"]).kind
                == .refreshToken)
        #expect(try credentials(["RELSWEEP_ACCESS_TOKEN": "a"]).kind == .accessToken)
    }

    @Test func `the question before a run names the organisation, or why it is not known`() throws {
        var summary = PlanSummary()
        summary.itemsToSend = 12
        summary.openCalls = 3
        func question() -> String { Consent.question(summary, target: "https://www.zohoapis.eu") }
        #expect(
            question()
                == "This changes https://www.zohoapis.eu: 12 items in 3 calls. Type yes to go on: ")
        let organisation = try #require(OrganisationIdentity(id: "60001", name: "Zylker"))
        summary.organisation = .known(organisation)
        #expect(question().contains("zohoapis.eu, organisation Zylker (60001): 12 items"))
        summary.organisation = .withheld("the token lacks the scope ZohoCRM.org.READ")
        #expect(question().contains("could not be read: the token lacks the scope"))
    }

    @Test func `no mirror and no description shows a secret`() throws {
        let secret = try credentials(["RELSWEEP_CLIENT_SECRET": "hush-hush"])
        var dumped = "\(secret) \(String(reflecting: secret)) "
        dump(secret, to: &dumped)
        #expect(!dumped.contains("hush"))
    }

    @Test func `commands of two words are read, and one word of them is none`() throws {
        #expect(try Arguments.parse(["auth", "check"]).request == .command(.authCheck))
        #expect(try Arguments.parse(["auth", "check", "m.csv"]).operand == "m.csv")
        #expect(
            try Arguments.parse(["auth", "exchange", "--print"]).request
                == .command(.authExchange))
        #expect(throws: ArgumentError.incompleteCommand("auth")) { try Arguments.parse(["auth"]) }
        #expect(throws: ArgumentError.incompleteCommand("auth")) {
            try Arguments.parse(["auth", "login"])
        }
        #expect(
            ArgumentError.incompleteCommand("auth").message
                == "\"auth\" is incomplete: use \"auth exchange\" or \"auth check\"")
    }
}
