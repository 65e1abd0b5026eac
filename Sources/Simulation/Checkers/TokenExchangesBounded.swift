import JobModel

/// At most one token exchange is under way, and at most ten leave in any ten minutes.
struct TokenExchangesBounded: Checker {
    private var isUnderWay = false
    private var left: [Moment] = []

    init(_ scenario: Scenario) {}

    mutating func sees(_ happening: Happening, at now: Moment) -> String? {
        switch happening {
        case .exchangeLeft:
            if isUnderWay { return "two token exchanges at once" }
            isUnderWay = true
            left.append(now)
            left.removeAll { now - $0 >= .seconds(600) }
            return left.count > 10 ? "\(left.count) token exchanges in ten minutes" : nil
        case .exchangeEnded: isUnderWay = false
        default: break
        }
        return nil
    }
}
