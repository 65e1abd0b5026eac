import JobModel
import ZohoAPI

/// Only relations that Zoho's pages support, or that the configuration adds, may be removed or
/// updated: on a one-to-many list the same request deletes records. Never skippable.
enum RelationRule {
    /// Whether the list was added by the configuration.
    static func isAddedByConfiguration(
        _ list: RelatedListName, operation: Operation, added: [RelatedListName]
    ) throws(Finding) -> Bool {
        switch SupportedRelations.support(
            module: list.module.text, relatedList: list.relatedList.text)
        {
        case .supported: return false
        case .deletesChildren(let children):
            throw refusal(
                "\"\(list)\" is a one-to-many list: "
                    + (operation == .delink
                        ? "a delink there deletes the \(children) themselves, not a relation"
                        : "an update there changes the \(children) themselves, not a relation")
                    + "; relsweep never sends it"
                    + (added.contains(list) ? ", even though the configuration adds it" : ""))
        case .notDocumented:
            if added.contains(list) { return true }
            throw refusal(message(for: list, added: added))
        }
    }

    private static func refusal(_ message: String) -> Finding {
        Finding(message, isSkippable: false)
    }

    private static func message(for list: RelatedListName, added: [RelatedListName]) -> String {
        if let meant = meant(by: list, added: added) {
            return "unsupported relation \"\(list)\"; did you mean \"\(meant)\"? "
                + "names are case-exact"
        }
        let lists = SupportedRelations.lists(of: list.module.text)
        let known =
            lists.isEmpty
            ? "supported are Campaigns with Leads and Contacts, and Products with Leads, "
                + "Accounts, Contacts, Deals and Price_Books, from either end"
            : "\(list.module) has \(lists.joined(separator: ", "))"
        return "unsupported relation \"\(list)\": \(known); a delink on any other list may delete "
            + "records, so a many-to-many list of your own account must be allowed in the "
            + "configuration first"
    }

    /// The closest supported or added list, for suggestions.
    private static func meant(
        by list: RelatedListName, added: [RelatedListName]
    ) -> String? {
        var best: (name: String, distance: Int)?
        func consider(_ module: String, _ relatedList: String) {
            let distances = [(list.module.text, module), (list.relatedList.text, relatedList)].map {
                Spelling.distance($0.0.lowercased(), $0.1.lowercased())
            }
            let total = distances[0] + distances[1]
            guard distances.allSatisfy({ $0 <= Spelling.maximumDistance }),
                total < best?.distance ?? .max
            else { return }
            best = ("\(module)/\(relatedList)", total)
        }
        for module in SupportedRelations.names {
            for relatedList in SupportedRelations.lists(of: module) {
                consider(module, relatedList)
            }
        }
        for pair in added { consider(pair.module.text, pair.relatedList.text) }
        return best?.name
    }
}
