import JSONText
import Testing

@testable import Simulator

@Suite struct AttachmentTests {
    static let parent: UInt64 = 2_883_756_000_000_261_075
    static let file: UInt64 = 2_883_756_000_000_261_017

    static func organisation(
        _ style: AnswerStyle = .v2, _ change: (inout OrganisationSettings) -> Void = { _ in }
    ) throws -> Organisation {
        var world = World(.exact)
        for id in [file, 2, 3] {
            try world.addAttachment(module: "Leads", id: parent, attachmentID: id)
        }
        try world.addAttachment(module: "Leads", id: parent, attachmentID: 4, bystander: true)
        try world.addAttachment(module: "Invoices", id: 7, attachmentID: 8)
        try world.addAttachment(module: "My_Module", id: 7, attachmentID: 9)
        var settings = OrganisationSettings()
        settings.style = style
        change(&settings)
        return Organisation(settings, world: world)
    }

    @Test(arguments: AnswerStyle.allCases)
    func `Zoho's sample request gets Zoho's sample answer`(
        style: AnswerStyle
    ) throws {
        var organisation = try Self.organisation(style)
        let line = "DELETE /crm/v2/Leads/2883756000000261075/Attachments/2883756000000261017"
        let reply = try OrganisationTests.ask(&organisation, line)
        #expect(reply.status == 200)
        #expect(
            try JSONTree.parse(reply.body)
                == OrganisationTests.tree(
                    """
                    {"data": [{"code": "SUCCESS", "details": {"id": "2883756000000261017"},
                               "message": "record deleted", "status": "success"}]}
                    """))
        #expect(organisation.ledger.seededAttachments == (5, 4))
        let again = try OrganisationTests.ask(&organisation, line)
        #expect(again.status == 400)
        let body = try JSONTree.parse(again.body)
        #expect(body["code"]?.string == "INVALID_DATA")
        #expect(
            body["message"]?.string
                == (style == .v2
                    ? "the related id given seems to be invalid" : "record not deleted"))
        #expect(body["details"]?["resource_path_index"]?.number?.text == "3")
        let counts = organisation.ledger.counts
        #expect(counts.attachmentsDeleted == 1)
        #expect(counts.attachmentsAlreadyGone == 1)
        #expect(counts.deletedChildren.isEmpty)
        #expect(organisation.ledger.unwantedEffectCount == 0)
    }

    struct Example: Sendable, CustomTestStringConvertible {
        var target: String
        var v2: Int
        var v8: Int
        var code: String
        var index: UInt64?
        var testDescription: String { target }
    }

    static let examples = [
        Example(target: "Leads/1/Attachments/2", v2: 400, v8: 404, code: "INVALID_DATA", index: 1),
        Example(
            target: "Leads/2883756000000261075/Attachments/99", v2: 400, v8: 400,
            code: "INVALID_DATA", index: 3),
        Example(
            target: "Leads/2883756000000261075/Attachments/x", v2: 400, v8: 400,
            code: "INVALID_DATA", index: 3),
        Example(
            target: "Leads/2883756000000261075/Attachments", v2: 400, v8: 400,
            code: "MANDATORY_NOT_FOUND"),
        Example(
            target: "Leads/2883756000000261075/Attachments?ids=2,", v2: 400, v8: 400,
            code: "UNABLE_TO_PARSE_DATA_TYPE"),
        Example(
            target: "Calls/7/Attachments/8", v2: 400, v8: 400, code: "INVALID_MODULE", index: 0),
        Example(
            target: "Documents/7/Attachments/8", v2: 400, v8: 400, code: "INVALID_MODULE",
            index: 0),
        Example(
            target: "Other_Module/7/Attachments/8", v2: 400, v8: 400, code: "INVALID_MODULE",
            index: 0),
        Example(target: "Invoices/7/Attachments/8", v2: 200, v8: 200, code: ""),
        Example(target: "My_Module/7/Attachments/9", v2: 200, v8: 200, code: ""),
    ]

    @Test(arguments: examples)
    func `a deletion is checked as documented`(_ example: Example) throws {
        for (style, status) in [(AnswerStyle.v2, example.v2), (.v8, example.v8)] {
            var organisation = try Self.organisation(style)
            let reply = try OrganisationTests.ask(
                &organisation, "DELETE /crm/v2/\(example.target)")
            #expect(reply.status == status)
            let body = try JSONTree.parse(reply.body)
            if status == 200 { continue }
            #expect(body["code"]?.string == example.code)
            #expect(body["details"]?["resource_path_index"]?.number?.uint64 == example.index)
            #expect(organisation.ledger.counts.attachmentsDeleted == 0)
        }
    }

    @Test func `every module of Zoho's page carries attachments`() throws {
        for module in [
            "Leads", "Accounts", "Contacts", "Deals", "Campaigns", "Tasks", "Cases", "Events",
            "Solutions", "Products", "Vendors", "Price_Books", "Quotes", "Sales_Orders",
            "Purchase_Orders", "Invoices", "Notes",
        ] {
            var world = World(.exact)
            try world.addAttachment(module: module, id: 5, attachmentID: 6)
            var organisation = Organisation(OrganisationSettings(), world: world)
            let line = "DELETE /crm/v2/\(module)/5/Attachments/6"
            #expect(try OrganisationTests.ask(&organisation, line).status == 200, "\(module)")
            #expect(organisation.ledger.seededAttachments == (1, 0))
        }
    }

    @Test func `bulk deletion checks file by file, and can be switched off`() throws {
        var organisation = try Self.organisation()
        let line = "DELETE /crm/v2/Leads/2883756000000261075/Attachments?ids=2,99,4"
        let reply = try OrganisationTests.ask(&organisation, line)
        #expect(reply.status == 207)
        let data = try #require(JSONTree.parse(reply.body)["data"]?.array)
        #expect(data.map { $0["status"]?.string } == ["success", "error", "success"])
        #expect(data.map { $0["details"]?["id"]?.string } == ["2", "99", "4"])
        #expect(organisation.ledger.counts.bystanderAttachmentsDeleted == 1)
        #expect(organisation.ledger.unwantedEffectCount == 1)
        var strict = try Self.organisation { $0.acceptsBulkAttachments = false }
        #expect(try OrganisationTests.ask(&strict, line).status == 404)
        #expect(strict.ledger.counts.attachmentsDeleted == 0)
    }

    @Test func `in the universal world every file exists once, and none is seeded`() throws {
        var organisation = Organisation(OrganisationSettings(), world: World(.universal))
        let line = "DELETE /crm/v2/Contacts/5/Attachments/6"
        #expect(try OrganisationTests.ask(&organisation, line).status == 200)
        #expect(try OrganisationTests.ask(&organisation, line).status == 400)
        #expect(organisation.ledger.counts.unseededAttachmentsDeleted == 1)
    }

    @Test func `rights are refused in Zoho's words`() throws {
        var organisation = try Self.organisation {
            $0.refusedRights = [
                .init(module: "Leads", list: "Attachments", answer: .noPermission),
                .init(module: "Invoices", answer: .authorizationFailed),
            ]
        }
        let expected = [
            ("Leads/2883756000000261075", 403, "Permission denied to delete attachment"),
            (
                "Invoices/7", 400,
                "User does not have sufficient privilege to delete attachments"
            ),
        ]
        for (path, status, message) in expected {
            let reply = try OrganisationTests.ask(
                &organisation, "DELETE /crm/v2/\(path)/Attachments/2")
            #expect(reply.status == status)
            #expect(try JSONTree.parse(reply.body)["message"]?.string == message)
        }
    }

    @Test func `what is attached can be read, and then it cannot`() throws {
        var organisation = try Self.organisation()
        let line = "GET /crm/v2/Leads/2883756000000261075/Attachments"
        func ids() throws -> [String] {
            let reply = try OrganisationTests.ask(&organisation, line)
            if reply.status == 204 { return [] }
            let data = try JSONTree.parse(reply.body)["data"]?.array ?? []
            return data.compactMap { $0["id"]?.string }
        }
        #expect(try ids() == ["2883756000000261017", "4", "3", "2"])
        for id in try ids() {
            _ = try OrganisationTests.ask(
                &organisation, "DELETE /crm/v2/Leads/2883756000000261075/Attachments/\(id)")
        }
        #expect(try ids() == [])
        let json = try JSONTree.parse(organisation.ledger.json(isSummary: false))
        #expect(json["deletedAttachments"]?.array?.count == 4)
        #expect(json["attachments"]?["deleted"]?.number?.text == "4")
    }
}
