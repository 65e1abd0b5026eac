import Foundation
import JobModel
import Journaling
import SystemCalls
import TestSupport
import Testing

@testable import Running

/// Recent attempts of a job's other runs. Each journal was written with a clock two days behind on
/// this boot: recent attempts look old.
@Suite struct `sendings of earlier runs` {
    private static let secondsPerDay: Int64 = 86_400

    private let temporary: TemporaryDirectory
    private let job: JobDirectory
    private let now = RunClock()

    init() throws {
        temporary = try TemporaryDirectory()
        job = JobDirectory(name: JobName(existing: "job"), path: temporary.path + "/job")
        try FileManager.default.createDirectory(
            atPath: job.path, withIntermediateDirectories: true)
    }

    private var behind: SessionClock {
        var clock = now.ofSession
        clock.monotonicMilliseconds -= 10_000
        clock.wallMilliseconds -= 2 * Self.secondsPerDay * 1_000 + 10_000
        return clock
    }

    /// Plants a run whose journal was last written to `ago` seconds before now, by the wall clock.
    @discardableResult
    private func plant(_ name: String, ago: Int64, _ records: [JournalRecord]) throws
        -> RunDirectory
    {
        let directory = RunDirectory(path: job.path + "/" + name)
        try FileManager.default.createDirectory(
            atPath: directory.path, withIntermediateDirectories: true)
        let header = RunHeader(
            run: name, job: "job", tool: "relsweep", startedAt: "2026-11-19T01:00:00.000Z",
            user: "", host: "", invocation: "", source: "", manifestFormat: "csv",
            manifestDigest: "", manifestByteCount: 0, pinned: [])
        let session = SessionRecord(
            number: 1, at: "", clock: behind, processID: 1, host: "", invocation: "",
            timeoutMilliseconds: 45_000)
        var bytes: [UInt8] = []
        let all = [.run(header), .session(session)] + records
        for (index, record) in all.enumerated() {
            RecordCodec().append(
                record, sequence: UInt64(index) + 1, durable: UInt64(index), to: &bytes)
        }
        try Data(bytes).write(to: URL(filePath: directory.journalPath))
        let modified = Date(timeIntervalSinceNow: -Double(ago))
        try FileManager.default.setAttributes(
            [.modificationDate: modified], ofItemAtPath: directory.journalPath)
        return directory
    }

    private func kind(_ operation: JobModel.Operation, _ list: String) throws -> RelationKind {
        RelationKind(
            operation: operation, module: try #require(APIName("Creator")),
            relatedList: try #require(APIName(list)))
    }

    /// A call, and the result of its attempt; nil if none is on record.
    private func sent(
        _ operation: JobModel.Operation, _ list: String, step: LaneStep? = nil,
        _ end: ((inout AnswerRecord) -> Void)?
    ) throws -> [JournalRecord] {
        let began = behind.wallMilliseconds
        let call = CallRecord(
            call: 1, kind: try kind(operation, list), direction: .asWritten,
            parent: step == nil ? 1 : 0,
            rows: [1], related: step == nil ? [2] : [], step: step)
        let attempt = AttemptRecord(call: 1, attempt: 1, atMilliseconds: began + 1_000)
        guard let end else { return [.call(call), .attempt(attempt)] }
        var answer = AnswerRecord(
            call: 1, attempt: 1, atMilliseconds: began + 2_000, verdict: .again)
        end(&answer)
        return [.call(call), .attempt(attempt), .answer(answer)]
    }

    private func delink() throws -> [JournalRecord] { try sent(.delink, "Leads") { _ in } }

    private func round(_ end: ((inout AnswerRecord) -> Void)?) throws -> [JournalRecord] {
        try sent(
            .deleteCreatorRecords, "Records", step: .round(1, excluded: [], explicitIDs: nil), end)
    }

    private func recent() throws -> EarlierRuns.RecentAttempts {
        try EarlierRuns(of: job).recentAttempts(
            excluding: RunDirectory(path: job.path + "/none"), now)
    }

    /// Milliseconds before now.
    private func age(_ milliseconds: Int64) -> Int64 { now.wallMillisecondsAtZero - milliseconds }

    @Test func `are as old as they are, whatever the wall clock and the files say`() throws {
        let days = 2 * Self.secondsPerDay
        // The older run was resumed after the newer one.
        try plant("20261119T010000.000Z-00000a", ago: days, try delink())
        try plant("20261119T020000.000Z-00000b", ago: days + 3_600, try delink())
        try plant("20261101T010000.000Z-00000c", ago: 20 * days, try delink())
        let recent = try recent()
        #expect(recent.attempts.count == 2)
        for attempt in recent.attempts {
            #expect((7_000...8_000).contains(age(attempt.atMilliseconds)))
        }
        #expect(recent.lastDoubtfulRoundAtMilliseconds == nil)
        #expect(recent.longestTimeoutMilliseconds == 0, "no round of theirs is in doubt")
    }

    @Test func `hold a report back when their round is in doubt`() throws {
        try plant(
            "20261119T010000.000Z-00000a", ago: 10,
            try round {
                $0.verdict = .continued
                $0.leavesDoubt = true
                $0.records = RoundRecords(unaccounted: 200)
            })
        let doubt = try #require(try recent().lastDoubtfulRoundAtMilliseconds)
        #expect((7_000...8_000).contains(age(doubt)))
    }

    @Test func `hold a report back when their round has no answer on record`() throws {
        try plant("20261119T010000.000Z-00000a", ago: 10, try round(nil))
        let recent = try recent()
        #expect(recent.attempts.map(\.hasEnded) == [false])
        // It may still be in flight.
        #expect(try age(#require(recent.lastDoubtfulRoundAtMilliseconds)) <= 0)
        #expect(recent.longestTimeoutMilliseconds == 45_000)
    }

    @Test func `hand over the pauses that their service asked for`() throws {
        for name in ["20261119T010000.000Z-00000a", "20261119T020000.000Z-00000b"] {
            try plant(
                name, ago: 10,
                try sent(.delink, "Leads") {
                    $0.verdict = .throttled
                    $0.pauseMilliseconds = 60_000
                })
        }
        // Both; the engine decides which one to wait for.
        let pauses = try recent().pauses
        #expect(pauses.map(\.milliseconds) == [60_000, 60_000])
        for pause in pauses { #expect((7_000...8_000).contains(age(pause.atMilliseconds))) }
    }
}
