import JobModel
import Journaling
import Reporting
import Testing

private func call(_ number: UInt32, _ rows: [UInt32]) throws -> JournalRecord {
    let kind = RelationKind(
        operation: .delink, module: try #require(APIName("Campaigns")),
        relatedList: try #require(APIName("Leads")))
    return .call(
        CallRecord(
            call: number, kind: kind, direction: .asWritten, parent: 1, rows: rows,
            related: rows.map { UInt64($0) + 100 }))
}

private func answer(
    _ call: UInt32, _ attempt: Int, _ verdict: AnswerVerdict, _ outcomes: [OutcomeGroup]
) -> JournalRecord {
    .answer(
        AnswerRecord(
            call: call, attempt: attempt, atMilliseconds: 0, verdict: verdict, outcomes: outcomes))
}

private func attempt(_ call: UInt32, _ number: Int, rows: [UInt32]? = nil) -> JournalRecord {
    .attempt(AttemptRecord(call: call, attempt: number, atMilliseconds: 0, rows: rows))
}

@Suite struct RowOutcomesTests {
    private let removed = Outcome(kind: .removed, status: 200, code: "SUCCESS")
    private let absent = Outcome(kind: .absent, status: 200, code: "INVALID_DATA")
    private let failed = Outcome(kind: .failed, status: 400, code: "NO_PERMISSION")

    @Test func `a group without rows means all rows of its attempt`() throws {
        var outcomes = RowOutcomes()
        outcomes.apply(try call(1, [5, 3, 9]))
        outcomes.apply(attempt(1, 1))
        outcomes.apply(answer(1, 1, .unclear, [OutcomeGroup(outcome: absent, rows: [3])]))
        outcomes.apply(attempt(1, 2, rows: [5, 9]))
        outcomes.apply(answer(1, 2, .settled, [OutcomeGroup(outcome: removed)]))
        #expect(outcomes.outcome(ofRow: 3) == absent)
        #expect(outcomes.outcome(ofRow: 5) == removed)
        #expect(outcomes.outcome(ofRow: 9) == removed)
        #expect(outcomes.outcome(ofRow: 4) == nil)
        #expect(outcomes.outcome(ofRow: 1_000_000) == nil)
        #expect(outcomes.call(ofRow: 9) == 1)
        #expect(outcomes.counts == [1, 2])
    }

    @Test func `blocked rows have no call, and reopened ones are open again`() throws {
        var outcomes = RowOutcomes()
        let kind = RelationKind(
            operation: .delink, module: try #require(APIName("Campaigns")),
            relatedList: try #require(APIName("Leads")))
        outcomes.apply(try call(1, [1, 2]))
        outcomes.apply(attempt(1, 1))
        outcomes.apply(
            answer(
                1, 1, .settled,
                [
                    OutcomeGroup(outcome: failed, rows: [1]),
                    OutcomeGroup(outcome: removed, rows: [2]),
                ]))
        let blocked = Outcome(kind: .blocked, status: 403, code: "OAUTH_SCOPE_MISMATCH")
        outcomes.apply(.blocked(BlockedRecord(kind: kind, outcome: blocked, rows: [7])))
        #expect(outcomes.outcome(ofRow: 7) == blocked)
        #expect(outcomes.call(ofRow: 7) == nil)
        outcomes.apply(.reopened(ReopenedRecord(outcomes: [.failed])))
        #expect(outcomes.outcome(ofRow: 1) == nil)
        #expect(outcomes.outcome(ofRow: 2) == removed)
        #expect(outcomes.outcome(ofRow: 7) == blocked)
    }

    @Test func `a service that says something else every time can't fill the memory`() throws {
        var outcomes = RowOutcomes()
        let count = RowOutcomes.maximumDistinctOutcomes + 50
        outcomes.apply(try call(1, (1...UInt32(count)).map { $0 }))
        outcomes.apply(attempt(1, 1))
        for row in 1...UInt32(count) {
            let outcome = Outcome(kind: .failed, status: 400, code: "X", message: "\(row)")
            outcomes.apply(answer(1, 1, .unclear, [OutcomeGroup(outcome: outcome, rows: [row])]))
        }
        #expect(outcomes.outcomes.count == RowOutcomes.maximumDistinctOutcomes + 1)
        #expect(outcomes.outcome(ofRow: 1)?.message == "1")
        #expect(outcomes.outcome(ofRow: UInt32(count))?.message == "")
        #expect(outcomes.outcome(ofRow: UInt32(count))?.code == "X")
    }
}
