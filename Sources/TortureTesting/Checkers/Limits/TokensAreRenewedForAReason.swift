import JobModel
import Simulator

/// The newest token is renewed only after a refusal or near its expiry; ahead of expiry only while
/// at least half of the ten exchanges are left. A late 401 for an older token causes no exchange.
struct TokensAreRenewedForAReason: Checker {
    private let lifetime: Duration
    /// Across a restart of the machine only the wall clock says how old a token is.
    private let isAgeKnown: Bool
    private var newest: (token: String, issuedAt: Moment, isRefused: Bool)?
    private var left: [Moment] = []
    /// Something was refused since the last exchange: it waits, whatever token it had.
    private var waits = false

    init(_ scenario: Scenario) {
        isAgeKnown = !scenario.has(.clockSteps)
        lifetime = .nanoseconds(scenario.settings.accounts.tokenLifetimeNanoseconds)
    }

    mutating func observe(_ observation: Observation, _ world: borrowing WorldView) -> String? {
        switch observation {
        case .exchangeEnded(let token):
            if let token {
                newest = (token, world.now, false)
                waits = false
            }
        case .requestEnded(let sending, .success(let answer)):
            guard answer.seenClass == .unauthorised else { return nil }
            waits = true
            if sending.token == newest?.token { newest?.isRefused = true }
        case .exchangeLeft(let isOurs):
            left.append(world.now)
            left.removeAll { world.now - $0 >= .seconds(600) }
            guard isOurs, let newest, !newest.isRefused else { return nil }
            let rest = lifetime - (world.now - newest.issuedAt)
            let margin = min(.seconds(300), lifetime / 10)
            if isAgeKnown, rest > margin + .seconds(31) {
                return "a token is exchanged \(rest) before its end, and nothing refused it"
            }
            if rest > .zero, !waits, left.count > 5 {
                return "a token is renewed ahead of its end, as exchange \(left.count) in ten "
                    + "minutes"
            }
        default: break
        }
        return nil
    }
}
