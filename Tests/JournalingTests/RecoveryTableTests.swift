import Foundation
import JobModel
import Journaling
import Testing

@Suite struct RecoveryTableTests {
    // MARK: Items

    /// What each trace of an item without an outcome leads to, when its call may be sent again and
    /// when not.
    private let rows: [(CallTrace, ItemDecision, ItemDecision)] = [
        (.noCall, .planAnew, .planAnew), (.recorded, .planAnew, .planAnew),
        (.halfInDoubt, .resendInDoubt, .resendInDoubt),
        (.unanswered, .resendInDoubt, .countUnaccounted), (.answeredAgain, .resend, .resend),
        (.refused, .resendWithoutRetry, .resendWithoutRetry), (.continued, .nextStep, .nextStep),
    ]

    @Test func `an item is decided by its outcome, and without one by its last call`() {
        #expect(rows.map(\.0) == CallTrace.allCases)
        let reopenable: [OutcomeKind] = [.failed, .blocked, .unknown]
        for (last, repeatable, other) in rows {
            #expect(ItemDecision(nil, last, isRepeatable: true) == repeatable, "\(last)")
            #expect(ItemDecision(nil, last, isRepeatable: false) == other, "\(last)")
            for outcome in OutcomeKind.allCases {
                let expected = reopenable.contains(outcome) ? ItemDecision.report : .skip
                for isRepeatable in [false, true] {
                    #expect(ItemDecision(outcome, last, isRepeatable: isRepeatable) == expected)
                }
            }
        }
        #expect(ItemDecision.reopenable == reopenable)
        #expect(ItemDecision.ofOutcomeCode[0] == .planAnew)
        for outcome in OutcomeKind.allCases {
            let decision = ItemDecision.ofOutcomeCode[Int(outcome.rawValue) + 1]
            #expect(decision == ItemDecision(outcome, .noCall, isRepeatable: true))
        }
    }

    private let call = JournalSamples.call(1, rows: [1, 2, 3])
    private let attempt = JournalSamples.attempt(1)
    private let round = JournalSamples.step(1, row: 1, .round(1, excluded: [], explicitIDs: nil))

    /// Journals whose replay comes to each row.
    private var journals: [(ItemDecision, [JournalRecord])] {
        func answered(_ verdict: AnswerVerdict, _ outcomes: OutcomeGroup...) -> [JournalRecord] {
            [call, attempt, JournalSamples.answer(1, 1, verdict, outcomes)]
        }
        return [
            (.planAnew, [call]), (.resendInDoubt, [call, attempt]),
            (
                .resendInDoubt,
                [
                    call, attempt, JournalSamples.answer(1, 1, .again, leavesDoubt: true),
                    JournalSamples.attempt(1, 2), JournalSamples.answer(1, 2, .split),
                ]
            ),
            (.resend, answered(.again)), (.resend, answered(.outage)),
            (.resend, answered(.unclear)),
            (.report, answered(.unclear, JournalSamples.group(.failed, [2]))),
            (.skip, answered(.unclear, JournalSamples.group(.removed, [2]))),
            (.skip, answered(.unclear, JournalSamples.group(.absent, [2]))),
            (.countUnaccounted, [round, attempt]), (.resendWithoutRetry, answered(.throttled)),
            (.resendWithoutRetry, answered(.unauthorised)),
            (.resendWithoutRetry, answered(.unsent)),
            (
                .nextStep,
                [
                    round, attempt,
                    JournalSamples.round(1, RoundRecords(deleted: [9], moreRecords: true)),
                ]
            ),
        ]
    }

    /// A row that is never reached decides nothing, and must go.
    @Test func `a replay comes to every row of the items`() {
        var reached: Set<ItemDecision> = []
        for (expected, records) in journals {
            var scan = JournalScan()
            var replay = Replay()
            scan.feed(JournalSamples.journal(Array(JournalSamples.run[..<3]) + records)) {
                replay.apply($0)
            }
            #expect(scan.finish() == .whole)
            var decided: Set<ItemDecision> = []
            _ = replay.finished { decided.insert($0) }
            #expect(decided.contains(expected), "\(expected): \(decided)")
            reached.formUnion(decided)
        }
        #expect(reached == Set(ItemDecision.allCases))
    }

    // MARK: The journal

    private let run = JournalSamples.journal(JournalSamples.run)
    private let first = JournalSamples.journal(Array(JournalSamples.run[..<1]))

    /// A journal with a wrong byte in its second record, which the later ones say was durable.
    private var damaged: [UInt8] {
        var bytes = run
        bytes[first.count + 20] ^= 1
        return bytes
    }

    /// Journals, and the row that each comes to.
    private var files: [(JournalDecision, [UInt8])] {
        let torn = Array(run.dropLast())
        let twice = JournalSamples.journal([call, call], first: 2)
        return [
            (.continueRun, run), (.cutZeros, run + [0, 0, 0]), (.saveAsideAndCut, torn),
            (.saveAsideAndCut, torn + [0, 0]), (.stopDamaged, damaged),
            // Nothing is whole before the damage, and something was durable behind it.
            (.stopDamaged, [0x20] + run),
            (.neverStarted, []), (.neverStarted, [0, 0]),
            (.neverStarted, Array(first.dropLast())), (.stopNotUnderstood, first + twice),
            // What is not understood comes before the damage.
            (.stopNotUnderstood, first + twice + [0x20]),
        ]
    }

    @Test func `a scan comes to every row of the journal`() {
        for (expected, bytes) in files {
            var recovery = Recovery()
            recovery.feed(bytes)
            let condition = recovery.finish().condition
            #expect(JournalDecision(condition) == expected, "\(condition)")
        }
        #expect(Set(files.map(\.0)) == Set(JournalDecision.allCases))
    }

    // MARK: The document

    @Test func `Journaling.docc has the same rows`() throws {
        let path = "Sources/Journaling/Journaling.docc/Journaling.md"
        let repository = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let text = try String(contentsOf: repository.appending(path: path), encoding: .utf8)
        let documented = text.split(separator: "\n").filter { $0.hasPrefix("| @") }.map {
            $0.split(separator: "|").prefix(3).map { $0.trimmingCharacters(in: .whitespaces) }
        }
        let rows =
            ItemDecision.allCases.map { [$0.rawValue, $0.cause, "`\($0)`"] }
            + JournalDecision.allCases.map { [$0.rawValue, $0.cause, "`\($0)`"] }
        #expect(documented == rows)
    }
}
