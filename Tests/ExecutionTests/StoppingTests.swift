import Execution
import JobModel
import Journaling
import Testing
import ZohoAPI

@Suite struct `stops` {
    @Test func `a drain sends nothing new and waits for what is in flight`() throws {
        var world = EngineHarness(makeSetup(makePlan(parents: 20, each: 1)))
        world.start()
        world.succeed(world.inFlight[0].id)
        world.post(.drainRequested)
        let flying = world.inFlight.map(\.id)
        for id in flying { world.succeed(id) }
        let end = try #require(world.end)
        #expect(end.state == .paused)
        #expect(end.exit == .paused)
        #expect(end.progress.counts[.removed] == 6)
        #expect(world.sent.count == 6)
    }

    @Test func `a drain gives up what is not answered in time`() throws {
        var world = EngineHarness(makeSetup(makePlan(parents: 20, each: 1)))
        world.start()
        world.post(.drainRequested)
        world.advance(by: .seconds(59))
        #expect(world.end == nil)
        world.advance(by: .seconds(2))
        #expect(world.isCancelled)
        #expect(try #require(world.end).progress.inDoubt == 1)
    }

    @Test func `an attempt that was journalled but not sent is withdrawn`() throws {
        var world = EngineHarness(makeSetup(makePlan(parents: 20, each: 1)))
        world.acknowledgesAtOnce = false
        world.start()
        world.post(.drainRequested)
        #expect(world.end == nil)
        world.acknowledge()
        #expect(world.sent.isEmpty)
        #expect(world.answers.map(\.verdict) == [.unsent])
        #expect(try #require(world.end).progress.attemptCount == 0)
    }

    /// Found by `any world`, seed 2185: withdrawals were journalled after the stop record.
    @Test func `what a slow disk kept from leaving is withdrawn before the stop record`() throws {
        var world = EngineHarness(makeSetup(makePlan(parents: 20, each: 1)))
        world.acknowledgesAtOnce = false
        world.start()
        world.post(.drainRequested)
        world.advance(by: .seconds(120))
        world.acknowledge()
        #expect(try #require(world.end).state == .paused)
        guard case .stop = world.records.last else {
            Issue.record("the stop record is not the last one")
            return
        }
    }

    @Test func `--until ends the run and no call starts later`() throws {
        var world = EngineHarness(
            makeSetup(makePlan(parents: 200, each: 1)) { $0.startDeadline = .zero + .seconds(10) })
        world.start()
        while world.end == nil, world.now < .zero + .seconds(60) {
            while let first = world.inFlight.first, world.end == nil {
                world.now = world.now + .milliseconds(500)
                world.succeed(first.id)
            }
            world.advance(by: .milliseconds(100))
        }
        #expect(try #require(world.end).reason == .until)
        #expect(world.sent.allSatisfy { $0.at <= .zero + .seconds(10) })
    }

    /// A retry waits past the window, and the plan has calls that fit in.
    @Test func `a request whose body is made in time leaves up to the last start`() {
        let last = Moment.zero + .seconds(9)
        var world = EngineHarness(
            makeSetup(makePlan(parents: 1, each: 1)) { $0.startDeadline = last })
        world.start()
        let id = world.inFlight[0].id
        #expect(world.engine.maySend(id, at: last))
        #expect(!world.engine.maySend(id, at: last + .nanoseconds(1)))
    }

    @Test func `a request that was withdrawn is no sending, and its call is counted once`() throws {
        var world = EngineHarness(makeSetup(makePlan(parents: 1, each: 1)))
        world.start()
        world.withdraw(world.inFlight[0].id)
        #expect(world.engine.progress.callCount == 1)
        #expect(world.engine.progress.attemptCount == 1)
        #expect(world.inFlight.map(\.id) == [AttemptID(call: 1, attempt: 2)])
        world.answerAll()
        let end = try #require(world.end)
        #expect(end.progress.callCount == 1)
        #expect(end.progress.attemptCount == 1)
    }

    @Test func `--until does not end a run while a planned call can start`() throws {
        var world = EngineHarness(
            makeSetup(makePlan(parents: 4, each: 1)) {
                $0.startDeadline = .zero + .seconds(10)
                $0.concurrency[.crm] = 1
                $0.firstBackoff = .seconds(1_000_000)
                $0.maximumBackoff = .seconds(1_000_000)
            })
        world.start()
        world.succeed(world.inFlight[0].id)
        world.fail(world.inFlight[0].id, .timedOut)
        #expect(world.end == nil)
        world.answerAll()
        let end = try #require(world.end)
        #expect(end.reason == .until)
        #expect(end.progress.counts[.removed] == 3)
    }

    enum Trouble: CaseIterable, Sendable { case fault, refusal }

    /// A call whose retries are spent, or that is refused for one of its items, would be split.
    @Test(arguments: Trouble.allCases)
    func `a drain splits nothing, and leaves the items open`(_ trouble: Trouble) throws {
        var world = EngineHarness(
            makeSetup(makePlan(parents: 4, each: 3)) { $0.retries = 0 })
        world.start()
        world.succeed(world.inFlight[0].id)
        world.post(.drainRequested)
        let calls = world.callRecords.count
        for id in world.inFlight.map(\.id) {
            switch trouble {
            case .fault: world.fail(id, .timedOut)
            case .refusal: world.answer(id, status: 400, Bodies.refusal("INVALID_DATA"))
            }
        }
        let end = try #require(world.end)
        #expect(end.exit == .paused)
        #expect(end.progress.counts[.removed] == 3)
        #expect(end.progress.counts.pending == 9)
        #expect(world.callRecords.count == calls)
        #expect(world.notices.allSatisfy { if case .callSplit = $0 { false } else { true } })
        // The next start splits the calls that still fail.
        var next = EngineHarness(
            makeSetup(makePlan(parents: 0, each: 0), recovered: world.recovered()) {
                $0.retries = 0
            })
        next.start()
        next.answer(next.inFlight[0].id, status: 400, Bodies.refusal("INVALID_DATA"))
        #expect(next.callRecords.count == 2)
    }

    @Test func `a refusal in a drain is an answer, and not a doubt`() throws {
        var world = EngineHarness(makeSetup(makePlan(parents: 4, each: 3)))
        world.start()
        world.succeed(world.inFlight[0].id)
        world.post(.drainRequested)
        #expect(world.inFlight.count == 3)
        world.answer(world.inFlight[0].id, status: 400, Bodies.refusal("INVALID_DATA"))
        world.advance(by: .seconds(60))
        #expect(try #require(world.end).progress.inDoubt == 2)
    }

    @Test func `a certificate that is refused ends the run at once, and says so`() throws {
        var world = EngineHarness(makeSetup(makePlan(parents: 3, each: 1)))
        world.start()
        world.fail(try #require(world.inFlight.first).id, .untrusted)
        let end = try #require(world.end)
        #expect(end.reason == .unreachable)
        #expect(end.text.contains("not to be trusted"))
        #expect(world.counts.final == 0)
    }

    @Test func `a certificate that is refused once the service has answered is tried again`() throws
    {
        var world = EngineHarness(makeSetup(makePlan(parents: 3, each: 1)))
        world.start()
        world.succeed(try #require(world.inFlight.first).id)
        world.fail(try #require(world.inFlight.first).id, .untrusted)
        world.answerAll()
        #expect(world.end == nil)
        world.advance(by: .seconds(2))
        world.answerAll()
        #expect(try #require(world.end).reason == .completed)
    }

    @Test func `--give-up is reported as it was given, with the last fault`() throws {
        var world = EngineHarness(
            makeSetup(makePlan(parents: 3, each: 1)) { $0.giveUp = .seconds(1) })
        world.start()
        while world.end == nil, world.now < .zero + .seconds(60) {
            while let first = world.inFlight.first, world.end == nil {
                world.fail(first.id, .notSent)
            }
            world.advance(by: .milliseconds(100))
        }
        let end = try #require(world.end)
        #expect(end.reason == .unreachable)
        #expect(end.text.hasSuffix("for 1s (--give-up); the last fault: test"), "\(end.text)")
    }

    @Test func `a halt during a drain outweighs the signal`() throws {
        var world = EngineHarness(makeSetup(makePlan(parents: 9, each: 1)))
        world.start()
        world.post(.drainRequested)
        world.answer(
            world.inFlight[0].id, #"{"data":[\#(Bodies.element(1_000_001, "record deleted"))]}"#)
        #expect(try #require(world.end).exit == .halted)
    }

    @Test func `a journal failure stops sending and hands over what was not recorded`() throws {
        var world = EngineHarness(makeSetup(makePlan(parents: 9, each: 1)))
        world.start()
        world.acknowledgesAtOnce = false
        let flying = world.inFlight[0].id
        world.post(.journalFailed("no space left"))
        world.succeed(flying)
        let end = try #require(world.end)
        #expect(end.exit == .journal)
        #expect(end.unrecorded.count == 1)
        #expect(end.progress.counts[.removed] == 0)
        #expect(world.sent.count == 1)
    }

    @Test func `events after the end change nothing`() {
        var world = EngineHarness(makeSetup(makePlan(parents: 1, each: 1)))
        world.start()
        world.answerAll()
        for event in [
            EngineEvent.drainRequested, .timerFired, .started, .recordsDurable(through: 99),
        ] {
            world.post(event)
        }
        #expect(world.end?.exit == .done)
    }
}

@Suite struct `access tokens` {
    @Test func `a 401 refreshes once for all calls in flight and resends`() throws {
        var world = EngineHarness(makeSetup(makePlan(parents: 20, each: 1)))
        world.start()
        world.succeed(world.inFlight[0].id)
        for id in world.inFlight.map(\.id) {
            world.answer(id, status: 401, Bodies.refusal("INVALID_TOKEN"))
        }
        #expect(world.refreshes == [1])
        #expect(world.inFlight.isEmpty)
        world.post(.tokenReady(generation: 2))
        #expect(world.inFlight.allSatisfy { $0.generation == 2 })
        world.answerAll()
        #expect(try #require(world.end).exit == .done)
    }

    @Test func `a late 401 of the token before says nothing about its successor`() throws {
        var world = EngineHarness(makeSetup(makePlan(parents: 3, each: 1)))
        world.start()
        world.succeed(world.inFlight[0].id)
        let late = try #require(world.inFlight.last?.id)
        world.answer(world.inFlight[0].id, status: 401, Bodies.refusal("INVALID_TOKEN"))
        world.post(.tokenReady(generation: 2))
        // The successor is proven by no answer yet: a refusal of its own would end the run.
        world.answer(late, status: 401, Bodies.refusal("INVALID_TOKEN"))
        #expect(world.end == nil)
        #expect(world.refreshes == [1])
        #expect(world.inFlight.map(\.generation) == [2, 2])
        world.answerAll()
        #expect(try #require(world.end).exit == .done)
    }

    @Test func `a refreshed token that is refused too is final`() throws {
        var world = EngineHarness(makeSetup(makePlan(parents: 3, each: 1)))
        world.start()
        world.answer(world.inFlight[0].id, status: 401, Bodies.refusal("INVALID_TOKEN"))
        world.post(.tokenReady(generation: 2))
        world.answer(world.inFlight[0].id, status: 401, Bodies.refusal("INVALID_TOKEN"))
        let end = try #require(world.end)
        #expect(end.exit == .credentials)
        #expect(end.text.contains("data centre"))
        #expect(end.progress.counts.pending == 3)
    }

    @Test func `without a token the run pauses with exit 77`() throws {
        var world = EngineHarness(makeSetup(makePlan(parents: 3, each: 1)))
        world.start()
        world.answer(world.inFlight[0].id, status: 401, Bodies.refusal("AUTHENTICATION_FAILURE"))
        world.post(.tokenUnavailable(.refused("check the data centre")))
        #expect(try #require(world.end).exit == .credentials)
    }
}

@Suite struct `resuming from a journal` {
    @Test func `open calls are sent again as they were, with their attempts counted`() throws {
        var recovered = RecoveredRun()
        let kind = makePlan(parents: 0, each: 0).kinds[0].kind
        let record = CallRecord(
            call: 4, kind: kind, direction: .asWritten, parent: 77, rows: [9, 8, 7],
            related: [90, 80, 70])
        recovered.openCalls = [
            .init(
                record: record, attempts: 2, retriesSpent: 1, unclearAnswers: 0, isInDoubt: true,
                openRows: [9, 7])
        ]
        recovered.highestCall = 6
        recovered.callCount = 6
        recovered.attemptCount = 7
        recovered.nextSequence = 40
        recovered.counts[.removed] = 1
        var world = EngineHarness(makeSetup(makePlan(parents: 1, each: 2), recovered: recovered))
        world.start()
        #expect(world.inFlight.map(\.id) == [AttemptID(call: 4, attempt: 3)])
        #expect(Bodies.ids(of: world.inFlight[0].request) == [90, 70])
        #expect(world.callRecords.isEmpty)
        world.answerAll()
        let end = try #require(world.end)
        #expect(end.progress.counts[.removed] == 5)
        #expect(end.progress.callCount == 7)
        #expect(end.progress.attemptCount == 9)
        #expect(world.callRecords.map(\.call) == [7])
    }

    @Test func `retries that an earlier process spent stay spent`() throws {
        var recovered = RecoveredRun()
        recovered.openCalls = [(UInt32(1), 0), (2, 3)].map { call, retries in
            .init(
                record: CallRecord(
                    call: call, kind: makePlan(parents: 0, each: 0).kinds[0].kind,
                    direction: .asWritten, parent: 77, rows: [8 + call],
                    related: [90 + UInt64(call)]),
                attempts: retries + 1, retriesSpent: retries, unclearAnswers: 0, isInDoubt: true,
                openRows: [8 + call])
        }
        recovered.highestCall = 2
        var world = EngineHarness(
            makeSetup(CallPlan(), recovered: recovered) { $0.retries = 3 })
        world.start()
        // A clear answer: what fails after it is no outage of the service.
        world.succeed(world.inFlight[0].id)
        world.fail(world.inFlight[0].id, .timedOut)
        #expect(try #require(world.end).progress.counts[.unknown] == 1)
    }

    @Test func `absent items of an earlier process count`() throws {
        var recovered = RecoveredRun()
        let plan = makePlan(parents: 3, each: 1)
        recovered.tallies = [.init(kind: plan.kinds[0].kind, answered: 499, absent: 499)]
        var world = EngineHarness(makeSetup(plan, recovered: recovered))
        world.start()
        world.answer(
            world.inFlight[0].id,
            #"{"data":[\#(Bodies.element(1_000_001, code: "INVALID_DATA", "no"))]}"#)
        #expect(try #require(world.end).reason == .maximumAbsent)
    }

    /// Eight calls: two of them within the last 24 hours.
    @Test func `--max-calls counts the calls of the last 24 hours, and none before`() throws {
        var recovered = RecoveredRun()
        let now: Int64 = 1_800_000_000_000 / 60_000
        recovered.callsByMinute = [
            .init(minute: now - 24 * 60 - 1, count: 6), .init(minute: now - 24 * 60, count: 1),
            .init(minute: now - 1, count: 1),
        ]
        var world = EngineHarness(
            makeSetup(makePlan(parents: 9, each: 1), recovered: recovered) {
                $0.maximumCalls = 5
            })
        world.start()
        world.answerAll()
        #expect(try #require(world.end).reason == .maximumCalls)
        #expect(world.sent.count == 3)
    }

    /// By decision: see "After a crash" in the documentation of Execution.
    @Test func `calls that a killed process left unanswered hold no places`() {
        var recovered = RecoveredRun()
        recovered.openCalls = (1...5).map { call in
            .init(
                record: CallRecord(
                    call: call, kind: makePlan(parents: 0, each: 0).kinds[0].kind,
                    direction: .asWritten, parent: 77, rows: [call], related: [UInt64(call)]),
                attempts: 1, retriesSpent: 0, unclearAnswers: 0, isInDoubt: true,
                last: .unanswered, openRows: [call])
        }
        recovered.highestCall = 5
        var world = EngineHarness(makeSetup(CallPlan(), recovered: recovered))
        world.start()
        world.answer(world.inFlight[0].id, Bodies.success([1]))
        #expect(world.inFlight.count == 4)
    }

    /// The wall clock was put back by an hour between two processes.
    @Test func `sendings of a clock that was put back hold the window for a minute, not longer`() {
        var recovered = RecoveredRun()
        recovered.recentAttempts = (0..<10).map {
            .init(service: .crm, atMilliseconds: 1_800_000_000_000 + 3_600_000 + Int64($0))
        }
        var world = EngineHarness(
            makeSetup(makePlan(parents: 3, each: 1), recovered: recovered) {
                $0.callsPerMinute[.crm] = 10
            })
        world.start()
        world.advance(by: .seconds(59))
        #expect(world.inFlight.isEmpty)
        world.advance(by: .seconds(3))
        #expect(world.inFlight.count == 1)
        world.answerAll()
        #expect(world.end?.reason == .completed)
    }

    @Test(arguments: [-3_600_000, -4_000, 0, 3_600_000] as [Int64])
    func `a pause that an earlier process was asked for is kept to its end, and not longer`(
        begun: Int64
    ) {
        var recovered = RecoveredRun()
        let now: Int64 = 1_800_000_000_000
        recovered.pauses = [
            .init(service: .crm, atMilliseconds: now + begun, milliseconds: 30_000),
            // One of another run, long over; one of Creator; and one that no run waits for.
            .init(service: .crm, atMilliseconds: now - 86_400_000, milliseconds: 30_000),
            .init(service: .creator, atMilliseconds: now, milliseconds: 600_000),
            .init(service: .crm, atMilliseconds: now - 60_000, milliseconds: 80_000_000),
        ]
        var world = EngineHarness(
            makeSetup(makePlan(parents: 1, each: 1), recovered: recovered))
        world.start()
        #expect(world.notices.isEmpty == (begun < -30_000))
        // A start in the future implies that the clock was set.
        let left = max(0, 30_000 + min(begun, 0))
        world.advance(by: .milliseconds(max(0, left - 10)))
        #expect(world.inFlight.isEmpty == (left > 0))
        world.advance(by: .milliseconds(20))
        #expect(world.inFlight.count == 1)
    }

    /// That pause stopped the run: the limit may have been raised since.
    @Test func `a pause that no run waits for does not hold the next one back`() {
        var recovered = RecoveredRun()
        recovered.apply(
            .init(service: .crm, atMilliseconds: 1_800_000_000_000, milliseconds: 86_400_000))
        var world = EngineHarness(
            makeSetup(makePlan(parents: 1, each: 1), recovered: recovered))
        world.start()
        #expect(world.inFlight.count == 1)
    }

    @Test func `a pause that the service asks for is on record`() {
        var world = EngineHarness(makeSetup(makePlan(parents: 1, each: 1)))
        world.start()
        world.answer(
            world.inFlight[0].id, status: 429, Bodies.refusal("TOO_MANY_REQUESTS"),
            retryAfter: 7)
        #expect(world.answers.map(\.pauseMilliseconds) == [7_000])
    }

    @Test func `the window of calls a minute is rebuilt`() {
        var recovered = RecoveredRun()
        recovered.recentAttempts = (0..<10).map {
            .init(service: .crm, atMilliseconds: 1_800_000_000_000 - 30_000 + Int64($0))
        }
        var world = EngineHarness(
            makeSetup(makePlan(parents: 3, each: 1), recovered: recovered) {
                $0.callsPerMinute[.crm] = 10
            })
        world.start()
        #expect(world.inFlight.isEmpty)
        world.advance(by: .seconds(30))
        #expect(world.inFlight.isEmpty)
        world.advance(by: .seconds(2))
        #expect(world.inFlight.count == 1)
    }
}
