internal import JobModel
internal import Journaling

/// Iterates over a journal's records and pairs each round or page answer with its call.
struct JournalSteps {
    private var calls: [UInt32: CallRecord] = [:]
    /// Rounds with an unanswered attempt, which may have deleted records.
    private var unanswered: [UInt32] = []

    init() {}

    /// Processes the next record.
    ///
    /// - Returns: the answer, with its call, if it is one of a round or page.
    mutating func apply(_ record: JournalRecord) -> (call: CallRecord, answer: AnswerRecord)? {
        switch record {
        case .call(let call):
            if call.step != nil { calls[call.call] = call }
            return nil
        case .attempt(let attempt):
            if case .round? = calls[attempt.call]?.step { unanswered.append(attempt.call) }
            return nil
        case .answer(let answer):
            guard let call = calls[answer.call] else { return nil }
            unanswered.removeAll { $0 == answer.call }
            return (call, answer)
        case .run, .planned, .session, .kindStopped, .blocked, .reopened, .halt, .stop,
            .abandoned:
            return nil
        }
    }

    /// Rounds whose last attempt has no recorded answer.
    var roundsInDoubt: [CallRecord] { unanswered.compactMap { calls[$0] } }
}
