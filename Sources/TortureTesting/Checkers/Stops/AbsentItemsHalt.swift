import JobModel

/// `--max-absent`: nothing is sent once more than that share of a kind's items was absent at their
/// first clear answer. An item counts unless an earlier attempt may have acted on it: a 429,
/// a 401, a split or a refusal of its whole call before the answer changes nothing.
struct AbsentItemsHalt: Checker {
    private struct Tally {
        var settled = 0
        var absent = 0
    }

    /// Calls of the journal that have been looked at, and how far.
    private var tallies: [String: Tally] = [:]
    /// Kinds of which something left in this process, in the journal's words: the others are not
    /// checked again.
    private var kinds: Set<String> = []
    private var seenRevision = -1
    private var seenSequence = 0

    init(_ scenario: Scenario) {}

    mutating func observe(_ observation: Observation, _ world: borrowing WorldView) -> String? {
        guard let limits = world.process?.limits else { return nil }
        switch observation {
        case .requestLeft(let sending):
            if let call = sending.attempt.flatMap({ world.journal.calls[$0.call] }) {
                kinds.insert(call.kind)
            }
            update(world.journal)
            return excess(limits).map { "\(sending.name) leaves: \($0)" }
        case .processBegan: kinds = []
        case .processEnded(let summary) where ![74, 76].contains(summary.exit):
            update(world.journal)
            return excess(limits).map { "ends with \(summary.exit): \($0)" }
        default: break
        }
        return nil
    }

    private mutating func update(_ journal: borrowing SeenJournal) {
        if journal.revision == seenRevision, journal.lastSequence == seenSequence { return }
        seenRevision = journal.revision
        seenSequence = journal.lastSequence
        tallies = [:]
        for entry in journal.firstSettlements {
            tallies[entry.kind, default: Tally()].settled += entry.settled
            tallies[entry.kind, default: Tally()].absent += entry.absent
        }
    }

    private func excess(_ limits: RunLimits) -> String? {
        for (kind, tally) in tallies.sorted(by: { $0.key < $1.key }) where kinds.contains(kind) {
            guard tally.settled >= limits.absentMinimum,
                Double(tally.absent) * 100 > Double(tally.settled) * limits.maximumAbsentPercent
            else { continue }
            return "\(tally.absent) of \(tally.settled) items of \(kind) were absent"
        }
        return nil
    }
}
