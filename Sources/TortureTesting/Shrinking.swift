import Simulator

/// Minimises a failing world: fewer items, features and faults, as long as some seed fails with the
/// same checker.
///
/// Removing something from a world changes everything that is drawn after it, so that the same seed
/// rarely still fails: some hundred others are tried for each step. First small worlds are
/// sampled: at most two of the faults that the failing seed met, or those that further failing
/// seeds met, with features of each sample's own. Where none of them fails, the faults are left out
/// step by step, and what is needed then is sampled for longer.
package enum Shrinking {
    /// A world that fails, and the seed that shows it.
    package struct Result: Sendable {
        package var seed: UInt64
        package var cut: SeedTrial.Cut
        package var violation: InvariantViolation
        package var worldCount: Int
        /// Largest number of items of a small world.
        fileprivate var smallItemCount: Int
    }

    /// One thing that goes wrong, as a world's size counts it.
    fileprivate enum Fault: Hashable {
        case ofWorld(Feature)
        /// By its name in the service's plan of faults.
        case ofService(String)
    }

    /// Seeds that are tried for one step.
    static let seedsPerStep: UInt64 = 300
    static let itemBound = 3
    static let faultBound = 2
    /// Worlds that are sampled without any fault, then with faults of each failing seed, and at
    /// last with those that cannot be left out.
    static let calmSamples: UInt64 = 200
    static let seedSamples: UInt64 = 4_000
    static let lastSamples: UInt64 = 20_000
    /// Further failing seeds, and the seeds among which they are looked for.
    static let otherSeeds = 2
    static let otherSeedBound: UInt64 = 2_000

    /// Shrinks the world of a seed; nil if it does not fail.
    ///
    /// - Parameter isEnough: Stops at a world that is small enough.
    package static func shrink(
        _ seed: UInt64, _ options: Simulation.Options, isEnough: Bool = false
    ) -> Result? {
        guard let violation = SeedTrial.run(seed, options).violation else { return nil }
        var options = options
        options.checkers = [violation.checker]
        var search = Search(seed, violation, options)
        var calm = search.best.cut
        calm.faults = []
        calm.features = calm.features.filter { !$0.isFault }
        search.samples(calmSamples, of: calm)
        search.samplesSeeds()
        if !search.best.isSmall {
            search.tries { $0.features.remove(.large) }
            search.cutsFaults()
            search.samples(lastSamples, of: search.best.cut)
        }
        if isEnough, search.best.isSmall { return search.best }
        search.cutsFaults()
        let others = Feature.allCases.filter {
            !$0.isFault && search.best.cut.features.contains($0)
        }
        search.leavesOut(others) { $0.features.subtract($1) }
        // What was needed with something else may no longer be needed.
        search.cutsFaults()
        return search.best
    }

    private struct Search {
        let options: Simulation.Options
        var best: Result

        init(_ seed: UInt64, _ violation: InvariantViolation, _ options: Simulation.Options) {
            self.options = options
            best = Result(
                seed: seed, cut: SeedTrial.Cut(ofSeed: seed), violation: violation, worldCount: 1,
                smallItemCount: options.bug?.largerWorld?.items ?? itemBound)
        }

        /// Samples small worlds with the faults of the failing seed, then with those of some
        /// others.
        mutating func samplesSeeds() {
            let first = best.seed
            samples(seedSamples, of: best.cut)
            var found = 0
            for seed in 1...otherSeedBound where seed != first && found < otherSeeds {
                if best.isSmall { return }
                best.worldCount += 1
                guard SeedTrial.run(seed, options).violation != nil else { continue }
                found += 1
                samples(seedSamples, of: SeedTrial.Cut(ofSeed: seed))
            }
        }

        /// Tries small worlds with at most two of a world's faults, until one fails.
        mutating func samples(_ count: UInt64, of world: SeedTrial.Cut) {
            let features = world.features.filter { !$0.isFault && $0 != .large }
            let faults = world.faultList
            for seed in 1...count where !best.isSmall {
                var random = SimulationGenerator(seed: seed ^ 0x7368_7269_6E6B)
                var cut = SeedTrial.Cut(
                    features: [], maximumItems: best.smallItemCount, faults: [])
                // Every other sample has most of what the failing world had.
                cut.features =
                    random.once(in: 2)
                    ? Scenario.features(ofSeed: seed).filter { !$0.isFault && $0 != .large }
                    : Set(
                        Feature.allCases.filter {
                            features.contains($0) && !random.once(in: 4)
                        })
                cut.isTight = random.once(in: 2)
                for fault in faults.shuffled(using: &random).prefix(random.number(1...faultBound)) {
                    cut.insert(fault)
                }
                best.worldCount += 1
                guard let violation = SeedTrial.run(seed, options, cut: cut).violation else {
                    continue
                }
                (best.seed, best.cut, best.violation) = (seed, cut, violation)
            }
        }

        mutating func cutsFaults() {
            let small = best.smallItemCount
            tries { $0.maximumItems = min($0.maximumItems, small) }
            leavesOut(best.cut.faults.sorted()) { $0.faults.subtract($1) }
            let faults = Feature.allCases.filter { $0.isFault && best.cut.features.contains($0) }
            leavesOut(faults) { $0.features.subtract($1) }
            tries { $0.maximumItems = min($0.maximumItems, small) }
        }

        /// Leaves elements out, all of them first, then halves, quarters and single ones.
        mutating func leavesOut<Element>(
            _ elements: [Element], _ change: (inout SeedTrial.Cut, [Element]) -> Void
        ) {
            var rest = elements
            var size = rest.count
            while size > 0 {
                var start = 0
                while start < rest.count {
                    let end = min(start + size, rest.count)
                    let part = Array(rest[start..<end])
                    if tries({ change(&$0, part) }) {
                        rest.removeSubrange(start..<end)
                    } else {
                        start = end
                    }
                }
                size = min(size / 2, rest.count)
            }
        }

        /// Keeps the smaller world if some seed of it fails.
        @discardableResult
        mutating func tries(_ change: (inout SeedTrial.Cut) -> Void) -> Bool {
            var cut = best.cut
            change(&cut)
            guard cut != best.cut else { return true }
            for offset in 0...seedsPerStep {
                let seed = offset == 0 ? best.seed : offset
                best.worldCount += 1
                if let violation = SeedTrial.run(seed, options, cut: cut).violation {
                    (best.seed, best.cut, best.violation) = (seed, cut, violation)
                    return true
                }
            }
            return false
        }
    }
}

extension Shrinking.Result {
    /// At most three items, or as many as the planted bug is known to need, and two faults.
    package var isSmall: Bool {
        cut.maximumItems <= smallItemCount && cut.faultCount <= Shrinking.faultBound
    }

}

extension SeedTrial.Cut {
    /// What a seed draws, unchanged.
    fileprivate init(ofSeed seed: UInt64) {
        let scenario = Scenario(seed: seed)
        self.init(
            features: scenario.features, maximumItems: 60,
            faults: Set(scenario.settings.faults.rules.map(\.kind.rawValue)))
    }

    /// In a fixed order.
    fileprivate var faultList: [Shrinking.Fault] {
        Feature.allCases.filter { $0.isFault && features.contains($0) }.map { .ofWorld($0) }
            + faults.sorted().map { .ofService($0) }
    }

    /// Adds a fault, and for one of the service the features by which it may come.
    fileprivate mutating func insert(_ fault: Shrinking.Fault) {
        switch fault {
        case .ofWorld(let feature): features.insert(feature)
        case .ofService(let name):
            faults.insert(name)
            features.formUnion([
                .faults, .distortedAnswers, .throttling, .sizeLimits, .recordDeleted,
                .movingChildren, .slowAnswers,
            ])
        }
    }
}
