import JobModel

/// An item is said to be absent after a doubt only where an attempt before may have acted on it:
/// not after a 429, a 401, a refusal of its call or what never left. Nor is one unknown that no
/// attempt may have acted on.
struct DoubtHasReason: Checker {
    /// Attempts that can't have acted, as they were heard.
    private var harmless: Set<SeenJournal.AttemptKey> = []

    init(_ scenario: Scenario) {}

    mutating func observe(_ observation: Observation, _ world: borrowing WorldView) -> String? {
        switch observation {
        // What was heard and died with its process is not known to the next one, which may write
        // an end of its own.
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
        case .worldEnded: return judge(world.journal)
        default: break
        }
        return nil
    }

    private func judge(_ journal: borrowing SeenJournal) -> String? {
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
            // What was heard and died with its process, or came behind the stop record, is not
            // known.
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
