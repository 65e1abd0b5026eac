import JobModel
import TestSupport
import Testing

@testable import Running

@Suite struct JobLockTests {
    @Test func `the second one learns who holds the job, and gets it afterwards`() throws {
        let temporary = try TemporaryDirectory()
        let job = StateDirectory(root: temporary.path).job(
            try JobName(given: "nightly", isSimulated: false))
        try job.create()
        #expect(try JobLock.holder(of: job) == nil)
        let lock = try JobLock.acquire(job, processID: 4711, startedAt: "2026-11-21T01:29:35.123Z")
        #expect(
            try JobLock.holder(of: job)
                == JobLock.Holder(processID: 4711, startedAt: "2026-11-21T01:29:35.123Z"))
        do {
            _ = try JobLock.acquire(job, startedAt: "")
            Issue.record("taken twice")
        } catch {
            #expect(error.kind == .locked(processID: 4711))
            #expect(error.exit == .paused)
            #expect(error.text.contains("process 4711 since 2026-11-21T01:29:35.123Z"))
        }
        lock.release()
        #expect(try JobLock.holder(of: job) == nil)
        let next = try JobLock.acquire(job, processID: 1, startedAt: "s")
        #expect(try JobLock.holder(of: job)?.processID == 1)
        next.release()
    }
}
