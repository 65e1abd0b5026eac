import JSONText
import Testing

@testable import Simulator

/// The styles in which Zoho's OpenAPI files differ from its pages.
@Suite struct AnswerStyleTests {
    /// The body of "Parent or related record not found".
    static let unnamed = """
        {"code": "INVALID_DATA", "details": {}, "message": "The record does not exist",
         "status": "error"}
        """

    static func messages(_ reply: Reply) throws -> [String?] {
        try (JSONTree.parse(reply.body)["data"]?.array ?? []).map { $0["message"]?.string }
    }

    @Test(
        arguments: [AnswerStyle.v8NotFound, .strict],
        [
            "DELETE /crm/v8/Campaigns/11/Leads?ids=20",
            "DELETE /crm/v8/Campaigns/11/Leads/20",
            // The relation is missing, both records exist.
            "DELETE /crm/v8/Campaigns/10/Leads/22",
            "DELETE /crm/v8/Campaigns/10/Leads/999",
            // One of two related records does not exist.
            "DELETE /crm/v8/Campaigns/10/Leads?ids=20,999",
            "GET /crm/v8/Campaigns/11/Leads?fields=id",
            "GET /crm/v8/Campaigns/10/Leads/999?fields=id",
        ])
    func `what is missing is a 404 that does not say which id is meant`(
        style: AnswerStyle, line: String
    ) throws {
        var organisation = try OrganisationTests.organisation(style)
        let reply = try OrganisationTests.ask(&organisation, line)
        #expect(reply.status == 404)
        #expect(try JSONTree.parse(reply.body) == OrganisationTests.tree(Self.unnamed))
        #expect(organisation.ledger.counts.relationsRemoved == 0)
        let history = organisation.ledger.history(
            module: "Campaigns", id: 10, list: "Leads", relatedID: 20)
        #expect(history?.isPresent == true)
    }

    @Test(arguments: [AnswerStyle.v8NotFound, .strict])
    func `a relation that is gone fails alone in a call of several`(style: AnswerStyle) throws {
        var organisation = try OrganisationTests.organisation(style)
        let reply = try OrganisationTests.ask(
            &organisation, "DELETE /crm/v8/Campaigns/10/Leads?ids=20,22")
        #expect(reply.status == 207)
        #expect(try Self.messages(reply)[1] == "relation not found")
        #expect(organisation.ledger.counts.relationsRemoved == 1)
        #expect(organisation.ledger.counts.alreadyGone == 1)
        let relation = try OrganisationTests.ask(
            &organisation, "GET /crm/v8/Campaigns/10/Leads/22?fields=id")
        #expect(relation.status == 204)
    }

    @Test(arguments: [AnswerStyle.v8Deleted, .strict])
    func `a delink says that the record was deleted, and the record stays`(
        style: AnswerStyle
    ) throws {
        var organisation = try OrganisationTests.organisation(style)
        for line in ["Campaigns/10/Leads?ids=20", "Products/7/Price_Books/9"] {
            let reply = try OrganisationTests.ask(&organisation, "DELETE /crm/v8/\(line)")
            #expect(reply.status == 200)
            #expect(try Self.messages(reply) == ["record deleted"])
        }
        for record in ["Campaigns/10", "Leads/20", "Products/7", "Price_Books/9"] {
            #expect(try OrganisationTests.ask(&organisation, "GET /crm/v8/\(record)").status == 200)
        }
        let counts = organisation.ledger.counts
        #expect(counts.relationsRemoved == 2)
        #expect(counts.deletedChildren.isEmpty && counts.deletedRecords.isEmpty)
    }

    @Test(arguments: AnswerStyle.allCases)
    func `on a one-to-many list the child itself is gone in every style`(
        style: AnswerStyle
    ) throws {
        var organisation = try OrganisationTests.organisation(style)
        #expect(try OrganisationTests.ask(&organisation, "GET /crm/v8/Notes/77").status == 200)
        let reply = try OrganisationTests.ask(
            &organisation, "DELETE /crm/v8/Leads/20/Notes?ids=77")
        #expect(try Self.messages(reply) == ["record deleted"])
        #expect(try OrganisationTests.ask(&organisation, "GET /crm/v8/Notes/77").status == 204)
        #expect(organisation.ledger.counts.deletedChildren.map(\.relatedID) == [77])
    }

    @Test func `the update of one relation must name its id in the strict style alone`() throws {
        for style in AnswerStyle.allCases {
            var organisation = try OrganisationTests.organisation(style)
            func update(_ body: String) throws -> Reply {
                try OrganisationTests.ask(
                    &organisation, "PUT /crm/v8/Campaigns/10/Leads/20", body: body)
            }
            let bare = try update(#"{"data":[{"Member_Status":"a"}]}"#)
            #expect(bare.status == (style == .strict ? 400 : 200))
            if style == .strict {
                let element = try JSONTree.parse(bare.body)["data"]?.array?.first
                #expect(element?["code"]?.string == "MANDATORY_NOT_FOUND")
                #expect(element?["details"]?["json_path"]?.string == "$.data[0].id")
            }
            let named = try update(#"{"data":[{"id":"20","Member_Status":"b"}]}"#)
            #expect(named.status == 200)
            #expect(
                try Self.messages(named)
                    == [style == .strict ? "record updated" : "relation added"])
            let other = try update(#"{"data":[{"id":"21","Member_Status":"c"}]}"#)
            #expect(other.status == (style == .v2 ? 202 : 400))
            let fields = organisation.ledger.linkFields(
                module: "Campaigns", id: 10, list: "Leads", relatedID: 20)
            #expect(fields.map(\.value) == ["b"])
        }
    }
}
