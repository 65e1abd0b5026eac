import JSONText
import Testing

@testable import Simulator

@Suite struct OrganisationTests {
    /// Two campaigns with contacts, one product with a price book, bystanders beside them.
    static func world(_ kind: World.Kind = .exact) throws -> World {
        var world = World(kind)
        try world.addRelation(
            module: "Campaigns", id: 3_652_397_000_000_327_001, list: "Contacts",
            relatedID: 3_652_397_000_000_925_128)
        try world.addRelation(
            module: "Contacts", id: 3_652_397_000_000_649_013, list: "Campaigns",
            relatedID: 3_652_397_000_000_327_001)
        try world.addRelation(module: "Products", id: 7, list: "Potentials", relatedID: 8)
        try world.addRelation(module: "Products", id: 7, list: "Price_Books", relatedID: 9)
        try world.addRelation(module: "Leads", id: 20, list: "Campaigns", relatedID: 10)
        try world.addRelation(
            module: "Campaigns", id: 10, list: "Leads", relatedID: 21, bystander: true)
        try world.addRecord(module: "Leads", id: 22)
        return world
    }

    static func organisation(
        _ style: AnswerStyle, _ change: (inout OrganisationSettings) -> Void = { _ in }
    ) throws -> Organisation {
        var settings = OrganisationSettings()
        settings.style = style
        change(&settings)
        return Organisation(settings, world: try world())
    }

    static func ask(
        _ organisation: inout Organisation, _ line: String,
        authorization: String? = "Zoho-oauthtoken 1000.abc", body: String? = nil,
        fields: String = "", at now: Int64 = 0
    ) throws -> Reply {
        let request = try RequestText.request(
            line, authorization: authorization, body: body, fields: fields)
        let reply = organisation.reply(to: request, at: now)
        if reply.isActive { organisation.finished(reply.service) }
        return reply
    }

    static func tree(_ text: String) throws -> JSONValue {
        try JSONTree.parse(Array(text.utf8))
    }

    @Test(arguments: [AnswerStyle.v2, .v8, .v8NotFound])
    func `Zoho's sample request gets Zoho's sample answer`(
        style: AnswerStyle
    ) throws {
        for separator in [",", "%2C", "%2c"] {
            var organisation = try Self.organisation(style)
            let reply = try Self.ask(
                &organisation,
                "DELETE /crm/v2/Campaigns/3652397000000327001/Contacts"
                    + "?ids=3652397000000925128\(separator)3652397000000649013")
            #expect(reply.status == 200)
            #expect(
                try JSONTree.parse(reply.body)
                    == Self.tree(
                        """
                        {"data": [
                          {"code": "SUCCESS", "details": {"id": "3652397000000925128"},
                           "message": "relation removed", "status": "success"},
                          {"code": "SUCCESS", "details": {"id": "3652397000000649013"},
                           "message": "relation removed", "status": "success"}
                        ]}
                        """))
            #expect(organisation.ledger.counts.relationsRemoved == 2)
            #expect(organisation.ledger.seededRemaining == 3)
        }
    }

    struct Refused: Sendable, CustomTestStringConvertible {
        var line: String
        var status: Int
        var code: String
        var message: String
        var index: Int?
        var style = AnswerStyle.v2
        var authorization: String? = "Zoho-oauthtoken 1000.abc"
        var testDescription: String { "\(line) \(code)" }
    }

    static let hundredAndOne = (1...101).map { "\($0)" }.joined(separator: ",")
    static let badID = "the related id given seems to be invalid"
    static let unparsable = "either the request body or parameters is in wrong format"
    static let badURL = "Please check if the URL trying to access is a correct one"
    static let badModule = "The module name given seems to be invalid"
    static let unsupported = "The given module is not supported in API"
    static let badList = "The relation/related name given seems to be invalid"
    static let badMethod = "The http request method type is not a valid one"

    static let refused: [Refused] = [
        Refused(
            line: "DELETE /crm/v2/Campaigns/10/Leads?ids=20,999", status: 400, code: "INVALID_DATA",
            message: badID),
        Refused(
            line: "DELETE /crm/v2/Campaigns/10/Leads/999", status: 400, code: "INVALID_DATA",
            message: badID, index: 3),
        Refused(
            line: "DELETE /crm/v2/Campaigns/10/Leads/x", status: 400, code: "INVALID_DATA",
            message: badID, index: 3, style: .v8),
        Refused(
            line: "DELETE /crm/v2/Campaigns/11/Leads?ids=20", status: 400, code: "INVALID_DATA",
            message: badID, index: 1),
        Refused(
            line: "DELETE /crm/v2/Campaigns/11/Leads?ids=20", status: 404, code: "INVALID_DATA",
            message: "The record does not exist", index: 1, style: .v8),
        Refused(
            line: "DELETE /crm/v2/Campaigns/x/Leads?ids=20", status: 400, code: "INVALID_DATA",
            message: badID, index: 1),
        Refused(
            line: "DELETE /crm/v2/Campaigns/10/Nodes?ids=20", status: 400, code: "INVALID_DATA",
            message: badList, index: 2),
        Refused(
            line: "DELETE /crm/v2/Campaigns/10/Products?ids=20", status: 400, code: "INVALID_DATA",
            message: badList, index: 2),
        Refused(
            line: "DELETE /crm/v2/Campaigns/10/leads?ids=20", status: 400, code: "INVALID_DATA",
            message: badList, index: 2),
        Refused(
            line: "DELETE /crm/v2/Campaign/10/Leads?ids=20", status: 400, code: "INVALID_MODULE",
            message: badModule, index: 0),
        Refused(
            line: "DELETE /crm/v2/campaigns/10/Leads?ids=20", status: 400, code: "INVALID_MODULE",
            message: badModule, index: 0),
        Refused(
            line: "DELETE /crm/v2/Documents/10/Leads?ids=20", status: 400, code: "INVALID_MODULE",
            message: unsupported, index: 0),
        Refused(
            line: "DELETE /crm/v2/Projects/10/Leads?ids=20", status: 400, code: "INVALID_MODULE",
            message: unsupported, index: 0),
        Refused(
            line: "DELETE /crm/v2/Campaigns/10/Leads", status: 400, code: "MANDATORY_NOT_FOUND",
            message: "required parameter not found"),
        Refused(
            line: "DELETE /crm/v2/Campaigns/10/Leads?ids=", status: 400,
            code: "MANDATORY_NOT_FOUND", message: "required parameter not found"),
        Refused(
            line: "DELETE /crm/v2/Campaigns/10/Leads?ids=\(hundredAndOne)", status: 400,
            code: "LIMIT_EXCEEDED",
            message: "Limit Exceeded, You cannot give more than 100 record ids"),
        unparsableIDs("20,"), unparsableIDs(",20"), unparsableIDs("20,,21"), unparsableIDs("20,x"),
        unparsableIDs("20,%2021"), unparsableIDs("3.65E+18"), unparsableIDs("020"),
        unparsableIDs("0"), unparsableIDs("-20"), unparsableIDs("20&ids=21"), unparsableIDs("20%2"),
        unparsableIDs("18446744073709551616"),
        badURL("/"), badURL("/crm"), badURL("/crm/v2"), badURL("/crm/v2/"), badURL("/crm/v1/Leads"),
        badURL("/crm/v9/Leads/1/Campaigns?ids=1"), badURL("/apis/v2/Leads/1/Campaigns?ids=1"),
        badURL("/crm/v2/Leads/1/Campaigns/"), badURL("/crm/v2/Leads//Campaigns?ids=1"),
        badURL("/crm/v2/Leads/1/Campaigns/2/3"), badURL("//crm/v2/Leads/1/Campaigns?ids=1"),
        badURL("/crm/v2/Leads/1/Camp%2Gaigns?ids=1"), badURL("/crm/v2/Leads/1/Camp%2Faigns?ids=1"),
        wrongMethod("POST", "/crm/v2/Campaigns/10/Leads?ids=20"),
        wrongMethod("PATCH", "/crm/v2/Campaigns/10/Leads/20"),
        wrongMethod("PUT", "/crm/v2/Leads/20"),
        wrongMethod("PURGE", "/crm/v2/Campaigns/10/Leads/20"),
        badToken(nil), badToken("Bearer 1000.abc"), badToken("Zoho-oauthtoken "),
        badToken("1000.abc"), badToken("zoho-oauthtoken 1000.abc"),
    ]

    static func unparsableIDs(_ ids: String) -> Refused {
        Refused(
            line: "DELETE /crm/v2/Campaigns/10/Leads?ids=\(ids)", status: 400,
            code: "UNABLE_TO_PARSE_DATA_TYPE", message: unparsable)
    }

    static func badURL(_ target: String) -> Refused {
        Refused(
            line: "DELETE \(target)", status: 404, code: "INVALID_URL_PATTERN", message: badURL)
    }

    static func wrongMethod(_ method: String, _ target: String) -> Refused {
        Refused(
            line: "\(method) \(target)", status: 400, code: "INVALID_REQUEST_METHOD",
            message: badMethod)
    }

    static func badToken(_ authorization: String?) -> Refused {
        Refused(
            line: "DELETE /crm/v2/Campaigns/10/Leads?ids=20", status: 401, code: "INVALID_TOKEN",
            message: "invalid oauth token", authorization: authorization)
    }

    @Test(arguments: refused)
    func `a request is refused as documented, and nothing is done`(_ example: Refused) throws {
        var organisation = try Self.organisation(example.style)
        let reply = try Self.ask(
            &organisation, example.line, authorization: example.authorization)
        let body = try JSONTree.parse(reply.body)
        #expect(reply.status == example.status)
        #expect(body["code"]?.string == example.code)
        #expect(body["message"]?.string == example.message)
        #expect(body["status"]?.string == "error")
        #expect(body["data"] == nil)
        let details = try #require(body["details"]?.object)
        #expect(details["resource_path_index"]?.number?.uint64 == example.index.map(UInt64.init))
        switch example.code {
        case "MANDATORY_NOT_FOUND": #expect(details["param_name"]?.string == "ids")
        case "LIMIT_EXCEEDED":
            #expect(details["param_name"]?.string == "ids")
            #expect(details["limit"]?.string == "100")
        default: break
        }
        let ledger = organisation.ledger
        #expect(ledger.counts.relationsRemoved == 0)
        #expect(ledger.seededRemaining == 5)
        #expect(ledger.counts.deletedRecords.isEmpty)
    }

    @Test func `every version and every supported pair answers, from both ends`() throws {
        let versions = ["v2", "v2.1", "v3", "v4", "v5", "v6", "v7", "v8"]
        for pair in RelationPair.allCases {
            for (parent, list) in [(pair.first, pair.second), (pair.second, pair.first)] {
                let relation = Relation(pair: pair, module: parent, parent: 5, related: 6)
                var world = World(.exact)
                try world.addRelation(module: parent.name, id: 5, list: list.name, relatedID: 6)
                #expect(world.holds(relation))
                for (index, version) in versions.enumerated() {
                    var organisation = Organisation(OrganisationSettings(), world: world)
                    let line = "DELETE /crm/\(version)/\(parent.name)/5/\(list.name)"
                    let reply = try Self.ask(
                        &organisation, line + (index % 2 == 0 ? "?ids=6" : "/6"))
                    #expect(reply.status == 200, "\(line)")
                    #expect(!organisation.world.holds(relation))
                    let again = try Self.ask(
                        &organisation, "DELETE /crm/v2/\(list.name)/6/\(parent.name)/5")
                    #expect(again.status == 400)
                }
            }
        }
    }

    @Test func `a module's old name means the same relations`() throws {
        var organisation = try Self.organisation(.v8)
        let reply = try Self.ask(&organisation, "DELETE /crm/v2/Potentials/8/Products?ids=7")
        #expect(reply.status == 200)
        let again = try Self.ask(&organisation, "DELETE /crm/v8/Products/7/Deals?ids=8")
        #expect(again.status == 400)
        let history = organisation.ledger.history(
            module: "Deals", id: 8, list: "Products", relatedID: 7)
        #expect(history?.removals == 1)
        #expect(history?.alreadyGone == 1)
        #expect(history?.module == "Products")
    }

    @Test func `an encoded segment is the same segment`() throws {
        var organisation = try Self.organisation(.v8)
        let reply = try Self.ask(
            &organisation, "DELETE /crm/v2/Products/%37/Price%5FBooks?x=y&ids=%39")
        #expect(reply.status == 200)
    }

    @Test func `v2 refuses the whole request for one bad id`() throws {
        var organisation = try Self.organisation(.v2)
        let reply = try Self.ask(&organisation, "DELETE /crm/v2/Campaigns/10/Leads?ids=20,22")
        #expect(reply.status == 400)
        #expect(organisation.ledger.counts.relationsRemoved == 0)
        #expect(organisation.ledger.counts.alreadyGone == 1)
        let second = try Self.ask(&organisation, "DELETE /crm/v2/Campaigns/10/Leads?ids=20")
        #expect(second.status == 200)
        let third = try Self.ask(&organisation, "DELETE /crm/v2/Campaigns/10/Leads?ids=20")
        #expect(third.status == 400)
    }

    @Test func `v8 checks every element, and shows by the status how it went`() throws {
        var organisation = try Self.organisation(.v8)
        let mixed = try Self.ask(&organisation, "DELETE /crm/v8/Campaigns/10/Leads?ids=99,20")
        #expect(mixed.status == 207)
        #expect(
            try JSONTree.parse(mixed.body)
                == Self.tree(
                    """
                    {"data":[
                      {"code":"INVALID_DATA","details":{"id":"99"},"message":"relation not found",
                       "status":"error"},
                      {"code":"SUCCESS","details":{"id":"20"},"message":"relation removed",
                       "status":"success"}]}
                    """))
        let all = try Self.ask(&organisation, "DELETE /crm/v8/Campaigns/10/Leads?ids=20")
        #expect(all.status == 400)
        #expect(
            try JSONTree.parse(all.body)
                == Self.tree(
                    """
                    {"data":[{"code":"INVALID_DATA","details":{"id":"20"},
                      "message":"relation not found",
                      "status":"error"}]}
                    """))
    }

    @Test func `an id named twice in a request is removed once`() throws {
        var v2 = try Self.organisation(.v2)
        #expect(try Self.ask(&v2, "DELETE /crm/v2/Campaigns/10/Leads?ids=20,20").status == 200)
        #expect(v2.ledger.counts.relationsRemoved == 1)
        #expect(v2.ledger.counts.repeatedInRequest == 1)
        var v8 = try Self.organisation(.v8)
        #expect(try Self.ask(&v8, "DELETE /crm/v2/Campaigns/10/Leads?ids=20,20").status == 207)
        #expect(v8.ledger.counts.relationsRemoved == 1)
        #expect(v8.ledger.counts.alreadyGone == 1)
    }

    @Test func `a bystander that is removed is reported`() throws {
        var organisation = try Self.organisation(.v2)
        _ = try Self.ask(&organisation, "DELETE /crm/v2/Leads/21/Campaigns?ids=10")
        #expect(organisation.ledger.counts.bystanderChanges == 1)
        #expect(organisation.ledger.counts.seededRemovals == 0)
        #expect(organisation.ledger.seededRemaining == 5)
        #expect(
            organisation.ledger.touchedRelations == [
                .init(
                    module: "Campaigns", id: 10, list: "Leads", relatedID: 21, removals: 1,
                    alreadyGone: 0, isPresent: false, isSeeded: false, isBystander: true)
            ])
    }

    @Test func `a DELETE without a list deletes the record and all its relations`() throws {
        var organisation = try Self.organisation(.v2)
        let reply = try Self.ask(&organisation, "DELETE /crm/v2/Campaigns/10")
        #expect(reply.status == 200)
        let body = try JSONTree.parse(reply.body)
        #expect(body["data"]?.array?[0]["message"]?.string == "record deleted")
        let counts = organisation.ledger.counts
        #expect(counts.deletedRecords == [DeletedRecord(module: "Campaigns", id: 10)])
        #expect(counts.relationsLostWithRecords == 2)
        #expect(counts.bystanderChanges == 1)
        #expect(counts.relationsRemoved == 0)
        #expect(try Self.ask(&organisation, "DELETE /crm/v2/Campaigns/10").status == 400)
        #expect(
            try Self.ask(&organisation, "DELETE /crm/v2/Leads/20/Campaigns?ids=10").status == 400)
        let bulk = try Self.ask(&organisation, "DELETE /crm/v2/Leads?ids=20,21,23")
        #expect(bulk.status == 207)
        #expect(organisation.ledger.counts.deletedRecords.count == 3)
    }

    @Test func `a DELETE on a one-to-many list deletes the children`() throws {
        for list in ["Notes", "notes", "Tasks", "calls", "Events"] {
            var organisation = try Self.organisation(.v2)
            let line = "DELETE /crm/v2/Leads/20/\(list)"
            let reply = try Self.ask(&organisation, line + "?ids=501,502")
            #expect(reply.status == 200)
            let body = try JSONTree.parse(reply.body)
            #expect(body["data"]?.array?[1]["message"]?.string == "record deleted")
            #expect(
                organisation.ledger.counts.deletedChildren == [
                    DeletedChild(module: "Leads", id: 20, list: list, relatedID: 501),
                    DeletedChild(module: "Leads", id: 20, list: list, relatedID: 502),
                ])
            #expect(try Self.ask(&organisation, line + "/501").status == 400)
            #expect(try Self.ask(&organisation, "DELETE /crm/v2/Leads/99/\(list)/5").status == 400)
        }
        var organisation = try Self.organisation(.v2)
        #expect(try Self.ask(&organisation, "DELETE /crm/v2/Leads/20/Notes").status == 400)
        _ = try Self.ask(
            &organisation, "DELETE /crm/v2/Contacts/3652397000000649013/Deals?ids=8")
        #expect(organisation.ledger.counts.relationsLostWithRecords == 1)
        #expect(organisation.ledger.counts.deletedChildren.count == 1)
    }

    @Test func `in the universal world everything exists until it is removed`() throws {
        var settings = OrganisationSettings()
        settings.style = .v8
        var organisation = Organisation(settings, world: World(.universal))
        let line = "DELETE /crm/v2/Campaigns/18446744073709551615/Leads?ids=1,18446744073709551614"
        #expect(try Self.ask(&organisation, line).status == 200)
        #expect(try Self.ask(&organisation, line).status == 400)
        #expect(organisation.ledger.counts.unseededRemovals == 2)
        #expect(organisation.ledger.counts.alreadyGone == 2)
        #expect(try Self.ask(&organisation, "DELETE /crm/v2/Leads/5").status == 200)
        #expect(try Self.ask(&organisation, "DELETE /crm/v2/Leads/5/Campaigns/3").status == 404)
        #expect(try Self.ask(&organisation, "DELETE /crm/v2/Campaigns/3/Leads/5").status == 400)
    }

    @Test func `the token is compared when one is set`() throws {
        var organisation = try Self.organisation(.v2) { $0.token = "1000.good" }
        let line = "DELETE /crm/v2/Campaigns/10/Leads?ids=20"
        for wrong in ["1000.goo", "1000.good2", "1000.GOOD"] {
            let reply = try Self.ask(
                &organisation, line, authorization: "Zoho-oauthtoken \(wrong)")
            #expect(reply.status == 401)
        }
        let reply = try Self.ask(&organisation, line, authorization: "Zoho-oauthtoken 1000.good")
        #expect(reply.status == 200)
    }

    @Test func `rights can be refused by module and list`() throws {
        var organisation = try Self.organisation(.v2) {
            $0.refusedRights = [
                .init(module: "Leads", list: "Campaigns", answer: .noPermission),
                .init(module: "Campaigns", answer: .authorizationFailed),
                .init(module: "Products", answer: .scopeMismatch),
            ]
        }
        let expected = [
            ("Leads/20/Campaigns/10", 403, "NO_PERMISSION", "Permission denied to delete records"),
            (
                "Campaigns/10/Leads/20", 400, "AUTHORIZATION_FAILED",
                "User does not have sufficient privilege to delete related records data"
            ),
            ("Products/7/Deals/8", 401, "OAUTH_SCOPE_MISMATCH", "Unauthorized"),
        ]
        for (path, status, code, message) in expected {
            let reply = try Self.ask(&organisation, "DELETE /crm/v2/\(path)")
            #expect(reply.status == status)
            let body = try JSONTree.parse(reply.body)
            #expect(body["code"]?.string == code)
            #expect(body["message"]?.string == message)
            if status == 403 {
                #expect(
                    body["details"]?["permissions"]?.array
                        == [.string("Crm_Implied_Delete_Leads")])
            }
        }
        #expect(try Self.ask(&organisation, "DELETE /crm/v2/Leads/20/Products/7").status == 400)
        #expect(organisation.ledger.counts.relationsRemoved == 0)
    }
}
