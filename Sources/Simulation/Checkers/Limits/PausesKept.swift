import JobModel

/// For as long as a 429 or a 503 asks for, and after a 429 never shorter than our own pause,
/// nothing leaves for that service: in the process that heard it, and in later ones if the record
/// of that answer is on the disk.
struct PausesKept: Checker {
    private struct Pause {
        let service: Service
        let attempt: SeenJournal.AttemptKey?
        let from: Moment
        let until: Moment
    }

    private var pauses: [Pause] = []

    init(_ scenario: Scenario) {}

    mutating func observe(_ observation: Observation, _ world: borrowing WorldView) -> String? {
        switch observation {
        case .processBegan(let facts):
            pauses.removeAll { pause in
                guard let key = pause.attempt, world.journal.attempt(key)?.end != nil else {
                    return true
                }
                // Longer than a run waits: a person who starts another one has decided.
                return pause.until - pause.from > facts.limits.outOfCallsAfter
            }
        case .requestEnded(let sending, .answered(let answer)):
            // At the day's end the run pauses instead.
            guard answer.seenClass != .outOfCalls, [429, 503].contains(answer.status),
                let limits = world.process?.limits
            else { return nil }
            let asked = Duration.seconds(min(max(0, answer.pauseSeconds ?? 0), 86_400))
            let own = answer.status == 429 ? limits.throttlePause : .zero
            pauses.append(
                Pause(
                    service: sending.request.service, attempt: sending.attempt, from: world.now,
                    until: world.now + max(asked, own)))
        case .requestLeft(let sending):
            pauses.removeAll { $0.until <= world.now }
            if let pause = pauses.first(where: { $0.service == sending.request.service }) {
                return "\(sending.name) leaves while \(pause.service.rawValue) asks for a pause "
                    + "until \(pause.until)"
            }
        default: break
        }
        return nil
    }
}
