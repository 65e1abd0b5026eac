/// A run that was halted, as the disk says or as the process said, sends nothing until `resume
/// --override-halt`.
struct HaltsAreSticky: Checker {
    /// What a process reported, and how many session records were on the disk then.
    private var hasSaid: (reason: String, sessionCount: Int)?

    init(_ scenario: Scenario) {}

    mutating func observe(_ observation: Observation, _ world: borrowing WorldView) -> String? {
        switch observation {
        case .processBegan:
            // An override on the disk counts, whatever happened to its process.
            if world.journal.lastOverridingSession > hasSaid?.sessionCount ?? 0 { hasSaid = nil }
        case .processEnded(let summary):
            if summary.state == "halted" || summary.exit == 76 {
                hasSaid = (summary.reason, world.journal.sessionCount)
            }
            if world.journal.halt != nil, summary.exit != 76, summary.exit != 74 {
                return "the disk says \"halted\", and the process ends with \(summary.exit)"
            }
        case .requestLeft(let sending):
            if let halt = world.journal.halt {
                return "\(sending.name) leaves although the disk says \"halted\": \(halt.reason)"
            }
            if let hasSaid {
                return "\(sending.name) leaves although a process said that the run is halted: "
                    + hasSaid.reason
            }
        default: break
        }
        return nil
    }
}
