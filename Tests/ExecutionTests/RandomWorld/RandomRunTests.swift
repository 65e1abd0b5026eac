import Foundation
import Testing

/// For any answers, disk timing and crash points, every item ends with one outcome, the limits
/// hold, the journal's replay equals memory, and the run ends. One seed determines everything; each
/// seed disables a random subset of the faults.
@Suite(.timeLimit(.minutes(20))) struct `any world` {
    /// `WORLD_SEED=n` plays one seed, `WORLD_SEEDS=n` the seeds up to n.
    @Test func `accounts for every item, keeps its limits and ends`() {
        let environment = ProcessInfo.processInfo.environment
        let count = environment["WORLD_SEEDS"].flatMap { UInt64($0) } ?? 1_000
        let one = environment["WORLD_SEED"].flatMap { UInt64($0) }
        for seed in one.map({ $0...$0 }) ?? 1...count {
            var world = RandomRun(seed: seed)
            world.run()
            if world.problems.isEmpty { continue }
            Issue.record("WORLD_SEED=\(seed): \(world.problems.prefix(3))")
            return
        }
    }
}
