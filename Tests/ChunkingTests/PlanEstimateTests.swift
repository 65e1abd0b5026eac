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
        return PlanEstimate(of: plan, items: items, profile: ServiceProfile())
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
        // Three delinks at 1 credit; updates of 11 and 1 items at 1 each, or at 2 and 1.
        #expect(estimate.credits == 5...6)
    }

    @Test func `an update of a hundred costs one to ten credits`() throws {
        let estimate = Self.estimate([
            try ChunkerTests.group(
                "Campaigns", "Leads", operation: .update, [(1, Array(1...100))])
        ])
        #expect(estimate.credits == 1...10)
    }

    @Test func `the lower bound holds from whichever ends relations are called`() throws {
        // 150 relations of one pair in both directions: at least two calls.
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

    static func limits(
        _ concurrency: Int, perMinute: Int? = nil, creator: Int = 2, creatorPerMinute: Int? = nil
    ) -> RunLimits {
        var limits = RunLimits()
        limits.concurrency = [.crm: concurrency, .creator: creator]
        limits.callsPerMinute[.crm] = perMinute
        limits.callsPerMinute[.creator] = creatorPerMinute
        return limits
    }

    static func exactly(_ duration: Duration) -> ClosedRange<Duration> { duration...duration }

    @Test func `time is the slower of calls in flight and calls a minute`() throws {
        let estimate = try Self.delinks(1_001)
        let latency = Duration.milliseconds(400)
        // One alone, then 1,000 in groups of five.
        #expect(
            estimate.duration(limits: Self.limits(5), latency: latency)
                == Self.exactly(.milliseconds(400 * 201)))
        #expect(
            estimate.duration(limits: Self.limits(5, perMinute: 60), latency: latency)
                == Self.exactly(.seconds(16 * 60) + latency))
        #expect(
            try Self.delinks(60).duration(
                limits: Self.limits(100, perMinute: 60), latency: latency)
                == Self.exactly(.milliseconds(800)))
        #expect(
            Self.estimate([]).duration(limits: Self.limits(5, perMinute: 60), latency: latency)
                == Self.exactly(.zero))
    }

    @Test func `Creator rounds are at least one a row, and at most what max_records allows`() {
        var items = WorkItems()
        items.creatorJobs = [
            ChunkerTests.job(1, maximum: 1), ChunkerTests.job(2, maximum: 200),
            ChunkerTests.job(3, report: "S", maximum: 201),
            ChunkerTests.job(4, report: "S", maximum: 10_000),
        ]
        let plan = Chunker(profile: ServiceProfile()).calls(for: items)
        let estimate = PlanEstimate(of: plan, items: items, profile: ServiceProfile())
        #expect(estimate.byReport.map(\.report) == ["R", "S"])
        #expect(estimate.byReport.map(\.items) == [2, 2])
        #expect(estimate.byReport.map(\.rounds) == [2...4, 2...54])
        #expect(estimate.byReport.map(\.maximumRecords) == [201, 10_201])
        #expect(estimate.calls == 4)
        #expect(estimate.callsAtMost == 58)
        #expect(estimate.lowerBound == 4)
        #expect(estimate.credits == 0...0)
        // Rounds of one report follow each other: two, or 54, turns.
        let latency = Duration.seconds(1)
        #expect(
            estimate.duration(limits: Self.limits(5), latency: latency)
                == Duration.seconds(2)...Duration.seconds(54))
        #expect(
            estimate.duration(limits: Self.limits(5, creator: 1), latency: latency)
                == Duration.seconds(4)...Duration.seconds(58))
        #expect(
            estimate.duration(limits: Self.limits(5, creatorPerMinute: 10), latency: latency)
                == Duration.seconds(4 - 2)...Duration.seconds(301))
    }

    @Test func `services work side by side`() throws {
        var items = WorkItems()
        items.groups = [
            try ChunkerTests.group("Campaigns", "Leads", (1...11).map { ($0, [1]) })
        ]
        items.creatorJobs = [ChunkerTests.job(12, maximum: 200)]
        let plan = Chunker(profile: ServiceProfile()).calls(for: items)
        let estimate = PlanEstimate(of: plan, items: items, profile: ServiceProfile())
        #expect(estimate.calls == 12)
        #expect(estimate.callsAtMost == 13)
        #expect(estimate.credits == 11...11)
        #expect(
            estimate.duration(limits: Self.limits(5), latency: .seconds(1))
                == Self.exactly(.seconds(3)))
    }

    @Test func `pages are at least one per deleted parent, and their number is unknown`() throws {
        var items = WorkItems()
        let names = try ["Leads", "Accounts"].map { try ChunkerTests.name($0) }
        items.deletedParents = (1...5).map {
            DeletedParent(
                row: UInt32($0), module: names[$0 % 2], id: UInt64($0), relatedList: names[0],
                fields: "id")
        }
        let plan = Chunker(profile: ServiceProfile()).calls(for: items)
        let estimate = PlanEstimate(of: plan, items: items, profile: ServiceProfile())
        #expect(
            estimate.byKind.map(\.kind.description) == [
                "discover-deleted Accounts/Leads", "discover-deleted Leads/Leads",
            ])
        #expect(estimate.byKind.map(\.calls) == [3, 2])
        #expect(estimate.calls == 5)
        #expect(estimate.callsAtMost == nil)
        #expect(estimate.lowerBound == 5)
        #expect(estimate.credits == 5...5)
    }

    @Test(arguments: [(false, 4), (true, 2)])
    func `attachments are one call each, and no bound says less`(isBulk: Bool, calls: Int) throws {
        var profile = ServiceProfile()
        profile.sendsAttachmentsInBulk = isBulk
        let items = ChunkerTests.items(
            try ChunkerTests.group(
                "Leads", "Attachments", operation: .deleteAttachment, [(1, [5, 6, 7]), (2, [8])]))
        let plan = Chunker(profile: profile).calls(for: items)
        let estimate = PlanEstimate(of: plan, items: items, profile: profile)
        #expect(estimate.calls == calls)
        #expect(estimate.callsAtMost == calls)
        #expect(estimate.lowerBound == (isBulk ? 1 : 4))
        #expect(estimate.credits == calls...calls)
    }

    @Test func `no items cost nothing`() {
        let estimate = Self.estimate([])
        #expect(estimate.calls == 0)
        #expect(estimate.lowerBound == 0)
        #expect(estimate.credits == 0...0)
    }
}
