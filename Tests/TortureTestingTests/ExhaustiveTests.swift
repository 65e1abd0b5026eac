import Journaling
import Testing
import TortureTesting

/// Small worlds, tested exhaustively at every crash point.
@Suite struct `small worlds` {
    @Test func `keep every rule with a crash before and after every call of the disk`() {
        for power in [false, true] {
            let features: Set<Feature> = power ? [.powerLoss] : []
            let scenario = Scenario(seed: 3, features: features, maximumItems: 6)
            var whole = Simulation(scenario)
            let calls = whole.run().diskCallCount
            #expect(calls > 10)
            for call in 1...calls {
                for isAfter in [false, true] {
                    var options = Simulation.Options()
                    options.firstDeadline = .init(call: call, isAfter: isAfter)
                    var simulation = Simulation(scenario, options)
                    let report = simulation.run()
                    #expect(report.violation == nil, "call \(call), after: \(isAfter)")
                    #expect(report.state == .finished, "call \(call), after: \(isAfter)")
                }
            }
        }
    }
}
