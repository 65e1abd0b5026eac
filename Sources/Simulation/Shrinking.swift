import SandboxAPI

/// Makes a failing world small: fewer items, fewer features, fewer faults, as long as some seed of
/// what is left fails by the same checker.
///
/// Taking something out of a world moves everything that is drawn after it, so that the seed at
/// hand seldom fails on: some hundred others are tried for each step.
package enum Shrinking {
    /// A world that fails, and the seed that shows it.
    package struct Result: Sendable {
        package var seed: UInt64
        package var cut: SeedTrial.Cut
        package var violation: InvariantViolation
        package var worldCount: Int
    }

    /// Seeds that are tried for one step.
    static let seedsPerStep: UInt64 = 300
    static let seedsPerLongStep: UInt64 = 5_000
    static let smallItemCount = 3

    /// Shrinks the world of a seed; nil if it does not fail.
    ///
    /// - Parameter isEnough: Stops at a world of at most three items and two faults.
    package static func shrink(
        _ seed: UInt64, _ options: Simulation.Options, isEnough: Bool = false
    ) -> Result? {
        guard let violation = SeedTrial.run(seed, options).violation else { return nil }
        var options = options
        options.checkers = [violation.checker]
        let scenario = Scenario(seed: seed)
        var search = Search(
            options: options,
            best: Result(
                seed: seed,
                cut: SeedTrial.Cut(
                    features: scenario.features, maximumItems: 60,
                    faults: Set(scenario.settings.faults.rules.map(\.kind.rawValue))),
                violation: violation, worldCount: 0))
        search.tries { $0.features.remove(.large) }
        search.cutsFaults()
        // What seldom happens is looked for longer.
        search.seedsPerStep = seedsPerLongStep
        if !search.best.isSmall { search.cutsFaults() }
        search.seedsPerStep = seedsPerStep
        if isEnough, search.best.isSmall { return search.best }
        let others = Feature.allCases.filter {
            !$0.isFault && search.best.cut.features.contains($0)
        }
        search.leavesOut(others) { $0.features.subtract($1) }
        // What was needed beside something else may be needed no more.
        search.cutsFaults()
        return search.best
    }

    private struct Search {
        let options: Simulation.Options
        var best: Result
        var seedsPerStep = Shrinking.seedsPerStep

        mutating func cutsFaults() {
            tries { $0.maximumItems = smallItemCount }
            leavesOut(best.cut.faults.sorted()) { $0.faults.subtract($1) }
            let faults = Feature.allCases.filter { $0.isFault && best.cut.features.contains($0) }
            leavesOut(faults) { $0.features.subtract($1) }
            tries { $0.maximumItems = smallItemCount }
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

        /// Takes the smaller world if some seed of it fails.
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
    /// At most three items and two faults.
    package var isSmall: Bool {
        cut.maximumItems <= Shrinking.smallItemCount && cut.faultCount <= 2
    }
}
