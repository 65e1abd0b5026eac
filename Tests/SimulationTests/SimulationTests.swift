import Journaling
import SandboxAPI
import Simulation
import Testing

/// A few hundred worlds in every test run; `relsweep-simulate` tries as many as you like.
@Suite(.timeLimit(.minutes(20))) struct `simulated worlds` {
    @Test(arguments: 0..<4) func `keep every promise`(block: UInt64) {
        for seed in (block * 100 + 1)...(block * 100 + 100) {
            let report = SeedTrial.run(seed)
            guard let broken = report.broken else { continue }
            Issue.record(
                """
                \(broken.checker): \(broken.text)
                replay: swift run -c release relsweep-simulate --seed \(seed) --trace
                """)
            return
        }
    }

    @Test func `come to the same end whenever they are run`() {
        for seed in UInt64(1)...20 {
            let one = SeedTrial.run(seed, keepsTrace: true)
            let other = SeedTrial.run(seed, keepsTrace: true)
            #expect(one.trace == other.trace)
        }
    }

    @Test(arguments: Canary.allCases.filter { $0 != .traps })
    func `show a bug of the harness's own`(canary: Canary) {
        let found = (UInt64(1)...500).contains { SeedTrial.run($0, canary: canary).broken != nil }
        #expect(found, "\(canary.rawValue) was not found")
    }

    @Test func `meet every fault that the sandbox can make`() {
        var kinds: Set<FaultPlan.Kind> = []
        for seed in UInt64(1)...60 {
            let scenario = Scenario(seed: seed, features: Set(Feature.allCases), maximumItems: 6)
            kinds.formUnion(scenario.settings.faults.rules.map(\.kind))
        }
        // Not drawn yet.
        let missing: Set<FaultPlan.Kind> = [
            .creditsUsedUp, .tooManyActive, .tooManySubActive, .tooManyOfDay, .requestTimeout,
            .requestTimeoutAfter, .bodyTooLarge, .addressTooLong, .headerTooLarge, .badRequestPage,
            .emptyObject, .emptyObjectAfter, .emptyBody, .emptyBodyAfter, .late, .retryAfter,
            .negativeCredits,
        ]
        #expect(FaultPlan.Kind.allCases.filter { !kinds.union(missing).contains($0) } == [])
    }

    @Test func `come to every end that a run can have`() {
        // Few troubles at once, so that a run comes as far as each end.
        let worlds: [Set<Feature>] = [
            [.tokenExpiry, .window, .crashes], [.recordDeleted, .signals], [.callBudget, .credits],
            [.tightBudgets, .missingItems], [.outages, .faults, .failingDisk],
            [.tokenExpiry, .slowAnswers, .callsPerMinute], [.credits, .rounds],
        ]
        var missing: Set<StopReason> = Set(StopReason.allCases)
        for seed in UInt64(1)...500 where !missing.isEmpty {
            for features in worlds {
                var simulation = Simulation(Scenario(seed: seed, features: features))
                missing.subtract(simulation.run().stopReasons)
            }
        }
        #expect(missing == [])
    }

    @Test func `name the seed of a trap and the command that replays it`() async throws {
        let result = try #require(
            await #expect(processExitsWith: .failure, observing: [\.standardOutputContent]) {
                _ = SimulateCommand.run(["--seeds", "100", "--canary", "traps"])
            })
        let said = String(decoding: result.standardOutputContent, as: UTF8.self)
        #expect(
            said.contains("trapped; replay: swift run -c release relsweep-simulate --trace --seed ")
        )
    }
}
