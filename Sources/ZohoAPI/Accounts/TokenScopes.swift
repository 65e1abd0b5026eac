package import JobModel

/// A required scope, in any of its spellings.
package struct ScopeNeed: Equatable, Sendable {
    /// Any one is sufficient; the first is the narrowest and the recommended one.
    package var anyOf: [String]
    /// What it is needed for: `delink Campaigns/Leads`.
    package var purpose: String

    /// Whether one of the granted scopes is sufficient. Case-insensitive.
    package func isMet(by granted: [String]) -> Bool {
        let granted = granted.map { $0.lowercased() }
        return anyOf.contains { granted.contains($0.lowercased()) }
    }
}

/// The scopes that operations need (section "Scope" of Zoho's pages).
package enum TokenScopes {
    /// Scopes for a kind of calls, or for `discover-deleted` of a list.
    package static func needs(
        of kind: RelationKind, profile: ServiceProfile = .init()
    ) -> [ScopeNeed] {
        let module = scopeName(of: kind.module)
        let purpose = kind.description
        switch kind.operation {
        case .delink:
            let needs = [modules(module, ["DELETE", "WRITE"], purpose)]
            return profile.delinkMessageIsConclusive
                ? needs : needs + [readBackNeed(of: kind, profile: profile)]
        case .update: return [modules(module, ["UPDATE", "WRITE"], purpose)]
        case .discoverDeleted: return [modules(module, ["READ"], purpose)]
        case .deleteAttachment:
            return [
                modules(module, ["DELETE"], purpose), modules("attachments", ["DELETE"], purpose),
            ]
        case .deleteCreatorRecords: return creatorNeeds(usesExplicitIDs: false)
        }
    }

    /// Scopes for reading a record back after the first delink of a kind.
    package static func readBackNeed(
        of kind: RelationKind, profile: ServiceProfile
    ) -> ScopeNeed {
        modules(
            scopeName(of: profile.childModule(of: kind)), ["READ"],
            "reading a record back after the first \(kind) (API \(profile.crmVersion))")
    }

    /// Scopes for Creator jobs; rounds with explicit ids list records first.
    package static func creatorNeeds(usesExplicitIDs: Bool) -> [ScopeNeed] {
        let purpose = Operation.deleteCreatorRecords.rawValue
        let operations = usesExplicitIDs ? ["DELETE", "READ"] : ["DELETE"]
        return operations.map { operation in
            ScopeNeed(
                anyOf: ["ZohoCreator.report.\(operation)", "ZohoCreator.report.ALL"],
                purpose: operation == "READ" ? "\(purpose) with creator.pin" : purpose)
        }
    }

    /// What `CheckRequest.organisation` needs.
    package static let organisation = ScopeNeed(
        anyOf: ["ZohoCRM.org.READ", "ZohoCRM.org.ALL"], purpose: "reading the organisation's id")

    /// The scopes of a job, without duplicates, in the given order.
    package static func needs(
        of kinds: [RelationKind], profile: ServiceProfile = .init(), hasCreatorJobs: Bool = false,
        usesExplicitIDs: Bool = false
    ) -> [ScopeNeed] {
        var needs: [ScopeNeed] = []
        let all =
            kinds.flatMap { Self.needs(of: $0, profile: profile) }
            + (hasCreatorJobs ? creatorNeeds(usesExplicitIDs: usesExplicitIDs) : [])
        for need in all where !needs.contains(where: { $0.anyOf == need.anyOf }) {
            needs.append(need)
        }
        return needs
    }

    /// The required scopes that were not granted.
    package static func missing(_ needs: [ScopeNeed], granted: [String]) -> [ScopeNeed] {
        needs.filter { !$0.isMet(by: granted) }
    }

    /// A module's name in scopes: `Price_Books` is `pricebooks`, `Potentials` is `deals`, custom
    /// modules are `custom`.
    package static func scopeName(of module: APIName) -> String {
        let name = SupportedRelations.currentName(module.text).lowercased()
            .filter { $0 != "_" }
        if standardModules.contains(name) { return name }
        return module.text == "Appointments_Rescheduled_History__s"
            ? "appointments_rescheduled_history" : "custom"
    }

    /// "Possible module names" of Zoho's pages.
    private static let standardModules = [
        "leads", "accounts", "contacts", "deals", "campaigns", "tasks", "cases", "events", "calls",
        "solutions", "products", "vendors", "pricebooks", "quotes", "salesorders",
        "purchaseorders", "invoices", "appointments", "services", "notes",
    ]

    private static func modules(
        _ module: String, _ operations: [String], _ purpose: String
    ) -> ScopeNeed {
        let own = operations.map { "ZohoCRM.modules.\(module).\($0)" }
        let general = operations.map { "ZohoCRM.modules.\($0)" }
        // The attachments page requires a separate scope in addition to the module's.
        let broad = module == "attachments" ? [] : general + ["ZohoCRM.modules.ALL"]
        return ScopeNeed(
            anyOf: own + ["ZohoCRM.modules.\(module).ALL"] + broad, purpose: purpose)
    }
}
