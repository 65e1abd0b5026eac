import Execution
import JobModel
import Journaling

// Not independent: compares the engine's state with the product's own replay of the journal. It
// finds differences, not common errors.

extension Simulation {
    /// The engine's final state equals a replay of the journal.
    mutating func checkMemory(_ end: RunEnding) {
        guard !isOver, end.exit != .journal, options.bug != .miscounts else { return }
        let run = recoveredJournal().run
        var counts = run.counts
        counts.pending = scenario.items.itemCount - counts.final
        if counts != end.progress.counts {
            return failMemory("memory has \(end.progress.counts), the journal \(counts)")
        }
        if run.callCount != end.progress.callCount {
            return failMemory(
                "memory has \(end.progress.callCount) calls, the journal \(run.callCount)")
        }
        if run.attemptCount != end.progress.attemptCount {
            return failMemory(
                "memory has \(end.progress.attemptCount) attempts, the journal "
                    + "\(run.attemptCount)")
        }
        let creator = Simulation.creator(of: run)
        if creator != end.progress.creator {
            return failMemory("memory has \(end.progress.creator), the journal \(creator)")
        }
        if run.stop?.reason != end.reason { failMemory("the journal has another stop") }
    }

    /// Everything the engine had counted when it died is in the journal.
    mutating func checkMemory(_ counted: RunProgress) {
        guard !isOver else { return }
        let run = recoveredJournal().run
        for kind in OutcomeKind.allCases where counted.counts[kind] > run.counts[kind] {
            return failMemory(
                "\(counted.counts[kind]) \(kind.word) were counted, the journal has "
                    + "\(run.counts[kind])")
        }
        let creator = Simulation.creator(of: run)
        if counted.creator.deleted > creator.deleted || counted.creator.failed > creator.failed {
            failMemory("\(counted.creator) was counted, the journal has \(creator)")
        }
    }

    private mutating func failMemory(_ text: String) { fail("MemoryEqualsReplay", text) }

    private static func creator(of run: RecoveredRun) -> CreatorTally {
        var sum = CreatorTally()
        for rounds in run.rounds {
            sum.deleted += rounds.tally.deleted
            sum.failed += rounds.tally.failed
            sum.unaccounted += rounds.tally.unaccounted
        }
        return sum
    }
}
