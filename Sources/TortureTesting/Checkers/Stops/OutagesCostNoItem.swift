import JobModel

/// A fault of a service that has answered nothing clearly since its troubles began gives no item an
/// outcome, unless the item's kind is stopped.
struct OutagesCostNoItem: Checker {
    private var crm = SeenHealth.unwell
    private var creator = SeenHealth.unwell
    /// Faults of a service in trouble whose records are not on the disk yet.
    private var waiting: [SeenJournal.AttemptKey] = []

    init(_ scenario: Scenario) {}

    mutating func observe(_ observation: Observation, _ world: borrowing WorldView) -> String? {
        switch observation {
        case .processBegan:
            crm = .unwell
            creator = .unwell
            waiting = []
        case .requestEnded(let sending, let end):
            let word = SeenWord(sending, end)
            let isCreator = sending.request.service == .creator
            if word == .fault, (isCreator ? creator : crm) == .unwell, let key = sending.attempt {
                switch sending.request.content {
                case .items, .page: waiting.append(key)
                case .round, .listing, .read, .unknown: break
                }
            }
            if isCreator { creator.heard(word) } else { crm.heard(word) }
        case .diskSynchronised, .processEnded: return findProblem(world.journal)
        default: break
        }
        return nil
    }

    private mutating func findProblem(_ journal: borrowing SeenJournal) -> String? {
        while let key = waiting.first {
            guard let end = journal.attempt(key)?.end else { return nil }
            waiting.removeFirst()
            guard let outcome = end.outcomes.first?.outcome,
                !journal.stoppedKinds.contains(journal.calls[key.call]?.kind ?? "")
            else { continue }
            return "call \(key.call), attempt \(key.attempt) met a service in trouble, and its "
                + "items are \(outcome.word)"
        }
        return nil
    }
}
