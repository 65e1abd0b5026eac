package import JobModel

/// A related list of a module, as in a request's path: `Campaigns/Leads`.
package struct RelatedListName: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let module: APIName
    package let relatedList: APIName

    package init(module: APIName, relatedList: APIName) {
        self.module = module
        self.relatedList = relatedList
    }

    package var description: String { "\(module)/\(relatedList)" }

    package static func < (first: RelatedListName, second: RelatedListName) -> Bool {
        first.module == second.module
            ? first.relatedList < second.relatedList : first.module < second.module
    }
}

/// What is known about removing members from a related list.
package enum RelationSupport: Equatable, Sendable {
    /// Zoho's pages name it: a DELETE removes the relation and leaves both records.
    case supported
    /// DELETE deletes the child records; the text names them.
    case deletesChildren(String)
    /// Undocumented: the effect of DELETE is unknown.
    case notDocumented
}

/// The relations that can be removed and updated (ServiceFacts: Delink and Update, section
/// "Supported relations"; the v1 page adds that either record may be the parent).
///
/// A delink is `DELETE /{module}/{id}/{list}`. On a many-to-many list it removes the relation; on a
/// one-to-many list, whose members belong to the parent, it deletes the members. Hence this is an
/// allow list; `deletesChildren` only improves the error message.
package enum SupportedRelations {
    /// The pairs that Zoho's pages support, each as (module, module of the other end).
    package static let documentedPairs: [(String, String)] = [
        ("Campaigns", "Leads"), ("Campaigns", "Contacts"),
        ("Products", "Leads"), ("Products", "Accounts"), ("Products", "Contacts"),
        ("Products", "Deals"), ("Products", "Price_Books"),
    ]

    /// All modules, and thus related lists, of the documented pairs, including old names; sorted.
    package static let names = [
        "Accounts", "Campaigns", "Contacts", "Deals", "Leads", "Potentials", "Price_Books",
        "Products",
    ]

    /// The present name of a module that Zoho's pages still call by an old one: `Potentials` is
    /// `Deals`.
    package static func currentName(_ name: String) -> String {
        name == "Potentials" ? "Deals" : name
    }

    /// Whether a delink or update of this list is known to affect the relation only.
    package static func support(module: String, relatedList: String) -> RelationSupport {
        let ends = (currentName(module), currentName(relatedList))
        for pair in documentedPairs where pair == ends || pair == (ends.1, ends.0) {
            return .supported
        }
        if let children = childRecords(module: ends.0, relatedList: relatedList) {
            return .deletesChildren(children)
        }
        return .notDocumented
    }

    /// The related lists that Zoho's pages support at a module, sorted; empty for a module they
    /// don't name.
    package static func lists(of module: String) -> [String] {
        let module = currentName(module)
        var lists: [String] = []
        for (first, second) in documentedPairs {
            if first == module { lists.append(second) }
            if second == module { lists.append(first) }
        }
        return lists.sorted()
    }

    /// Lists whose members belong to one parent, in any module.
    private static let childLists: [(list: String, children: String)] = [
        ("notes", "notes"), ("attachments", "attachments"), ("tasks", "tasks"),
        ("events", "events"), ("calls", "calls"), ("activities", "activities"),
        ("open_activities", "activities"), ("activities_history", "activities"),
        ("activities_chronological", "activities"), ("invited_events", "events"),
        ("emails", "emails"), ("cases", "cases"), ("solutions", "solutions"), ("quotes", "quotes"),
        ("sales_orders", "sales orders"), ("salesorders", "sales orders"),
        ("purchase_orders", "purchase orders"), ("purchaseorders", "purchase orders"),
        ("invoices", "invoices"), ("visits", "visits"), ("social", "interactions"),
    ]

    /// Lookups between documented modules: one-to-many lists, not many-to-many.
    private static let childListsOfModules: [(module: String, list: String, children: String)] = [
        ("Accounts", "Contacts", "contacts"), ("Accounts", "Deals", "deals"),
        ("Accounts", "Potentials", "deals"), ("Accounts", "Member_Accounts", "accounts"),
        ("Accounts", "Leads", "leads"), ("Contacts", "Deals", "deals"),
        ("Contacts", "Potentials", "deals"), ("Contacts", "Contacts", "contacts"),
        ("Campaigns", "Deals", "deals"), ("Campaigns", "Potentials", "deals"),
        ("Vendors", "Products", "products"), ("Vendors", "Contacts", "contacts"),
    ]

    /// What a one-to-many list contains; nil if not known as such.
    ///
    /// Case-insensitive: Zoho's pages write both `Notes` and `notes`.
    private static func childRecords(module: String, relatedList: String) -> String? {
        let lowercase = relatedList.lowercased()
        for entry in childLists where entry.list == lowercase { return entry.children }
        for entry in childListsOfModules
        where entry.module == module && entry.list.lowercased() == lowercase {
            return entry.children
        }
        return nil
    }
}
