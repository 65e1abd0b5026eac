import JobModel
import ManifestReading
import Planning
import Testing

struct AttachmentRowTests {
    static func plan(_ module: String, list: String = "Attachments") -> PlanningResult {
        ManifestText(["delete-attachment,\(module),1,\(list),2"]).plan()
    }

    @Test(arguments: [
        "Leads", "Accounts", "Contacts", "Deals", "Potentials", "Campaigns", "Tasks", "Cases",
        "Events", "Solutions", "Products", "Vendors", "Price_Books", "Quotes", "Sales_Orders",
        "Purchase_Orders", "Invoices", "Notes", "Rooms", "CustomModule7", "cars_2",
    ])
    func `Zoho's modules, and custom ones, have attachments`(module: String) {
        let result = Self.plan(module)
        #expect(result.diagnostics.kept == [])
        #expect(result.items.described == ["delete-attachment \(module)/1/Attachments/2 @1"])
        #expect(result.operations == [.init(operation: .deleteAttachment, rows: 1)])
    }

    @Test(arguments: [
        ("leads", "Leads"), ("Lead", "Leads"), ("PriceBooks", "Price_Books"),
        ("pricebooks", "Price_Books"), ("salesorders", "Sales_Orders"),
        ("Purchase_Order", "Purchase_Orders"), ("notes", "Notes"),
    ])
    func `labels and scopes are distinguished from API names`(module: String, meant: String) {
        let result = Self.plan(module)
        #expect(
            result.messages == [
                "2:19: \"\(module)\" in column \"module\" is no module; did you mean \"\(meant)\"? "
                    + "API names are case-exact"
            ])
        #expect(result.diagnostics.kept.first?.skippableRow == 1)
    }

    @Test func `a label with a space is no API name`() {
        #expect(
            Self.plan("Price Books").messages == [
                "2:19: \"Price Books\" in column \"module\" is no API name; did you mean "
                    + "\"Price_Books\"?"
            ])
    }

    @Test(arguments: ["Calls", "calls", "Activities", "Documents", "Projects", "Users"])
    func `standard modules that Zoho's page leaves out are refused`(module: String) {
        let result = Self.plan(module)
        #expect(result.diagnostics.errorCount == 1)
        #expect(
            result.messages.first?.hasSuffix(
                "attachments can be deleted at Accounts, Campaigns, Cases, Contacts, Deals, "
                    + "Events, Invoices, Leads, Notes, Price_Books, Products, Purchase_Orders, "
                    + "Quotes, Sales_Orders, Solutions, Tasks, Vendors or custom modules") == true)
    }

    @Test func `a custom module that is near a standard one is let through with a warning, once`() {
        let result = ManifestText(
            [
                "delete-attachment,Leafs,1,,2", "delete-attachment,Leads,1,,2",
                "delete-attachment,Leafs,1,,3",
            ]
        ).plan()
        #expect(!result.stopsRun)
        #expect(result.diagnostics.errorCount == 0)
        #expect(
            result.messages == [
                "2:19: \"Leafs\" is taken for a custom module; if \"Leads\" was meant, the service "
                    + "refuses all of its rows"
            ])
    }

    @Test func `the related list may be left out, left empty, or be Attachments`() {
        let without = ManifestText(
            header: "operation,module,record_id,related_id", ["delete-attachment,Leads,1,2"]
        ).plan()
        for result in [without, Self.plan("Leads", list: ""), Self.plan("Leads")] {
            #expect(result.messages == [])
            #expect(result.items.described == ["delete-attachment Leads/1/Attachments/2 @1"])
        }
        for list in ["attachments", "Notes", "Leads", "a/b"] {
            #expect(
                Self.plan("Leads", list: list).messages == [
                    "2:27: \"\(list)\" in column \"related_list\": a delete-attachment has the "
                        + "related list \"Attachments\", or an empty cell there"
                ])
        }
    }

    @Test func `duplicates are merged, whatever name Deals has`() {
        let result = ManifestText(
            """
            delete-attachment Deals 1 Attachments 2
            delete-attachment Potentials 1 Attachments 2
            delete-attachment Deals 1 Attachments 2
            delete-attachment Leads 1 Attachments 2
            """
        ).plan()
        #expect(result.messages == [])
        #expect(result.items.duplicateRows == [2, 3])
        #expect(result.items.duplicateOf == [1, 1])
        #expect(result.items.itemCount == 2)
    }

    @Test func `faulty ids and faulty words of a row are said in one run`() {
        let result = ManifestText(["delete-attachment,leads,x,Notes,0"]).plan()
        #expect(result.diagnostics.errorCount == 4)
        let missing = ManifestText(header: "operation,record_id", ["delete-attachment,1"]).plan()
        #expect(missing.diagnostics.kept.map(\.position?.line) == [1, 1])
        #expect(missing.diagnostics.unskippableCount == 2)
    }
}
