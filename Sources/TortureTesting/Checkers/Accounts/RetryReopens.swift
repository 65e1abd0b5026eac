import JobModel

/// `--retry` opens the items with the outcomes it names, and no others; without it none is opened.
struct RetryReopens: Checker {
    /// Items by outcome when the last process had ended.
    private var before: [String: Int] = [:]

    init(_ scenario: Scenario) {}

    mutating func observe(_ observation: Observation, _ world: borrowing WorldView) -> String? {
        switch observation {
        case .processBegan(let facts):
            for kind in OutcomeKind.allCases {
                let count = world.journal.counts[kind.word] ?? 0
                let isNamed = facts.retries.contains(kind)
                if isNamed, count > 0 {
                    return "--retry \(kind.word) leaves \(count) such items as they are"
                }
                if !isNamed, count < before[kind.word] ?? 0 {
                    return "\(before[kind.word] ?? 0) items were \(kind.word), a start makes that "
                        + "\(count)"
                }
            }
        case .killed, .processEnded: before = world.journal.counts
        // Its reopening may be on the disk; a damaged journal says less.
        case .startRefused, .journalRestored: before = [:]
        default: break
        }
        return nil
    }
}
