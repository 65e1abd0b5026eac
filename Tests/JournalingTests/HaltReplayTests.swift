import JobModel
import Journaling
import Testing

/// Stops and halts in a journal.
@Suite(.timeLimit(.minutes(20))) struct HaltReplayTests {
    private static let halt = JournalRecord.halt(
        HaltRecord(reason: .recordDeleted, text: "why", atMilliseconds: 9))
    private static let paused = JournalRecord.stop(
        StopRecord(state: .paused, reason: .signal, text: "", exit: 75, atMilliseconds: 9))
    private static let finished = JournalRecord.stop(
        StopRecord(state: .finished, reason: .completed, text: "", exit: 0, atMilliseconds: 9))
    private static let called = [JournalSamples.call(1, rows: [1, 2]), JournalSamples.attempt(1)]
    private static let answered = JournalSamples.answer(
        1, 1, .settled, [JournalSamples.group(.removed)])

    /// Of records behind the three that every journal begins with.
    private static func condition(_ records: [JournalRecord]) -> JournalCondition {
        ReplayTests.replay(Array(JournalSamples.run[..<3]) + records).condition
    }

    static let endings: [[JournalRecord]] = [
        [halt], [halt, answered], [halt, answered, paused], [halt, finished],
        [halt, ReplayTests.session(2)], [halt, paused, ReplayTests.session(2), paused],
        [halt, paused, ReplayTests.session(2), answered, finished],
    ]

    @Test(arguments: endings)
    func `a halt remains in force, whatever is recorded after it`(_ records: [JournalRecord]) {
        let run = ReplayTests.started(Self.called + records)
        #expect(run.halt?.number == 6)
        #expect(run.halt?.record.text == "why")
    }

    @Test func `a session that names the halt overrides it`() {
        let run = ReplayTests.started(
            Self.called + [Self.halt, Self.paused, ReplayTests.session(2, overriddenHalt: 6)])
        #expect(run.halt == nil)
        #expect(run.stop == nil)
    }

    @Test func `the newest of several halts is the one to name, and overrides those before it`() {
        let other = JournalRecord.halt(
            HaltRecord(reason: .maximumAbsent, text: "many absent", atMilliseconds: 9))
        let records = Self.called + [Self.halt, other, Self.paused]
        let run = ReplayTests.started(records)
        #expect(run.halt?.number == 7)
        #expect(run.halt?.record.text == "why; many absent")
        #expect(
            ReplayTests.started(records + [ReplayTests.session(2, overriddenHalt: 7)]).halt == nil)
    }

    @Test(arguments: [1, 5, 7] as [UInt64])
    func `a session that names another halt is not understood`(number: UInt64) {
        let verdict = Self.condition(
            Self.called + [Self.halt, ReplayTests.session(2, overriddenHalt: number)])
        #expect(JournalDecision(verdict) == .stopNotUnderstood)
    }

    @Test func `a session that overrides a halt of a run without one is not understood`() {
        let other = Self.condition([ReplayTests.session(2, overriddenHalt: 3)])
        #expect(JournalDecision(other) == .stopNotUnderstood)
    }

    static let behind: [JournalRecord] = [
        answered, JournalSamples.attempt(1, 2), JournalSamples.call(2, rows: [3]), halt, paused,
        finished,
        .reopened(ReopenedRecord(outcomes: [.failed])),
        .blocked(
            BlockedRecord(kind: JournalSamples.kind, outcome: Outcome(kind: .blocked), rows: [2])),
    ]

    @Test(arguments: behind)
    func `nothing but a session or the end may follow a stop`(_ record: JournalRecord) {
        for stop in [Self.paused, Self.finished] {
            let condition = Self.condition(Self.called + [stop, record])
            #expect(JournalDecision(condition) == .stopNotUnderstood)
            #expect(
                Self.condition(Self.called + [stop, ReplayTests.session(2), record]) == .whole)
        }
    }

    @Test func `the longest timeout of all sessions is known`() {
        func session(_ timeout: Int) -> JournalRecord {
            .session(
                SessionRecord(
                    number: 2, at: "", processID: 1, host: "", invocation: "",
                    timeoutMilliseconds: timeout))
        }
        let run = ReplayTests.started([session(5_000), session(60_000), session(0)])
        #expect(run.longestTimeoutMilliseconds == 60_000)
    }

    /// Counted whatever the halt becomes.
    @Test func `records that were deleted stay counted`() {
        var deleted = Outcome(kind: .removed, status: 200, code: "SUCCESS")
        deleted.isRecordDeleted = true
        var round = RoundRecords(deleted: [5, 6])
        round.foreign = 1
        let run = ReplayTests.started(
            Self.called + [
                Self.halt, JournalSamples.answer(1, 1, .settled, [OutcomeGroup(outcome: deleted)]),
                Self.paused, ReplayTests.session(2, overriddenHalt: 6),
                .call(
                    CallRecord(
                        call: 2, kind: JournalSamples.creator, direction: .asWritten, parent: 0,
                        rows: [3],
                        related: [], step: .round(1, excluded: [], explicitIDs: [5]))),
                JournalSamples.attempt(2),
                .answer(
                    AnswerRecord(
                        call: 2, attempt: 1, atMilliseconds: 5, verdict: .continued,
                        records: round)),
            ])
        #expect(run.recordsDeleted == 3)
        #expect(run.halt == nil)
    }

    @Test func `the end may follow a stop`() {
        let abandoned = JournalRecord.abandoned(AbandonedRecord(at: "", user: ""))
        #expect(Self.condition([Self.paused, abandoned]) == .whole)
    }

    /// A journal that ends with a stop is opened, and a record handed to its writer.
    private static func append(_ record: JournalRecord) throws {
        let bytes = JournalSamples.journal(Array(JournalSamples.run[..<3]) + [paused])
        guard
            case .ready(let file, _, _) = try JournalFile.openForResume(SimulatedStorage(bytes))
        else { preconditionFailure("the journal can't be opened") }
        var commit = GroupCommit(file)
        _ = commit.append([record], firstSequence: 5)
    }

    /// The writer's own safeguard: records submitted after a stop are never written.
    @Test func `the writer refuses a record behind a stop`() async {
        await #expect(processExitsWith: .success) {
            try HaltReplayTests.append(ReplayTests.session(2))
        }
        await #expect(processExitsWith: .failure) {
            try HaltReplayTests.append(HaltReplayTests.answered)
        }
        await #expect(processExitsWith: .failure) {
            var commit = GroupCommit(
                try JournalFile.create(on: SimulatedStorage(), first: JournalSamples.header))
            _ = commit.append(
                [ReplayTests.session(1), HaltReplayTests.paused, HaltReplayTests.answered],
                firstSequence: 2)
        }
    }
}
