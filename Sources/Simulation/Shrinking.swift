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
    static let smallItemCount = 3

    /// Shrinks the world of a seed; nil if it does not fail.
    package static func shrink(_ seed: UInt64, _ options: Simulation.Options) -> Result? {
        guard let violation = SeedTrial.run(seed, options).violation else { return nil }
        var options = options
        options.checkers = [violation.checker]
        var search = Search(options: options)
        let scenario = Scenario(seed: seed)
        var best = Result(
            seed: seed,
            cut: SeedTrial.Cut(
                features: scenario.features, maximumItems: 60,
                faults: Set(scenario.settings.faults.rules.map(\.kind.rawValue))),
            violation: violation, worldCount: 0)
        best.cut.features.remove(.large)
        var hasShrunk = true
        while hasShrunk {
            hasShrunk = false
            for cut in smaller(best.cut) where search.worldCount < 200_000 {
                guard let found = search.failing(cut, firstOf: best.seed) else { continue }
                best = found
                hasShrunk = true
                break
            }
        }
        best.worldCount = search.worldCount
        return best
    }

    /// What may be left out, the most first.
    private static func smaller(_ cut: SeedTrial.Cut) -> [SeedTrial.Cut] {
        var cuts: [SeedTrial.Cut] = []
        func add(_ change: (inout SeedTrial.Cut) -> Void) {
            var smaller = cut
            change(&smaller)
            if smaller != cut { cuts.append(smaller) }
        }
        let features = Feature.allCases.filter(cut.features.contains)
        let faults = cut.faults.sorted()
        for part in parts(of: faults) { add { $0.faults.subtract(part) } }
        for part in parts(of: features) { add { $0.features.subtract(part) } }
        if cut.maximumItems > smallItemCount { add { $0.maximumItems = smallItemCount } }
        return cuts
    }

    /// Halves, quarters and single elements.
    private static func parts<Element>(of elements: [Element]) -> [[Element]] {
        var parts: [[Element]] = []
        var size = elements.count
        while size > 0 {
            for start in stride(from: 0, to: elements.count, by: size) {
                parts.append(Array(elements[start..<min(start + size, elements.count)]))
            }
            size /= 2
        }
        return parts
    }

    private struct Search {
        let options: Simulation.Options
        var worldCount = 0

        mutating func failing(_ cut: SeedTrial.Cut, firstOf seed: UInt64) -> Result? {
            for offset in 0...seedsPerStep {
                let seed = offset == 0 ? seed : offset
                worldCount += 1
                if let violation = SeedTrial.run(seed, options, cut: cut).violation {
                    return Result(
                        seed: seed, cut: cut, violation: violation, worldCount: worldCount)
                }
            }
            return nil
        }
    }
}
