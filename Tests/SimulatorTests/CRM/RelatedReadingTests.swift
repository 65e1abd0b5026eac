import JSONText
import Testing

@testable import Simulator

@Suite struct RelatedReadingTests {
    static func ids(_ organisation: inout Organisation, _ target: String) throws -> [String]? {
        let reply = try OrganisationTests.ask(&organisation, "GET \(target)")
        if reply.status == 204 { return [] }
        guard reply.status == 200 else { return nil }
        return try (JSONTree.parse(reply.body)["data"]?.array ?? []).compactMap {
            $0["id"]?.string
        }
    }

    @Test func `link fields are read back byte for byte, from both ends`() throws {
        var organisation = try UpdateTests.organisation()
        _ = try OrganisationTests.ask(
            &organisation, "PUT /crm/v2/Products/7/Price_Books",
            body:
                #"{"data":[{"id":"9","list_price":50.560,"Big":1234567890123456789012,"x":null}]}"#)
        for target in ["Products/7/Price_Books", "Price_Books/9/Products/7"] {
            let reply = try OrganisationTests.ask(&organisation, "GET /crm/v2/\(target)")
            #expect(reply.status == 200)
            let text = String(decoding: reply.body, as: UTF8.self)
            let isList = target.hasSuffix("Books")
            let info = #","info":{"per_page":200,"count":1,"page":1,"more_records":false}"#
            #expect(
                text
                    == #"{"data":[{"id":"\#(isList ? "9" : "7")","list_price":50.560,"#
                    + #""Big":1234567890123456789012}]"# + (isList ? info : "") + "}")
        }
        _ = try OrganisationTests.ask(
            &organisation, "PUT /crm/v2/Price_Books/9/Products/7",
            body: #"{"data":[{"list_price":1e2,"Big":null}]}"#)
        let fields = organisation.ledger.linkFields(
            module: "Products", id: 7, list: "Price_Books", relatedID: 9)
        #expect(fields.map(\.name) == ["list_price"])
        #expect(fields.first?.value.number?.text == "1e2")
    }

    @Test func `seeded fields are there before the first call`() throws {
        var world = World(.exact)
        try world.setLinkFields(
            module: "Leads", id: 3, list: "Campaigns", relatedID: 4,
            [(name: "Member_Status", value: "Planned")])
        var organisation = Organisation(OrganisationSettings(), world: world)
        let reply = try OrganisationTests.ask(&organisation, "GET /crm/v2/Campaigns/4/Leads")
        #expect(
            try JSONTree.parse(reply.body)["data"]
                == OrganisationTests.tree(#"[{"id": "3", "Member_Status": "Planned"}]"#))
    }

    @Test func `a list is paged, highest id first, and picked by ids`() throws {
        var world = World(.exact)
        for id in UInt64(1)...450 {
            try world.addRelation(module: "Campaigns", id: 9, list: "Leads", relatedID: id)
        }
        try world.addRelation(module: "Campaigns", id: 8, list: "Leads", relatedID: 451)
        var organisation = Organisation(OrganisationSettings(), world: world)
        let path = "/crm/v2/Campaigns/9/Leads"
        #expect(try Self.ids(&organisation, path)?.first == "450")
        #expect(try Self.ids(&organisation, path)?.count == 200)
        #expect(try Self.ids(&organisation, "\(path)?page=3")?.count == 50)
        #expect(try Self.ids(&organisation, "\(path)?page=4") == [])
        #expect(
            try Self.ids(&organisation, "\(path)?per_page=2&page=2&sort_order=asc") == ["3", "4"])
        #expect(try Self.ids(&organisation, "\(path)?ids=7,451,12") == ["12", "7"])
        #expect(try Self.ids(&organisation, "\(path)/451") == nil)
        _ = try OrganisationTests.ask(&organisation, "DELETE \(path)/450")
        #expect(try Self.ids(&organisation, path)?.first == "449")
    }

    @Test func `from v3 on fields are mandatory, and tokens lead past 2,000`() throws {
        var world = World(.exact)
        for id in UInt64(1)...2_100 {
            try world.addRelation(module: "Campaigns", id: 9, list: "Leads", relatedID: id)
        }
        var organisation = Organisation(OrganisationSettings(), world: world)
        let path = "/crm/v8/Campaigns/9/Leads"
        let missing = try OrganisationTests.ask(&organisation, "GET \(path)")
        #expect(try JSONTree.parse(missing.body)["code"]?.string == "REQUIRED_PARAM_MISSING")
        let past = try OrganisationTests.ask(&organisation, "GET \(path)?fields=id&page=11")
        #expect(
            try JSONTree.parse(past.body)["code"]?.string == "DISCRETE_PAGINATION_LIMIT_EXCEEDED")
        var token: String?
        var seen = 0
        repeat {
            let more = token.map { "&page_token=\($0)" } ?? ""
            let reply = try OrganisationTests.ask(&organisation, "GET \(path)?fields=id\(more)")
            let body = try JSONTree.parse(reply.body)
            seen += body["data"]?.array?.count ?? 0
            token = body["info"]?["next_page_token"]?.string
        } while token != nil
        #expect(seen == 2_100)
        #expect(try Self.ids(&organisation, "\(path)?fields=id&page=1&page_token=1x2") == nil)
    }

    @Test(arguments: [
        ("GET /crm/v2/Campaigns/77/Leads", 400, "INVALID_DATA"),
        ("GET /crm/v2/Campaigns/10/Nodes", 400, "INVALID_DATA"),
        ("GET /crm/v2/Campaigns", 400, "INVALID_REQUEST_METHOD"),
        ("GET /crm/v2/Campaigns/10/Leads?ids=x", 400, "UNABLE_TO_PARSE_DATA_TYPE"),
        ("GET /crm/v2/Campaigns/10/Leads?page=%2", 400, "UNABLE_TO_PARSE_DATA_TYPE"),
        ("GET /crm/v2/settings/related_lists", 400, "REQUIRED_PARAM_MISSING"),
        ("GET /crm/v2/settings/fields?module=Nothing", 400, "INVALID_MODULE"),
        ("GET /crm/v2/settings/layouts?module=Leads", 404, "INVALID_URL_PATTERN"),
        ("DELETE /crm/v2/settings/modules", 400, "INVALID_REQUEST_METHOD"),
    ])
    func `a reading is refused`(line: String, status: Int, code: String) throws {
        var organisation = try OrganisationTests.organisation(.v2)
        let reply = try OrganisationTests.ask(&organisation, line)
        #expect(reply.status == status)
        #expect(try JSONTree.parse(reply.body)["code"]?.string == code)
    }

    @Test func `the settings name lists, their kind, and fields`() throws {
        var organisation = try OrganisationTests.organisation(.v2)
        func ask(_ target: String) throws -> JSONValue {
            try JSONTree.parse(
                OrganisationTests.ask(&organisation, "GET /crm/v2/settings/\(target)").body)
        }
        let lists = try ask("related_lists?module=Products")["related_lists"]?.array ?? []
        let many = lists.filter { $0["linkingmodule"]?.string != nil }
        #expect(
            many.map { $0["api_name"]?.string } == [
                "Leads", "Contacts", "Accounts", "Deals", "Price_Books",
            ])
        #expect(lists.contains { $0["api_name"]?.string == "Notes" })
        let fields = try ask("fields?module=Price_Books")["fields"]?.array ?? []
        #expect(fields.contains { $0["api_name"]?.string == "Name" })
        let modules = try ask("modules")["modules"]?.array ?? []
        #expect(modules.contains { $0["api_name"]?.string == "Campaigns" })
        #expect(organisation.ledger.counts.callsByKind == [.metadata: 3])
    }

    @Test func `a 204 has no content and no length`() {
        var writer = HTTPAnswerWriter()
        var bytes: [UInt8] = []
        var reply = Reply(status: 204, body: [])
        reply.delivery = .chunked
        writer.append(reply, isVersion11: true, keepsAlive: true, at: 0, to: &bytes)
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(text.hasPrefix("HTTP/1.1 204 No Content\r\n"))
        #expect(!text.contains("Content-") && !text.contains("chunked"))
        #expect(text.hasSuffix("\r\n\r\n"))
    }
}
