import Execution
import JobModel
import Journaling
import Testing
import ZohoAPI

/// With v8 a success is verified by the record, not by the answer's message.
@Suite struct `the first delink of a kind with v8` {
    private static func setup(
        _ plan: CallPlan, recovered: RecoveredRun = .init(), halts: Bool = true,
        _ change: (inout RunLimits) -> Void = { _ in }
    ) -> EngineSetup {
        var setup = makeSetup(plan, recovered: recovered, change)
        setup.profile.crmVersion = "v8"
        setup.haltsOnRecordDeleted = halts
        return setup
    }

    /// Answers the first delink; its record is asked for then.
    private static func begun(_ setup: EngineSetup) -> EngineHarness {
        var world = EngineHarness(setup)
        world.start()
        #expect(world.inFlight.map(\.request.target) == ["/crm/v8/Campaigns/1000/Leads/1000001"])
        world.answer(
            world.inFlight[0].id, #"{"data":[\#(Bodies.element(1_000_001, "record deleted"))]}"#)
        return world
    }

    private static let found = #"{"data":[{"id":"1000001"}]}"#

    private static func expectReadBack(_ world: EngineHarness) {
        #expect(world.inFlight.map(\.request.target) == ["/crm/v8/Leads/1000001?fields=id"])
        #expect(world.inFlight.map(\.request.method) == [.get])
    }

    @Test func `carries one item, and is read back before another call leaves`() throws {
        var world = Self.begun(Self.setup(makePlan(parents: 9, each: 50)))
        #expect(world.counts[.removed] == 1)
        Self.expectReadBack(world)
        world.answer(world.inFlight[0].id, Self.found)
        #expect(world.inFlight.map { Bodies.ids(of: $0.request).count } == [49, 50, 50, 50, 50])
        world.answerAll()
        let end = try #require(world.end)
        #expect(end.exit == .done)
        #expect(end.progress.counts[.removed] == 450)
        #expect(end.progress.callCount == 11)
        #expect(world.recovered().callCount == 11)
        #expect(world.recovered().proofs.map(\.readBack) == [.found])
    }

    @Test(arguments: Trouble.allCases)
    func `is read back as often as it takes, alone`(_ trouble: Trouble) throws {
        var world = Self.begun(Self.setup(makePlan(parents: 9, each: 50)))
        for _ in 0..<2 {
            try world.awaitRequest()
            Self.expectReadBack(world)
            trouble.befall(&world, world.inFlight[0].id)
        }
        try world.awaitRequest()
        Self.expectReadBack(world)
        world.answer(world.inFlight[0].id, Self.found)
        try world.awaitRequest()
        #expect(world.inFlight.count >= 2)
        let replay = world.recovered()
        #expect(replay.callCount == world.engine.progress.callCount)
        #expect(replay.attemptCount == world.engine.progress.attemptCount)
    }

    @Test(arguments: [(204, ""), (404, "INVALID_DATA"), (400, "INVALID_DATA")])
    func `halts the run when its record is gone`(_ status: Int, _ code: String) throws {
        var world = Self.begun(Self.setup(makePlan(parents: 9, each: 50)))
        world.answer(
            world.inFlight[0].id, status: status, code.isEmpty ? "" : Bodies.refusal(code))
        let end = try #require(world.end)
        #expect(end.reason == .recordDeleted)
        #expect(end.exit == .halted)
        #expect(world.sent.count == 2)
        #expect(end.text.contains("record 1000001 of Leads"))
        #expect(end.progress.recordsDeleted == 1)
        #expect(world.recovered().recordsDeleted == 1)
    }

    private static let unreadable = [
        (401, Bodies.refusal("OAUTH_SCOPE_MISMATCH")), (403, Bodies.refusal("NO_PERMISSION")),
        (200, #"{"data":[{"id":"1000002"}]}"#),
    ]

    @Test(arguments: unreadable, [false, true])
    func `halts or warns when its record can't be read`(
        _ answer: (Int, String), _ halts: Bool
    ) throws {
        var world = Self.begun(Self.setup(makePlan(parents: 9, each: 50), halts: halts))
        for _ in 0..<3 where world.end == nil {
            try world.awaitRequest()
            guard world.inFlight[0].request.method == .get else { break }
            world.answer(world.inFlight[0].id, status: answer.0, answer.1)
            world.advance(by: .seconds(5))
        }
        guard halts else {
            #expect(world.inFlight.count == 5)
            let isWarned = world.notices.contains {
                if case .recordDeleted = $0 { true } else { false }
            }
            #expect(isWarned)
            return
        }
        let end = try #require(world.end)
        #expect(end.reason == .recordDeleted)
        #expect(end.text.contains("ZohoCRM.modules.leads.READ"))
        #expect(world.sent.allSatisfy { $0.id.call <= 2 })
    }

    @Test func `is read back by the next process, if this one could not`() throws {
        var world = Self.begun(Self.setup(makePlan(parents: 1, each: 1)))
        // The run's only item is done, but the run is not finished.
        world.post(.drainRequested)
        world.advance(by: .seconds(61))
        #expect(try #require(world.end).reason == .signal)
        let recovered = world.recovered()
        #expect(recovered.proofs.map(\.readBack) == [.notRead])
        var next = EngineHarness(
            Self.setup(makePlan(parents: 5, each: 50, firstRow: 7), recovered: recovered))
        next.start()
        Self.expectReadBack(next)
        next.answer(next.inFlight[0].id, status: 204, "")
        #expect(next.end?.exit == .halted)
        #expect(next.sent.count == 1)
    }

    @Test func `needs no proof in a process after the one that found the record`() throws {
        var world = Self.begun(Self.setup(makePlan(parents: 1, each: 1)))
        world.answer(world.inFlight[0].id, Self.found)
        #expect(try #require(world.end).reason == .completed)
        var next = EngineHarness(
            Self.setup(makePlan(parents: 5, each: 50, firstRow: 7), recovered: world.recovered()))
        next.start()
        #expect(next.inFlight.map { Bodies.ids(of: $0.request).count } == [50])
        next.succeed(next.inFlight[0].id)
        #expect(next.inFlight.count == 4)
    }

    @Test func `of an added list asks the module that the settings name`() {
        let plan = makePlan(parents: 1, each: 2, module: "Courses", list: "Enrolled")
        var setup = Self.setup(plan)
        setup.profile.childModules[
            RelatedListName(
                module: plan.kinds[0].kind.module, relatedList: plan.kinds[0].kind.relatedList)
        ] = APIName("Students")
        var world = EngineHarness(setup)
        world.start()
        world.succeed(world.inFlight[0].id)
        #expect(world.inFlight.map(\.request.target) == ["/crm/v8/Students/1000001?fields=id"])
    }

    @Test func `reads nothing back where the message is conclusive`() throws {
        var setup = Self.setup(makePlan(parents: 2, each: 2))
        setup.profile.crmVersion = "v7"
        var world = EngineHarness(setup)
        world.start()
        world.answerAll()
        #expect(try #require(world.end).exit == .done)
        #expect(world.sent.allSatisfy { $0.request.method == .delete })
    }
}
