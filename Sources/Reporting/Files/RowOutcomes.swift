package import JobModel
package import Journaling

/// The outcomes of all rows according to the journal, in 8 bytes per row.
///
/// Equal outcomes are stored once. Beyond `maximumDistinctOutcomes` the service's messages are
/// dropped, to bound memory.
package struct RowOutcomes: Sendable {
    package static let maximumDistinctOutcomes = 20_000

    /// The distinct outcomes, in the order of their first appearance.
    package private(set) var outcomes: [Outcome] = []
    private var indexOfOutcome: [Outcome: UInt32] = [:]
    /// Index = row; 0 = none, else 1 + the index in `outcomes`.
    private var outcomeOfRow: [UInt32] = []
    /// Index = row; the call whose answer determined the outcome, 0 = none.
    private var callOfRow: [UInt32] = []
    /// Rows of a call's attempt in flight.
    private var rowsOfCall: [UInt32: (all: [UInt32], asked: [UInt32])] = [:]

    package init() {}

    /// The outcome of a row; nil if none yet.
    package func outcome(ofRow row: UInt32) -> Outcome? {
        guard Int(row) < outcomeOfRow.count, outcomeOfRow[Int(row)] > 0 else { return nil }
        return outcomes[Int(outcomeOfRow[Int(row)]) - 1]
    }

    /// The call whose answer determined a row's outcome; nil if none.
    package func call(ofRow row: UInt32) -> UInt32? {
        guard Int(row) < callOfRow.count, callOfRow[Int(row)] > 0 else { return nil }
        return callOfRow[Int(row)]
    }

    /// How many rows have each of `outcomes`.
    package var counts: [Int] {
        var counts = [Int](repeating: 0, count: outcomes.count)
        for index in outcomeOfRow where index > 0 { counts[Int(index) - 1] += 1 }
        return counts
    }

    /// Processes the journal's next record.
    package mutating func apply(_ record: JournalRecord) {
        switch record {
        case .call(let call): rowsOfCall[call.call] = (call.rows, call.rows)
        case .attempt(let attempt):
            guard let rows = rowsOfCall[attempt.call] else { return }
            rowsOfCall[attempt.call] = (rows.all, attempt.rows ?? rows.all)
        case .answer(let answer): apply(answer)
        case .blocked(let blocked):
            for row in blocked.rows { settle(row, blocked.outcome, call: 0) }
        case .reopened(let reopened):
            for row in outcomeOfRow.indices {
                guard let outcome = outcome(ofRow: UInt32(row)),
                    reopened.outcomes.contains(outcome.kind)
                else { continue }
                outcomeOfRow[row] = 0
                callOfRow[row] = 0
            }
        case .run, .planned, .session, .kindStopped, .halt, .stop, .abandoned: break
        }
    }

    private mutating func apply(_ answer: AnswerRecord) {
        let rows = rowsOfCall[answer.call]?.asked ?? []
        for group in answer.outcomes {
            for row in group.rows ?? rows { settle(row, group.outcome, call: answer.call) }
        }
        switch answer.verdict {
        case .settled, .split, .continued: rowsOfCall[answer.call] = nil
        case .again, .outage, .unclear, .throttled, .unauthorised, .unsent: break
        }
    }

    private mutating func settle(_ row: UInt32, _ outcome: Outcome, call: UInt32) {
        let needed = Int(row) + 1
        if outcomeOfRow.count < needed {
            let room = max(needed, 2 * outcomeOfRow.count)
            outcomeOfRow.append(contentsOf: repeatElement(0, count: room - outcomeOfRow.count))
            callOfRow.append(contentsOf: repeatElement(0, count: room - callOfRow.count))
        }
        outcomeOfRow[Int(row)] = 1 + index(of: outcome)
        callOfRow[Int(row)] = call
    }

    private mutating func index(of outcome: Outcome) -> UInt32 {
        var outcome = outcome
        if let index = indexOfOutcome[outcome] { return index }
        if outcomes.count >= RowOutcomes.maximumDistinctOutcomes {
            outcome.message = ""
            if let index = indexOfOutcome[outcome] { return index }
        }
        let index = UInt32(outcomes.count)
        outcomes.append(outcome)
        indexOfOutcome[outcome] = index
        return index
    }
}
