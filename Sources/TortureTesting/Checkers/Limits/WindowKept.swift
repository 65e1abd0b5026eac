import JobModel

/// No call starts after the deadline given by `--until` (wall clock).
struct WindowKept: Checker {
    init(_ scenario: Scenario) {}

    mutating func observe(_ observation: Observation, _ world: borrowing WorldView) -> String? {
        guard case .requestLeft(let sending) = observation, let process = world.process,
            let last = process.limits.startDeadline
        else { return nil }
        let end = process.clockZero + (last - .zero)
        return world.now > end ? "\(sending.name) leaves \(world.now - end) after --until" : nil
    }
}
