import Execution
import JobModel
import Journaling
import Running
import Testing
import ZohoAPI

/// What a start makes of the organisation that its token reaches.
@Suite(.timeLimit(.minutes(20))) struct OrganisationAtStartTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var answer: TransportResult
        /// Of a later start of a run that pins organisation 60001.
        var exit: Int32?
        /// What a new run pins.
        var pins = ""
    }

    private static func answer(_ status: Int, _ body: String) -> TransportResult {
        .success(HTTPAnswer(status: status, body: Array(body.utf8)))
    }

    private static func organisation(_ id: String) -> TransportResult {
        answer(200, #"{"org":[{"company_name":"Zylker","id":"\#(id)"}]}"#)
    }

    static let cases: [Case] = [
        Case(testDescription: "the same", answer: organisation("60001"), exit: nil, pins: "60001"),
        Case(testDescription: "another", answer: organisation("60002"), exit: 78, pins: "60002"),
        Case(
            testDescription: "too many calls",
            answer: answer(429, #"{"code":"TOO_MANY_REQUESTS","message":"m","status":"error"}"#),
            exit: 75),
        Case(testDescription: "an outage", answer: answer(500, "busy"), exit: 69),
        Case(
            testDescription: "no answer", answer: .failure(TransportFailure(.timedOut, "late")),
            exit: 69),
        Case(
            testDescription: "not reported",
            answer: answer(
                401, #"{"code":"OAUTH_SCOPE_MISMATCH","message":"m","status":"error"}"#),
            exit: nil),
    ]

    private static func reader(_ result: TransportResult) -> OrganisationReader {
        OrganisationReader(
            tokens: StaticAccessToken(secret: "secret", host: "www.zohoapis.eu"),
            ask: { _, completion in completion(result) })
    }

    @Test(arguments: cases)
    func `a later start resumes only where it may`(_ case: Case) async throws {
        let world = try TestJob(parents: 2, itemsEach: 3)
        let stops = StopRequests()
        let first = FakeService(links: world.links) { _, _ in
            stops.request()
            return .answers
        }
        let paused = try await world.run(first, stops: stops) {
            $0.run.organisation = Self.reader(Self.organisation("60001"))
        }
        #expect(paused.ending.exit == .paused)
        let service = FakeService(links: Array(first.links))
        let exit = await TestJob.exit {
            _ = try await world.run(service) {
                $0.run.organisation = Self.reader(`case`.answer)
            }
        }
        #expect(exit == `case`.exit)
        #expect((service.requestCount > 0) == (`case`.exit == nil))
    }

    /// A new run has nothing to compare, and says that it does not know.
    @Test(arguments: cases)
    func `a new run begins whatever the answer is`(_ case: Case) async throws {
        let world = try TestJob(parents: 2, itemsEach: 3)
        let service = FakeService(links: world.links)
        let report = try await world.run(service) {
            $0.run.organisation = Self.reader(`case`.answer)
        }
        #expect(report.ending.exit == .done)
        let pin = report.header.pinned.first { $0.name == "organisation" }
        #expect(pin?.value == `case`.pins)
    }
}
