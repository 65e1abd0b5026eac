import JobModel

/// A discovery lists nothing twice; if its data did not change meanwhile, a finished one is
/// complete.
struct PagesListEachOnce: Checker {
    private let scenario: Scenario

    init(_ scenario: Scenario) { self.scenario = scenario }

    mutating func observe(_ observation: Observation, _ world: borrowing WorldView) -> String? {
        guard scenario.has(.pages), case .worldEnded = observation else { return nil }
        let journal = world.journal
        var listed = Array(repeating: Set<UInt64>(), count: scenario.rows.count)
        for number in journal.callNumbers {
            guard let call = journal.calls[number], call.page != nil, let row = call.rows.first
            else { continue }
            for child in call.attempts.flatMap({ $0.end?.children ?? [] })
            where !listed[row].insert(child).inserted {
                return "row \(row): child \(child) is listed twice"
            }
        }
        if scenario.has(.movingChildren) { return nil }
        for (row, item) in scenario.rows.enumerated() where item.operation == .discoverDeleted {
            if let ghost = listed[row].subtracting(item.records).min() {
                return "row \(row): child \(ghost) is listed, which was never related"
            }
            guard journal.outcomes[row]?.word == "listed" else { continue }
            if let lost = Set(item.records).subtracting(listed[row]).min() {
                return "row \(row): is said to be listed, and lacks child \(lost)"
            }
        }
        return nil
    }
}
