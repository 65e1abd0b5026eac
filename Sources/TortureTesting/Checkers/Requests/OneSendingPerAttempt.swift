/// An attempt reaches the service at most once.
struct OneSendingPerAttempt: Checker {
    private var arrived: Set<Int> = []

    init(_ scenario: Scenario) {}

    mutating func observe(_ observation: Observation, _ world: borrowing WorldView) -> String? {
        guard case .requestArrived(let sending, _) = observation else { return nil }
        return arrived.insert(sending.number).inserted
            ? nil : "\(sending.name) reaches the service twice"
    }
}
