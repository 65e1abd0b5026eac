import JobModel

/// One call is asked again after faults as often as `--retries` says, three unclear answers and the
/// faults whose records died with their process aside: over processes too. Faults while the service
/// gave no clear answer to anything do not count.
struct RetriesAreBounded: Checker {
    /// By what is asked for; only looked up.
    private var faults: [String: Int] = [:]
    /// The service has answered something clearly in this process, and nothing was a fault since.
    private var isWell = false
    private var deaths = 0
    private var retries = 0

    private static let unclearAnswers = 3

    init(_ scenario: Scenario) {}

    mutating func observe(_ observation: Observation, _ world: borrowing WorldView) -> String? {
        switch observation {
        case .processBegan(let facts):
            isWell = false
            retries = max(retries, facts.limits.retries)
            if !facts.retries.isEmpty { faults.removeAll() }
        case .killed: deaths += 1
        case .requestEnded(let sending, let end):
            if sending.request.service != .crm { return nil }
            return ended(sending, end)
        default: break
        }
        return nil
    }

    private mutating func ended(_ sending: Sending, _ end: SeenEnd) -> String? {
        switch end {
        case .answered(let answer) where answer.isClear:
            isWell = true
            return nil
        case .answered(let answer) where answer.seenClass != .fault: return nil
        case .failed(let failure) where !failure.mayHaveActed: return nil
        case .answered, .failed: break
        }
        defer { isWell = false }
        guard isWell, case .items(_, let parent, _, let ids) = sending.request.content else {
            return nil
        }
        let target = "\(sending.request.kind) \(parent) \(ids)"
        let count = faults[target, default: 0] + 1
        faults[target] = count
        let bound = 1 + retries + RetriesAreBounded.unclearAnswers + deaths
        return count > bound
            ? "\(sending.name) has ended in \(count) faults, \(retries) retries are allowed" : nil
    }
}
