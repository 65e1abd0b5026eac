import Chunking
import JobModel
import Testing
import ZohoAPI

struct PlanEstimateTests {
    static func estimate(_ groups: [ItemGroup]) -> PlanEstimate {
        var items = WorkItems()
        items.groups = groups
        items.rowCount = items.itemCount
        let plan = Chunker(profile: ServiceProfile()).calls(for: items)
        return PlanEstimate(of: plan, items: items, idsPerCall: ServiceProfile().idsPerCall)
    }

    static func delinks(_ calls: Int) throws -> PlanEstimate {
        estimate([
            try ChunkerTests.group(
                "Campaigns", "Leads", (1...UInt64(calls)).map { (parent: $0, related: [1]) })
        ])
    }

    @Test func `calls, parents and items are counted by kind`() throws {
        let estimate = Self.estimate([
            try ChunkerTests.group(
                "Campaigns", "Leads", [(1, Array(1...101)), (2, Array(1...5))]),
            try ChunkerTests.group(
                "Campaigns", "Leads", operation: .update, [(1, Array(1...11)), (9, [1])]),
        ])
        #expect(estimate.byKind.map(\.calls) == [3, 2])
        #expect(estimate.byKind.map(\.items) == [106, 12])
        #expect(estimate.byKind.map(\.parents) == [2, 2])
        #expect(estimate.calls == 5)
        #expect(estimate.callsAsWritten == 5)
        #expect(estimate.items == 118)
        // Three delinks at 1 credit; updates of 11 and 1 items at 1 each, or at 2 and 1.
        #expect(estimate.credits == 5...6)
        #expect(estimate.percent(ofDailyCredits: 1_200) == 0.5)
        #expect(estimate.percent(ofDailyCredits: nil) == nil)
    }

    @Test func `an update of a hundred costs one to ten credits`() throws {
        let estimate = Self.estimate([
            try ChunkerTests.group(
                "Campaigns", "Leads", operation: .update, [(1, Array(1...100))])
        ])
        #expect(estimate.credits == 1...10)
    }

    @Test func `the lower bound holds from whichever ends relations are called`() throws {
        // 150 relations of one pair, written from both ends: two calls might do, never one.
        let estimate = Self.estimate([
            try ChunkerTests.group(
                "Campaigns", "Leads", (1...75).map { (parent: $0, related: [1]) }),
            try ChunkerTests.group(
                "Leads", "Campaigns", (101...175).map { (parent: $0, related: [2]) }),
            try ChunkerTests.group("Products", "Deals", [(1, [1])]),
            try ChunkerTests.group("Products", "Potentials", [(1, [2])]),
        ])
        #expect(estimate.calls == 152)
        #expect(estimate.lowerBound == 3)
    }

    @Test func `time is the slower of calls in flight and calls a minute`() throws {
        let estimate = try Self.delinks(1_001)
        // One alone, then 1,000 by five.
        #expect(
            estimate.duration(
                concurrency: 5, latency: .milliseconds(400), callsPerMinute: nil)
                == .milliseconds(400 * 201))
        #expect(
            estimate.duration(concurrency: 5, latency: .milliseconds(400), callsPerMinute: 60)
                == .seconds(16 * 60) + .milliseconds(400))
        #expect(
            try Self.delinks(60).duration(
                concurrency: 100, latency: .milliseconds(400), callsPerMinute: 60)
                == .milliseconds(800))
        #expect(
            Self.estimate([]).duration(
                concurrency: 5, latency: .milliseconds(400), callsPerMinute: 60) == .zero)
    }

    @Test func `no items cost nothing`() {
        let estimate = Self.estimate([])
        #expect(estimate.calls == 0)
        #expect(estimate.lowerBound == 0)
        #expect(estimate.credits == 0...0)
    }
}
