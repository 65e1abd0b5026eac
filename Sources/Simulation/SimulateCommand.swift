import Dispatch
import Glibc
import Journaling
import Synchronization

/// `relsweep-simulate`: tries seeds, on every core, until a promise is broken.
package enum SimulateCommand {
    static let usage = """
        usage: relsweep-simulate --seeds N [--first-seed S] [--workers N] [--failures N]
                                 [--canary NAME]
               relsweep-simulate --seed N [--trace] [--canary NAME]
        Worlds are tried until one breaks a promise, or so many do as --failures says.
        canaries: \(Canary.allCases.map(\.rawValue).joined(separator: " "))
        """

    struct Arguments: Sendable {
        var first: UInt64 = 1
        var count: UInt64 = 1_000
        var isTraced = false
        var canary: Canary?
        var workers = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
        var failures = 1
    }

    /// Runs the command with the process's arguments, and ends the process: 0, or 1 on the first
    /// broken promise, or 64.
    package static func main() -> Never {
        exit(run(Array(CommandLine.arguments.dropFirst())))
    }

    /// Runs the command with these arguments.
    ///
    /// - Returns: the exit status.
    package static func run(_ words: [String]) -> Int32 {
        guard let arguments = read(words) else {
            print(usage)
            return 64
        }
        return run(arguments)
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
            guard let number = UInt64(value), number < 1 << 62 else { return nil }
            switch word {
            case "--seeds": arguments.count = number
            case "--first-seed": arguments.first = number
            case "--workers": arguments.workers = max(1, min(64, Int(number)))
            case "--failures": arguments.failures = Int(number)
            case "--seed":
                arguments.first = number
                arguments.count = 1
            default: return nil
            }
        }
        return arguments
    }

    private static func run(_ arguments: Arguments) -> Int32 {
        CurrentSeed.tellWhenTrapped()
        let campaign = SeedCampaign(arguments)
        DispatchQueue.concurrentPerform(iterations: arguments.workers) { _ in campaign.work() }
        let (tally, failures) = campaign.ended()
        for (seed, broken) in failures {
            print("seed \(seed): \(broken.checker): \(broken.text)")
            let canary = arguments.canary.map { " --canary \($0.rawValue)" } ?? ""
            print(
                "replay: swift run -c release relsweep-simulate --seed \(seed) --trace\(canary)")
        }
        print(tally.text)
        return failures.isEmpty ? 0 : 1
    }
}

/// Many seeds, handed out to workers in blocks and in order.
private final class SeedCampaign: Sendable {
    private struct Progress {
        var next: UInt64
        var tally = SeedTally()
        var failures: [(seed: UInt64, broken: BrokenPromise)] = []
        var told = 0
    }

    private let arguments: SimulateCommand.Arguments
    private let progress: Mutex<Progress>

    private static let blockCount: UInt64 = 50

    init(_ arguments: SimulateCommand.Arguments) {
        self.arguments = arguments
        progress = Mutex(Progress(next: arguments.first))
    }

    /// Tries blocks of seeds until none are left, or enough have failed.
    ///
    /// A block that was begun is ended up to its own failure, so that the lowest seed that fails is
    /// the same for any number of workers.
    func work() {
        while let block = nextBlock() {
            var tally = SeedTally()
            var failures: [(UInt64, BrokenPromise)] = []
            for seed in block {
                CurrentSeed.note(seed)
                let tried = SeedTrial.run(
                    seed, canary: arguments.canary,
                    tells: arguments.isTraced ? SeedCampaign.tell : nil)
                tally.add(tried)
                guard let broken = tried.broken else { continue }
                failures.append((seed, broken))
                if failures.count >= arguments.failures { break }
            }
            take(tally, failures)
        }
    }

    /// At once: nothing is printed any more by a world that traps.
    @Sendable private static func tell(_ line: String) {
        print(line)
        fflush(nil)
    }

    /// What it came to: the failures that were asked for, lowest seed first.
    func ended() -> (SeedTally, [(seed: UInt64, broken: BrokenPromise)]) {
        progress.withLock { progress in
            let failures = progress.failures.sorted { $0.seed < $1.seed }
            return (progress.tally, Array(failures.prefix(arguments.failures)))
        }
    }

    private func nextBlock() -> Range<UInt64>? {
        progress.withLock { progress in
            let end = arguments.first + arguments.count
            guard progress.next < end, progress.failures.count < arguments.failures else {
                return nil
            }
            let start = progress.next
            progress.next = min(end, start + SeedCampaign.blockCount)
            return start..<progress.next
        }
    }

    private func take(_ tally: SeedTally, _ failures: [(UInt64, BrokenPromise)]) {
        let text: String? = progress.withLock { progress in
            progress.tally.add(tally)
            progress.failures += failures.map { (seed: $0.0, broken: $0.1) }
            guard progress.tally.seedCount / 100_000 > progress.told else { return nil }
            progress.told = progress.tally.seedCount / 100_000
            return progress.tally.text
        }
        if let text {
            print(text)
            fflush(nil)
        }
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

    /// Adds what other seeds came to.
    package mutating func add(_ other: SeedTally) {
        seedCount += other.seedCount
        crashCount += other.crashCount
        sessionCount += other.sessionCount
        stepCount += other.stepCount
        finishedCount += other.finishedCount
        haltedCount += other.haltedCount
    }

    /// One line.
    package var text: String {
        "\(seedCount) seeds, \(crashCount) crashes, \(sessionCount) sessions, \(stepCount) steps; "
            + "\(finishedCount) finished, \(haltedCount) halted"
    }
}
