import Execution
import JobModel
import Journaling
import Testing
import ZohoAPI

/// A service that is down or replaced by an impostor: items stay pending, few requests
/// are sent, and the next start resumes.
@Suite(.timeLimit(.minutes(20))) struct `an outage of the service` {
    static let strangers: [(status: Int, body: String)] = [
        (200, "<html>please log in</html>"), (200, ""), (200, "{}"), (200, "[]"), (200, "null"),
        (200, #"{"error":"blocked"}"#), (403, "<html>blocked by policy</html>"),
        (404, "<html>no such site</html>"), (407, "<html>proxy</html>"), (302, ""),
        (408, Bodies.refusal("INVALID_DATA")), (502, "<html>bad gateway</html>"),
        (200, #"{"data":[]}"#),
    ]

    @Test(arguments: strangers)
    func `of 20,000 items leaves all of them pending`(
        _ stranger: (status: Int, body: String)
    ) throws {
        var world = EngineHarness(makeSetup(makePlan(parents: 200, each: 100)))
        world.start()
        world.play { world, id in world.answer(id, status: stranger.status, stranger.body) }
        let end = try #require(world.end)
        #expect(end.exit == .unreachable)
        #expect(end.progress.counts.pending == 20_000)
        #expect(end.progress.counts.final == 0)
        #expect(world.sent.count < 200)
        #expect(world.now >= .zero + .seconds(600))
    }

    @Test(arguments: [0, 1, 5])
    func `of 1,000 s ends unreachable, and the next start finishes every item`(
        _ retries: Int
    ) throws {
        let setup = makeSetup(makePlan(parents: 3, each: 1)) { $0.retries = retries }
        var world = EngineHarness(setup)
        world.start()
        world.play { world, id in world.answer(id, status: 503, "") }
        let end = try #require(world.end)
        #expect(end.exit == .unreachable)
        #expect(end.progress.counts.pending == 3)
        var next = EngineHarness(resumed(setup, after: world))
        next.start()
        // The outage lasts for a while, and then it is over.
        next.play { world, id in
            if world.now < .zero + .seconds(400) {
                world.answer(id, status: 503, "")
            } else {
                world.succeed(id)
            }
        }
        let finished = try #require(next.end)
        #expect(finished.exit == .done)
        #expect(finished.progress.counts[.removed] == 3)
    }

    @Test func `that begins in the middle costs no item its last retry`() throws {
        let setup = makeSetup(makePlan(parents: 300, each: 2)) { $0.retries = 2 }
        var world = EngineHarness(setup)
        world.start()
        world.play { world, id in
            let isDown = world.sent.count > 40 && world.now < .zero + .seconds(500)
            if isDown { world.answer(id, status: 503, "") } else { world.succeed(id) }
        }
        let end = try #require(world.end)
        #expect(end.exit == .done)
        #expect(end.progress.counts[.removed] == 600)
        #expect(world.callRecords.allSatisfy { $0.parentCall == nil })
    }

    /// A failure while other calls are answered is no outage.
    /// Otherwise each call would be sent again at its own backoff, as often as the outage lasts.
    @Test func `spends the retry budget with each call that is sent again`() {
        var world = EngineHarness(
            makeSetup(makePlan(parents: 1, each: 1)) {
                $0.retries = 0
                $0.retryBudget = 2
                $0.retryBudgetRefillPerMinute = 1
                $0.maximumBackoff = .seconds(1)
            })
        world.start()
        for _ in 0..<3 {
            world.fail(world.inFlight[0].id, .timedOut)
            world.advance(by: .seconds(5))
        }
        #expect(world.sent.count == 3)
        world.advance(by: .seconds(60))
        #expect(world.sent.count == 4)
    }

    /// Simulation seed 71290: the next call's request for a retry blocked the call that had one,
    /// each time, until the run gave up.
    @Test func `sends a call that has its retry, though others need one`() {
        var world = EngineHarness(
            makeSetup(makePlan(parents: 4, each: 1)) {
                $0.retryBudget = 1
                $0.retryBudgetRefillPerMinute = 1
                $0.maximumBackoff = .seconds(1)
            })
        world.start()
        world.succeed(world.inFlight[0].id)
        world.acknowledgesAtOnce = false
        for flight in world.inFlight { world.fail(flight.id, .timedOut) }
        for sent in 5...6 {
            world.advance(by: .seconds(60))
            world.acknowledge()
            #expect(world.sent.count == sent)
        }
    }

    @Test func `is not one call that fails among others that are answered`() throws {
        var world = EngineHarness(makeSetup(makePlan(parents: 1_000, each: 2)) { $0.retries = 2 })
        world.start()
        world.play { world, id in
            if world.request(id).target.contains("/1007/") {
                world.answer(id, status: 503, "")
            } else {
                world.now = world.now + .milliseconds(20)
                world.succeed(id)
            }
        }
        let end = try #require(world.end)
        #expect(end.exit == .finishedWithFailures)
        #expect(end.progress.counts[.unknown] == 2)
        #expect(end.progress.counts[.removed] == 1_998)
    }

    @Test func `is left alone for as long as a 503 asks`() throws {
        var world = EngineHarness(makeSetup(makePlan(parents: 40, each: 1)))
        world.start()
        world.succeed(world.inFlight[0].id)
        world.answer(world.inFlight[0].id, status: 503, "", retryAfter: 30)
        world.answerAll()
        let sent = world.sent.count
        world.advance(by: .milliseconds(29_999))
        #expect(world.sent.count == sent)
        world.advance(by: .seconds(2))
        #expect(world.sent.count > sent)
        #expect(world.answers.contains { $0.pauseMilliseconds == 30_000 })
        #expect(world.notices.contains { if case .servicePaused = $0 { true } else { false } })
    }

    /// The last fault of a call ends it `unknown`, or splits it; the pause is on record too.
    @Test(arguments: [1, 2])
    func `is left alone by the next start too, whatever becomes of the call`(_ items: Int) throws {
        let setup = makeSetup(makePlan(parents: 4, each: items)) { $0.retries = 0 }
        var world = EngineHarness(setup)
        world.start()
        world.succeed(world.inFlight[0].id)
        world.answer(world.inFlight[0].id, status: 503, "", retryAfter: 30)
        let last = try #require(world.answers.last)
        #expect(last.verdict == (items == 1 ? .settled : .split))
        #expect(last.pauseMilliseconds == 30_000)
    }

    @Test func `that is to last longer than the run waits ends it now`() throws {
        var world = EngineHarness(makeSetup(makePlan(parents: 4, each: 1)))
        world.start()
        world.answer(world.inFlight[0].id, status: 503, "", retryAfter: 100_000)
        let end = try #require(world.end)
        #expect(end.exit == .unreachable)
        #expect(end.text.contains("--give-up"), "\(end.text)")
        #expect(end.progress.counts.pending == 4)
    }
}

/// 413, 414, 431, and a 400 that is not the service's own, to a long request.
@Suite(.timeLimit(.minutes(20))) struct `a request that is too long` {
    @Test(arguments: [413, 414, 431, 400])
    func `is split, and later ones of its kind are cut before they leave`(_ status: Int) throws {
        let setup = makeSetup(makePlan(parents: 30, each: 100)) { $0.concurrency[.crm] = 1 }
        var world = EngineHarness(setup)
        world.start()
        var refusals = 0
        world.play { world, id in
            if world.request(id).target.utf8.count > 700 {
                refusals += 1
                world.answer(id, status: status, "<html>too long</html>")
            } else {
                world.succeed(id)
            }
        }
        let end = try #require(world.end)
        #expect(end.exit == .done)
        #expect(end.progress.counts[.removed] == 3_000)
        // 100 ids take 2,100 bytes: halves of these are too long as well.
        #expect(refusals <= 4)
        #expect(world.sent.allSatisfy { !Bodies.ids(of: $0.request).isEmpty })
        #expect(world.now < .zero + .seconds(30))
    }

    @Test(arguments: [413, 414, 431])
    func `leaves no doubt and costs no retry`(_ status: Int) throws {
        var world = EngineHarness(makeSetup(makePlan(parents: 1, each: 100)) { $0.retries = 0 })
        world.start()
        world.answer(world.inFlight[0].id, status: status, "")
        #expect(world.answers.map(\.verdict) == [.split])
        #expect(world.answers.allSatisfy { !$0.leavesDoubt })
        world.answerAll()
        #expect(try #require(world.end).exit == .done)
    }

    @Test func `that is short already is a fault of the service`() throws {
        var world = EngineHarness(makeSetup(makePlan(parents: 2, each: 1)))
        world.start()
        world.play { world, id in world.answer(id, status: 414, "<html>") }
        let end = try #require(world.end)
        #expect(end.exit == .unreachable)
        #expect(end.progress.counts.pending == 2)
    }
}

@Suite(.timeLimit(.minutes(20))) struct `a 429` {
    private func sendings(_ body: String, retryAfter: Int?, within: Duration) -> Int {
        var world = EngineHarness(makeSetup(makePlan(parents: 40, each: 1)))
        world.start()
        let deadline = Moment.zero + within
        while world.end == nil, world.now < deadline, world.sent.count < 1_000 {
            while let first = world.inFlight.first, world.sent.count < 1_000 {
                world.answer(first.id, status: 429, body, retryAfter: retryAfter)
            }
            world.advance(by: .milliseconds(1))
        }
        return world.sent.count
    }

    @Test(arguments: [0, -5, nil] as [Int?])
    func `that asks for no pause gets our own`(_ seconds: Int?) {
        let body = Bodies.refusal("TOO_MANY_REQUESTS")
        #expect(sendings(body, retryAfter: seconds, within: .seconds(8)) <= 6)
    }

    @Test func `that asks for no pause in its body gets our own`() {
        let body = #"{"code":"TOO_MANY_REQUESTS","details":{"retry_after":0},"status":"error"}"#
        #expect(sendings(body, retryAfter: nil, within: .seconds(8)) <= 6)
    }

    @Test(arguments: [
        #"{"code":429,"error":"TOO_MANY_REQUESTS","error_info":"limit of the past 24 hours"}"#,
        Bodies.refusal("TOO_MANY_REQUESTS", "API credits of the day are used up"),
    ])
    func `of the day's credits pauses the run at once`(_ body: String) throws {
        var world = EngineHarness(makeSetup(makePlan(parents: 4, each: 1)))
        world.start()
        world.answer(world.inFlight[0].id, status: 429, body)
        let end = try #require(world.end)
        #expect(end.reason == .outOfCalls)
        #expect(end.exit == .paused)
        #expect(end.progress.counts.pending == 4)
    }

    @Test func `of concurrency waits about a second, however often it comes`() {
        let body = Bodies.refusal("TOO_MANY_REQUESTS", "concurrency limit exceeded")
        let count = sendings(body, retryAfter: nil, within: .seconds(60))
        #expect(count >= 15)
        #expect(count <= 60)
    }
}

@Suite struct `a 404 without an index` {
    @Test func `of several items fails none of the good ones`() throws {
        var world = EngineHarness(makeSetup(makePlan(parents: 1, each: 50)))
        world.start()
        let bad: UInt64 = 1_000_017
        world.play { world, id in
            if Bodies.ids(of: world.request(id)).contains(bad) {
                world.answer(id, status: 404, Bodies.refusal("INVALID_DATA"))
            } else {
                world.succeed(id)
            }
        }
        let end = try #require(world.end)
        #expect(end.exit == .done)
        #expect(end.progress.counts[.removed] == 49)
        #expect(end.progress.counts[.absent] == 1)
    }

    @Test(arguments: [false, true])
    func `of a single removal is absent, and honours a doubt`(_ isInDoubt: Bool) throws {
        var world = EngineHarness(makeSetup(makePlan(parents: 1, each: 1)))
        world.start()
        if isInDoubt {
            world.fail(world.inFlight[0].id, .timedOut)
            world.advance(by: .seconds(60))
        }
        world.answer(world.inFlight[0].id, status: 404, Bodies.refusal("INVALID_DATA"))
        #expect(world.counts[.absent] == 1)
        #expect(
            try #require(world.answers.last).outcomes.map(\.outcome.isAfterDoubt) == [isInDoubt])
    }
}

extension EngineHarness {
    /// Answers what is in flight, oldest first, and lets time pass where nothing is, to the end of
    /// the run or an hour.
    mutating func play(_ respond: (inout EngineHarness, AttemptID) -> Void) {
        while end == nil, now < .zero + .seconds(3_600) {
            if let first = inFlight.first {
                respond(&self, first.id)
            } else {
                advance(by: max(.milliseconds(1), (timer ?? now) - now))
            }
        }
    }
}

/// The setup of the next start, by the journal of one that has ended; the clocks start at zero.
func resumed(_ setup: EngineSetup, after world: EngineHarness) -> EngineSetup {
    let header = RunHeader(
        run: "r", job: "j", tool: "t", startedAt: "2026-11-21T00:00:00.000Z", user: "", host: "",
        invocation: "", source: "", manifestFormat: "csv", manifestDigest: "",
        manifestByteCount: 0, pinned: [])
    let codec = RecordCodec()
    var bytes: [UInt8] = []
    for (index, record) in ([.run(header)] + world.records).enumerated() {
        let sequence = UInt64(index) + 1
        codec.append(record, sequence: sequence, durable: sequence - 1, to: &bytes)
    }
    var recovery = Recovery()
    recovery.feed(bytes)
    let recovered = recovery.finish().run
    let carried = Set(recovered.openCalls.flatMap(\.openRows))
    var plan = CallPlan()
    plan.kinds = setup.plan.kinds
    for call in 0..<setup.plan.callCount {
        let start = plan.rows.count
        for place in Int(setup.plan.callStarts[call])..<Int(setup.plan.callStarts[call + 1]) {
            let row = setup.plan.rows[place]
            let isOpen =
                Int(row) >= recovered.outcomeOfRow.count || recovered.outcomeOfRow[Int(row)] == 0
            guard isOpen, !carried.contains(row) else { continue }
            plan.rows.append(row)
            plan.related.append(setup.plan.related[place])
        }
        guard plan.rows.count > start else { continue }
        plan.callKinds.append(setup.plan.callKinds[call])
        plan.callParents.append(setup.plan.callParents[call])
        plan.callStarts.append(UInt32(plan.rows.count))
    }
    if plan.callKinds.isEmpty { plan.kinds = [] }
    var next = setup
    next.plan = plan
    next.recovered = recovered
    return next
}
