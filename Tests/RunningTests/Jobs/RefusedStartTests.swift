import Execution
import Foundation
import JobModel
import Journaling
import Running
import SystemCalls
import TestSupport
import Testing

/// A refused start must not affect existing runs.
@Suite(.timeLimit(.minutes(20))) struct RefusedStartTests {
    @Test func `a start that is refused leaves a halted run halted and a finished one finished`()
        async throws
    {
        let world = try TestJob()
        let halting = FakeService(links: world.links) { _, _ in .deletesRecord }
        let halted = try await world.run(halting)
        #expect(halted.ending.exit == .halted)
        let sent = halting.requestCount
        let bytes = try FileSystem.read(halted.directory.journalPath, limit: 1 << 20)
        #expect(
            await TestJob.exit {
                _ = try await world.run(halting, consent: false) { $0.abandonsHalted = true }
            } == 64)
        #expect(
            await TestJob.exit {
                _ = try await world.resume(halted.directory.path, halting) {
                    $0.overriddenHalt = halted.ending.halt
                    $0.run.maximumItems = 1
                }
            } == 76)
        #expect(try FileSystem.read(halted.directory.journalPath, limit: 1 << 20) == bytes)
        #expect(await TestJob.exit { _ = try await world.run(halting) } == 76)
        #expect(halting.requestCount == sent)

        let other = try TestJob()
        let refusing = FakeService(links: other.links) { _, _ in
            .says(
                status: 400,
                #"{"code":"INVALID_DATA","details":{"resource_path_index":1},"#
                    + #""message":"the id given seems to be invalid","status":"error"}"#)
        }
        let finished = try await other.run(refusing) { $0.run.limits.failureBudget = .count(1_000) }
        #expect(finished.ending.exit == .finishedWithFailures)
        #expect(
            await TestJob.exit {
                _ = try await other.resume(finished.directory.path, refusing) {
                    $0.run.outcomesToRetry = [.failed]
                    $0.run.maximumItems = 1
                }
            } == 76)
        #expect(try JobRunner().status(path: finished.directory.path).stop?.state == .finished)
    }

    @Test func `a run is given up only when nothing forbids the new one`() async throws {
        let world = try TestJob()
        let stops = StopRequests()
        let service = FakeService(links: world.links) { number, _ in
            if number == 3 { stops.request() }
            return .answers
        }
        let paused = try await world.run(service, stops: stops)
        _ = try world.temporary.write(
            "operation,module,record_id,related_list,related_id\ndelink,Campaigns,x,Leads,5\n",
            to: "nightly.csv")
        #expect(
            await TestJob.exit {
                _ = try await world.run(service) { $0.unfinished = .abandon }
            } == 65)
        let other = try TestJob(parents: 2, itemsEach: 5)
        try FileSystem.remove(world.manifest)
        try FileManager.default.copyItem(atPath: other.manifest, toPath: world.manifest)
        #expect(
            await TestJob.exit {
                _ = try await world.run(service, consent: false) { $0.unfinished = .abandon }
            } == 64)
        #expect(!(try JobRunner().status(path: paused.directory.path).isAbandoned))
        let finished = try await world.resume(paused.directory.path, service)
        #expect(finished.ending.exit == .done)
    }

    @Test func `every run that ends gets its reports, also when the process died before them`()
        async throws
    {
        let world = try TestJob()
        let service = FakeService(links: world.links)
        let first = RecordingObserver()
        let finished = try await world.run(service, observer: first)
        #expect(first.ends.map(\.header.run) == [finished.header.run])
        // No summary was written here.
        let second = RecordingObserver()
        _ = try await world.run(service, observer: second)
        #expect(second.ends.map(\.header.run) == [finished.header.run])
        #expect(second.ends.map(\.didSend) == [false])
        try FileSystem.replace(finished.directory.path + "/summary.json", with: [0x7B, 0x7D])
        let third = RecordingObserver()
        _ = try await world.resume(finished.directory.path, service, observer: third)
        #expect(third.ends.isEmpty)
    }

    /// Found by killing a run at every system call.
    @Test func `a journal without a line is deleted with its directory, one with a line stays`()
        async throws
    {
        let world = try TestJob()
        let service = FakeService(links: world.links)
        let finished = try await world.run(service)
        let header = try FileSystem.read(finished.directory.journalPath, limit: 1 << 20).prefix {
            $0 != 0x0A
        }
        let job = FileSystem.directory(of: finished.directory.path)
        func leave(_ run: String, _ journal: [UInt8]) throws -> String {
            let directory = job + "/" + run
            try FileSystem.createDirectory(directory)
            try FileSystem.replace(directory + "/journal.jsonl", with: journal)
            try FileSystem.replace(directory + "/manifest.csv", with: [])
            return directory
        }
        let empty = try leave("20200101T000000.000Z-000001", [])
        let torn = try leave("20200101T000000.000Z-000002", Array(header))
        let damaged = try leave("20200101T000000.000Z-000003", Array(header.dropFirst()) + [0x0A])
        _ = try await world.run(service)
        #expect(try FileSystem.kind(of: empty) == .missing)
        #expect(try FileSystem.kind(of: torn) == .missing)
        #expect(try FileSystem.kind(of: damaged + "/journal.jsonl") == .file)
    }

    /// Found by killing a deletion of Creator records, which is run again, at every system call.
    @Test func `a run that has no reports gets them before another one starts`() async throws {
        let world = try TestJob()
        let service = FakeService(links: world.links)
        let finished = try await world.run(service)
        let observer = RecordingObserver()
        let again = try await world.run(service, observer: observer) { $0.runsAgain = true }
        #expect(observer.ends.map(\.header.run) == [finished.header.run, again.header.run])
        #expect(observer.ends.map(\.didSend) == [false, true])
    }

    @Test func `a run behind a symbolic link, or with another run's journal, is not skipped`()
        async throws
    {
        let world = try TestJob()
        let stops = StopRequests()
        let service = FakeService(links: world.links) { number, _ in
            if number == 3 { stops.request() }
            return .answers
        }
        let paused = try await world.run(service, stops: stops)
        let sent = service.requestCount
        let elsewhere = world.temporary.path + "/elsewhere"
        try FileManager.default.moveItem(atPath: paused.directory.path, toPath: elsewhere)
        try FileManager.default.createSymbolicLink(
            atPath: paused.directory.path, withDestinationPath: elsewhere)
        #expect(await TestJob.exit { _ = try await world.run(service) } == 74)
        #expect(service.requestCount == sent)
        try FileSystem.remove(paused.directory.path)
        let other = FileSystem.directory(of: paused.directory.path) + "/20990101T000000.000Z-000000"
        try FileManager.default.moveItem(atPath: elsewhere, toPath: other)
        #expect(await TestJob.exit { _ = try await world.run(service) } == 74)
        #expect(await TestJob.exit { _ = try await world.resume(other, service) } == 74)
        #expect(service.requestCount == sent)
    }
}
