import Execution
import JobModel
import Journaling

/// A request leaves only when its call's and its attempt's records are durable, and nothing is
/// counted before its record is.
struct DurableBeforeEffect: Checker {
    private var waiting: [(sequence: UInt64, record: JournalRecord)] = []
    private var durableAttempts: Set<AttemptID> = []
    private var durableCalls: Set<UInt32> = []
    private var known = RunJournal()
    /// Outcomes that are durable.
    private var finalCount = 0

    init(_ scenario: Scenario) {}

    mutating func sees(_ happening: Happening, at now: Moment) -> String? {
        switch happening {
        case .sessionBegan(let facts):
            waiting.removeAll()
            finalCount = facts.recovered.counts.final
            for open in facts.recovered.everyOpenCall {
                durableCalls.insert(open.record.call)
                known.take(.call(open.record))
            }
        case .recordHandedOver(let record, let sequence):
            waiting.append((sequence, record))
            known.take(record)
        case .recordsSynchronised(let through):
            let count = waiting.prefix { $0.sequence <= through }.count
            for (_, record) in waiting.prefix(count) { takeDurable(record) }
            waiting.removeFirst(count)
        case .requestLeft(let attempt, _):
            if !durableAttempts.contains(attempt) {
                return "\(attempt) leaves before its record is durable"
            }
            if !durableCalls.contains(attempt.call) {
                return "\(attempt) leaves before its call's record is durable"
            }
        case .progressed(let progress):
            if progress.counts.final > finalCount {
                return "\(progress.counts.final) outcomes are counted, \(finalCount) are durable"
            }
        default: break
        }
        return nil
    }

    private mutating func takeDurable(_ record: JournalRecord) {
        switch record {
        case .call(let call): durableCalls.insert(call.call)
        case .attempt(let attempt):
            durableAttempts.insert(AttemptID(call: attempt.call, attempt: attempt.attempt))
        default: finalCount += known.outcomes(of: record).count
        }
    }
}
