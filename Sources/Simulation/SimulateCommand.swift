import Glibc
import Journaling
import Synchronization

/// `relsweep-simulate`: tries seeds until a promise is broken.
package enum SimulateCommand {
    static let usage = """
        usage: relsweep-simulate --seeds N [--first-seed S] [--canary NAME]
               relsweep-simulate --seed N [--trace] [--canary NAME]
        canaries: \(Canary.allCases.map(\.rawValue).joined(separator: " "))
        """

    private struct Arguments {
        var first: UInt64 = 1
        var count: UInt64 = 1_000
        var isTraced = false
        var canary: Canary?
    }

    /// Runs the command with the process's arguments, and ends the process: 0, or 1 on the first
    /// broken promise, or 64.
    package static func main() -> Never {
        guard let arguments = read(Array(CommandLine.arguments.dropFirst())) else {
            print(usage)
            exit(64)
        }
        exit(run(arguments))
    }

    private static func read(_ words: [String]) -> Arguments? {
        var arguments = Arguments()
        var rest = words[...]
        while let word = rest.popFirst() {
            if word == "--trace" {
                arguments.isTraced = true
                continue
            }
            guard let value = rest.popFirst() else { return nil }
            if word == "--canary" {
                guard let canary = Canary(rawValue: value) else { return nil }
                arguments.canary = canary
                continue
            }
            guard let number = UInt64(value) else { return nil }
            switch word {
            case "--seeds": arguments.count = number
            case "--first-seed": arguments.first = number
            case "--seed":
                arguments.first = number
                arguments.count = 1
            default: return nil
            }
        }
        return arguments
    }

    private static func run(_ arguments: Arguments) -> Int32 {
        var tally = SeedTally()
        CurrentSeed.tellWhenTrapped()
        for seed in arguments.first..<(arguments.first &+ arguments.count) {
            CurrentSeed.number.store(seed, ordering: .relaxed)
            let tried = SeedTrial.run(
                seed, canary: arguments.canary, keepsTrace: arguments.isTraced)
            for line in tried.trace { print(line) }
            tally.add(tried)
            if let broken = tried.broken {
                print("seed \(seed): \(broken.checker): \(broken.text)")
                let canary = arguments.canary.map { " --canary \($0.rawValue)" } ?? ""
                print(
                    "replay: swift run -c release relsweep-simulate --seed \(seed) --trace"
                        + canary)
                print(tally.text)
                return 1
            }
            if tally.seedCount % 100_000 == 0 { print(tally.text) }
        }
        print(tally.text)
        return 0
    }
}

/// What many seeds came to.
package struct SeedTally: Sendable {
    package private(set) var seedCount = 0
    package private(set) var crashCount = 0
    private var sessionCount = 0
    private var stepCount = 0
    private var finishedCount = 0
    private var haltedCount = 0

    package init() {}

    package mutating func add(_ report: Simulation.Report) {
        seedCount += 1
        crashCount += report.crashCount
        sessionCount += report.sessionCount
        stepCount += report.stepCount
        if report.state == .finished { finishedCount += 1 }
        if report.state == .halted { haltedCount += 1 }
    }

    /// One line.
    package var text: String {
        "\(seedCount) seeds, \(crashCount) crashes, \(sessionCount) sessions, \(stepCount) steps; "
            + "\(finishedCount) finished, \(haltedCount) halted"
    }
}
