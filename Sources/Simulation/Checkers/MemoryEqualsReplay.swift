import Execution
import JobModel
import Journaling

/// What the engine held when it ended is what a replay of the journal tells; what it had counted
/// when it died is in the journal.
struct MemoryEqualsReplay: Checker {
    private let itemCount: Int

    init(_ scenario: Scenario) {
        itemCount = scenario.items.itemCount
    }

    mutating func sees(_ happening: Happening, at now: Moment) -> String? {
        switch happening {
        case .crashed(let counted, let journal):
            for kind in OutcomeKind.allCases where counted.counts[kind] > journal.counts[kind] {
                return "\(counted.counts[kind]) \(kind.word) were counted, the journal has "
                    + "\(journal.counts[kind])"
            }
            let creator = MemoryEqualsReplay.creator(of: journal)
            if counted.creator.deleted > creator.deleted || counted.creator.failed > creator.failed
            {
                return "\(counted.creator) was counted, the journal has \(creator)"
            }
        case .sessionEnded(let end, let journal) where end.exit != .journal:
            var counts = journal.counts
            counts.pending = itemCount - counts.final
            if counts != end.progress.counts {
                return "memory has \(end.progress.counts), the journal \(counts)"
            }
            if journal.callCount != end.progress.callCount {
                return "memory has \(end.progress.callCount) calls, the journal "
                    + "\(journal.callCount)"
            }
            if journal.attemptCount != end.progress.attemptCount {
                return "memory has \(end.progress.attemptCount) attempts, the journal "
                    + "\(journal.attemptCount)"
            }
            let creator = MemoryEqualsReplay.creator(of: journal)
            if creator != end.progress.creator {
                return "memory has \(end.progress.creator), the journal \(creator)"
            }
            if journal.stop?.reason != end.reason { return "the journal has another stop" }
        default: break
        }
        return nil
    }

    private static func creator(of journal: RecoveredRun) -> CreatorTally {
        var sum = CreatorTally()
        for rounds in journal.rounds {
            sum.deleted += rounds.tally.deleted
            sum.failed += rounds.tally.failed
            sum.unaccounted += rounds.tally.unaccounted
        }
        return sum
    }
}
