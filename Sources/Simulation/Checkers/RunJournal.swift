import Execution
import JobModel
import Journaling

/// Which rows an attempt asks for, told by the records that were handed over: what several checkers
/// need to know.
struct RunJournal {
    private var rowsOfCall: [UInt32: [UInt32]] = [:]
    private var rowsOfAttempt: [AttemptID: [UInt32]] = [:]

    mutating func take(_ record: JournalRecord) {
        switch record {
        case .call(let call): rowsOfCall[call.call] = call.rows
        case .attempt(let attempt):
            let id = AttemptID(call: attempt.call, attempt: attempt.attempt)
            rowsOfAttempt[id] = attempt.rows ?? rowsOfCall[attempt.call] ?? []
        default: return
        }
    }

    func rows(of attempt: AttemptID) -> [UInt32] { rowsOfAttempt[attempt] ?? [] }

    /// Every outcome that a record brings, with its row.
    func outcomes(of record: JournalRecord) -> [(row: UInt32, outcome: Outcome)] {
        switch record {
        case .answer(let answer):
            let asked = rows(of: AttemptID(call: answer.call, attempt: answer.attempt))
            return answer.outcomes.flatMap { group in
                (group.rows ?? asked).map { ($0, group.outcome) }
            }
        case .blocked(let blocked): return blocked.rows.map { ($0, blocked.outcome) }
        default: return []
        }
    }
}

extension RecoveredRun {
    /// Open calls, those of rounds and pages too.
    var everyOpenCall: [OpenCall] {
        openCalls + rounds.compactMap(\.openCall) + pages.compactMap(\.openCall)
    }
}
