import JobModel
import ManifestReading
import Planning
import Testing
import ZohoAPI

/// One table per rule about a row's texts.
struct RowRulesTests {
    @Test(arguments: [
        ("delnik", "unknown operation \"delnik\"; did you mean \"delink\"?"),
        ("Delink", "unknown operation \"Delink\"; did you mean \"delink\"?"),
        (
            "upd",
            "unknown operation \"upd\"; it is one of delink, update, delete-attachment, "
                + "delete-creator-records, discover-deleted"
        ),
        (
            "",
            "column \"operation\" is empty; it is one of delink, update, delete-attachment, "
                + "delete-creator-records, discover-deleted"
        ),
    ])
    func `an unknown operation is named, with what was meant`(word: String, message: String) {
        let result = ManifestText(["\(word),Campaigns,1,Leads,2"]).plan()
        #expect(result.messages == ["2:1: \(message)"])
        #expect(result.diagnostics.kept.first?.skippableRow == 1)
    }

    @Test(arguments: [
        (
            "Price Books",
            "\"Price Books\" in column \"related_list\" is no API name; did you mean "
                + "\"Price_Books\"?"
        ),
        ("", "column \"related_list\" is empty; name the API name, like \"Campaigns\""),
        (
            String(repeating: "a", count: 101),
            "\"" + String(repeating: "a", count: 60) + "…\" (101 bytes) in column "
                + "\"related_list\" has 101 bytes; an API name has at most 100"
        ),
        (
            String(repeating: "a", count: 99) + "/",
            "\"" + String(repeating: "a", count: 60) + "…\" (100 bytes) in column "
                + "\"related_list\" is no API name: letters, digits and _, no digit first (a "
                + "label, as people see it, is often not the API name)"
        ),
        (
            "Leads/5",
            "\"Leads/5\" in column \"related_list\" is no API name; did you mean \"Leads\"?"
        ),
        (
            "../../x",
            "\"../../x\" in column \"related_list\" is no API name: letters, digits and _, "
                + "no digit first (a label, as people see it, is often not the API name)"
        ),
    ])
    func `a name outside the grammar of API names is a fault of its cell`(
        list: String, message: String
    ) {
        let result = ManifestText(["delink,Products,1,\(list),2"]).plan()
        #expect(result.messages == ["2:19: \(message)"])
        #expect(result.diagnostics.kept.first?.skippableRow == 1)
    }

    @Test(arguments: [
        (
            "delink", "Leads", "Notes",
            "\"Leads/Notes\" is a one-to-many list: a delink there deletes the notes themselves, "
                + "not a relation; relsweep never sends it"
        ),
        (
            "update", "Leads", "notes",
            "\"Leads/notes\" is a one-to-many list: an update there changes the notes themselves, "
                + "not a relation; relsweep never sends it"
        ),
        (
            "delink", "Accounts", "Contacts",
            "\"Accounts/Contacts\" is a one-to-many list: a delink there deletes the contacts "
                + "themselves, not a relation; relsweep never sends it"
        ),
        (
            "delink", "campaigns", "Leads",
            "unsupported relation \"campaigns/Leads\"; did you mean \"Campaigns/Leads\"? "
                + "names are case-exact"
        ),
        (
            "delink", "Campaign", "Lead",
            "unsupported relation \"Campaign/Lead\"; did you mean \"Campaigns/Leads\"? "
                + "names are case-exact"
        ),
        (
            "delink", "Campaigns", "Vendors",
            "unsupported relation \"Campaigns/Vendors\": Campaigns has Contacts, Leads; a delink "
                + "on any other list may delete records, so a many-to-many list of your own "
                + "account must be allowed in the configuration first"
        ),
        (
            "delink", "Rooms", "Guests",
            "unsupported relation \"Rooms/Guests\": supported are Campaigns with Leads and "
                + "Contacts, and Products with Leads, Accounts, Contacts, Deals and "
                + "Price_Books, from either end; a delink on any other list may delete records, so "
                + "a many-to-many list "
                + "of your own account must be allowed in the configuration first"
        ),
    ])
    func `a relation that no document supports is refused by name, and never skipped`(
        operation: String, module: String, list: String, message: String
    ) {
        var settings = PlanningSettings()
        settings.skipsInvalid = true
        let good = (1...100).map { "delink,Campaigns,1,Leads,\($0)" }
        let result = ManifestText(good + ["\(operation),\(module),1,\(list),2"]).plan(settings)
        #expect(result.diagnostics.kept.map(\.message) == [message])
        #expect(result.diagnostics.unskippableCount == 1)
        #expect(result.stopsRun)
    }

    @Test func `the configuration adds many-to-many lists, but no list of children`() throws {
        var settings = PlanningSettings()
        let rooms = try #require(APIName("Rooms"))
        let notes = try #require(APIName("Notes"))
        settings.addedPairs = [
            RelatedListName(module: rooms, relatedList: try #require(APIName("Guests"))),
            RelatedListName(module: rooms, relatedList: notes),
        ]
        let good = ManifestText("delink Rooms 1 Guests 2\ndelink Campaigns 1 Leads 2")
            .plan(settings)
        #expect(good.messages == [])
        #expect(good.items.groups.map(\.isAddedByConfiguration) == [false, true])
        let bad = ManifestText("delink Rooms 1 Notes 2").plan(settings)
        #expect(
            bad.messages == [
                "2:16: \"Rooms/Notes\" is a one-to-many list: a delink there deletes the notes "
                    + "themselves, not a relation; relsweep never sends it, even though the "
                    + "configuration adds it"
            ])
        let near = ManifestText("delink rooms 1 Guest 2").plan(settings)
        #expect(near.messages.first?.contains("did you mean \"Rooms/Guests\"?") == true)
    }

    @Test func `a missing column is reported once, and never skipped`() {
        var settings = PlanningSettings()
        settings.skipsInvalid = true
        let result = ManifestText(
            header: "operation,record_id,related_list,note",
            ["delink,1,Leads,a", "delink,2,Leads,b"]
        ).plan(settings)
        #expect(
            result.messages == [
                "1:1: the manifest has no column \"module\"; add it, or give --module for all rows",
                "1:1: the manifest has no column \"related_id\"; add it, or say which column it is "
                    + "with --column related_id=\"...\"",
            ])
        #expect(result.diagnostics.unskippableCount == 2)
    }

    @Test func `a JSON object without a key is not one with an empty value`() {
        let result = ObjectRows([
            [
                .operation: .text("delink"), .recordID: .text("1"), .relatedList: .text(""),
                .relatedID: .text("2"),
            ]
        ]).plan()
        #expect(
            result.messages == [
                "1:1: the object has no key \"module\"; add it, or give --module for all rows",
                "1:4: column \"related_list\" is empty; name the API name, like \"Campaigns\"",
            ])
    }

    @Test func `a name must be a JSON string`() {
        let result = ObjectRows([[.operation: .boolean(true)]]).plan()
        #expect(
            result.messages == [
                "1:1: \"operation\" is \"true\"; it is a name and must be a JSON string"
            ])
    }
}
