import JobModel

/// Nothing leaves for a service that has had nothing but faults for `--give-up`, or nothing but
/// faults and 429s for the longest time that a run waits: the process ends instead.
struct TroublesEndRuns: Checker {
    private struct Watch {
        /// First fault since the last other answer.
        var troubledSince: Moment?
        /// First fault or 429 since the last other answer.
        var stuckSince: Moment?

        mutating func heard(_ word: SeenWord, at now: Moment) {
            switch word {
            case .fault, .trouble, .unsent:
                troubledSince = troubledSince ?? now
                stuckSince = stuckSince ?? now
            case .throttled:
                troubledSince = nil
                stuckSince = stuckSince ?? now
            case .clear, .unsure: self = Watch()
            case .unauthorised: break
            }
        }
    }

    private var crm = Watch()
    private var creator = Watch()
    /// What may lie between a decision and the sending.
    private let slack: Duration

    init(_ scenario: Scenario) {
        // What was journalled before the machine slept leaves when it wakes.
        slack =
            scenario.has(.sleeps)
            ? .seconds(7_500)
            : scenario.has(.slowDisk) || scenario.has(.stalls) ? .seconds(300) : .seconds(5)
    }

    mutating func observe(_ observation: Observation, _ world: borrowing WorldView) -> String? {
        switch observation {
        case .processBegan:
            crm = Watch()
            creator = Watch()
        case .requestEnded(let sending, let end):
            let word = SeenWord(sending, end)
            if sending.request.service == .creator {
                creator.heard(word, at: world.now)
            } else {
                crm.heard(word, at: world.now)
            }
        case .requestLeft(let sending):
            guard let limits = world.process?.limits else { return nil }
            let watch = sending.request.service == .creator ? creator : crm
            if let since = watch.troubledSince, world.now - since > limits.giveUp + slack {
                return "\(sending.name) leaves \(world.now - since) after the first of nothing but "
                    + "faults; --give-up is \(limits.giveUp)"
            }
            let longest = max(limits.outOfCallsAfter, limits.giveUp) + limits.giveUp
            if let since = watch.stuckSince, world.now - since > longest + slack {
                return "\(sending.name) leaves \(world.now - since) after the first of nothing but "
                    + "faults and 429s; a run waits \(longest)"
            }
        default: break
        }
        return nil
    }
}
