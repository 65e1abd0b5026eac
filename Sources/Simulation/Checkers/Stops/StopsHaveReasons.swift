import JobModel

/// A process that ends before the run is done says why, and the world shows that reason.
struct StopsHaveReasons: Checker {
    private struct Seen {
        var signal = false
        var throttled = false
        var unauthorised = false
        var trouble = false
        var exchange = false
        var failedExchange = false
        var recordDeleted = false
        var leastCredits = Int.max
    }

    private let countsCalls: Bool
    private var seen = Seen()

    init(_ scenario: Scenario) {
        countsCalls = !scenario.has(.clockSteps) && !scenario.has(.sleeps)
    }

    mutating func observe(_ observation: Observation, _ world: borrowing WorldView) -> String? {
        switch observation {
        case .processBegan: seen = Seen()
        case .signalled: seen.signal = true
        case .exchangeLeft: seen.exchange = true
        case .exchangeEnded(let token): if token == nil { seen.failedExchange = true }
        case .requestEnded(_, .failed): seen.trouble = true
        case .requestEnded(let sending, .answered(let answer)):
            heard(answer)
            // A refusal for its length of what is short, and elements of others, are faults.
            if SeenWord(sending, .answered(answer)) == .unsure { seen.trouble = true }
        case .processEnded(let summary):
            return isShown(summary.reason, world)
                ? nil : "the process ends for \"\(summary.reason)\", and nothing shows it"
        default: break
        }
        return nil
    }

    private mutating func heard(_ answer: SeenAnswer) {
        switch answer.seenClass {
        case .throttled, .outOfCalls: seen.throttled = true
        case .unauthorised: seen.unauthorised = true
        case .fault: seen.trouble = true
        case .elements:
            if answer.saysRecordDeleted { seen.recordDeleted = true }
        case .refused, .empty: break
        }
        seen.leastCredits = min(seen.leastCredits, answer.credits ?? .max)
    }

    private func isShown(_ reason: String, _ world: borrowing WorldView) -> Bool {
        let journal = world.journal
        guard let limits = world.process?.limits else { return true }
        switch reason {
        case "completed": return journal.planned == journal.outcomes.count
        case "signal": return seen.signal
        case "until": return limits.lastStart != nil
        case "out-of-calls": return seen.throttled
        case "max-calls":
            guard let maximum = limits.maximumCalls else { return false }
            return !countsCalls || callsOfTheDay(journal, world) >= maximum
        case "throttled-tokens": return seen.exchange || seen.unauthorised
        case "unreachable": return seen.trouble || seen.failedExchange || seen.throttled
        case "credentials": return seen.unauthorised
        case "credits":
            return seen.leastCredits <= (limits.dailyCredits.map { $0 / 10 } ?? 1_000)
        case "record-deleted": return seen.recordDeleted || journal.halt != nil
        case "error-budget": return (journal.counts["failed"] ?? 0) > 0
        case "max-absent": return (journal.counts["absent"] ?? 0) > 0
        default: return true
        }
    }

    /// Calls that were begun in the last 24 hours, as the disk dates them.
    private func callsOfTheDay(
        _ journal: borrowing SeenJournal, _ world: borrowing WorldView
    ) -> Int {
        let dayAgo =
            Simulation.epochMilliseconds + world.now.milliseconds - (24 * 3_600 + 120) * 1_000
        return journal.callNumbers.count { number in
            (journal.calls[number]?.attempts.first?.atMilliseconds ?? 0) >= dayAgo
        }
    }
}
