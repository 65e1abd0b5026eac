/// The module segment of a URL.
enum ModuleName: Equatable {
    /// A module that takes part in many-to-many relations.
    case relating(CRMModule)
    /// A module with one-to-many lists only.
    case plain(String)
    /// A module that the API does not support: Zoho's page names Documents and Projects.
    case unsupported
    case unknown

    init(_ name: String) {
        if let module = CRMModule(name: name) {
            self = .relating(module)
            return
        }
        switch name {
        case "Tasks", "Events", "Calls", "Notes", "Attachments", "Activities", "Cases", "Solutions",
            "Vendors", "Quotes", "Sales_Orders", "Purchase_Orders", "Invoices", "Services__s",
            "Appointments__s", "Appointments_Rescheduled_History__s":
            self = .plain(name)
        case "Documents", "Projects":
            self = .unsupported
        default:
            self = .unknown
        }
    }

    /// The name by which records of it are filed, or nil if it has no records.
    var recordsName: String? {
        switch self {
        case .relating(let module): module.name
        case .plain(let name): name
        case .unsupported, .unknown: nil
        }
    }
}

/// The related list segment of a URL.
enum RelatedList: Equatable {
    /// Many-to-many: DELETE removes the relation and keeps both records.
    case relation(RelationPair)
    /// One to many: the same DELETE deletes the child, a record of `childModule`. The delink
    /// document's own sample does that to `Leads/…/notes`, official SDK users confirmed it.
    case children(childModule: String)
    case unknown

    /// - Parameter name: case-exact for relations. One-to-many names are accepted in any case,
    ///   because the documents write both `Notes` and `notes`.
    init(module: ModuleName, name: String) {
        if case .relating(let module) = module, let list = CRMModule(name: name),
            let pair = RelationPair(module: module, list: list)
        {
            self = .relation(pair)
            return
        }
        self = Self.children(of: module, name.lowercased())
    }

    /// Modules whose records exist only as children here.
    static let childModules: Set<String> = [
        "Notes", "Attachments", "Tasks", "Calls", "Events", "Activities", "Cases", "Solutions",
        "Quotes", "Sales_Orders", "Purchase_Orders", "Invoices",
    ]

    private static func children(of module: ModuleName, _ name: String) -> RelatedList {
        switch name {
        case "notes": return .children(childModule: "Notes")
        case "attachments": return .children(childModule: "Attachments")
        case "tasks": return .children(childModule: "Tasks")
        case "calls": return .children(childModule: "Calls")
        case "events": return .children(childModule: "Events")
        case "activities", "activities_history": return .children(childModule: "Activities")
        case "cases": return .children(childModule: "Cases")
        case "solutions": return .children(childModule: "Solutions")
        case "quotes": return .children(childModule: "Quotes")
        case "sales_orders": return .children(childModule: "Sales_Orders")
        case "purchase_orders": return .children(childModule: "Purchase_Orders")
        case "invoices": return .children(childModule: "Invoices")
        // A contact and a deal have one account, a deal has one contact and one campaign: lookups.
        case "contacts" where module == .relating(.accounts):
            return .children(childModule: "Contacts")
        case "deals" where hasDeals(module), "potentials" where hasDeals(module):
            return .children(childModule: "Deals")
        default: return .unknown
        }
    }

    private static func hasDeals(_ module: ModuleName) -> Bool {
        module == .relating(.accounts) || module == .relating(.contacts)
            || module == .relating(.campaigns)
    }
}
