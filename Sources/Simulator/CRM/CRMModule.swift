/// The modules between which relations are held many to many.
package enum CRMModule: UInt8, CaseIterable, Sendable {
    case campaigns, leads, contacts, products, accounts, deals, priceBooks

    /// The API name used in answers and in the ledger. `Deals` was formerly `Potentials`.
    package var name: String {
        switch self {
        case .campaigns: "Campaigns"
        case .leads: "Leads"
        case .contacts: "Contacts"
        case .products: "Products"
        case .accounts: "Accounts"
        case .deals: "Deals"
        case .priceBooks: "Price_Books"
        }
    }

    /// The module of that API name, case-exact; the old name of Deals is understood.
    package init?(name: String) {
        switch name {
        case "Campaigns": self = .campaigns
        case "Leads": self = .leads
        case "Contacts": self = .contacts
        case "Products": self = .products
        case "Accounts": self = .accounts
        case "Deals", "Potentials": self = .deals
        case "Price_Books": self = .priceBooks
        default: return nil
        }
    }
}

/// A pair of modules whose relation the delink document supports.
///
/// Source: Zoho's page "Delink" (ServiceFacts), "Supported relations"; its `Potentials` are Deals
/// and its `Price Books` are Price_Books. The older v1 page allows either end as the parent.
package enum RelationPair: UInt8, CaseIterable, Sendable {
    case campaignsLeads, campaignsContacts
    case productsLeads, productsAccounts, productsContacts, productsDeals, productsPriceBooks

    /// The end that Zoho's page names first; the canonical form of a relation starts with it.
    package var first: CRMModule {
        switch self {
        case .campaignsLeads, .campaignsContacts: .campaigns
        default: .products
        }
    }

    /// The other module.
    package var second: CRMModule {
        switch self {
        case .campaignsLeads, .productsLeads: .leads
        case .campaignsContacts, .productsContacts: .contacts
        case .productsAccounts: .accounts
        case .productsDeals: .deals
        case .productsPriceBooks: .priceBooks
        }
    }

    /// The pair for the related list `list` of `module`, if any.
    package init?(module: CRMModule, list: CRMModule) {
        for pair in Self.allCases
        where (pair.first == module && pair.second == list)
            || (pair.second == module && pair.first == list)
        {
            self = pair
            return
        }
        return nil
    }
}

/// A relation in canonical form: equal for both directions of a URL.
package struct Relation: Hashable, Sendable {
    /// Between which modules.
    package var pair: RelationPair
    /// The record of `pair.first`.
    package var first: UInt64
    /// The record of `pair.second`.
    package var second: UInt64

    /// The relation between `parent`, a record of `module`, and `related` at the pair's other end.
    package init(pair: RelationPair, module: CRMModule, parent: UInt64, related: UInt64) {
        self.pair = pair
        let isForward = pair.first == module
        first = isForward ? parent : related
        second = isForward ? related : parent
    }
}
