import Execution
import JobModel
import Journaling
import Testing
import ZohoAPI

@Suite struct `the bound on absent items` {
    /// Events before an answer that leave no doubt.
    enum Before: CaseIterable {
        case throttled, unauthorised, notSent
    }

    private static func absent(_ ids: [UInt64]) -> String {
        let elements = ids.map { Bodies.element($0, code: "INVALID_DATA", "relation not found") }
        return #"{"data":[\#(elements.joined(separator: ","))]}"#
    }

    @Test(arguments: Before.allCases)
    func `counts what was refused, or never left, before it was answered`(_ before: Before) throws {
        var world = EngineHarness(makeSetup(makePlan(parents: 50, each: 100)))
        world.start()
        var generation = 1
        while world.end == nil {
            try world.awaitRequest()
            let id = world.inFlight[0].id
            guard id.attempt == 1 else {
                world.answer(id, status: 400, Self.absent(Bodies.ids(of: world.request(id))))
                continue
            }
            switch before {
            case .throttled:
                world.answer(id, status: 429, Bodies.refusal("TOO_MANY_REQUESTS"))
            case .notSent: world.fail(id, .notSent)
            case .unauthorised:
                world.answer(id, status: 401, Bodies.refusal("INVALID_TOKEN"))
                guard let refused = world.refreshes.last, refused == generation else { continue }
                generation += 1
                world.post(.tokenReady(generation: generation))
            }
        }
        let end = try #require(world.end)
        #expect(end.reason == .maximumAbsent)
        #expect(end.exit == .halted)
        #expect(end.progress.counts[.absent] < 1_100)
        let tally = world.recovered().tallies[0]
        #expect(tally.answered == tally.absent)
        #expect(tally.absent == end.progress.counts[.absent])
    }

    /// An account that refuses a whole call for one absent id, as Zoho's page of v2 says.
    @Test func `counts single items of calls that were refused as a whole`() throws {
        var world = EngineHarness(makeSetup(makePlan(parents: 50, each: 100)))
        world.start()
        while world.end == nil, let id = world.inFlight.first?.id {
            let isSingle = Bodies.ids(of: world.request(id)).count == 1
            world.answer(
                id, status: 400, Bodies.refusal("INVALID_DATA", index: isSingle ? 3 : nil))
        }
        let end = try #require(world.end)
        #expect(end.reason == .maximumAbsent)
        #expect(end.progress.counts[.absent] < 700)
    }

    @Test(arguments: [false, true])
    func `leaves out what an attempt in doubt may have done`(_ isSplit: Bool) throws {
        var world = EngineHarness(
            makeSetup(makePlan(parents: 12, each: 100)) { $0.retries = isSplit ? 0 : 1 })
        world.start()
        while world.end == nil {
            try world.awaitRequest()
            let id = world.inFlight[0].id
            let ids = Bodies.ids(of: world.request(id))
            if ids.count == 100, id.attempt == 1 {
                world.fail(id, .timedOut)
            } else {
                world.answer(id, status: 400, Self.absent(ids))
            }
        }
        #expect(world.end?.reason == .completed)
        #expect(world.counts[.absent] == 1_200)
        #expect(world.recovered().tallies[0].answered == 0)
    }

    @Test func `counts items beside others that are in doubt from an earlier run of theirs`() {
        var world = EngineHarness(parents: 1, each: 10, rowsInDoubt: [2, 7])
        world.start()
        let id = world.inFlight[0].id
        world.answer(id, status: 400, Self.absent(Bodies.ids(of: world.request(id))))
        let outcomes = world.answers[0].outcomes
        #expect(outcomes.first { $0.outcome.isAfterDoubt }?.rows == [2, 7])
        #expect(outcomes.first { !$0.outcome.isAfterDoubt }?.rows?.count == 8)
    }

    @Test func `counts what is absent in an answer that leaves other items open`() {
        var world = EngineHarness(makeSetup(makePlan(parents: 1, each: 3)))
        world.start()
        world.answer(world.inFlight[0].id, status: 207, Self.absent([1_000_001, 1_000_002]))
        #expect(world.answers[0].outcomes.map(\.outcome.isAfterDoubt) == [false])
        #expect(world.recovered().tallies[0].absent == 2)
    }
}

@Suite struct `refusals that may speak of the kind` {
    private static let codes = [(403, "NO_PERMISSION"), (400, "AUTHORIZATION_FAILED")]

    @Test(arguments: codes)
    func `count as failures while the kind continues`(_ status: Int, _ code: String) throws {
        // 5,000 members of one campaign, which this user may not change.
        var plan = makePlan(parents: 50, each: 100)
        plan.callParents = plan.callParents.map { _ in 1_000 }
        var world = EngineHarness(makeSetup(plan) { $0.failureBudget = .count(5) })
        world.start()
        while world.end == nil, let id = world.inFlight.first?.id {
            world.answer(id, status: status, Bodies.refusal(code))
        }
        let end = try #require(world.end)
        #expect(end.reason == .failureBudget)
        #expect(end.exit == .halted)
        #expect(end.progress.counts[.failed] == 100)
        #expect(world.recovered().failures.failed == 100)
    }

    @Test func `do not stop a kind at one parent`() throws {
        var plan = makePlan(parents: 4, each: 1)
        plan.callParents = [1_000, 1_000, 1_000, 1_001]
        var world = EngineHarness(
            makeSetup(plan) {
                $0.failureBudget = .count(100)
                $0.concurrency[.crm] = 1
            })
        world.start()
        for _ in 0..<3 {
            world.answer(world.inFlight[0].id, status: 403, Bodies.refusal("NO_PERMISSION"))
        }
        #expect(world.inFlight.count == 1)
        world.succeed(world.inFlight[0].id)
        let end = try #require(world.end)
        #expect(end.progress.counts[.failed] == 3)
        #expect(end.progress.counts[.removed] == 1)
        #expect(world.recovered().stoppedKinds.isEmpty)
    }

    @Test(arguments: [false, true])
    func `no longer count when the kind is stopped, unless it had a success`(
        _ hasSuccess: Bool
    ) throws {
        var world = EngineHarness(
            makeSetup(makePlan(parents: 9, each: 3)) {
                $0.failureBudget = .count(8)
                $0.concurrency[.crm] = 1
            })
        world.start()
        world.answer(world.inFlight[0].id, status: 403, Bodies.refusal("NO_PERMISSION"))
        if hasSuccess { world.succeed(world.inFlight[0].id) }
        world.answer(world.inFlight[0].id, status: 403, Bodies.refusal("NO_PERMISSION"))
        if hasSuccess {
            world.answer(world.inFlight[0].id, status: 403, Bodies.refusal("NO_PERMISSION"))
        }
        let end = try #require(world.end)
        #expect(end.reason == .completed)
        #expect(end.progress.counts[.failed] == (hasSuccess ? 9 : 6))
        let recovered = world.recovered()
        #expect(recovered.stoppedKinds.count == 1)
        #expect(recovered.failures.failed == (hasSuccess ? 3 : 0))
        #expect(recovered.failures.recentFailures == (hasSuccess ? 3 : 0))
        #expect(recovered.failures.recentOutcomes == (hasSuccess ? 6 : 0))
    }

    /// The first process ends between the refusals at two parents.
    @Test func `stop a kind over a restart too`() throws {
        var world = EngineHarness(makeSetup(makePlan(parents: 9, each: 3)))
        world.start()
        world.answer(world.inFlight[0].id, status: 403, Bodies.refusal("NO_PERMISSION"))
        var plan = makePlan(parents: 5, each: 3, firstRow: 50)
        plan.callParents = (0..<5).map { 2_000 + $0 }
        var recovered = world.recovered()
        recovered.openCalls = []
        var next = EngineHarness(makeSetup(plan, recovered: recovered))
        next.start()
        next.answer(next.inFlight[0].id, status: 403, Bodies.refusal("NO_PERMISSION"))
        #expect(next.counts[.blocked] == 12)
        #expect(next.end?.exit == .credentials)
    }
}

@Suite struct `the error budget's window` {
    @Test func `slides`() {
        var world = EngineHarness(
            makeSetup(makePlan(parents: 30, each: 100)) { $0.concurrency[.crm] = 1 })
        world.start()
        // 200 of 3,000 fail: never a fifth of the last 1,000, and two thirds of the last 300.
        for place in 0..<30 {
            let id = world.inFlight[0].id
            let ids = Bodies.ids(of: world.request(id))
            guard place >= 27 else {
                world.succeed(id)
                continue
            }
            let elements = ids.map { Bodies.element($0, code: "CANNOT_BE_UPDATED", "no") }
            world.answer(id, status: 400, #"{"data":[\#(elements.joined(separator: ","))]}"#)
        }
        // After 27 successes, the third hundred of failures is 300 of the last 1,000.
        #expect(world.end?.reason == .failureBudget)
        #expect(world.counts[.failed] == 300)
    }
}
