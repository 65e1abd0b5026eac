import JobModel

/// In any process no more requests are sent again after faults than the retry budget holds and
/// refills: when it is empty the service waits.
struct RetriesArePaced: Checker {
    /// Requests whose last sending of this process ended in a fault; only looked up.
    private var owing: Set<String> = []
    private var counts: [Service: Int] = [:]
    private var beganAt = Moment.zero

    init(_ scenario: Scenario) {}

    mutating func observe(_ observation: Observation, _ world: borrowing WorldView) -> String? {
        switch observation {
        case .processBegan:
            owing = []
            counts = [:]
            beganAt = world.now
        case .requestEnded(let sending, let end):
            guard case .items = sending.request.content, SeenWord(sending, end) == .fault else {
                return nil
            }
            owing.insert(name(sending.request))
        case .requestLeft(let sending):
            guard owing.remove(name(sending.request)) != nil, let limits = world.process?.limits
            else { return nil }
            counts[sending.request.service, default: 0] += 1
            let count = counts[sending.request.service] ?? 0
            let minutes = (world.now - beganAt).nanoseconds / 60_000_000_000 + 1
            let bound = limits.retryBudget + limits.retryBudgetRefillPerMinute * Int(minutes)
            return count > bound
                ? "\(sending.name) is retry \(count) in \(minutes) minutes, the budget has "
                    + "\(limits.retryBudget) and \(limits.retryBudgetRefillPerMinute) a minute"
                : nil
        default: break
        }
        return nil
    }

    private func name(_ request: SeenRequest) -> String {
        "\(request.method) \(request.target) \(String(decoding: request.body, as: UTF8.self))"
    }
}
