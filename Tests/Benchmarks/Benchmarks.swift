import Foundation

/// `swift run -c release benchmarks [calls|planner] [--tiny]`: what each measures, and the
/// results, are in Benchmarks.docc/Benchmarks.md.
@main enum Benchmarks {
    static func main() {
        let arguments = CommandLine.arguments.dropFirst()
        let isTiny = arguments.contains("--tiny")
        let chosen = arguments.filter { !$0.hasPrefix("--") }
        do {
            if chosen.isEmpty || chosen.contains("calls") { try calls(isTiny: isTiny) }
            if chosen.isEmpty || chosen.contains("planner") { try planner(isTiny: isTiny) }
        } catch {
            print("benchmarks: \(error)")
            exit(1)
        }
    }

    /// `--tiny` only checks that the benchmark works; its figures are meaningless.
    private static func calls(isTiny: Bool) throws {
        let repetitions = isTiny ? 1 : 5
        try CallBenchmark(
            latencyMilliseconds: 0, concurrency: 10, calls: isTiny ? 20 : 4_000,
            repetitions: repetitions
        ).run()
        try CallBenchmark(
            latencyMilliseconds: isTiny ? 1 : 50, concurrency: 10, calls: isTiny ? 20 : 2_000,
            repetitions: repetitions
        ).run()
    }

    private static func planner(isTiny: Bool) throws {
        try PlannerBenchmark(
            rows: isTiny ? 10_000 : 10_000_000, parents: isTiny ? 200 : 200_000,
            repetitions: isTiny ? 1 : 5
        ).run()
    }
}
