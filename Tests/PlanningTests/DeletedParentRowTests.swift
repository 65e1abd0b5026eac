import JobModel
import ManifestReading
import Planning
import Testing

struct DeletedParentRowTests {
    static let header = "operation,module,record_id,related_list,fields"

    static func plan(_ rows: String...) -> PlanningResult {
        ManifestText(header: header, rows.map { "discover-deleted,\($0)" }).plan()
    }

    @Test func `a row becomes a deleted parent`() throws {
        let result = Self.plan("Leads,7,Campaigns,\"Owner, Parent_Id\"", "Leads,8,Campaigns,")
        #expect(result.messages == [])
        let leads = try #require(APIName("Leads"))
        let campaigns = try #require(APIName("Campaigns"))
        #expect(
            result.items.deletedParents == [
                DeletedParent(
                    row: 1, module: leads, id: 7, relatedList: campaigns,
                    fields: "Owner,Parent_Id"),
                DeletedParent(row: 2, module: leads, id: 8, relatedList: campaigns, fields: "id"),
            ])
        #expect(result.items.itemCount == 2)
        #expect(result.operations == [.init(operation: .discoverDeleted, rows: 2)])
    }

    @Test(arguments: [
        "Leads", "Accounts", "Contacts", "Deals", "Campaigns", "Tasks", "Cases", "Events", "Calls",
        "Solutions", "Products", "Vendors", "Price_Books", "Quotes", "Sales_Orders",
        "Purchase_Orders", "Invoices", "Appointments", "Appointments__s", "Services",
        "Appointments_Rescheduled_History", "Rooms",
    ])
    func `Zoho's modules, and custom ones, are read`(module: String) {
        let result = Self.plan("\(module),7,Anything,")
        #expect(result.messages == [])
        #expect(result.items.deletedParents.map(\.module.text) == [module])
    }

    @Test(arguments: [
        ("calls,7,X,", 18, "\"calls\" in column \"module\" is no module; did you mean \"Calls\"?"),
        ("Notes,7,X,", 18, "the service does not do this for \"Notes\": related records"),
        ("Projects,7,X,", 18, "the service does not do this for \"Projects\""),
        (",7,X,", 18, "column \"module\" is empty"),
        ("Leads,7,,", 26, "column \"related_list\" is empty"),
        ("Leads,7,a b,", 26, "\"a b\" in column \"related_list\" is no API name"),
        ("Leads,07,X,", 24, "\"07\" in column \"record_id\" starts with 0"),
        ("Leads,7,X,\"a,,b\"", 28, "column \"fields\": \"\" is no API name of a field"),
        ("Leads,7,X,a b", 28, "column \"fields\": \"a b\" is no API name of a field"),
        ("Leads,7,X,\"{\"\"a\"\":1}\"", 28, "\"{\\\"a\\\":1}\" in column \"fields\": a discover-"),
        ("Leads,7,X,[]", 28, "\"[]\" in column \"fields\": a discover-deleted has the API names"),
    ])
    func `a cell that violates a rule is an error of its value`(
        row: String, column: Int, message: String
    ) {
        let result = Self.plan(row)
        #expect(result.diagnostics.errorCount == 1)
        #expect(result.messages.first?.hasPrefix("2:\(column): \(message)") == true)
        #expect(result.diagnostics.kept.first?.skippableRow == 1)
        #expect(result.items.skippedRows == [1])
    }

    @Test func `fifty fields are asked for at most`() {
        let names = (1...51).map { "F\($0)" }
        #expect(
            Self.plan("Leads,7,X,\"\(names.prefix(50).joined(separator: ","))\"").messages == [])
        #expect(
            Self.plan("Leads,7,X,\"\(names.joined(separator: ","))\"").messages == [
                "2:28: column \"fields\": 51 fields, at most 50 are possible"
            ])
    }

    @Test func `JSON may have a list of names`() {
        let result = ManifestText(
            .jsonLines,
            #"{"operation":"discover-deleted","module":"Leads","record_id":7,"related_list":"X","#
                + #""fields":["Owner","$member_info"]}"# + "\n"
        ).plan()
        #expect(result.messages == [])
        #expect(result.items.deletedParents.map(\.fields) == ["Owner,$member_info"])
    }

    @Test func `duplicates are merged, in whatever order their fields are`() {
        let result = Self.plan(
            "Deals,7,Leads,\"A,B\"", "Potentials,7,Leads,\"B,A\"", "Deals,8,Leads,\"A,B\"",
            "Deals,7,Leads,\"A,B\"")
        #expect(result.messages == [])
        #expect(result.items.deletedParents.map(\.row) == [1, 3])
        #expect(result.items.duplicateRows == [2, 4])
        #expect(result.items.duplicateOf == [1, 1])
    }

    @Test func `one parent with other fields is a contradiction`() {
        let result = Self.plan("Leads,7,X,A", "Leads,7,X,B", "Leads,9,X,A")
        #expect(
            result.messages == [
                "3:1: \"Leads/7/X\" is read at line 2 already, with another \"fields\"; keep one "
                    + "of the rows"
            ])
        #expect(result.items.skippedRows == [1, 2])
        #expect(result.items.deletedParents.map(\.row) == [3])
    }

    @Test func `a column of damaged ids is found here too`() {
        let rows = (1...40).map {
            "discover-deleted,Leads,\(3_652_397_000_000_000_000 + $0 * 10_000),X,"
        }
        let result = ManifestText(header: Self.header, rows).plan()
        #expect(result.diagnostics.unskippableCount > 0)
        #expect(result.messages.first?.contains("column \"record_id\" is damaged") == true)
    }
}
