import JobModel

/// An item is reported as absent after a doubt only if an earlier attempt may have acted on it: not
/// after a 429, a 401, a refusal of its call or an attempt that was never sent. An item on which no
/// attempt may have acted is not unknown either.
struct DoubtHasReason: Checker {
    /// Attempts that can't have acted, according to the results received.
    private var harmless: Set<SeenJournal.AttemptKey> = []

    init(_ scenario: Scenario) {}

    mutating func observe(_ observation: Observation, _ world: borrowing WorldView) -> String? {
        switch observation {
        // A result that was lost with its process is unknown to the next one, which may write
        // another end.
        case .processBegan:
            harmless = harmless.filter { world.journal.attempt($0)?.end != nil }
        case .requestEnded(let sending, let end):
            guard let key = sending.attempt else { return nil }
            switch end {
            case .failure(let failure): if !failure.mayHaveActed { harmless.insert(key) }
            case .success(let answer):
                switch answer.seenClass {
                case .throttled, .unauthorised, .outOfCalls: harmless.insert(key)
                // A short request can't be refused for its length: something else answered.
                case .refused where ![413, 414, 431].contains(answer.status): harmless.insert(key)
                case .refused, .fault, .elements, .empty: break
                }
            }
        case .worldEnded: return findProblem(world.journal)
        default: break
        }
        return nil
    }

    private func findProblem(_ journal: borrowing SeenJournal) -> String? {
        var attempts: [Int: [SeenJournal.AttemptKey]] = [:]
        for number in journal.callNumbers {
            for attempt in journal.calls[number]?.attempts ?? []
            where attempt.end?.verdict != "unsent" {
                for row in attempt.rows {
                    attempts[row, default: []].append(.init(call: number, attempt: attempt.number))
                }
            }
        }
        for row in journal.outcomes.keys.sorted() where !journal.doubtfulRows.contains(row) {
            guard let outcome = journal.outcomes[row],
                outcome.isAfterDoubt || outcome.word == "unknown"
            else { continue }
            let others = (attempts[row] ?? []).filter {
                !outcome.isAfterDoubt || $0 != outcome.attempt
            }
            // A result that was lost with its process, or came after the stop record, is
            // unknown.
            let mayHaveActed = others.contains {
                guard harmless.contains($0), let end = journal.attempt($0)?.end else { return true }
                return end.status == 0 && end.leavesDoubt
            }
            if !mayHaveActed {
                return
                    "row \(row) is said to be \(outcome.word), after a doubt, and no attempt may "
                    + "have acted"
            }
        }
        return nil
    }
}
