import Dispatch
import Glibc
import Journaling
import Simulator

/// `relsweep-torture`: tries seeds, on every core, until a rule is broken.
package enum SimulateCommand {
    static let usage = """
        usage: relsweep-torture --seeds N [--first-seed S] [--workers N] [--failures N] [--probes]
                                 [--survey]
                                 [--bug NAME] [--only CHECKER] [--without CHECKER]
               relsweep-torture --seed N [--trace] [--shrink] [--bug NAME] [--only CHECKER]
                                 [--items N] [--features A,B] [--faults A,B] [--tight]
               relsweep-torture --bugs [--seeds N] [--shrink]
        Worlds are tried until one breaks a rule, or until --failures of them do. --probes names
        what was met fewer than ten times in 100,000 seeds. --shrink cuts a failing seed. --bugs
        tries every planted bug with the checker that finds it alone; with --shrink it fails for a
        bug that is not cut to three items and two faults. --tight makes limits small, and faults
        come often, as --shrink does where it must. --survey continues after a
        failure and says what each checker found.
        bugs: \(PlantedBug.allCases.map(\.rawValue).joined(separator: " "))
        checkers: \(Checkers.names.joined(separator: " "))
        """

    struct Arguments: Sendable {
        var first: UInt64 = 1
        var count: UInt64 = 1_000
        var isSingle = false
        var isTraced = false
        var shrinks = false
        var checksProbes = false
        var triesBugs = false
        var options = Simulation.Options()
        var features: Set<Feature>?
        var faults: Set<String>?
        var maximumItems = 60
        var isTight = false
        var workers = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
        var failures = 1

        var cut: SeedTrial.Cut? {
            guard features != nil || faults != nil || maximumItems != 60 || isTight else {
                return nil
            }
            let drawn = Scenario(seed: first)
            return SeedTrial.Cut(
                features: features ?? drawn.features, maximumItems: maximumItems,
                faults: faults ?? Set(drawn.settings.faults.rules.map(\.kind.rawValue)),
                isTight: isTight)
        }
    }

    /// Runs the command with the process's arguments, and ends the process: 0, or 1 on the first
    /// broken rule, or 64.
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
        if arguments.triesBugs { return BugCampaign.run(arguments) }
        if arguments.shrinks { return shrink(arguments) }
        return run(arguments)
    }

    private static func read(_ words: [String]) -> Arguments? {
        var arguments = Arguments()
        var rest = words[...]
        while let word = rest.popFirst() {
            switch word {
            case "--trace": arguments.isTraced = true
            case "--shrink": arguments.shrinks = true
            case "--tight": arguments.isTight = true
            case "--probes": arguments.checksProbes = true
            case "--survey": arguments.options.surveys = true
            case "--bugs":
                arguments.triesBugs = true
                arguments.count = 2_000
            default:
                guard let value = rest.popFirst(), arguments.consume(word, value) else {
                    return nil
                }
            }
        }
        return arguments
    }

    private static func run(_ arguments: Arguments) -> Int32 {
        // For a single seed the backtrace is more useful.
        if !arguments.isSingle { CurrentSeed.reportTraps() }
        let campaign = SeedCampaign(arguments)
        DispatchQueue.concurrentPerform(iterations: arguments.workers) { _ in campaign.work() }
        let (tally, failures) = campaign.ended()
        for (seed, violation) in failures {
            print("seed \(seed): \(violation.checker): \(violation.text)")
            print(
                "replay: swift run -c release relsweep-torture --seed \(seed) --trace"
                    + arguments.replayWords)
        }
        print(tally.text)
        for (checker, found) in tally.survey.sorted(by: { $0.key < $1.key }) {
            print("\(checker): \(found.count) worlds, first seed \(found.seed): \(found.text)")
        }
        if arguments.isSingle { print("state hash \(String(tally.stateHash, radix: 16))") }
        guard failures.isEmpty, arguments.checksProbes else { return failures.isEmpty ? 0 : 1 }
        return checkProbes(tally)
    }

    /// Ten times per 100,000 seeds, in proportion, but at least once.
    private static func checkProbes(_ tally: SeedTally) -> Int32 {
        let bound = max(1, tally.seedCount * 10 / 100_000)
        let rare = tally.probes.rare(fewerThan: bound)
        for (name, count) in rare {
            print("probe \(name): met \(count) times, at least \(bound) are needed")
        }
        return rare.isEmpty ? 0 : 1
    }

    private static func shrink(_ arguments: Arguments) -> Int32 {
        CurrentSeed.reportTraps()
        var seed = arguments.first
        // With --seeds, the first failing one.
        while SeedTrial.run(seed, arguments.options).violation == nil {
            seed += 1
            guard seed < arguments.first + arguments.count else {
                print("no seed fails")
                return 0
            }
        }
        guard let small = Shrinking.shrink(seed, arguments.options) else { return 0 }
        let features = Feature.allCases.filter(small.cut.features.contains).map(\.rawValue)
        let faults = small.cut.faults.sorted()
        print("seed \(small.seed): \(small.violation.checker): \(small.violation.text)")
        print(
            "at most \(small.cut.maximumItems) items, \(small.cut.faultCount) faults, after "
                + "\(small.worldCount) worlds")
        print(
            "replay: swift run -c release relsweep-torture --seed \(small.seed) --trace --items "
                + "\(small.cut.maximumItems) --features \(features.joined(separator: ",")),"
                + " --faults \(faults.joined(separator: ",")),"
                + (small.cut.isTight ? " --tight" : "") + arguments.replayWords)
        return small.isSmall ? 1 : 2
    }
}

extension SimulateCommand.Arguments {
    /// The options needed for a replay.
    var replayWords: String {
        var words = options.bug.map { " --bug \($0.rawValue)" } ?? ""
        for checker in options.checkers { words += " --only \(checker)" }
        for checker in options.withoutCheckers { words += " --without \(checker)" }
        return words
    }

    fileprivate mutating func consume(_ word: String, _ value: String) -> Bool {
        switch word {
        case "--bug":
            options.bug = PlantedBug(rawValue: value)
            return options.bug != nil
        case "--only": options.checkers.append(value)
        case "--without": options.withoutCheckers.append(value)
        case "--features":
            let names = value.split(separator: ",").map(String.init)
            let known = names.compactMap(Feature.init)
            features = Set(known)
            return known.count == names.count
        case "--faults": faults = Set(value.split(separator: ",").map(String.init))
        default: return consume(word, number: UInt64(value))
        }
        return (options.checkers + options.withoutCheckers).allSatisfy(Checkers.names.contains)
    }

    private mutating func consume(_ word: String, number: UInt64?) -> Bool {
        guard let number, number < 1 << 62 else { return false }
        switch word {
        case "--seeds": count = number
        case "--first-seed": first = number
        case "--workers": workers = max(1, min(64, Int(number)))
        case "--failures": failures = Int(number)
        case "--items": maximumItems = Int(number)
        case "--seed":
            first = number
            count = 1
            isSingle = true
        default: return false
        }
        return true
    }
}
