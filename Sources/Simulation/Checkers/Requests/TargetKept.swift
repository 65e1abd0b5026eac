/// A run never speaks to another host than the one it began with.
struct TargetKept: Checker {
    private var first: String?

    init(_ scenario: Scenario) {}

    mutating func observe(_ observation: Observation, _ world: borrowing WorldView) -> String? {
        guard case .requestLeft(let sending) = observation else { return nil }
        let first = first ?? sending.host
        self.first = first
        return sending.host == first
            ? nil : "\(sending.name) leaves for \(sending.host), not for \(first)"
    }
}
