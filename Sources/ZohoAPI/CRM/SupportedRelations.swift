package import JobModel

/// A related list of a module, as a request's path names it: `Campaigns/Leads`.
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

/// What is known of removing members from a related list.
package enum RelationSupport: Equatable, Sendable {
    /// Zoho's pages name it: a DELETE removes the relation and leaves both records.
    case supported
    /// A DELETE there deletes the child records themselves; the text says what those are.
    case deletesChildren(String)
    /// No document names it, so nobody knows what a DELETE there does.
    case notDocumented
}

/// The relations that can be removed and updated (ServiceFacts: Delink and Update, section
/// "Supported relations"; the v1 page adds that either record may stand as the parent).
///
/// A delink is `DELETE /{module}/{id}/{list}`. On a many-to-many list that unlinks; on a
/// one-to-many list, whose members exist once and belong to the parent, the same request deletes
/// the members. Hence a list of what is allowed, not of what is forbidden: `deletesChildren` only
/// makes the refusal say more.
package enum SupportedRelations {
    /// The pairs that Zoho's pages support, each as (module, module of the other end).
    package static let documentedPairs: [(String, String)] = [
        ("Campaigns", "Leads"), ("Campaigns", "Contacts"),
        ("Products", "Leads"), ("Products", "Accounts"), ("Products", "Contacts"),
        ("Products", "Deals"), ("Products", "Price_Books"),
    ]

    /// Every module (and so every related list) that a documented pair names, old names included;
    /// sorted.
    package static let names = [
        "Accounts", "Campaigns", "Contacts", "Deals", "Leads", "Potentials", "Price_Books",
        "Products",
    ]

    /// The present name of a module that Zoho's pages still call by an old one: `Potentials` is
    /// `Deals`.
    package static func currentName(_ name: String) -> String {
        name == "Potentials" ? "Deals" : name
    }

    /// Whether a delink or update at this list is known to touch the relation only.
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

    /// Lists whose members belong to one parent, whatever the module.
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

    /// Lookups between the documented modules: lists of children under one parent, not of equals.
    private static let childListsOfModules: [(module: String, list: String, children: String)] = [
        ("Accounts", "Contacts", "contacts"), ("Accounts", "Deals", "deals"),
        ("Accounts", "Potentials", "deals"), ("Accounts", "Member_Accounts", "accounts"),
        ("Accounts", "Leads", "leads"), ("Contacts", "Deals", "deals"),
        ("Contacts", "Potentials", "deals"), ("Contacts", "Contacts", "contacts"),
        ("Campaigns", "Deals", "deals"), ("Campaigns", "Potentials", "deals"),
        ("Vendors", "Products", "products"), ("Vendors", "Contacts", "contacts"),
    ]

    /// What a one-to-many list holds; nil for a list that is not known as one.
    ///
    /// Judged whatever the case: Zoho's pages themselves write both `Notes` and `notes`.
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
