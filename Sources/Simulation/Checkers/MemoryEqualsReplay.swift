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
            var creator = CreatorTally()
            for rounds in journal.rounds {
                creator.deleted += rounds.tally.deleted
                creator.failed += rounds.tally.failed
                creator.unaccounted += rounds.tally.unaccounted
            }
            if creator != end.progress.creator {
                return "memory has \(end.progress.creator), the journal \(creator)"
            }
            if journal.stop?.reason != end.reason { return "the journal has another stop" }
        default: break
        }
        return nil
    }
}
