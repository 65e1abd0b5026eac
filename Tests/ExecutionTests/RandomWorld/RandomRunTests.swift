import Foundation
import Testing

/// Whatever the service answers, whenever the disk is ready and wherever the process dies, every
/// item ends accounted for once, the bounds hold, the journal replays to what memory held, and the
/// run ends. One seed decides everything; each seed switches a random part of the faults off.
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
