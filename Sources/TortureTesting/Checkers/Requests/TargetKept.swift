/// A run uses the host and the OAuth client that it began with, and no others.
struct TargetKept: Checker {
    private var first: (host: String, client: String)?

    init(_ scenario: Scenario) {}

    mutating func observe(_ observation: Observation, _ world: borrowing WorldView) -> String? {
        guard case .requestLeft(let sending) = observation else { return nil }
        let first = first ?? (sending.host, sending.client)
        self.first = first
        return (sending.host, sending.client) == first
            ? nil
            : "\(sending.name) leaves for \(sending.host) as client \(sending.client), not for "
                + "\(first.host) as \(first.client)"
    }
}
