import Foundation
import Journaling
import Running
import SystemCalls
import Testing

@Suite(.timeLimit(.minutes(20))) struct PlantedJournalTests {
    @Test(arguments: ["../../x", "csv/../../../etc/passwd", "", "\u{1B}[31m"])
    func `a journal can't name another file as its run's manifest`(format: String) async throws {
        let world = try JobWorld()
        let stops = StopRequests()
        let service = FakeService(links: world.links) { number, _ in
            if number == 2 { stops.request() }
            return .answers
        }
        let paused = try await world.run(service, stops: stops)
        let sent = service.requestCount
        var header = paused.header
        header.manifestFormat = format
        let bytes = try FileSystem.read(paused.journal, limit: 1 << 20)
        let rest = bytes.drop { $0 != 0x0A }.dropFirst()
        let first = RecordCodec().line(.run(header), sequence: 1, durable: 0)
        try FileSystem.replace(paused.journal, with: first + rest)
        #expect(await JobWorld.exit { _ = try await world.resume(paused.directory, service) } == 74)
        #expect(service.requestCount == sent)
    }
}
