import JobModel
import Journaling
import Testing

@Suite struct ReplayTests {
    static func replay(_ records: [JournalRecord]) -> RecoveredJournal {
        var recovery = Recovery()
        recovery.feed(JournalSamples.journal(records))
        return recovery.finish()
    }

    /// A header, a plan of many rows and a session, then the records.
    static func started(_ records: [JournalRecord]) -> RecoveredRun {
        let counts = PlannedCounts(
            rows: 100_000, items: 5, duplicates: 0, skipped: 0, calls: 2)
        let journal = replay(
            [JournalSamples.run[0], .planned(counts), JournalSamples.run[2]] + records)
        #expect(journal.condition == .whole)
        return journal.run
    }

    static func session(_ number: Int, overriddenHalt: UInt64? = nil) -> JournalRecord {
        .session(
            SessionRecord(
                number: number, at: "2026-11-21T02:00:00.000Z", processID: 1, host: "h",
                invocation: "", overriddenHalt: overriddenHalt))
    }

    @Test func `a call that never left is no call, and one that left once is one`() {
        func count(_ records: [JournalRecord]) -> [Int] {
            let run = Self.started([JournalSamples.call(1, rows: [1, 2])] + records)
            return [run.callCount, run.attemptCount]
        }
        let withdrawn = [JournalSamples.attempt(1), JournalSamples.answer(1, 1, .unsent)]
        #expect(count([]) == [0, 0])
        #expect(count(withdrawn) == [0, 0])
        #expect(count(withdrawn + [JournalSamples.attempt(1, 2)]) == [1, 1])
        #expect(
            count([
                JournalSamples.attempt(1), JournalSamples.answer(1, 1, .again),
                JournalSamples.attempt(1, 2),
                JournalSamples.answer(1, 2, .unsent),
            ]) == [1, 1])
    }

    @Test func `a finished run is replayed to its end`() {
        let journal = Self.replay(JournalSamples.run)
        let run = journal.run
        #expect(journal.condition == .whole)
        #expect(run.header == JournalSamples.header)
        #expect(run.planned?.items == 5)
        #expect(run.sessionCount == 1)
        #expect(run.stop?.reason == .completed)
        #expect(run.openCalls.isEmpty)
        #expect(run.counts[.removed] == 4)
        #expect(run.counts[.absent] == 1)
        #expect(run.outcomeOfRow == [0, 1, 1, 1, OutcomeKind.absent.rawValue + 1, 1])
        #expect(run.highestCall == 2)
        #expect(run.callCount == 2)
        #expect(run.attemptCount == 2)
        #expect(run.nextSequence == UInt64(JournalSamples.run.count) + 1)
        #expect(run.lastRecordAtMilliseconds == 1_795_224_576_000)
        #expect(run.callsByMinute == [.init(minute: 1_795_224_575_123 / 60_000, count: 2)])
        #expect(run.recentAttempts.count == 2)
        #expect(run.failures.recentOutcomes == 5)
        #expect(run.failures.recentFailures == 0)
        #expect(
            run.tallies == [
                .init(kind: JournalSamples.kind, answered: 5, absent: 1)
            ])
    }

    @Test func `an unanswered attempt is in doubt and its call is sent again as it was (B)`() {
        let run = Self.started([JournalSamples.call(1, rows: [1, 2]), JournalSamples.attempt(1)])
        #expect(run.openCalls.count == 1)
        let open = run.openCalls[0]
        #expect(open.isInDoubt)
        #expect(open.attempts == 1)
        #expect(open.retriesSpent == 0)
        #expect(open.openRows == [1, 2])
        #expect(JournalRecord.call(open.record) == JournalSamples.call(1, rows: [1, 2]))
        #expect(run.stop == nil)
    }

    @Test func `a call that was never attempted is planned again (A)`() {
        let run = Self.started([
            JournalSamples.call(1, rows: [1]), JournalSamples.call(2, rows: [2]),
        ])
        #expect(run.openCalls.isEmpty)
        #expect(run.highestCall == 2)
        #expect(run.callCount == 0)
    }

    @Test(arguments: [
        (AnswerVerdict.again, 1, 0, false, 1), (.outage, 0, 0, false, 1),
        (.unclear, 0, 1, false, 1),
        (.throttled, 0, 0, false, 1),
        (.unauthorised, 0, 0, false, 1), (.unsent, 0, 0, false, 0),
    ])
    func `what an answer costs is kept (C, I)`(
        verdict: AnswerVerdict, retries: Int, unclear: Int, inDoubt: Bool, sendings: Int
    ) {
        let run = Self.started([
            JournalSamples.call(1, rows: [1]), JournalSamples.attempt(1),
            JournalSamples.answer(1, 1, verdict),
        ])
        #expect(run.openCalls.map(\.retriesSpent) == [retries])
        #expect(run.openCalls.map(\.unclearAnswers) == [unclear])
        #expect(run.openCalls.map(\.isInDoubt) == [inDoubt])
        #expect(run.openCalls.map(\.attempts) == [1])
        #expect(run.attemptCount == sendings)
    }

    @Test func `doubt stays with a call, and goes over to the calls it is split into`() {
        let run = Self.started([
            JournalSamples.call(1, rows: [1, 2]), JournalSamples.attempt(1),
            JournalSamples.answer(1, 1, .again, leavesDoubt: true), JournalSamples.attempt(1, 2),
            JournalSamples.answer(1, 2, .split), JournalSamples.call(2, rows: [1], parentCall: 1),
            JournalSamples.call(3, rows: [2], parentCall: 1), JournalSamples.attempt(3),
            JournalSamples.answer(3, 1, .throttled),
        ])
        #expect(run.openCalls.map(\.record.call) == [2, 3])
        #expect(run.openCalls.map(\.isInDoubt) == [true, true])
        #expect(run.callCount == 2)
    }

    @Test func `the halves of a split call may come in any order, behind later calls`() {
        let run = Self.started([
            JournalSamples.call(1, rows: [1, 2]), JournalSamples.attempt(1),
            JournalSamples.answer(1, 1, .split),
            JournalSamples.call(4, rows: [3]), JournalSamples.call(3, rows: [1], parentCall: 1),
            JournalSamples.attempt(3),
            JournalSamples.answer(3, 1, .settled, [JournalSamples.group(.absent)]),
            JournalSamples.call(2, rows: [2], parentCall: 1), JournalSamples.attempt(2),
        ])
        #expect(run.highestCall == 4)
        #expect(run.openCalls.map(\.record.call) == [2])
        // A half whose whole was refused is in no doubt.
        #expect(run.tallies[0].answered == 1)
        #expect(run.tallies[0].absent == 1)
    }

    @Test func `unknown and blocked items do not count in the error budget's window`() {
        let run = Self.started([
            JournalSamples.call(1, rows: [1, 2, 3]), JournalSamples.attempt(1),
            JournalSamples.answer(
                1, 1, .settled,
                [
                    JournalSamples.group(.unknown, [1]), JournalSamples.group(.failed, [2]),
                    JournalSamples.group(.blocked, [3]),
                ]),
        ])
        #expect(run.failures.recentOutcomes == 1)
        #expect(run.failures.recentFailures == 1)
    }

    @Test func `items settled in part stay settled`() {
        let run = Self.started([
            JournalSamples.call(1, rows: [1, 2, 3]), JournalSamples.attempt(1),
            JournalSamples.answer(
                1, 1, .unclear, leavesDoubt: true, [JournalSamples.group(.removed, [1])]),
            JournalSamples.attempt(1, 2, rows: [2, 3]),
            JournalSamples.answer(1, 2, .unclear, [JournalSamples.group(.absent, [3])]),
        ])
        #expect(run.openCalls.map(\.openRows) == [[2]])
        #expect(run.openCalls[0].unclearAnswers == 2)
        #expect(run.counts[.removed] == 1)
        // The absent one was asked for after an unclear answer.
        #expect(run.tallies[0].answered == 1)
        #expect(run.tallies[0].absent == 0)
    }

    @Test func `blocked items are final until they are reopened, and so is their kind`() {
        let blocked: [JournalRecord] = [
            JournalSamples.call(1, rows: [1]), JournalSamples.attempt(1),
            JournalSamples.answer(1, 1, .again),
            .kindStopped(
                KindStoppedRecord(kind: JournalSamples.kind, status: 400, code: "X", message: "")),
            .blocked(
                BlockedRecord(
                    kind: JournalSamples.kind, outcome: Outcome(kind: .blocked), rows: [1, 9])),
        ]
        let run = Self.started(blocked)
        #expect(run.openCalls.isEmpty)
        #expect(run.counts[.blocked] == 2)
        #expect(run.stoppedKinds.map(\.kind) == [JournalSamples.kind])
        let again = Self.started(blocked + [.reopened(ReopenedRecord(outcomes: [.blocked]))])
        #expect(again.counts[.blocked] == 0)
        #expect(again.stoppedKinds.isEmpty)
        #expect(again.outcomeOfRow.allSatisfy { $0 == 0 })
        #expect(again.openCalls.map(\.openRows) == [[1]])
    }

    @Test func `overriding a halt resets the budgets`() {
        let records: [JournalRecord] = [
            JournalSamples.call(1, rows: [1]), JournalSamples.attempt(1),
            JournalSamples.answer(1, 1, .settled, [JournalSamples.group(.failed)]),
        ]
        let halt = JournalRecord.halt(
            HaltRecord(reason: .failureBudget, text: "1 item failed", atMilliseconds: 9))
        let halted = Self.started(records + [halt, Self.session(2)])
        #expect(halted.failures.failed == 1)
        #expect(halted.failures.recentFailures == 1)
        #expect(halted.sessionCount == 2)
        let overridden = Self.started(records + [halt, Self.session(2, overriddenHalt: 7)])
        #expect(overridden.failures == FailureWindow())
        #expect(overridden.tallies.isEmpty)
        #expect(overridden.counts[.failed] == 1)
    }

    @Test func `the window of final outcomes has its limit`() {
        var records: [JournalRecord] = []
        for call in 1...30 {
            let first = UInt32(call) * 50 - 49
            records.append(JournalSamples.call(UInt32(call), rows: Array(first..<first + 50)))
            records.append(JournalSamples.attempt(UInt32(call)))
            records.append(
                JournalSamples.answer(UInt32(call), 1, .settled, [JournalSamples.group(.failed)]))
        }
        let run = Self.started(records)
        #expect(run.failures.recentOutcomes == FailureWindow.windowLength)
        #expect(run.failures.recentFailures == FailureWindow.windowLength)
        #expect(run.counts[.failed] == 1_500)
    }

    @Test func `sendings are remembered for a minute and calls by the minute`() {
        let start: Int64 = 1_795_224_000_000
        var records: [JournalRecord] = []
        for (index, seconds) in [0, 10, 61, 69, 130].enumerated() {
            let call = UInt32(index) + 1
            records += [
                JournalSamples.call(call, rows: [call]),
                JournalSamples.attempt(call, ms: start + Int64(seconds) * 1_000),
                JournalSamples.answer(call, ms: start + Int64(seconds) * 1_000 + 5),
            ]
        }
        let run = Self.started(records)
        #expect(run.recentAttempts.map(\.atMilliseconds) == [start + 130_005])
        let minute = start / 60_000
        #expect(
            run.callsByMinute == [
                .init(minute: minute, count: 2), .init(minute: minute + 1, count: 2),
                .init(minute: minute + 2, count: 1),
            ])
    }

    /// A retry of an unclear item is still in doubt.
    @Test func `unknown rows that are reopened stay in doubt`() {
        let run = Self.started([
            JournalSamples.call(1, rows: [1, 2]), JournalSamples.attempt(1),
            JournalSamples.answer(
                1, leavesDoubt: true,
                [JournalSamples.group(.unknown, [1]), JournalSamples.group(.failed, [2])]),
            .reopened(ReopenedRecord(outcomes: [.failed, .unknown])),
            JournalSamples.call(2, rows: [1]), JournalSamples.attempt(2),
            JournalSamples.answer(2, 1, .throttled),
            JournalSamples.call(3, rows: [2]), JournalSamples.attempt(3),
            JournalSamples.answer(3, 1, .throttled),
        ])
        #expect(run.rowsInDoubt == [1])
        // The doubt belongs to the row, not to the call.
        #expect(run.openCalls.map(\.openRows) == [[1], [2]])
    }

    @Test func `a wall clock set back does not disturb the order`() {
        let start: Int64 = 1_795_224_000_000
        let run = Self.started([
            JournalSamples.call(1, rows: [1]), JournalSamples.attempt(1, ms: start + 60_000),
            JournalSamples.call(2, rows: [2]), JournalSamples.attempt(2, ms: start),
            JournalSamples.call(3, rows: [3]), JournalSamples.attempt(3, ms: start + 60_001),
        ])
        #expect(run.callsByMinute.map(\.count) == [1, 2])
        #expect(run.callsByMinute.map(\.minute) == [start / 60_000, start / 60_000 + 1])
        #expect(
            run.recentAttempts.map(\.atMilliseconds) == [start, start + 60_000, start + 60_001])
    }

    /// Found by the simulation: with a stalled disk a request was sent long after its record.
    @Test func `a sending without an end on record is remembered however old it is`() {
        let start: Int64 = 1_795_224_000_000
        let run = Self.started([
            JournalSamples.call(1, rows: [1]), JournalSamples.attempt(1, ms: start),
            JournalSamples.call(2, rows: [2]), JournalSamples.attempt(2, ms: start + 1),
            JournalSamples.answer(2, 1, .unsent, ms: start + 90_000),
        ])
        #expect(
            run.recentAttempts == [
                .init(service: .crm, atMilliseconds: start, hasEnded: false)
            ])
    }

    /// Simulation seed 109141: what has left when its process dies may arrive after the record of
    /// the next attempt.
    @Test func `a sending of a killed process may arrive a second after the next attempt's record`()
    {
        let start: Int64 = 1_795_224_000_000
        let run = Self.started([
            JournalSamples.call(1, rows: [1]), JournalSamples.attempt(1, ms: start),
            JournalSamples.attempt(1, 2, ms: start + 40_000),
        ])
        #expect(
            run.recentAttempts == [
                .init(service: .crm, atMilliseconds: start + 40_000, hasEnded: false),
                .init(service: .crm, atMilliseconds: start + 41_000),
            ])
    }

    @Test func `records that make no sense at their place are refused by name`() {
        let cases: [([JournalRecord], String)] = [
            ([JournalSamples.attempt(1)], "an attempt of call 1, which is not open"),
            ([JournalSamples.answer(1)], "an answer to call 1, which is not open"),
            (
                [JournalSamples.call(1, rows: [1]), JournalSamples.answer(1)],
                "an answer to attempt 1 of call 1, which is not on record"
            ),
            (
                [JournalSamples.call(2, rows: [1]), JournalSamples.call(2, rows: [1])],
                "call 2 is on record already"
            ),
            ([.run(JournalSamples.header)], "\"run\" must be the first record and no other"),
            // Found by fuzzing: a byte of memory for each row up to that one.
            (
                [
                    JournalSamples.run[1], JournalSamples.call(1, rows: [4_294_967_295]),
                    JournalSamples.attempt(1),
                    JournalSamples.answer(1, 1, .settled, [JournalSamples.group(.removed)]),
                ],
                "row 4294967295 of a manifest of 5 rows"
            ),
        ]
        for (records, reason) in cases {
            let journal = Self.replay([.run(JournalSamples.header)] + records)
            guard case .notUnderstood(let fault) = journal.condition else {
                Issue.record("taken: \(reason)")
                continue
            }
            #expect(fault.reason == reason)
        }
        let headless = Self.replay([JournalSamples.run[1]])
        #expect(JournalDecision(headless.condition) == .stopNotUnderstood)
    }

    @Test func `abandoned and stopped runs say so`() {
        let stop = JournalSamples.run[JournalSamples.run.count - 1]
        let given = JournalRecord.abandoned(
            AbandonedRecord(at: "2026-11-22T00:00:00.000Z", user: "root"))
        #expect(Self.started([stop]).stop != nil)
        #expect(Self.started([stop, Self.session(2)]).stop == nil)
        let run = Self.started([stop, given])
        #expect(run.abandoned?.user == "root")
        #expect(run.lastRecordAtMilliseconds == 1_795_305_600_000)
    }
}
