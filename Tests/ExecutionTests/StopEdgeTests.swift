import Execution
import JobModel
import Journaling
import Testing
import ZohoAPI

/// Simultaneous reasons to stop.
@Suite struct `ends that meet` {
    private static func deleted(_ id: UInt64) -> String {
        #"{"data":[\#(Bodies.element(id, "record deleted"))]}"#
    }

    @Test func `a call of a stopped kind that is refused for its length is not split`() throws {
        var world = EngineHarness(makeSetup(makePlan(parents: 4, each: 100)))
        world.start()
        world.succeed(world.inFlight[0].id)
        let flights = world.inFlight.map(\.id)
        try #require(flights.count >= 2)
        let sent = world.sent.count
        world.answer(
            flights[0], status: 400,
            #"{"code":"INVALID_MODULE","details":{},"message":"m","status":"error"}"#)
        for flight in flights.dropFirst() { world.answer(flight, status: 414, "<html></html>") }
        #expect(world.sent.count == sent)
        #expect(try #require(world.end).state == .finished)
        #expect(world.engine.progress.counts[.blocked] == 100 * (flights.count - 1))
    }

    /// Simulation: the halt was on the disk, and the process ended 75 for the signal.
    @Test func `a round that a drain gives up may halt the run`() throws {
        var plan = CallPlan()
        plan.creatorJobs = [makeJob(1, maximum: 200)]
        var world = EngineHarness(makeSetup(plan) { $0.failureBudget = .count(0) })
        world.start()
        world.post(.drainRequested)
        world.advance(by: .seconds(60))
        let end = try #require(world.end)
        #expect(end.reason == .failureBudget)
        #expect(end.exit == .halted)
        #expect(world.counts[.failed] == 1)
    }

    @Test func `a halt that the journal does not accept is reported`() throws {
        var world = EngineHarness(makeSetup(makePlan(parents: 9, each: 1)))
        world.start()
        world.acknowledgesAtOnce = false
        world.answer(world.inFlight[0].id, Self.deleted(1_000_001))
        world.post(.journalFailed("no space left"))
        let end = try #require(world.end)
        #expect(end.exit == .journal)
        #expect(end.text.contains("no space left"))
        #expect(end.text.contains("was to be halted"))
        // The next start does not know its number.
        #expect(end.halt == nil)
        #expect(end.unrecorded.map(\.name).contains("halt"))
        #expect(world.notices.count == 1)
    }

    @Test func `a halt that comes after the journal failed is reported once`() throws {
        var world = EngineHarness(makeSetup(makePlan(parents: 9, each: 1)))
        world.start()
        world.succeed(world.inFlight[0].id)
        let flights = world.inFlight.map(\.id)
        world.acknowledgesAtOnce = false
        world.post(.journalFailed("no space left"))
        for flight in flights {
            let id = Bodies.ids(of: world.request(flight))[0]
            world.answer(flight, Self.deleted(id))
        }
        let end = try #require(world.end)
        #expect(end.exit == .journal)
        #expect(end.halt == nil)
        #expect(end.text.split(separator: "was to be halted").count == 2)
    }

    @Test func `a drain for the token cache does not end a halted run as finished`() throws {
        var world = EngineHarness(makeSetup(makePlan(parents: 1, each: 1)))
        world.start()
        world.post(.tokenUnavailable(.cacheFailed("the cache can't be written")))
        world.answer(world.inFlight[0].id, Self.deleted(1_000_001))
        let end = try #require(world.end)
        #expect(end.state == .halted)
        #expect(end.exit == .journal)
        #expect(end.halt != nil)
        #expect(end.text.contains("the cache can't be written; "))
        #expect(world.recovered().stop?.state == .halted)
    }
}
