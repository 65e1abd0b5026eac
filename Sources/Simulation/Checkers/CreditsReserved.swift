import Execution
import JobModel
import Journaling
import ZohoAPI

/// Once an answer has said that no more of a day's credits are left than are kept for others,
/// nothing more leaves for the CRM in that session.
struct CreditsReserved: Checker {
    private var reserve = 0
    /// What the answer said.
    private var left: Int?

    init(_ scenario: Scenario) {}

    mutating func sees(_ happening: Happening, at now: Moment) -> String? {
        switch happening {
        case .sessionBegan(let facts):
            reserve = facts.limits.creditReserve
            left = nil
        case .attemptEnded(_, .answered(let answer)):
            if let remaining = answer.creditsRemaining, remaining <= reserve { left = remaining }
        case .requestLeft(let attempt, let request):
            guard let left, request.service == .crm else { return nil }
            return "\(attempt) leaves, \(left) credits are left of which \(reserve) are kept"
        default: break
        }
        return nil
    }
}
