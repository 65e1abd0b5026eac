import Execution
import JobModel
import Journaling
import Testing
import ZohoAPI

/// Results of an attempt that say nothing about its call.
enum Trouble: CaseIterable {
    case timedOut, connectionLost, notSent, serverError, noJSON, throttled

    func befall(_ world: inout EngineHarness, _ id: AttemptID) {
        switch self {
        case .timedOut: world.fail(id, .timedOut)
        case .connectionLost: world.fail(id, .connectionLost)
        case .notSent: world.fail(id, .notSent)
        case .serverError: world.answer(id, status: 500, Bodies.refusal("INTERNAL_ERROR"))
        case .noJSON: world.answer(id, "<html>")
        case .throttled: world.answer(id, status: 429, Bodies.refusal("TOO_MANY_REQUESTS"))
        }
    }
}

extension EngineHarness {
    /// Lets time pass until a request is in flight, two minutes at most.
    mutating func awaitRequest() throws {
        for _ in 0..<240 where inFlight.isEmpty && end == nil { advance(by: .milliseconds(500)) }
        let isInFlight = !inFlight.isEmpty
        try #require(isInFlight)
    }

    /// The recovered state of a process that resumes from these records.
    func recovered(after earlier: [JournalRecord] = []) -> RecoveredRun {
        let codec = RecordCodec()
        let header = JournalRecord.run(
            RunHeader(
                run: "r", job: "j", tool: "t", startedAt: "2026-11-21T00:00:00.000Z", user: "",
                host: "", invocation: "", source: "", manifestFormat: "csv", manifestDigest: "",
                manifestByteCount: 0, pinned: []))
        var bytes: [UInt8] = []
        for (index, record) in ([header] + earlier + records).enumerated() {
            codec.append(
                record, sequence: UInt64(index) + 1, durable: UInt64(index), to: &bytes)
        }
        var recovery = Recovery()
        recovery.feed(bytes)
        return recovery.finish().run
    }
}

@Suite struct `the first call of a kind` {
    @Test(arguments: Trouble.allCases)
    func `stays alone until it has been classified, however often it is sent again`(
        _ trouble: Trouble
    ) throws {
        var world = EngineHarness(makeSetup(makePlan(parents: 20, each: 100)))
        world.start()
        for _ in 0..<2 {
            try world.awaitRequest()
            #expect(world.inFlight.map(\.id.call) == [1])
            trouble.befall(&world, world.inFlight[0].id)
        }
        try world.awaitRequest()
        #expect(Set(world.sent.map(\.id.call)) == [1])
        world.succeed(world.inFlight[0].id)
        try world.awaitRequest()
        #expect(world.inFlight.count >= 2)
    }

    @Test func `stays alone while its token is renewed`() throws {
        var world = EngineHarness(makeSetup(makePlan(parents: 20, each: 100)))
        world.start()
        world.answer(world.inFlight[0].id, status: 401, Bodies.refusal("INVALID_TOKEN"))
        world.post(.tokenReady(generation: 2))
        #expect(world.inFlight.map(\.id.call) == [1])
    }

    @Test func `stays alone while some of its items were not answered clearly`() throws {
        var world = EngineHarness(makeSetup(makePlan(parents: 20, each: 3)))
        world.start()
        world.answer(world.inFlight[0].id, Bodies.success([1_000_001]))
        try world.awaitRequest()
        #expect(world.inFlight.map(\.id.call) == [1])
        world.succeed(world.inFlight[0].id)
        #expect(world.inFlight.count == 5)
    }

    @Test func `is followed by its halves, one by one, when it is split`() throws {
        var world = EngineHarness(makeSetup(makePlan(parents: 20, each: 4)) { $0.retries = 0 })
        world.start()
        var asked: [[UInt64]] = []
        for _ in 0..<3 {
            try world.awaitRequest()
            #expect(world.inFlight.count == 1)
            asked.append(Bodies.ids(of: world.inFlight[0].request))
            world.answer(world.inFlight[0].id, status: 400, Bodies.refusal("INVALID_DATA"))
        }
        // The third one has a single item, and a refusal of that is clear.
        let first: UInt64 = 1_000_001
        #expect(asked == [Array(first..<first + 4), Array(first..<first + 2), [first]])
        try world.awaitRequest()
        #expect(world.inFlight.count >= 2)
    }

    @Test func `of a new process is each call that an earlier one left, until one is classified`()
        throws
    {
        var recovered = RecoveredRun()
        let kind = makePlan(parents: 0, each: 0).kinds[0].kind
        for call in UInt32(1)...3 {
            let record = CallRecord(
                call: call, kind: kind, direction: .asWritten, parent: 77, rows: [900 + call],
                related: [90 + UInt64(call)])
            recovered.openCalls.append(
                .init(
                    record: record, attempts: 1, retriesSpent: 0, unclearAnswers: 0,
                    isInDoubt: true, openRows: [900 + call]))
        }
        recovered.highestCall = 3
        var world = EngineHarness(
            makeSetup(makePlan(parents: 9, each: 1), recovered: recovered) { $0.retries = 1 })
        world.start()
        for _ in 0..<3 {
            try world.awaitRequest()
            #expect(world.inFlight.map(\.id.call) == [1])
            world.fail(world.inFlight[0].id, .timedOut)
        }
        try world.awaitRequest()
        world.succeed(world.inFlight[0].id)
        #expect(world.inFlight.map(\.id.call).contains(2))
        #expect(world.inFlight.map(\.id.call).contains(3))
        #expect(world.inFlight.count == 5)
    }

    @Test func `of Creator is the first round, not its listing`() throws {
        var plan = CallPlan()
        plan.creatorJobs = (1...3).map { makeJob($0, report: "r\($0)") }
        var setup = makeSetup(plan) { $0.concurrency[.creator] = 3 }
        setup.usesExplicitIDs = true
        var world = EngineHarness(setup)
        world.start()
        world.answer(world.inFlight[0].id, #"{"code":3000,"data":[{"ID":"5"}]}"#)
        #expect(world.inFlight.map(\.id.call) == [2])
        world.fail(world.inFlight[0].id, .timedOut)
        try world.awaitRequest()
        #expect(world.inFlight.map(\.id.call) == [2])
    }

    /// It changes nothing either.
    @Test func `of Creator is not a listing that was refused`() throws {
        var plan = CallPlan()
        plan.creatorJobs = (1...3).map { makeJob($0, report: "r\($0)") }
        var setup = makeSetup(plan) { $0.concurrency[.creator] = 3 }
        setup.usesExplicitIDs = true
        var world = EngineHarness(setup)
        world.start()
        world.answer(world.inFlight[0].id, status: 400, #"{"code":3020,"description":"no"}"#)
        #expect(world.inFlight.map(\.id.call) == [2])
    }
}

@Suite struct `a list that the settings add` {
    private static func plan(parents: Int, each: Int) -> CallPlan {
        makePlan(parents: parents, each: each, module: "Courses", list: "Students")
    }

    private static func absent(_ world: inout EngineHarness, _ id: AttemptID) {
        let elements = Bodies.ids(of: world.request(id)).map {
            Bodies.element($0, code: "INVALID_DATA", "relation not found")
        }
        world.answer(id, status: 400, #"{"data":[\#(elements.joined(separator: ","))]}"#)
    }

    @Test func `takes single items, one at a time, until one was removed`() throws {
        var world = EngineHarness(
            makeSetup(Self.plan(parents: 8, each: 100)) { $0.maximumAbsentPercent = 100 })
        world.start()
        for _ in 0..<349 {
            #expect(world.inFlight.count == 1)
            let id = try #require(world.inFlight.first).id
            #expect(Bodies.ids(of: world.request(id)).count == 1)
            Self.absent(&world, id)
        }
        #expect(world.inFlight.count == 1)
        world.succeed(world.inFlight[0].id)
        // The rest of the call that was cut, and the calls behind it.
        #expect(
            world.inFlight.map { Bodies.ids(of: $0.request).count } == [50, 100, 100, 100, 100])
        world.answerAll()
        let end = try #require(world.end)
        #expect(end.reason == .completed)
        #expect(end.progress.counts[.absent] == 349)
        #expect(end.progress.counts[.removed] == 451)
        let asked = world.sent.flatMap { Bodies.ids(of: $0.request) }
        #expect(asked.count == 800 && Set(asked).count == 800)
    }

    @Test func `is not proved by what is refused, or never answered clearly`() throws {
        var world = EngineHarness(
            makeSetup(Self.plan(parents: 2, each: 5)) {
                $0.retries = 0
                $0.failureBudget = .count(100)
            })
        world.start()
        for place in 0..<6 {
            try world.awaitRequest()
            #expect(world.inFlight.map { Bodies.ids(of: $0.request).count } == [1])
            if place.isMultiple(of: 2) {
                world.answer(
                    world.inFlight[0].id, status: 400, Bodies.refusal("CANNOT_BE_UPDATED"))
            } else {
                world.fail(world.inFlight[0].id, .timedOut)
            }
        }
        try world.awaitRequest()
        #expect(world.inFlight.map { Bodies.ids(of: $0.request).count } == [1])
    }

    @Test func `loses no item of a call that was cut when its kind is stopped`() throws {
        var world = EngineHarness(makeSetup(Self.plan(parents: 3, each: 10)))
        world.start()
        for _ in 0..<4 { Self.absent(&world, world.inFlight[0].id) }
        world.answer(world.inFlight[0].id, status: 401, Bodies.refusal("OAUTH_SCOPE_MISMATCH"))
        let end = try #require(world.end)
        #expect(end.progress.counts[.absent] == 4)
        #expect(end.progress.counts[.failed] == 1)
        #expect(end.progress.counts[.blocked] == 25)
    }

    @Test(arguments: [false, true])
    func `is proved for a later process by a success on record alone`(_ isRemoved: Bool) throws {
        var world = EngineHarness(makeSetup(Self.plan(parents: 1, each: 1)))
        world.start()
        if isRemoved {
            world.succeed(world.inFlight[0].id)
        } else {
            Self.absent(&world, world.inFlight[0].id)
        }
        let later = makePlan(
            parents: 3, each: 10, module: "Courses", list: "Students", firstRow: 50)
        var next = EngineHarness(makeSetup(later, recovered: world.recovered()))
        next.start()
        #expect(
            next.inFlight.map { Bodies.ids(of: $0.request).count } == [isRemoved ? 10 : 1])
    }

    @Test func `is proved again when a halt was overridden`() throws {
        var world = EngineHarness(makeSetup(Self.plan(parents: 1, each: 1)))
        world.start()
        world.answer(
            world.inFlight[0].id, #"{"data":[\#(Bodies.element(1_000_001, "record deleted"))]}"#)
        #expect(world.end?.reason == .recordDeleted)
        var recovered = world.recovered()
        let session = SessionRecord(
            number: 2, at: "2026-11-22T00:00:00.000Z", processID: 1, host: "h", invocation: "",
            overriddenHalt: recovered.halt?.number)
        #expect(recovered.proofs.count == 1)
        var overriding = EngineHarness(makeSetup(CallPlan()))
        overriding.start()
        recovered = overriding.recovered(after: world.records + [.session(session)])
        #expect(recovered.proofs.isEmpty)
    }
}
