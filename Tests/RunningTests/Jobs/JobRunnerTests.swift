import Chunking
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

@Suite(.timeLimit(.minutes(20))) struct JobRunnerTests {
    @Test func `a clean run removes every link and says so everywhere`() async throws {
        let world = try TestJob()
        let service = FakeService(links: world.links + ["1/2"])
        let observer = RecordingObserver()
        let report = try await world.run(service, observer: observer)
        #expect(report.ending.exit == .done)
        #expect(report.ending.state == .finished)
        #expect(report.didSend)
        #expect(report.ending.progress.counts[.removed] == 120)
        #expect(report.ending.progress.counts.pending == 0)
        #expect(report.ending.progress.callCount == 12)
        #expect(
            report.planned
                == PlannedCounts(rows: 120, items: 120, duplicates: 0, skipped: 0, calls: 12))
        #expect(service.links == ["1/2"])
        #expect(service.maximumInFlight <= 5)
        #expect(service.isClosed)
        #expect(observer.starts.map(\.continues) == [false])
        #expect(observer.starts[0].summary.calls == 12)
        let journal = try JournalFile.read(report.directory.journalPath)
        #expect(journal.condition == .whole)
        #expect(journal.run.stop?.reason == .completed)
        #expect(journal.run.counts[.removed] == 120)
        #expect(try FileSystem.status(of: report.directory.journalPath).permissions == 0o600)
        #expect(
            try FileSystem.read(report.directory.path + "/manifest.csv", limit: 1 << 20)
                == FileSystem.read(world.manifest, limit: 1 << 20))
    }

    @Test func `rows that are left out are named, and why, before anything is sent`() async throws {
        let world = try TestJob()
        let text = String(
            decoding: try FileSystem.read(world.manifest, limit: 1 << 20), as: UTF8.self)
        try FileSystem.replace(
            world.manifest, with: Array((text + "delink,Campaigns,x1,Leads,2000003\n").utf8))
        let service = FakeService(links: world.links)
        let observer = RecordingObserver()
        let report = try await world.run(service, observer: observer) {
            $0.manifest.skipsInvalid = true
        }
        #expect(report.ending.exit == .finishedWithFailures)
        #expect(observer.findings.count == 1)
        #expect(observer.findings.first?.hasPrefix("m:122:18: error: \"x1\"") == true)
        let clean = RecordingObserver()
        _ = try await TestJob().run(FakeService(links: []), observer: clean)
        #expect(clean.findings == [])
    }

    @Test func `a resumed run asks about the items that are left, not about all`()
        async throws
    {
        let world = try TestJob()
        let stops = StopRequests()
        let service = FakeService(links: world.links) { number, _ in
            if number == 4 { stops.request() }
            return .answers
        }
        let paused = try await world.run(service, stops: stops)
        let asked = Mutex<PlanSummary?>(nil)
        let request = world.request(service)
        _ = try await onThreadOfItsOwn {
            try JobRunner().run(
                request,
                consent: { summary in
                    asked.withLock { $0 = summary }
                    return true
                }, observer: RecordingObserver())
        }
        let summary = try #require(asked.withLock { $0 })
        #expect(summary.items == 120)
        #expect(summary.itemsToSend == paused.ending.progress.counts.pending)
    }

    @Test func `a finished run is not run again, unless asked`() async throws {
        let world = try TestJob()
        let service = FakeService(links: world.links)
        let first = try await world.run(service)
        let second = try await world.run(service)
        #expect(second.header.run == first.header.run)
        #expect(!second.didSend)
        #expect(second.ending.exit == .done)
        #expect(service.requestCount == 12)
        #expect(try world.runDirectories() == [first.directory.path])
        let third = try await world.run(service) { $0.runsAgain = true }
        #expect(third.header.run > first.header.run)
        #expect(third.ending.progress.counts[.absent] == 120)
        #expect(service.requestCount == 24)
        let resumed = try await world.resume(first.directory.journalPath, service)
        #expect(!resumed.didSend)
        #expect(resumed.ending.exit == .done)
    }

    @Test func `a signal drains, and the next start resumes`() async throws {
        let world = try TestJob()
        let stops = StopRequests()
        let service = FakeService(links: world.links) { number, _ in
            if number == 4 { stops.request() }
            return .answers
        }
        let paused = try await world.run(service, stops: stops)
        #expect(paused.ending.exit == .paused)
        #expect(paused.ending.reason == .signal)
        #expect(paused.ending.progress.counts.pending > 0)
        let observer = RecordingObserver()
        let finished = try await world.run(service, observer: observer)
        #expect(finished.header.run == paused.header.run)
        #expect(finished.ending.exit == .done)
        #expect(finished.ending.progress.counts[.removed] == 120)
        #expect(finished.ending.progress.callCount == 12)
        #expect(service.links.isEmpty)
        #expect(service.removedTwice == [])
        #expect(observer.starts.map(\.continues) == [true])
        #expect(observer.texts.count == 1)
        #expect(try world.runDirectories() == [paused.directory.path])
    }

    @Test func `missing answers are given up after the timeout, and requested again`()
        async throws
    {
        let world = try TestJob()
        let stops = StopRequests()
        let hanging = FakeService(links: world.links) { number, _ in
            if number == 3 { stops.request() }
            return number >= 3 ? .hangs : .answers
        }
        let paused = try await world.run(hanging, stops: stops) {
            $0.run.limits.timeout = .seconds(1)
        }
        #expect(paused.ending.exit == .paused)
        #expect(paused.ending.progress.inDoubt > 0)
        let removed = 120 - hanging.links.count
        let status = try JobRunner().status(path: paused.directory.path)
        #expect(status.progress.inDoubt == paused.ending.progress.inDoubt)
        #expect(status.stop?.reason == .signal)
        #expect(status.runningProcess == nil)
        let service = FakeService(links: Array(hanging.links))
        let finished = try await world.resume(paused.directory.path, service)
        #expect(finished.ending.exit == .done)
        // Answers of the first calls that were not on the disk when the second was over are lost.
        let counts = finished.ending.progress.counts
        #expect(counts[.removed] + counts[.absent] == 120)
        #expect(counts[.absent] <= removed)
        #expect(service.links.isEmpty)
    }

    @Test func `whatever instant a process dies at, resume accounts for every item once`()
        async throws
    {
        let world = try TestJob()
        let copies = Mutex<[(number: Int, path: String, links: Set<String>)]>([])
        let service = Mutex<FakeService?>(nil)
        let whole = FakeService(links: world.links) { number, _ in
            // The state on disk after a kill at this moment.
            let copy = world.temporary.path + "/killed-\(number)"
            try? FileManager.default.copyItem(atPath: world.state, toPath: copy)
            let links = service.withLock { $0 }?.links ?? []
            copies.withLock { $0.append((number, copy, links)) }
            return number % 3 == 0 ? .losesAnswer(.connectionLost) : .answers
        }
        service.withLock { $0 = whole }
        let finished = try await world.run(whole)
        #expect(finished.ending.exit == .done)
        let moments = copies.withLock { $0 }
        #expect(moments.count >= 12)
        for moment in moments {
            let run = moment.path + finished.directory.path.dropFirst(world.state.utf8.count)
            let later = FakeService(links: Array(moment.links))
            let report = try await world.resume(String(run), later)
            #expect(report.ending.exit == .done)
            #expect(report.ending.state == .finished)
            let counts = report.ending.progress.counts
            #expect(counts[.removed] + counts[.absent] == 120)
            #expect(later.links.isEmpty)
            let journal = try JournalFile.read(report.directory.journalPath).run
            #expect(journal.counts.final == 120)
            #expect(journal.openCalls == [])
        }
    }

    @Test func `a halted run sends nothing until its halt is overridden`() async throws {
        let world = try TestJob()
        let halting = FakeService(links: world.links) { _, _ in .deletesRecord }
        let halted = try await world.run(halting)
        #expect(halted.ending.exit == .halted)
        #expect(halted.ending.reason == .recordDeleted)
        let sent = halting.requestCount
        #expect(await TestJob.exit { _ = try await world.run(halting) } == 76)
        #expect(
            await TestJob.exit { _ = try await world.resume(halted.directory.path, halting) } == 76)
        #expect(halting.requestCount == sent)
        let service = FakeService(links: Array(halting.links))
        let finished = try await world.resume(halted.directory.path, service) {
            $0.overriddenHalt = halted.ending.halt
        }
        // Whatever else succeeds, records were deleted.
        #expect(finished.ending.exit == .finishedWithFailures)
        #expect(finished.ending.progress.recordsDeleted > 0)
        #expect(finished.ending.progress.counts[.removed] == 120)
    }

    @Test func `another manifest meets the unfinished run by the policy`() async throws {
        let world = try TestJob()
        let stops = StopRequests()
        let service = FakeService(links: world.links) { number, _ in
            if number == 3 { stops.request() }
            return .answers
        }
        let paused = try await world.run(service, stops: stops)
        #expect(paused.ending.exit == .paused)
        let other = try TestJob(parents: 2, itemsEach: 5)
        func change(_ request: inout JobRequest, _ policy: UnfinishedPolicy) {
            request.source = .file(other.manifest)
            request.jobName = nil
            request.unfinished = policy
        }
        // The same job by name.
        try FileSystem.remove(world.manifest)
        try FileManager.default.copyItem(atPath: other.manifest, toPath: world.manifest)
        #expect(await TestJob.exit { _ = try await world.run(service) } == 76)
        #expect(try world.runDirectories() == [paused.directory.path])

        let observer = RecordingObserver()
        let new = try await world.run(service, observer: observer) { $0.unfinished = .abandon }
        #expect(new.header.run != paused.header.run)
        #expect(new.planned.items == 10)
        let status = try JobRunner().status(path: paused.directory.path)
        #expect(status.isAbandoned)
        let pending = String(
            decoding: try FileSystem.read(paused.directory.path + "/pending.csv", limit: 1 << 20),
            as: UTF8.self)
        #expect(pending.split(separator: "\n").count == paused.ending.progress.counts.pending + 1)
        #expect(
            await TestJob.exit { _ = try await world.resume(paused.directory.path, service) } == 76)
    }

    @Test func `with the policy resume the old run is finished first`() async throws {
        let world = try TestJob()
        let stops = StopRequests()
        let service = FakeService(links: world.links) { number, _ in
            if number == 3 { stops.request() }
            return .answers
        }
        let paused = try await world.run(service, stops: stops)
        let other = try TestJob(parents: 2, itemsEach: 5)
        try FileSystem.remove(world.manifest)
        try FileManager.default.copyItem(atPath: other.manifest, toPath: world.manifest)
        let observer = RecordingObserver()
        let new = try await world.run(service, observer: observer) { $0.unfinished = .resume }
        #expect(new.planned.items == 10)
        #expect(observer.ends.map(\.header.run) == [paused.header.run, new.header.run])
        #expect(new.ending.exit == .done)
        #expect(try JobRunner().status(path: paused.directory.path).stop?.state == .finished)
        #expect(service.links.isEmpty)
        #expect(try world.runDirectories().count == 2)
    }

    @Test func `what forbids a run leaves nothing behind`() async throws {
        let world = try TestJob()
        let service = FakeService(links: world.links)
        #expect(await TestJob.exit { _ = try await world.run(service, consent: false) } == 64)
        #expect(
            await TestJob.exit { _ = try await world.run(service) { $0.run.maximumItems = 119 } }
                == 76)
        #expect(
            await TestJob.exit {
                _ = try await world.run(service) { $0.source = .file(world.state + "-none.csv") }
            } == 66)
        #expect(
            await TestJob.exit {
                _ = try await world.run(service) { $0.source = .standardInput }
            } == 64)
        _ = try world.temporary.write("00", to: "nightly.csv.sha256")
        #expect(await TestJob.exit { _ = try await world.run(service) } == 65)
        try FileSystem.remove(world.manifest + ".sha256")
        let bad = try world.temporary.write(
            "operation,module,record_id,related_list,related_id\ndelink,Leads,1,Notes,2\n",
            to: "bad.csv")
        do {
            _ = try await world.run(service) { $0.source = .file(bad) }
            Issue.record("not refused")
        } catch let error as RunningError {
            #expect(error.exit == .manifestInvalid)
            guard case .manifestInvalid(let path, let diagnostics) = error.kind else {
                Issue.record("another error")
                return
            }
            #expect(path == bad)
            #expect(diagnostics.errorCount == 1)
        }
        #expect(service.requestCount == 0)
        #expect(try world.runDirectories() == [])
        #expect(try await world.run(service) { $0.run.maximumItems = 120 }.ending.exit == .done)
    }

    @Test func `a job that another process runs is left alone`() async throws {
        let world = try TestJob()
        let service = FakeService(links: world.links)
        let first = try await world.run(service)
        let lock = try JobLock.acquire(
            first.directory.job, processID: 99, startedAt: "s")
        do {
            _ = try await world.run(service) { $0.runsAgain = true }
            Issue.record("not refused")
        } catch let error as RunningError {
            #expect(error.kind == .locked(processID: 99))
        }
        #expect(
            await TestJob.exit { _ = try await world.resume(first.directory.journalPath, service) }
                == 75)
        lock.release()
    }

    @Test func `another target, or another plan, is refused with both values`() async throws {
        let world = try TestJob()
        let stops = StopRequests()
        let service = FakeService(links: world.links) { number, _ in
            if number == 2 { stops.request() }
            return .answers
        }
        let paused = try await world.run(service, stops: stops)
        do {
            _ = try await world.resume(paused.directory.path, service) {
                $0.run.target.apiDomain = "https://www.zohoapis.com"
                $0.run.profile.idsPerCall = 9
            }
            Issue.record("not refused")
        } catch let error as RunningError {
            #expect(error.exit == .configuration)
            #expect(
                error.kind
                    == .pinnedSettings([
                        PinnedDifference(name: "ids-per-call", pinned: "10", given: "9"),
                        PinnedDifference(
                            name: "api-domain", pinned: "https://www.zohoapis.eu",
                            given: "https://www.zohoapis.com"),
                    ]))
        }
        // Free settings are changed.
        let finished = try await world.resume(paused.directory.path, service) {
            $0.run.limits.concurrency[.crm] = 1
            $0.run.limits.retries = 1
        }
        #expect(finished.ending.exit == .done)
    }

    @Test func `a snapshot that was touched is not run`() async throws {
        let world = try TestJob()
        let stops = StopRequests()
        let service = FakeService(links: world.links) { number, _ in
            if number == 2 { stops.request() }
            return .answers
        }
        let paused = try await world.run(service, stops: stops)
        let sent = service.requestCount
        let snapshot = try OpenFile.open(paused.directory.path + "/manifest.csv", .append)
        try snapshot.write(all: Array("delink,Campaigns,5,Leads,6\n".utf8))
        #expect(
            await TestJob.exit { _ = try await world.resume(paused.directory.path, service) } == 65)
        #expect(service.requestCount == sent)
    }

    @Test func `a torn journal is repaired and reported, a damaged one is kept`() async throws {
        let world = try TestJob()
        let stops = StopRequests()
        let service = FakeService(links: world.links) { number, _ in
            if number == 5 { stops.request() }
            return .answers
        }
        let paused = try await world.run(service, stops: stops)
        let bytes = try FileSystem.read(paused.directory.journalPath, limit: 1 << 24)

        var damaged = bytes
        damaged[bytes.count / 3] ^= 1
        try FileSystem.replace(paused.directory.journalPath, with: damaged)
        #expect(
            await TestJob.exit { _ = try await world.resume(paused.directory.journalPath, service) }
                == 74)
        #expect(await TestJob.exit { _ = try await world.run(service) } == 74)
        #expect(try FileSystem.read(paused.directory.journalPath, limit: 1 << 24) == damaged)
        #expect(try JobRunner().status(path: paused.directory.journalPath).damage != nil)

        try FileSystem.replace(paused.directory.journalPath, with: Array(bytes.dropLast(9)))
        let observer = RecordingObserver()
        let finished = try await world.resume(
            paused.directory.journalPath, service, observer: observer)
        #expect(finished.ending.exit == .done)
        #expect(finished.ending.progress.counts.final == 120)
        #expect(observer.texts.contains { $0.contains("torn") })
        #expect(service.links.isEmpty)
    }

    @Test func `a refused token pauses the run with advice`() async throws {
        let world = try TestJob()
        let service = FakeService(links: world.links) { _, _ in
            .says(
                status: 401,
                "{\"code\":\"INVALID_TOKEN\",\"details\":{},\"message\":\"invalid oauth "
                    + "token\",\"status\":\"error\"}"
            )
        }
        let report = try await world.run(service)
        #expect(report.ending.exit == .credentials)
        #expect(report.ending.text.contains("data centre"))
        #expect(!report.ending.text.contains("secret"))
        let good = FakeService(links: world.links)
        #expect(try await world.run(good).ending.exit == .done)
    }

    @Test func `failed items are tried again when asked`() async throws {
        let world = try TestJob()
        let refusing = FakeService(links: world.links) { number, request in
            request.target.contains("/1000000/")
                ? .says(
                    status: 400,
                    #"{"code":"INVALID_DATA","details":{"resource_path_index":1},"#
                        + #""message":"the id given seems to be invalid","status":"error"}"#
                ) : .answers
        }
        let failed = try await world.run(refusing) {
            $0.run.limits.failureBudget = .count(1_000)
        }
        #expect(failed.ending.exit == .finishedWithFailures)
        #expect(failed.ending.progress.counts[.failed] == 30)
        #expect(try await world.run(refusing).ending.exit == .finishedWithFailures)
        let service = FakeService(links: Array(refusing.links))
        let again = try await world.resume(failed.directory.journalPath, service) {
            $0.run.outcomesToRetry = [.failed]
        }
        #expect(again.ending.exit == .done)
        #expect(again.ending.progress.counts[.removed] == 120)
        #expect(service.requestCount == 3)
    }

    @Test func `what is tried again counts in no error budget`() async throws {
        let world = try TestJob(parents: 40, itemsEach: 10)
        let refusing = FakeService(links: world.links) { number, _ in
            number % 2 == 0
                ? .says(
                    status: 400,
                    #"{"code":"INVALID_DATA","details":{"resource_path_index":1},"#
                        + #""message":"the id given seems to be invalid","status":"error"}"#
                ) : .answers
        }
        let failed = try await world.run(refusing) {
            $0.run.limits.failureBudget = .count(1_000)
        }
        #expect(failed.ending.progress.counts[.failed] == 200)
        let service = FakeService(links: Array(refusing.links))
        // 20 % by default: the 200 of 400 would be too many at the first answer.
        let again = try await world.resume(failed.directory.journalPath, service) {
            $0.run.outcomesToRetry = [.failed]
        }
        #expect(again.ending.exit == .done)
        #expect(again.ending.progress.counts[.removed] == 400)
    }

    @Test func `plan reads the source, writes nothing and finds everything`() async throws {
        let world = try TestJob()
        let service = FakeService(links: [])
        let request = world.request(service)
        let outcome = try await onThreadOfItsOwn { try JobRunner().plan(request) }
        #expect(outcome.summary.rows == 120)
        #expect(outcome.summary.items == 120)
        #expect(outcome.summary.calls == 12)
        #expect(outcome.summary.estimate.byKind.count == 1)
        #expect(outcome.summary.estimate.byKind[0].parents == 4)
        #expect(!outcome.stopsRun)
        #expect(try FileSystem.kind(of: world.state) == .missing)
        let status = try JobRunner().status(stateRoot: world.state)
        #expect(status.runs.isEmpty && status.failures.isEmpty)
    }

    @Test func `the window of until is fixed before anything is touched`() async throws {
        let world = try TestJob()
        let service = FakeService(links: world.links)
        let now = CivilTime(milliseconds: WallClock.milliseconds())
        let passed = TimeOfDay(
            hour: (now.hour + 23) % 24, minute: now.minute, offsetMinutes: 0)
        #expect(
            await TestJob.exit { _ = try await world.run(service) { $0.run.until = passed } } == 75
        )
        #expect(try FileSystem.kind(of: world.state) == .missing)
        let open = TimeOfDay(hour: (now.hour + 2) % 24, minute: now.minute, offsetMinutes: 0)
        #expect(try await world.run(service) { $0.run.until = open }.ending.exit == .done)
    }
}
