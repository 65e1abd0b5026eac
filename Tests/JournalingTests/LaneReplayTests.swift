import JobModel
import Journaling
import Testing

@Suite struct LaneReplayTests {
    private func run(_ records: [JournalRecord]) -> RecoveredRun { ReplayTests.started(records) }

    private let first = [
        JournalSamples.step(1, row: 3, .round(1, excluded: [], explicitIDs: nil)),
        JournalSamples.attempt(1),
    ]

    @Test func `a round that was never sent is made again (A)`() {
        let run = run([first[0]])
        #expect(run.rounds.map(\.row) == [3])
        #expect(run.rounds[0].openCall == nil)
        #expect(run.rounds[0].nextRound == 1)
        #expect(run.creator == CreatorTally())
        #expect(run.openCalls.isEmpty)
    }

    @Test func `an unanswered round counts as unaccounted and stays with its row (H)`() {
        let run = run(first)
        #expect(run.creator == CreatorTally(unaccounted: 200))
        #expect(run.rounds[0].tally == CreatorTally())
        #expect(run.rounds[0].openCall?.decision == .countUnaccounted)
        // Its item is needed: planning must not leave it out.
        #expect(run.openCalls.isEmpty)
    }

    @Test func `an unanswered round that names its records is sent again (B)`() {
        let run = run([
            JournalSamples.step(1, row: 3, .round(1, excluded: [], explicitIDs: [8, 9])),
            JournalSamples.attempt(1),
        ])
        #expect(run.creator == CreatorTally())
        #expect(run.rounds[0].openCall?.isInDoubt == true)
        #expect(run.rounds[0].openCall?.record.step?.maximumUnaccounted == 2)
    }

    @Test func `a call that another call of its row has followed is not open any more`() {
        let run = run(
            first + [
                JournalSamples.step(2, row: 3, .round(2, excluded: [], explicitIDs: nil)),
                JournalSamples.attempt(2, ms: 1_795_224_580_000),
                JournalSamples.round(2, RoundRecords(deleted: [1], moreRecords: true)),
            ])
        #expect(run.rounds[0].openCall == nil)
        #expect(run.rounds[0].nextRound == 3)
    }

    @Test func `a row that is done keeps its numbers only`() {
        var rounds = RoundProgress(row: 3)
        let no = UndeletableRecord(id: 7, code: "3001", message: "no")
        rounds.apply(
            RoundRecords(deleted: [1, 2], undeletable: [no], gone: [9]), ofRound: 1,
            isInDoubt: false)
        #expect(rounds.excluded == [7])
        #expect(rounds.deleted == [1, 2, 9])
        rounds.dropIDs()
        #expect(rounds.excluded.isEmpty)
        #expect(rounds.deleted.isEmpty)
        #expect(rounds.tally == CreatorTally(deleted: 3, failed: 1))
    }

    /// Simulation seed 3865470: a session with a longer timeout resumed what a session with a
    /// shorter one had waited for and not sent.
    @Test func `an unanswered round holds the next ones back though a later attempt was unsent`() {
        let start: Int64 = 1_795_224_000_000
        let round = JournalSamples.step(1, row: 3, .round(1, excluded: [], explicitIDs: [8, 9]))
        let records = [
            round, JournalSamples.attempt(1, ms: start),
            JournalSamples.attempt(1, 2, ms: start + 9_000),
            JournalSamples.answer(1, 2, .unsent, ms: start + 45_000),
        ]
        #expect(run(records).lastDoubtfulRoundAtMilliseconds == start + 9_000)
        // As near as is known: it had left when the session of the second attempt began.
        let session = SessionRecord(
            number: 2, at: "",
            clock: SessionClock(
                bootID: "a", monotonicMilliseconds: 0, wallMilliseconds: start + 4_000),
            processID: 1, host: "", invocation: "")
        let known = run(Array(records[..<2]) + [.session(session)] + Array(records[2...]))
        #expect(known.lastDoubtfulRoundAtMilliseconds == start + 4_000)
    }

    @Test func `a round refused before execution is sent again as it was (I)`() {
        let run = run(first + [JournalSamples.answer(1, 1, .throttled)])
        #expect(run.creator == CreatorTally())
        #expect(run.rounds[0].openCall?.decision == .resendWithoutRetry)
        #expect(run.rounds[0].openCall?.attempts == 1)
    }

    @Test func `rounds add up, and the next one is due (P)`() {
        let no = UndeletableRecord(id: 7, code: "3001", message: "no")
        let run = run(
            first + [
                JournalSamples.round(
                    1, RoundRecords(deleted: [1, 2], undeletable: [no], moreRecords: true)),
                JournalSamples.step(2, row: 3, .round(2, excluded: [7], explicitIDs: nil)),
                JournalSamples.attempt(2, ms: 1_795_224_580_000),
                JournalSamples.round(
                    2, RoundRecords(unaccounted: 200), ms: 1_795_224_640_000, leavesDoubt: true),
            ])
        #expect(run.creator == CreatorTally(deleted: 2, failed: 1, unaccounted: 200))
        #expect(run.rounds[0].excluded == [7])
        #expect(run.rounds[0].deleted == [1, 2])
        #expect(run.rounds[0].nextRound == 3)
        #expect(run.rounds[0].consecutiveDoubts == 1)
        #expect(run.rounds[0].openCall == nil)
        #expect(run.lastDoubtfulRoundAtMilliseconds == 1_795_224_640_000)
        #expect(run.counts.final == 0)
    }

    @Test func `a row that is done keeps its sums only`() {
        let run = run(
            first + [
                JournalSamples.round(
                    1, RoundRecords(deleted: [1, 2]), .settled, [JournalSamples.group(.deleted)])
            ])
        #expect(run.creator == CreatorTally(deleted: 2))
        #expect(run.rounds[0].deleted.isEmpty)
        #expect(run.counts[.deleted] == 1)
    }

    @Test func `a reopened row asks for its undeletable records again`() {
        let no = UndeletableRecord(id: 7, code: "3001", message: "no")
        let run = run(
            first + [
                JournalSamples.round(
                    1, RoundRecords(deleted: [1], undeletable: [no]), .settled,
                    [JournalSamples.group(.failed)]),
                .reopened(ReopenedRecord(outcomes: [.failed])),
            ])
        #expect(run.creator == CreatorTally(deleted: 1))
        #expect(run.rounds[0].excluded.isEmpty)
        #expect(run.rounds[0].deleted == [1])
    }

    @Test func `a row that is given up in doubt leaves what it named unaccounted`() {
        let blocked = JournalRecord.blocked(
            BlockedRecord(
                kind: JournalSamples.creator, outcome: Outcome(kind: .unknown), rows: [3]))
        let named = [
            JournalSamples.step(1, row: 3, .round(1, excluded: [], explicitIDs: [8, 9])),
            JournalSamples.attempt(1),
            JournalSamples.answer(1, 1, .again, leavesDoubt: true), blocked,
        ]
        #expect(run(named).creator == CreatorTally(unaccounted: 2))
        // A round in doubt that has ended was counted when it ended.
        let ended = JournalSamples.round(1, RoundRecords(unaccounted: 200), leavesDoubt: true)
        #expect(run(first + [ended, blocked]).creator == CreatorTally(unaccounted: 200))
    }

    @Test func `pages continue after the last one that is on record`() {
        let children = [1, 2].map { ChildRecord(id: $0, fields: "{}") }
        let page = PageRecord(page: 1, children: children, moreRecords: true)
        let run = run([
            JournalSamples.step(1, row: 5, .page(1)), JournalSamples.attempt(1),
            JournalSamples.page(1, page),
            JournalSamples.step(2, row: 5, .page(2)), JournalSamples.attempt(2),
        ])
        #expect(run.pages.map(\.row) == [5])
        #expect(run.pages[0].nextPage == 2)
        #expect(run.pages[0].children == [1, 2])
        #expect(run.pages[0].openCall?.record.step == .page(2))
        #expect(run.pages[0].openCall?.isInDoubt == true)
    }

    @Test func `refusals of a whole kind are no failures to the error budget once it is stopped`() {
        let answer = { (refusesKind: Bool) in
            JournalRecord.answer(
                AnswerRecord(
                    call: 1, attempt: 1, atMilliseconds: 1_795_224_575_200, verdict: .settled,
                    status: 403, outcomes: [JournalSamples.group(.failed)], refusesKind: refusesKind
                ))
        }
        let sent = [JournalSamples.call(1, rows: [1, 2]), JournalSamples.attempt(1)]
        let stopped = JournalRecord.kindStopped(
            KindStoppedRecord(kind: JournalSamples.kind, status: 403, code: "X", message: ""))
        #expect(run(sent + [answer(true)]).failures.failed == 2)
        #expect(run(sent + [answer(true), stopped]).failures.failed == 0)
        #expect(run(sent + [answer(true), stopped]).failures.recentOutcomes == 0)
        #expect(run(sent + [stopped, answer(true)]).failures.failed == 0)
        #expect(run(sent + [answer(true), stopped]).counts[.failed] == 2)
        #expect(run(sent + [answer(false), stopped]).failures.failed == 2)
    }

    /// Found by `any world`, seed 3498: a crash between the split's record and its halves'.
    @Test func `a split in doubt whose halves are not on record stays in doubt (B)`() {
        let split = [
            JournalSamples.call(1, rows: [1, 2, 3]), JournalSamples.attempt(1),
            JournalSamples.answer(1, 1, .again, leavesDoubt: true), JournalSamples.attempt(1, 2),
            JournalSamples.answer(1, 2, .split, leavesDoubt: true),
        ]
        let none = run(split)
        #expect(none.openCalls.map(\.openRows) == [[1, 2, 3]])
        #expect(none.openCalls[0].isInDoubt)
        let one = run(split + [JournalSamples.call(2, rows: [2, 3], parentCall: 1)])
        #expect(one.openCalls.map(\.openRows) == [[1], [2, 3]])
        #expect(one.openCalls.allSatisfy { $0.isInDoubt })
        let both = run(
            split + [
                JournalSamples.call(2, rows: [2, 3], parentCall: 1),
                JournalSamples.call(3, rows: [1], parentCall: 1),
            ])
        #expect(both.openCalls.map(\.record.call) == [2, 3])
    }
}
