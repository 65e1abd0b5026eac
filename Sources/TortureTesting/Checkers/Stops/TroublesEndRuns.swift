import JobModel
import ZohoAPI

/// Nothing is sent to a service that has had nothing but faults for `--give-up`, or nothing but
/// faults and 429s for the longest time that a run waits: the process ends instead. Where a fault
/// asks for a pause that ends later than `--give-up`, it ends at once.
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
    /// Largest delay between a decision and the sending.
    private let slack: Duration
    /// The latest end of a process that was asked for too long a pause.
    private var mustEndBy: Moment?
    private let mayBeSlow: Bool

    init(_ scenario: Scenario) {
        mayBeSlow = scenario.has(.slowDisk) || scenario.has(.stalls) || scenario.has(.sleeps)
        // What was journalled before the machine slept is sent when it wakes.
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
            mustEndBy = nil
        case .requestEnded(let sending, let end):
            let word = SeenWord(sending, end)
            if sending.request.service == .creator {
                creator.heard(word, at: world.now)
            } else {
                crm.heard(word, at: world.now)
            }
            notePause(sending, end, world)
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
        case .processEnded:
            guard let mustEndBy, !mayBeSlow, world.now > mustEndBy else { return nil }
            return "the process ends \(world.now - mustEndBy) late: it was asked for a pause that "
                + "ends later than --give-up"
        default: break
        }
        return nil
    }

    private mutating func notePause(
        _ sending: Sending, _ end: SeenEnd, _ world: borrowing WorldView
    ) {
        guard case .success(let answer) = end, answer.status >= 500, let process = world.process
        else { return }
        let asked = Duration.seconds(min(answer.answer.retryAfterSeconds ?? 0, 86_400))
        let watch = sending.request.service == .creator ? creator : crm
        guard let since = watch.troubledSince, world.now + asked > since + process.limits.giveUp,
            asked > .zero
        else { return }
        mustEndBy = mustEndBy ?? world.now + process.limits.timeout + .seconds(2)
    }
}
