import Glibc
import Simulator
import Testing
import TortureTesting

/// Some worlds in every test run, with assertions. `.ci/run` tries thousands in a release build,
/// checks what they cover and tries every planted bug; `relsweep-torture` tries any number.
@Suite(.timeLimit(.minutes(20))) struct `simulated worlds` {
    @Test(arguments: 0..<4) func `keep every rule`(block: UInt64) {
        for seed in (block * 30 + 1)...(block * 30 + 30) {
            let report = SeedTrial.run(seed)
            guard let violation = report.violation else { continue }
            Issue.record(
                """
                \(violation.checker): \(violation.text)
                replay: swift run -c release relsweep-torture --seed \(seed) --trace
                """)
            return
        }
    }

    @Test func `come to the same end whenever they are run`() {
        var options = Simulation.Options()
        options.keepsTrace = true
        for seed in UInt64(1)...8 {
            let one = SeedTrial.run(seed, options)
            let other = SeedTrial.run(seed, options)
            #expect(one.trace == other.trace)
            #expect(one.stateHash == other.stateHash)
        }
    }

    /// Dictionaries and sets have another order in every process.
    @Test func `have the same state hash in another process`() async throws {
        let seeds: [UInt64] = [3, 17, 40, 152]
        let here = seeds.map { String(SeedTrial.run($0).stateHash, radix: 16) }
        let result = try #require(
            await #expect(processExitsWith: .success, observing: [\.standardOutputContent]) {
                for seed in [3, 17, 40, 152] {
                    _ = SimulateCommand.run(["--seed", "\(seed)"])
                }
                exit(0)
            })
        let said = String(decoding: result.standardOutputContent, as: UTF8.self)
        let there = said.split(separator: "\n").filter { $0.hasPrefix("state hash ") }
            .map { String($0.dropFirst(11)) }
        #expect(there == here)
    }

    /// Each checker alone. `.ci/run` runs them all in a release build.
    @Test(arguments: [PlantedBug.countsEarly, .losesIDs, .writesBehindStop])
    func `show a planted bug to its checker`(bug: PlantedBug) throws {
        var options = Simulation.Options()
        options.bug = bug
        options.checkers = [try #require(bug.checker)]
        let found = (UInt64(1)...2_000).contains { SeedTrial.run($0, options).violation != nil }
        #expect(found, "\(bug.rawValue) was not found")
    }

    @Test func `shrink a failing seed`() throws {
        var options = Simulation.Options()
        options.bug = .countsEarly
        let seed = try #require(
            (UInt64(1)...500).first { SeedTrial.run($0, options).violation != nil })
        let small = try #require(Shrinking.shrink(seed, options))
        #expect(small.cut.maximumItems <= 3)
        #expect(small.cut.faultCount <= 2)
        #expect(SeedTrial.run(small.seed, options, cut: small.cut).violation == small.violation)
    }

    @Test func `meet every fault that the simulator can make`() {
        // A service that answers nothing has two faults alone.
        let features = Set(Feature.allCases).subtracting([.deadService])
        var kinds: Set<FaultPlan.Kind> = []
        for seed in UInt64(1)...100 {
            let scenario = Scenario(seed: seed, features: features, maximumItems: 6)
            kinds.formUnion(scenario.settings.faults.rules.map(\.kind))
        }
        #expect(FaultPlan.Kind.allCases.filter { !kinds.contains($0) } == [])
    }

    @Test func `name the seed of a trap and the command that replays it`() async throws {
        let result = try #require(
            await #expect(processExitsWith: .failure, observing: [\.standardOutputContent]) {
                _ = SimulateCommand.run(["--seeds", "100", "--bug", "traps"])
            })
        let said = String(decoding: result.standardOutputContent, as: UTF8.self)
        #expect(
            said.contains("trapped; replay: swift run -c release relsweep-torture --trace --seed ")
        )
    }
}
