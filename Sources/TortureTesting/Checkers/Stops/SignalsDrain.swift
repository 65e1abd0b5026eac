import JobModel

/// After a signal, or once the process reports that it drains, nothing is sent and no token is
/// exchanged; after a signal it ends within the timeout of a call.
struct SignalsDrain: Checker {
    private var isDraining = false
    private var signalledAt: Moment?
    private let mayBeSlow: Bool

    init(_ scenario: Scenario) {
        mayBeSlow = scenario.has(.slowDisk) || scenario.has(.stalls) || scenario.has(.sleeps)
    }

    mutating func observe(_ observation: Observation, _ world: borrowing WorldView) -> String? {
        switch observation {
        case .processBegan:
            isDraining = false
            signalledAt = nil
        case .signalled:
            isDraining = true
            signalledAt = signalledAt ?? world.now
        case .saidDraining: isDraining = true
        case .requestLeft(let sending):
            if isDraining { return "\(sending.name) leaves while the process drains" }
        case .processEnded:
            guard let signalledAt, let timeout = world.process?.limits.timeout, !mayBeSlow,
                world.now - signalledAt > timeout + .seconds(2)
            else { return nil }
            return "the process ends \(world.now - signalledAt) after a signal"
        default: break
        }
        return nil
    }
}
