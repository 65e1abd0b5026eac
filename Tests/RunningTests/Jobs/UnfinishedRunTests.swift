import Execution
import Foundation
import JobModel
import Journaling
import Running
import Synchronization
import SystemCalls
import TestSupport
import Testing
import ZohoAPI

@Suite(.timeLimit(.minutes(20))) struct UnfinishedRunTests {
    @Test func `a new run behind an old one that left failures keeps the old one's status`()
        async throws
    {
        let world = try TestJob()
        let stops = StopRequests()
        let service = FakeService(links: world.links) { number, _ in
            if number == 3 { stops.request() }
            let refused = #"{"code":"X","details":{},"message":"no","status":"error"}"#
            return number == 5 ? .says(status: 404, refused) : .answers
        }
        _ = try await world.run(service, stops: stops)
        let other = try TestJob(parents: 2, itemsEach: 5)
        try FileSystem.remove(world.manifest)
        try FileManager.default.copyItem(atPath: other.manifest, toPath: world.manifest)
        let observer = RecordingObserver()
        let new = try await world.run(service, observer: observer) { $0.unfinished = .resume }
        #expect(observer.ends.map(\.ending.exit) == [.finishedWithFailures, .done])
        #expect(new.ending.exit == .finishedWithFailures)
    }

    @Test func `what other runs of the job sent today counts towards its calls`() async throws {
        let world = try TestJob()
        let service = FakeService(links: world.links)
        _ = try await world.run(service)
        let second = try await world.run(service) {
            $0.runsAgain = true
            $0.run.limits.maximumCalls = 15
        }
        #expect(second.ending.exit == .paused)
        #expect(second.ending.reason == .maximumCalls)
        #expect(second.ending.progress.callCount == 3)
    }
}
