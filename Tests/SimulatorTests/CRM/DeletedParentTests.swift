import JSONText
import Testing

@testable import Simulator

@Suite struct DeletedParentTests {
    static let path = "/crm/v8/Leads/deleted/2423488000000552938/Campaigns"

    static func organisation(
        _ children: [UInt64] = [2_423_488_000_000_552_158],
        _ change: (inout OrganisationSettings) -> Void = { _ in }
    ) throws -> Organisation {
        var world = World(.exact)
        try world.addDeletedParent(
            module: "Leads", id: 2_423_488_000_000_552_938, list: "Campaigns", children: children)
        try world.addDeletedParent(
            module: "Accounts", id: 5, list: "Contacts", children: [31, 32], linked: false)
        var settings = OrganisationSettings()
        change(&settings)
        return Organisation(settings, world: world)
    }

    @Test func `Zoho's sample request gets an answer of the sample's shape`() throws {
        var organisation = try Self.organisation()
        let reply = try OrganisationTests.ask(
            &organisation, "GET \(Self.path)?fields=Owner,Parent_Id")
        #expect(reply.status == 200)
        let body = try JSONTree.parse(reply.body)
        let child = try #require(body["data"]?.array?.first)
        #expect(child["id"]?.string == "2423488000000552158")
        #expect(child.object?.keys == ["Owner", "$member_info", "id"])
        #expect(child["Owner"]?.object?.keys == ["name", "id", "email"])
        let member = try #require(child["$member_info"])
        #expect(member.object?.keys == ["Modified_Time", "Created_Time", "id"])
        #expect(member["id"]?.string != "2423488000000552158")
        #expect(
            try body["info"]
                == OrganisationTests.tree(
                    """
                    {"per_page": 200, "next_page_token": null, "count": 1, "page": 1,
                     "previous_page_token": null, "page_token_expiry": null,
                     "more_records": false}
                    """))
        #expect(organisation.ledger.counts.callsByKind == [.discover: 1])
        #expect(organisation.ledger.counts.deletedChildrenListed == 1)
    }

    struct Refused: Sendable, CustomTestStringConvertible {
        var line: String
        var status: Int
        var code: String
        var message: String
        var testDescription: String { line }
    }

    static let refused = [
        Refused(
            line: "GET \(path)", status: 400, code: "REQUIRED_PARAM_MISSING",
            message: "One of the expected parameter is missing"),
        Refused(
            line: "GET \(path)?fields=", status: 400, code: "REQUIRED_PARAM_MISSING",
            message: "One of the expected parameter is missing"),
        Refused(
            line: "GET /crm/v8/Leads/deleted/7/Campaigns?fields=id", status: 400,
            code: "INVALID_DATA", message: "Given ID of the record seems to be invalid"),
        Refused(
            line: "GET /crm/v8/Leads/deleted/x/Campaigns?fields=id", status: 400,
            code: "INVALID_DATA", message: "Given ID of the record seems to be invalid"),
        Refused(
            line: "GET /crm/v8/Leads/deleted/2423488000000552938/Nothing?fields=id", status: 400,
            code: "INVALID_DATA", message: "The relation name given seems to be invalid."),
        Refused(
            line: "GET /crm/v8/Lead/deleted/7/Campaigns?fields=id", status: 400,
            code: "INVALID_MODULE", message: OrganisationTests.badModule),
        Refused(
            line: "GET /crm/v8/Documents/deleted/7/Campaigns?fields=id", status: 400,
            code: "NOT_SUPPORTED", message: "The given module is not supported."),
        Refused(
            line: "DELETE \(path)?fields=id", status: 400, code: "INVALID_REQUEST_METHOD",
            message: "The request method is incorrect."),
        Refused(
            line: "GET /crm/v6/Leads/deleted/2423488000000552938/Campaigns?fields=id", status: 404,
            code: "INVALID_URL_PATTERN", message: OrganisationTests.badURL),
        Refused(
            line: "GET \(path)?fields=id&per_page=201", status: 400, code: "INVALID_DATA",
            message: "invalid data"),
        Refused(
            line: "GET \(path)?fields=id&page=0", status: 400, code: "INVALID_DATA",
            message: "invalid data"),
        Refused(
            line: "GET \(path)?fields=id&page_token=1", status: 400, code: "INVALID_DATA",
            message: "invalid data"),
    ]

    @Test(arguments: refused)
    func `a reading is refused as documented`(_ example: Refused) throws {
        var organisation = try Self.organisation()
        let reply = try OrganisationTests.ask(&organisation, example.line)
        let body = try JSONTree.parse(reply.body)
        #expect(reply.status == example.status)
        #expect(body["code"]?.string == example.code)
        #expect(body["message"]?.string == example.message)
        #expect(body["status"]?.string == "error")
    }

    @Test func `nothing related is 204 with no body`() throws {
        var organisation = try Self.organisation()
        let reply = try OrganisationTests.ask(
            &organisation, "GET /crm/v8/Leads/deleted/2423488000000552938/Products?fields=id")
        #expect(reply.status == 204)
        #expect(reply.body.isEmpty)
        let past = try OrganisationTests.ask(&organisation, "GET \(Self.path)?fields=id&page=2")
        #expect(past.status == 204)
    }

    static func pages(
        _ organisation: inout Organisation, perPage: Int = 200
    ) throws -> [[UInt64]] {
        var pages: [[UInt64]] = []
        for page in 1...20 {
            let reply = try OrganisationTests.ask(
                &organisation, "GET \(path)?fields=id&page=\(page)&per_page=\(perPage)")
            if reply.status == 204 { break }
            let body = try JSONTree.parse(reply.body)
            pages.append((body["data"]?.array ?? []).compactMap { UInt64($0["id"]?.string ?? "") })
            let isLast = body["info"]?["more_records"]?.bool == false
            #expect((body["info"]?["next_page_token"]?.isNull ?? false) == isLast)
            if isLast { break }
        }
        return pages
    }

    @Test(arguments: [1, 199, 200, 201, 450])
    func `all pages together are all children, each once`(count: UInt64) throws {
        let children = (1...count).map { $0 }
        var organisation = try Self.organisation(children)
        let pages = try Self.pages(&organisation)
        #expect(pages.flatMap(\.self) == children.reversed())
        #expect(pages.dropLast().allSatisfy { $0.count == 200 })
    }

    @Test func `children that come and go between pages are listed twice and not at all`() throws {
        var shrinking = try Self.organisation((1...9).map { $0 }) {
            $0.faults = FaultPlan(
                rules: [FaultPlan.Rule(kind: .childRemoved, calls: [1...1])])
        }
        #expect(try Self.pages(&shrinking, perPage: 3) == [[9, 8, 7], [5, 4, 3], [2, 1]])
        var growing = try Self.organisation((1...5).map { $0 }) {
            $0.faults = FaultPlan(rules: [FaultPlan.Rule(kind: .childAdded, calls: [1...1])])
        }
        #expect(try Self.pages(&growing, perPage: 3) == [[5, 4, 3], [3, 2, 1]])
    }

    @Test func `a clean-up from the child's end removes the relation and the child's place`() throws
    {
        var organisation = try Self.organisation([41, 42])
        #expect(organisation.ledger.seededRemaining == 2)
        let reply = try OrganisationTests.ask(
            &organisation, "DELETE /crm/v2/Campaigns/42/Leads?ids=2423488000000552938")
        #expect(reply.status == 200)
        #expect(try Self.pages(&organisation) == [[41]])
        let fromParent = try OrganisationTests.ask(
            &organisation, "DELETE /crm/v2/Leads/2423488000000552938/Campaigns?ids=41")
        #expect(fromParent.status == 400)
        #expect(organisation.ledger.seededRemaining == 1)
    }

    @Test func `a limit of pages can be set, and the right to read refused`() throws {
        var limited = try Self.organisation((1...9).map { $0 }) {
            $0.maximumDeletedParentPages = 2
            $0.refusedRights = [.init(module: "Accounts", list: "Contacts", answer: .noPermission)]
        }
        let third = try OrganisationTests.ask(
            &limited, "GET \(Self.path)?fields=id&page=3&per_page=3")
        #expect(
            try JSONTree.parse(third.body)["code"]?.string
                == "DISCRETE_PAGINATION_LIMIT_EXCEEDED")
        let refused = try OrganisationTests.ask(
            &limited, "GET /crm/v8/Accounts/deleted/5/Contacts?fields=id")
        #expect(refused.status == 403)
        #expect(
            try JSONTree.parse(refused.body)["message"]?.string
                == "Permission denied to read related records")
    }
}
