import Dispatch
import Glibc
import Journaling
import Synchronization

/// Runs many seeds, assigned to workers in blocks and in order.
final class SeedCampaign: Sendable {
    private struct Progress {
        var next: UInt64
        var tally = SeedTally()
        var failures: [(seed: UInt64, violation: InvariantViolation)] = []
        var reported = 0
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
    /// A started block runs up to its own failure, so that the lowest failing seed does not depend
    /// on the number of workers.
    func work() {
        var options = arguments.options
        options.traceSink = arguments.isTraced ? SeedCampaign.print : nil
        while let block = nextBlock() {
            var tally = SeedTally()
            var failures: [(UInt64, InvariantViolation)] = []
            for seed in block {
                CurrentSeed.note(seed)
                let tried = SeedTrial.run(seed, options, cut: arguments.cut)
                tally.add(tried, seed: seed)
                guard !options.surveys, let violation = tried.violation else { continue }
                failures.append((seed, violation))
                if failures.count >= arguments.failures { break }
            }
            add(tally, failures)
        }
    }

    /// Print immediately: a trapping world prints nothing later.
    @Sendable private static func print(_ line: String) {
        Swift.print(line)
        fflush(nil)
    }

    /// The result: the requested failures, lowest seed first.
    func ended() -> (SeedTally, [(seed: UInt64, violation: InvariantViolation)]) {
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

    private func add(_ tally: SeedTally, _ failures: [(UInt64, InvariantViolation)]) {
        let text: String? = progress.withLock { progress in
            progress.tally.add(tally)
            progress.failures += failures.map { (seed: $0.0, violation: $0.1) }
            guard progress.tally.seedCount / 100_000 > progress.reported else { return nil }
            progress.reported = progress.tally.seedCount / 100_000
            return progress.tally.text
        }
        if let text { SeedCampaign.print(text) }
    }
}

/// The result of many seeds.
package struct SeedTally: Sendable {
    package private(set) var seedCount = 0
    package private(set) var crashCount = 0
    private var sessionCount = 0
    private var stepCount = 0
    private var finishedCount = 0
    private var haltedCount = 0
    private(set) var probes = Probes()
    /// By checker: the number of worlds with a violation, and the first violation.
    private(set) var survey: [String: (count: Int, seed: UInt64, text: String)] = [:]
    /// The state hash of the seed that was added last.
    private(set) var stateHash: UInt64 = 0

    package init() {}

    package mutating func add(_ report: Simulation.Report, seed: UInt64) {
        for violation in report.violations {
            add(violation.checker, (1, seed, violation.text))
        }
        seedCount += 1
        crashCount += report.crashCount
        sessionCount += report.sessionCount
        stepCount += report.stepCount
        if report.state == .finished { finishedCount += 1 }
        if report.state == .halted { haltedCount += 1 }
        probes.add(report.probes)
        stateHash = report.stateHash
    }

    /// Adds the results of other seeds.
    package mutating func add(_ other: SeedTally) {
        seedCount += other.seedCount
        crashCount += other.crashCount
        sessionCount += other.sessionCount
        stepCount += other.stepCount
        finishedCount += other.finishedCount
        haltedCount += other.haltedCount
        probes.add(other.probes)
        for (checker, found) in other.survey { add(checker, found) }
        stateHash = other.stateHash
    }

    private mutating func add(_ checker: String, _ found: (count: Int, seed: UInt64, text: String))
    {
        let known = survey[checker] ?? (0, .max, "")
        let first = found.seed < known.seed ? found : known
        survey[checker] = (known.count + found.count, first.seed, first.text)
    }

    /// One line.
    package var text: String {
        "\(seedCount) seeds, \(crashCount) crashes, \(sessionCount) sessions, \(stepCount) steps; "
            + "\(finishedCount) finished, \(haltedCount) halted"
    }
}

/// Runs every planted bug with the one checker that must find it.
enum BugCampaign {
    /// 0 when each is found within the seeds, and with `--shrink` cut to three items and two
    /// faults, or to what it is known to need.
    static func run(_ arguments: SimulateCommand.Arguments) -> Int32 {
        let bugs = PlantedBug.allCases.filter { $0.checker != nil }
        let progress = Mutex((next: 0, missed: 0))
        DispatchQueue.concurrentPerform(iterations: arguments.workers) { _ in
            while true {
                let next = progress.withLock { progress in
                    defer { progress.next += 1 }
                    return progress.next
                }
                guard next < bugs.count else { return }
                let (text, isFound) = find(bugs[next], arguments)
                progress.withLock { progress in
                    if !isFound { progress.missed += 1 }
                    Swift.print(text)
                    fflush(nil)
                }
            }
        }
        return progress.withLock { $0.missed } == 0 ? 0 : 1
    }

    private static func find(
        _ bug: PlantedBug, _ arguments: SimulateCommand.Arguments
    ) -> (text: String, isFound: Bool) {
        let checker = bug.checker ?? ""
        var options = arguments.options
        options.bug = bug
        options.checkers = [checker]
        for seed in arguments.first..<(arguments.first + arguments.count) {
            guard SeedTrial.run(seed, options).violation != nil else { continue }
            let text = "found \(bug.rawValue): seed \(seed), \(checker)"
            guard arguments.shrinks, let small = Shrinking.shrink(seed, options, isEnough: true)
            else { return (text, true) }
            let size =
                "at most \(small.cut.maximumItems) items, \(small.cut.faultCount) faults, after "
                + "\(small.worldCount) worlds"
                + (bug.largerWorld.map { "; it needs \($0.items) items: \($0.reason)" } ?? "")
            return (
                small.isSmall ? "\(text); cut to \(size)" : "NOT small: \(text); \(size)",
                small.isSmall
            )
        }
        return ("NOT found: \(bug.rawValue) by \(checker) in \(arguments.count) seeds", false)
    }
}
