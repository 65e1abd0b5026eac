internal import JobModel
internal import Journaling

/// Walks a journal's records, and tells each answer of a round or page with the call it belongs to.
struct JournalSteps {
    private var calls: [UInt32: CallRecord] = [:]
    /// Rounds with an attempt that has no answer yet; each may have deleted records.
    private var unanswered: [UInt32] = []

    init() {}

    /// Takes the next record.
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

    /// Rounds whose last attempt was never answered.
    var roundsInDoubt: [CallRecord] { unanswered.compactMap { calls[$0] } }
}
