import JobModel

/// Nothing is sent to a service for as long as a 429 or a 503 asks for, and after a 429 for at
/// least our own pause, which grows with each 429 in a row. This holds in the process that received
/// it, and in later ones if the record of that answer is on the disk. A 429's pause is reported
/// before the next request to that service.
struct PausesKept: Checker {
    private struct Pause {
        let service: Service
        let attempt: SeenJournal.AttemptKey?
        let from: Moment
        let until: Moment
    }

    private var pauses: [Pause] = []
    /// Services whose last 429 has not been reported.
    private var untold: Set<Service> = []
    /// 429s in a row, for requests that were sent after the previous one was received.
    private var throttles: [Service: (count: Int, at: Moment)] = [:]

    init(_ scenario: Scenario) {}

    mutating func observe(_ observation: Observation, _ world: borrowing WorldView) -> String? {
        switch observation {
        case .processBegan(let facts):
            throttles = [:]
            untold = []
            pauses.removeAll { pause in
                // What was lost with its process, or came after the stop record, is unknown.
                guard let key = pause.attempt, let end = world.journal.attempt(key)?.end,
                    end.status != 0
                else { return true }
                // Longer than a run waits: starting another run is a user's decision.
                return pause.until - pause.from > facts.limits.outOfCallsAfter
            }
        case .saidPaused(let service): untold.remove(service)
        case .requestEnded(let sending, .success(let answer)):
            count(sending, SeenWord(sending, .success(answer)), at: world.now)
            // At the day's end the run pauses instead.
            guard answer.seenClass != .outOfCalls, [429, 503].contains(answer.status),
                let limits = world.process?.limits
            else { return nil }
            if answer.status == 429 { untold.insert(sending.request.service) }
            let asked = Duration.seconds(min(max(0, answer.pauseSeconds ?? 0), 86_400))
            let count = throttles[sending.request.service]?.count ?? 0
            // It does not grow with 429s for too many concurrent calls.
            let own =
                answer.status == 429 ? limits.throttlePause * (count > 1 ? 2 : 1) : .zero
            pauses.append(
                Pause(
                    service: sending.request.service, attempt: sending.attempt, from: world.now,
                    until: world.now + max(asked, own)))
        case .requestLeft(let sending):
            if untold.contains(sending.request.service) {
                return "\(sending.name) leaves after a 429, and nothing said that there is a pause"
            }
            pauses.removeAll { $0.until <= world.now }
            if let pause = pauses.first(where: { $0.service == sending.request.service }) {
                return "\(sending.name) leaves while \(pause.service.rawValue) asks for a pause "
                    + "until \(pause.until)"
            }
        default: break
        }
        return nil
    }

    private mutating func count(_ sending: Sending, _ word: SeenWord, at now: Moment) {
        let service = sending.request.service
        switch word {
        case .throttled:
            let last = throttles[service]
            guard last.map({ sending.leftAt > $0.at }) ?? true else { return }
            // The body of an update takes time: it may have been decided before, or not.
            let isNext = last == nil || sending.request.method != "PUT"
            throttles[service] = ((last?.count ?? 0) + (isNext ? 1 : 0), now)
        case .clear, .unsure: throttles[service]?.count = 0
        case .fault, .trouble, .unsent, .unauthorised: break
        }
    }
}
