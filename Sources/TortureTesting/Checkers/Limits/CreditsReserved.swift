import JobModel

/// After an answer shows that only the credit reserve is left, the process sends nothing more to
/// the CRM.
struct CreditsReserved: Checker {
    private var reserve = 0
    private var left: Int?

    init(_ scenario: Scenario) {}

    mutating func observe(_ observation: Observation, _ world: borrowing WorldView) -> String? {
        switch observation {
        case .processBegan(let facts):
            reserve = facts.limits.dailyCredits.map { $0 / 10 } ?? 1_000
            left = nil
        case .requestEnded(_, .success(let answer)):
            if let remaining = answer.credits, remaining >= 0, remaining <= reserve {
                left = remaining
            }
        case .requestLeft(let sending):
            guard let left, sending.request.service == .crm else { return nil }
            return "\(sending.name) leaves, \(left) credits are left of which \(reserve) are kept"
        default: break
        }
        return nil
    }
}
