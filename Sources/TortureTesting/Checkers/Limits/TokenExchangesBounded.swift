import JobModel

/// At most one token exchange is in flight, and at most ten are sent in any ten minutes, across all
/// processes of the account.
struct TokenExchangesBounded: Checker {
    private var isUnderWay = false
    private var left: [Moment] = []

    init(_ scenario: Scenario) {}

    mutating func observe(_ observation: Observation, _ world: borrowing WorldView) -> String? {
        switch observation {
        case .exchangeLeft:
            if isUnderWay { return "two token exchanges at once" }
            isUnderWay = true
            left.append(world.now)
            left.removeAll { world.now - $0 >= .seconds(600) }
            return left.count > 10 ? "\(left.count) token exchanges in ten minutes" : nil
        case .exchangeEnded: isUnderWay = false
        default: break
        }
        return nil
    }
}
