import JSONText
import Testing

@testable import Simulator

@Suite struct UpdateTests {
    static let sample = """
        {"data":[{"id":"3652397000000327001","Member_Status":"Active"},
                 {"id":"3652397000001854001","Member_Status":"Planning"}]}
        """

    static func organisation(_ style: AnswerStyle = .v2) throws -> Organisation {
        var world = World(.exact)
        try world.addRecord(module: "Leads", id: 3_652_397_000_001_829_002)
        try world.addRecord(module: "Campaigns", id: 3_652_397_000_000_327_001)
        try world.addRecord(module: "Campaigns", id: 3_652_397_000_001_854_001)
        try world.addRelation(module: "Products", id: 7, list: "Price_Books", relatedID: 9)
        try world.addRelation(
            module: "Products", id: 7, list: "Leads", relatedID: 21, bystander: true)
        var settings = OrganisationSettings()
        settings.style = style
        return Organisation(settings, world: world)
    }

    @Test(arguments: [AnswerStyle.v2, .v8, .v8Deleted])
    func `Zoho's sample relates a lead to two campaigns`(style: AnswerStyle) throws {
        var organisation = try Self.organisation(style)
        let line = "PUT /crm/v2/Leads/3652397000001829002/Campaigns"
        let reply = try OrganisationTests.ask(&organisation, line, body: Self.sample)
        #expect(reply.status == 200)
        #expect(
            try JSONTree.parse(reply.body)
                == OrganisationTests.tree(
                    """
                    {"data": [
                      {"code": "SUCCESS", "details": {"id": "3652397000000327001"},
                       "message": "relation added", "status": "success"},
                      {"code": "SUCCESS", "details": {"id": "3652397000001854001"},
                       "message": "relation added", "status": "success"}]}
                    """))
        #expect(organisation.ledger.counts.relationsAdded == 2)
        let again = try OrganisationTests.ask(&organisation, line, body: Self.sample)
        #expect(again.status == 200)
        #expect(organisation.ledger.counts.relationsUpdated == 2)
        let removal = try OrganisationTests.ask(
            &organisation, "DELETE /crm/v2/Campaigns/3652397000000327001/Leads/3652397000001829002")
        #expect(removal.status == 200)
    }

    struct Example: Sendable, CustomTestStringConvertible {
        var path: String
        var body: String
        var v2: Int
        var v8: Int
        var code: String?
        var jsonPath: String?
        var testDescription: String { "\(path) \(body)" }
    }

    static let examples: [Example] = [
        Example(
            path: "Price_Books", body: #"{"data":[{"id":"9","list_price":50.560}]}"#, v2: 200,
            v8: 200),
        Example(
            path: "Price_Books", body: #"{"data":[{"id":9,"list_price":1e2}]}"#, v2: 200, v8: 200),
        Example(path: "Price_Books/9", body: #"{"data":[{"list_price":1}]}"#, v2: 200, v8: 200),
        Example(
            path: "Price_Books/9", body: #"{"data":[{"id":"9","list_price":1}]}"#, v2: 200,
            v8: 200),
        Example(
            path: "Price_Books/9", body: #"{"data":[{"id":"8","list_price":1}]}"#, v2: 202, v8: 400,
            code: "INVALID_DATA", jsonPath: "$.data[0].id"),
        Example(
            path: "Price_Books", body: #"{"data":[{"id":"9"}]}"#, v2: 202, v8: 400,
            code: "MANDATORY_NOT_FOUND", jsonPath: "$.data[0].list_price"),
        Example(
            path: "Price_Books", body: #"{"data":[{"id":"9","list_price":"1"}]}"#, v2: 202, v8: 400,
            code: "INVALID_DATA", jsonPath: "$.data[0].list_price"),
        Example(
            path: "Price_Books",
            body: #"{"data":[{"id":"9","list_price":1},{"list_price":1}]}"#, v2: 202, v8: 207,
            code: "MANDATORY_NOT_FOUND", jsonPath: "$.data[1].id"),
        Example(
            path: "Price_Books",
            body: #"{"data":[{"id":"9","list_price":1},{"id":"99","list_price":1}]}"#, v2: 202,
            v8: 207, code: "INVALID_DATA", jsonPath: "$.data[1].id"),
        Example(
            path: "Price_Books", body: #"{"data":[{"id":9.0,"list_price":1}]}"#, v2: 202, v8: 400,
            code: "INVALID_DATA", jsonPath: "$.data[0].id"),
        Example(
            path: "Price_Books", body: #"{"data":[7]}"#, v2: 202, v8: 400, code: "INVALID_DATA",
            jsonPath: "$.data[0].id"),
        Example(
            path: "Price_Books/99", body: #"{"data":[{"list_price":1}]}"#, v2: 400, v8: 400,
            code: "INVALID_DATA"),
        Example(
            path: "Price_Books", body: "{\"data\":[}", v2: 400, v8: 400,
            code: "UNABLE_TO_PARSE_DATA_TYPE"),
        Example(path: "Price_Books", body: "", v2: 400, v8: 400, code: "UNABLE_TO_PARSE_DATA_TYPE"),
        Example(path: "Price_Books", body: "{}", v2: 400, v8: 400, code: "MANDATORY_NOT_FOUND"),
        Example(
            path: "Price_Books", body: #"{"data":[]}"#, v2: 400, v8: 400,
            code: "MANDATORY_NOT_FOUND"),
        Example(
            path: "Price_Books",
            body: #"{"data":["# + Array(repeating: "1", count: 101).joined(separator: ",") + "]}",
            v2: 400, v8: 400, code: "INVALID_DATA"),
        Example(path: "Notes", body: Self.sample, v2: 400, v8: 400, code: "INVALID_DATA"),
    ]

    @Test(arguments: examples)
    func `an update is checked as documented`(_ example: Example) throws {
        for (style, status) in [(AnswerStyle.v2, example.v2), (.v8, example.v8)] {
            var organisation = try Self.organisation(style)
            let reply = try OrganisationTests.ask(
                &organisation, "PUT /crm/v2/Products/7/\(example.path)", body: example.body)
            #expect(reply.status == status)
            let body = try JSONTree.parse(reply.body)
            guard let code = example.code else { continue }
            guard let jsonPath = example.jsonPath else {
                #expect(body["code"]?.string == code)
                continue
            }
            let failed = try #require(body["data"]?.array?.last)
            #expect(failed["code"]?.string == code)
            #expect(failed["details"]?["json_path"]?.string == jsonPath)
            #expect(failed["details"]?["id"] == nil)
            #expect(failed["status"]?.string == "error")
        }
    }

    @Test func `updating a bystander is reported, and ten elements cost a credit`() throws {
        var organisation = try Self.organisation()
        _ = try OrganisationTests.ask(
            &organisation, "PUT /crm/v2/Leads/21/Products", body: #"{"data":[{"id":"7"}]}"#)
        #expect(organisation.ledger.counts.bystanderChanges == 1)
        #expect(organisation.ledger.counts.creditsUsed == 1)
        let eleven = Array(repeating: #"{"id":"7"}"#, count: 11).joined(separator: ",")
        _ = try OrganisationTests.ask(
            &organisation, "PUT /crm/v2/Leads/21/Products", body: #"{"data":[\#(eleven)]}"#)
        #expect(organisation.ledger.counts.creditsUsed == 3)
    }
}
