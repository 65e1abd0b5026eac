import JobModel

/// A request is sent only if an unused, unanswered attempt with exactly the same content is
/// durable; nothing is counted before its record is durable.
struct DurableBeforeEffect: Checker {
    private var counted = SeenCounts(items: [], creatorDeleted: 0, creatorFailed: 0)

    init(_ scenario: Scenario) {}

    mutating func observe(_ observation: Observation, _ world: borrowing WorldView) -> String? {
        switch observation {
        case .requestLeft(let sending):
            if sending.attempt == nil, sending.request.content != .read {
                return "\(sending.request.method) \(sending.request.target) leaves and no attempt "
                    + "on the disk asks for it"
            }
        case .processBegan, .processEnded: counted.items = []
        case .counted(let counts):
            counted = counts
            for (kind, count) in zip(OutcomeKind.allCases, counts.items) {
                let durable = world.journal.counts[kind.word] ?? 0
                if count > durable {
                    return "\(count) items are counted as \(kind.word), \(durable) are on the disk"
                }
            }
        case .killed:
            defer { counted.items = [] }
            for (kind, count) in zip(OutcomeKind.allCases, counted.items) {
                let durable = world.journal.counts[kind.word] ?? 0
                if count > durable {
                    return "\(count) items were counted as \(kind.word), \(durable) are on the disk"
                }
            }
        default: break
        }
        return nil
    }
}
