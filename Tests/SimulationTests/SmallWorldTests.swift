import JobModel
import Journaling
import Simulation
import SystemCalls
import Testing

/// Worlds of a few calls, tried at every point where they can be cut.
@Suite struct `small worlds` {
    /// A finished run of six items at most, and its journal.
    static func finishedJournal() -> [UInt8] {
        var simulation = Simulation(Scenario(seed: 3, features: [], maximumItems: 6))
        let report = simulation.run()
        precondition(report.broken == nil && report.state == .finished)
        return simulation.journalBytes
    }

    @Test func `keep every promise with a crash before and after every call of the disk`() {
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
                    #expect(report.broken == nil, "call \(call), after: \(isAfter)")
                    #expect(report.state == .finished, "call \(call), after: \(isAfter)")
                }
            }
        }
    }

    @Test func `resume from a journal that is cut at any byte`() throws {
        let journal = SmallWorldTests.journal
        var finalBefore = 0
        for count in 0...journal.count {
            let disk = SimulatedDisk(seed: 1, holding: Array(journal[..<count]))
            switch try JournalFile.openForResume(disk) {
            case .ready(let file, let recovered, _):
                #expect(file.endOffset <= UInt64(count))
                #expect(disk.bytes.count == Int(file.endOffset))
                #expect(recovered.run.counts.final >= finalBefore)
                finalBefore = recovered.run.counts.final
            case .refused(let recovered): #expect(recovered.verdict == .neverStarted)
            case .locked: Issue.record("nobody holds the journal")
            }
        }
    }

    @Test func `notice any bit of a record that is flipped`() throws {
        let journal = SmallWorldTests.journal
        let lines = journal.split(separator: 0x0A, omittingEmptySubsequences: false)
        let line = lines[4]
        for place in line.indices {
            for bit in 0..<8 {
                var damaged = journal
                damaged[place] ^= UInt8(1) << UInt8(bit)
                var recovery = Recovery()
                recovery.feed(damaged)
                let verdict = recovery.finish().verdict
                #expect(verdict != .whole, "byte \(place), bit \(bit)")
            }
        }
    }
}

private enum SmallWorldTests {
    static let journal = `small worlds`.finishedJournal()
}
