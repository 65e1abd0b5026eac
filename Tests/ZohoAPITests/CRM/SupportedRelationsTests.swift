import Testing
import ZohoAPI

struct SupportedRelationsTests {
    @Test(arguments: SupportedRelations.documentedPairs.map { [$0.0, $0.1] })
    func `every documented pair is supported from both ends`(pair: [String]) {
        #expect(
            SupportedRelations.support(module: pair[0], relatedList: pair[1]) == .supported)
        #expect(
            SupportedRelations.support(module: pair[1], relatedList: pair[0]) == .supported)
    }

    @Test func `the old name of Deals is as good as the new one`() {
        #expect(
            SupportedRelations.support(module: "Products", relatedList: "Potentials") == .supported
        )
        #expect(
            SupportedRelations.support(module: "Potentials", relatedList: "Products") == .supported
        )
        #expect(SupportedRelations.lists(of: "Potentials") == ["Products"])
    }

    @Test(arguments: [
        ("Leads", "Notes", "notes"), ("Leads", "notes", "notes"),
        ("Campaigns", "Attachments", "attachments"), ("Leads", "Tasks", "tasks"),
        ("Accounts", "Contacts", "contacts"), ("Contacts", "Potentials", "deals"),
    ])
    func `a delink at a list of children would delete them`(
        module: String, list: String, children: String
    ) {
        #expect(
            SupportedRelations.support(module: module, relatedList: list)
                == .deletesChildren(children))
    }

    @Test(arguments: [
        ("campaigns", "Leads"), ("Campaigns", "leads"), ("Leads", "Contacts"), ("Leads", "Leads"),
        ("Campaigns", "Products"), ("Services", "Appointments"), ("", ""),
    ])
    func `what no document names is not supported, and case counts`(module: String, list: String) {
        #expect(
            SupportedRelations.support(module: module, relatedList: list) == .notDocumented)
    }

    @Test func `the lists of a module are those of its pairs`() {
        #expect(
            SupportedRelations.lists(of: "Products")
                == ["Accounts", "Contacts", "Deals", "Leads", "Price_Books"])
        #expect(SupportedRelations.lists(of: "Leads") == ["Campaigns", "Products"])
        #expect(SupportedRelations.lists(of: "Tasks").isEmpty)
    }
}
