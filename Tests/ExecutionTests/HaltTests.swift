import Execution
import JobModel
import Journaling
import Testing
import ZohoAPI

@Suite struct `a halt` {
    /// To the calls in flight, by their ids.
    private static func deleted(_ id: UInt64 = 1_000_001) -> String {
        #"{"data":[\#(Bodies.element(id, "record deleted"))]}"#
    }

    private static func recovered(_ world: EngineHarness) -> RecoveredRun {
        var recovery = Recovery()
        recovery.feed([.run(header), session] + world.records)
        return recovery.finish().run
    }

    @Test func `is on record ahead of the answer that led to it, and reported when it is durable`()
        throws
    {
        var world = EngineHarness(makeSetup(makePlan(parents: 9, each: 1)))
        world.start()
        world.acknowledgesAtOnce = false
        world.answer(world.inFlight[0].id, Self.deleted())
        #expect(world.records.map(\.name) == ["call", "attempt", "halt", "answer", "stop"])
        #expect(world.notices.isEmpty)
        world.acknowledge()
        #expect(try #require(world.end).halt == 3)
        #expect(world.notices.count == 1)
        #expect(world.sent.count == 1)
    }

    /// However the process ends, the journal contains the halt if it contains the answer.
    @Test func `is in every journal that has the answer`() {
        var world = EngineHarness(makeSetup(makePlan(parents: 9, each: 1)))
        world.start()
        world.succeed(world.inFlight[0].id)
        world.post(.drainRequested)
        world.answer(world.inFlight[0].id, Self.deleted(1_000_002))
        let all = world.records
        for count in 0...all.count {
            let hasAnswer = all.prefix(count).contains {
                guard case .answer(let answer) = $0 else { return false }
                return answer.outcomes.contains { $0.outcome.message == "record deleted" }
            }
            var cut = Recovery()
            cut.feed([.run(Self.header), Self.session] + all.prefix(count))
            let isHalted = cut.finish().run.halt != nil
            #expect(isHalted || !hasAnswer, "\(count) records")
        }
    }

    @Test func `by a run's last answer is a halt, and not a complete run`() throws {
        var world = EngineHarness(makeSetup(makePlan(parents: 1, each: 1)))
        world.start()
        world.answer(world.inFlight[0].id, Self.deleted())
        let end = try #require(world.end)
        #expect(end.state == .halted)
        #expect(end.exit == .halted)
        #expect(end.halt == 3)
    }

    @Test func `in a drain that a signal began is on record`() throws {
        var world = EngineHarness(makeSetup(makePlan(parents: 9, each: 1)))
        world.start()
        world.succeed(world.inFlight[0].id)
        world.post(.drainRequested)
        for (index, id) in world.inFlight.map(\.id).enumerated() {
            #expect(world.end == nil)
            world.answer(id, Self.deleted(1_000_002 + UInt64(index)))
            #expect(world.records.count { $0.name == "halt" } == 1, "one record for a reason")
        }
        #expect(try #require(world.end).exit == .halted)
    }

    @Test func `that the journal has ends the next start before anything is sent`() throws {
        var recovered = RecoveredRun()
        recovered.halts = [
            .init(
                number: 57,
                record: HaltRecord(reason: .recordDeleted, text: "why", atMilliseconds: 0))
        ]
        var world = EngineHarness(makeSetup(makePlan(parents: 3, each: 1), recovered: recovered))
        world.start()
        let end = try #require(world.end)
        #expect(world.sent.isEmpty)
        #expect(end.exit == .halted)
        #expect(end.halt == 57)
        #expect(end.text == "why")
        #expect(world.records.map(\.name) == ["stop"])
    }

    enum Budget: CaseIterable, Sendable { case absent, failedCount, failedShare }

    @Test(arguments: Budget.allCases)
    func `by a budget that the journal has spent comes before anything is sent`(
        _ budget: Budget
    ) throws {
        var recovered = RecoveredRun()
        let plan = makePlan(parents: 3, each: 1)
        var tally = RecoveredRun.KindTally(kind: plan.kinds[0].kind)
        func fail(_ failures: Int, of outcomes: Int) {
            recovered.failures.add(
                tally.kind, outcomes: outcomes, failures: failures,
                successes: outcomes - failures, mayRefuseKind: false)
        }
        switch budget {
        case .absent:
            tally.answered = 600
            tally.absent = 599
            recovered.tallies = [tally]
        case .failedCount: fail(6, of: 6)
        case .failedShare: fail(900, of: 1_000)
        }
        var world = EngineHarness(
            makeSetup(plan, recovered: recovered) {
                if budget == .failedCount { $0.failureBudget = .count(5) }
            })
        world.start()
        #expect(world.sent.isEmpty)
        let end = try #require(world.end)
        #expect(end.exit == .halted)
        #expect(end.halt == 1)
        #expect(world.records.map(\.name) == ["halt", "stop"])
    }

    // MARK: After the stop record

    @Test(arguments: [200, 401, 429, 500, 0])
    func `an answer after the stop record is not classified`(status: Int) throws {
        var world = EngineHarness(makeSetup(makePlan(parents: 20, each: 2)))
        world.start()
        world.succeed(world.inFlight[0].id)
        world.post(.drainRequested)
        let late = world.inFlight.map(\.id)
        #expect(late.count == 5)
        world.acknowledgesAtOnce = false
        world.advance(by: .seconds(61))
        #expect(world.records.last?.name == "stop")
        #expect(world.end == nil, "the stop record is on its way to the disk")
        let count = world.records.count
        for id in late {
            world.post(
                .attemptEnded(
                    id,
                    status == 0
                        ? .failure(TransportFailure(.timedOut, "late"))
                        : .success(
                            HTTPAnswer(status: status, body: Array(Self.deleted().utf8)))))
        }
        world.post(.tokenReady(generation: 9))
        world.post(.tokenUnavailable(.refused("late")))
        world.post(.drainRequested)
        world.post(.timerFired)
        world.acknowledge()
        #expect(world.records.count == count)
        #expect(try #require(world.end).progress.inDoubt == 5)
        #expect(Self.recovered(world).openCalls.count == 5)
    }

    @Test func `a journal that fails at the stop record is not waited for`() throws {
        var world = EngineHarness(makeSetup(makePlan(parents: 20, each: 2)))
        world.start()
        world.post(.drainRequested)
        world.acknowledgesAtOnce = false
        world.advance(by: .seconds(61))
        world.post(.journalFailed("no space left"))
        #expect(try #require(world.end).exit == .journal)
    }

    private static let header = RunHeader(
        run: "r", job: "j", tool: "t", startedAt: "", user: "", host: "", invocation: "",
        source: "", manifestFormat: "csv", manifestDigest: "", manifestByteCount: 0, pinned: [])
    private static let session = JournalRecord.session(
        SessionRecord(number: 1, at: "", processID: 1, host: "", invocation: ""))
}
