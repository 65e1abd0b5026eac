import JSONText
import Testing

@testable import Simulator

/// Reading one record, the organisation and its user.
@Suite struct RecordReadingTests {
    @Test func `one record is returned with the fields asked for, or as 204`() throws {
        var organisation = try OrganisationTests.organisation(.v8)
        func get(_ target: String) throws -> Reply {
            try OrganisationTests.ask(&organisation, "GET \(target)")
        }
        let whole = try JSONTree.parse(get("/crm/v2/Leads/20").body)
        #expect(whole["data"]?.array?.count == 1)
        #expect(whole["data"]?.array?.first?["id"]?.string == "20")
        #expect(whole["data"]?.array?.first?["Created_Time"]?.string != nil)
        #expect(whole["info"] == nil)
        let part = try JSONTree.parse(get("/crm/v8/Leads/20?fields=Modified_Time").body)
        let keys = part["data"]?.array?.first?.object?.members.map(\.key)
        #expect(keys == ["id", "Modified_Time"])
        #expect(try get("/crm/v8/Leads/999").status == 204)
        #expect(try get("/crm/v8/Leads/999").body.isEmpty)
        #expect(try get("/crm/v8/Leads/x").status == 400)
        #expect(try get("/crm/v8/Lead/20").status == 400)
        #expect(organisation.ledger.counts.callsByKind[.readRecord] == 4)
        _ = try OrganisationTests.ask(&organisation, "DELETE /crm/v8/Leads/20")
        #expect(try get("/crm/v8/Leads/20").status == 204)
    }

    @Test func `a single related record comes without info`() throws {
        var organisation = try OrganisationTests.organisation(.v8)
        let reply = try OrganisationTests.ask(
            &organisation, "GET /crm/v8/Campaigns/10/Leads/20?fields=id")
        #expect(
            try JSONTree.parse(reply.body) == OrganisationTests.tree(#"{"data":[{"id":"20"}]}"#))
    }

    @Test(arguments: ["v2", "v8"])
    func `the organisation and its user are returned`(version: String) throws {
        var organisation = try OrganisationTests.organisation(.v8) {
            $0.profile.id = "11"
            $0.profile.zgid = "12"
            $0.profile.companyName = "A & B"
            $0.profile.userID = "13"
        }
        func get(_ target: String) throws -> Reply {
            try OrganisationTests.ask(&organisation, "GET /crm/\(version)/\(target)")
        }
        let org = try JSONTree.parse(get("org").body)["org"]?.array?.first
        #expect(org?["id"]?.string == "11")
        #expect(org?["zgid"]?.string == "12")
        #expect(org?["company_name"]?.string == "A & B")
        for target in ["users", "users?type=CurrentUser", "users/13"] {
            let user = try JSONTree.parse(get(target).body)["users"]?.array?.first
            #expect(user?["id"]?.string == "13")
            #expect(user?["email"]?.string == "patricia@example.com")
        }
        #expect(try get("users/14").status == 204)
        #expect(try get("users?type=Unknown").status == 400)
        #expect(
            try OrganisationTests.ask(&organisation, "DELETE /crm/\(version)/org").status == 400)
    }

    @Test(
        arguments: [
            ("org", "ZohoCRM.org.READ", true), ("org", "ZohoCRM.org.ALL", true),
            ("org", "ZohoCRM.users.READ", false), ("users", "ZohoCRM.users.READ", true),
            ("users", "ZohoCRM.modules.ALL", false), ("Leads/20", "ZohoCRM.modules.READ", true),
            ("Leads/20", "ZohoCRM.modules.leads.READ", true),
            ("Leads/20", "ZohoCRM.modules.contacts.READ", false),
        ])
    func `each of them has its own scope`(target: String, scope: String, isGood: Bool) throws {
        var organisation = try OrganisationTests.organisation(.v8) {
            $0.accounts.clients = [.init(id: "c", secret: "s")]
            $0.accounts.refreshTokens = [.init(token: "r", clientID: "c", scopes: [scope])]
        }
        let exchange = try OrganisationTests.ask(
            &organisation,
            "POST /oauth/v2/token?grant_type=refresh_token&client_id=c&client_secret=s"
                + "&refresh_token=r")
        let token = try #require(JSONTree.parse(exchange.body)["access_token"]?.string)
        let reply = try OrganisationTests.ask(
            &organisation, "GET /crm/v8/\(target)", authorization: "Zoho-oauthtoken \(token)")
        #expect(reply.status == (isGood ? 200 : 401))
    }

    @Test func `related lists are returned as the SDK of the version reads them`() throws {
        var organisation = try OrganisationTests.organisation(.v8)
        func list(_ version: String, _ name: String) throws -> JSONValue {
            let reply = try OrganisationTests.ask(
                &organisation, "GET /crm/\(version)/settings/related_lists?module=Products")
            let lists = try JSONTree.parse(reply.body)["related_lists"]?.array ?? []
            return try #require(lists.first { $0["api_name"]?.string == name })
        }
        let old = try list("v2", "Price_Books")
        #expect(old["module"]?.string == "Price_Books")
        let new = try list("v8", "Price_Books")
        #expect(new["module"]?["api_name"]?.string == "Price_Books")
        #expect(new["module"]?["id"]?.string != nil)
        #expect(new["status"]?.string == "visible")
        for name in ["customize_sort", "customize_fields", "customize_display_label"] {
            #expect(new[name] == true)
        }
        #expect(new["linkingmodule"]?.string == "Products_X_Price_Books")
        #expect(try list("v8", "Notes")["linkingmodule"]?.isNull == true)
    }
}
