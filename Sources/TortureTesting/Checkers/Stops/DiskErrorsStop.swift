/// After a write or a synchronisation of the journal has failed nothing is sent, and the process
/// ends with 74.
struct DiskErrorsStop: Checker {
    private var hasFailed = false

    init(_ scenario: Scenario) {}

    mutating func observe(_ observation: Observation, _ world: borrowing WorldView) -> String? {
        switch observation {
        case .processBegan: hasFailed = false
        case .diskFailed: hasFailed = true
        case .requestLeft(let sending) where hasFailed:
            return "\(sending.name) leaves although the journal could not be written"
        case .processEnded(let summary) where hasFailed && summary.exit != 74:
            return "the journal could not be written, and the process ends with \(summary.exit)"
        default: break
        }
        return nil
    }
}
