import Simulation
import Testing

/// A few hundred worlds in every test run; `relsweep-simulate` tries as many as you like.
@Suite struct `simulated worlds` {
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

    @Test(arguments: Canary.allCases) func `show a bug of the harness's own`(canary: Canary) {
        let found = (UInt64(1)...500).contains { SeedTrial.run($0, canary: canary).broken != nil }
        #expect(found, "\(canary.rawValue) was not found")
    }
}
