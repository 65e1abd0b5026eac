import JobModel

/// An item with a durable outcome is never requested again, unless
/// `--retry` reopened it.
struct SettledItemsRest: Checker {
    private let scenario: Scenario

    init(_ scenario: Scenario) { self.scenario = scenario }

    mutating func observe(_ observation: Observation, _ world: borrowing WorldView) -> String? {
        guard case .requestLeft(let sending) = observation else { return nil }
        for row in rows(of: sending.request.content) {
            if let outcome = world.journal.outcomes[row] {
                return "\(sending.name) asks for row \(row), which is \(outcome.word)"
            }
        }
        return nil
    }

    private func rows(of content: SeenRequest.Content) -> [Int] {
        switch content {
        case .items(let module, let parent, let list, let ids):
            ids.compactMap { id in
                scenario.rowOfRelation[
                    Scenario.RelationKey(module: module, parent: parent, list: list, related: id)]
            }
        case .page(_, let parent, _):
            scenario.rows.indices.filter {
                scenario.rows[$0].operation == .discoverDeleted
                    && scenario.rows[$0].parent == parent
            }
        case .round(let report, let criteria, _):
            scenario.rows.indices.filter {
                scenario.rows[$0].operation == .deleteCreatorRecords
                    && scenario.rows[$0].list == report
                    && criteria.contains(scenario.rows[$0].criteria)
            }
        case .listing, .read, .unknown: []
        }
    }
}
