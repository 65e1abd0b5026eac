import Execution
import Foundation
import JobModel
import Journaling
import Running
import SystemCalls
import Testing

@Suite(.timeLimit(.minutes(20))) struct PlantedJournalTests {
    /// A call that the planner never made for this manifest.
    struct Forgery: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var change: @Sendable (inout CallRecord) -> Void

        init(_ name: String, _ change: @escaping @Sendable (inout CallRecord) -> Void) {
            testDescription = name
            self.change = change
        }
    }

    private static func name(_ text: String) -> APIName {
        guard let name = APIName(text) else { preconditionFailure("\(text) is no API name") }
        return name
    }

    private static func kind(
        _ operation: JobModel.Operation, _ module: String, _ list: String
    ) -> RelationKind {
        RelationKind(operation: operation, module: name(module), relatedList: name(list))
    }

    /// Of the call for row 4, campaign 1007919 and lead 2000004; row 5 has lead 2104733.
    private static let forgeries: [Forgery] = [
        Forgery("a related record that no row has") { $0.related = [2_000_005] },
        Forgery("the related record of another parent") { $0.related = [2_000_003] },
        Forgery("the related record of another row") { $0.related = [2_104_733] },
        Forgery("another parent") { $0.parent = 1_000_000 },
        Forgery("a parent that no row has") { $0.parent = 1_007_918 },
        Forgery("another row") { $0.rows = [5] },
        Forgery("two rows, one of them wrong") {
            $0.rows = [4, 5]
            $0.related = [2_000_004, 2_104_734]
        },
        Forgery("another list") { $0.kind = kind(.delink, "Campaigns", "Contacts") },
        Forgery("another operation") { $0.kind = kind(.deleteAttachment, "Campaigns", "Leads") },
        Forgery("the other end") {
            $0.direction = .reversed
            $0.kind = kind(.delink, "Leads", "Campaigns")
            $0.parent = 2_000_004
            $0.related = [1_007_919]
        },
        Forgery("a round") {
            $0.kind = CreatorJob.kind
            $0.parent = 0
            $0.related = []
            $0.step = .round(1, excluded: [], explicitIDs: [2_000_004])
        },
        Forgery("a page") {
            $0.kind = kind(.discoverDeleted, "Campaigns", "Leads")
            $0.related = []
            $0.step = .page(1)
        },
    ]

    /// A journal whose last session was killed behind an open call that has no answer, and what is
    /// left at the service.
    private func plant(
        _ change: (inout CallRecord) -> Void
    ) async throws -> (world: TestJob, directory: String, left: [String]) {
        let world = try TestJob(parents: 2, itemsEach: 3)
        let stops = StopRequests()
        let service = FakeService(links: world.links) { _, _ in
            stops.request()
            return .answers
        }
        let paused = try await world.run(service, stops: stops)
        #expect(service.requestCount == 1)
        let run = try JournalFile.read(paused.directory.journalPath).run
        var call = CallRecord(
            call: run.highestCall + 1, kind: Self.kind(.delink, "Campaigns", "Leads"),
            direction: .asWritten, parent: 1_007_919, rows: [4], related: [2_000_004])
        change(&call)
        // The stop goes, its number with it.
        var bytes = try FileSystem.read(paused.directory.journalPath, limit: 1 << 20)
        let lastLine = try #require(bytes.dropLast().lastIndex(of: 0x0A))
        bytes.removeSubrange((lastLine + 1)...)
        let attempt = AttemptRecord(
            call: call.call, attempt: 1, atMilliseconds: run.lastRecordAtMilliseconds)
        for (index, record) in [JournalRecord.call(call), .attempt(attempt)].enumerated() {
            let sequence = run.nextSequence - 1 + UInt64(index)
            RecordCodec().append(record, sequence: sequence, durable: sequence - 1, to: &bytes)
        }
        try FileSystem.replace(paused.directory.journalPath, with: bytes)
        return (world, paused.directory.path, Array(service.links))
    }

    @Test(arguments: forgeries)
    func `a call that no row of the manifest asks for is not sent`(forgery: Forgery) async throws {
        let (world, directory, left) = try await plant(forgery.change)
        let service = FakeService(links: left)
        do {
            _ = try await world.resume(directory, service)
            Issue.record("it was resumed")
        } catch let error as RunningError {
            #expect(error.exit == .journal, "\(error.text)")
            #expect(error.text.contains("row "), "\(error.text)")
        }
        #expect(await TestJob.exit { _ = try await world.run(service) } == 74)
        #expect(service.requestCount == 0)
    }

    @Test func `the call that a row asks for is sent again as it is`() async throws {
        let (world, directory, left) = try await plant { _ in }
        let service = FakeService(links: left)
        #expect(try await world.resume(directory, service).ending.exit == .done)
        #expect(service.links.isEmpty)
    }

    @Test(arguments: ["../../x", "csv/../../../etc/passwd", "", "\u{1B}[31m"])
    func `a journal can't name another file as its run's manifest`(format: String) async throws {
        let world = try TestJob()
        let stops = StopRequests()
        let service = FakeService(links: world.links) { number, _ in
            if number == 2 { stops.request() }
            return .answers
        }
        let paused = try await world.run(service, stops: stops)
        let sent = service.requestCount
        var header = paused.header
        header.manifestFormat = format
        let bytes = try FileSystem.read(paused.directory.journalPath, limit: 1 << 20)
        let rest = bytes.drop { $0 != 0x0A }.dropFirst()
        let first = RecordCodec().line(.run(header), sequence: 1, durable: 0)
        try FileSystem.replace(paused.directory.journalPath, with: first + rest)
        #expect(
            await TestJob.exit { _ = try await world.resume(paused.directory.path, service) } == 74)
        #expect(service.requestCount == sent)
    }
}
