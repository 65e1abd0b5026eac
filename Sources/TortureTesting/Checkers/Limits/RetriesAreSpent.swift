import JSONText
import JobModel

/// A fault gives the items of its call no outcome as long as retries are left, and an answer that
/// leaves items out makes none unknown before the third, unless their kind is stopped.
struct RetriesAreSpent: Checker {
    /// Attempts of a call that ended otherwise than in a 429, a 401, or before they left.
    private var counts: [Int: Int] = [:]
    /// Attempts that ended in a fault with retries left, and whose records are not on the disk yet.
    private var waiting: [SeenJournal.AttemptKey] = []
    /// The first two answers of a call that speak of some of its items, with the codes of their
    /// refusals.
    private var early: [(key: SeenJournal.AttemptKey, codes: Set<String>)] = []
    private var retries = 0

    init(_ scenario: Scenario) {}

    mutating func observe(_ observation: Observation, _ world: borrowing WorldView) -> String? {
        switch observation {
        case .processBegan(let facts):
            retries = facts.limits.retries
            waiting = []
            early = []
        case .requestEnded(let sending, let end):
            guard let key = sending.attempt else { return nil }
            switch sending.request.content {
            case .items, .page: break
            case .round, .listing, .read, .unknown: return nil
            }
            let word = SeenWord(sending, end)
            switch word {
            case .throttled, .unauthorised, .unsent: return nil
            case .clear, .fault, .trouble, .unsure: break
            }
            // Of every sort: no more of them were faults.
            let before = counts[key.call, default: 0]
            counts[key.call] = before + 1
            if word == .fault, before < retries { waiting.append(key) }
            if word == .clear, before < 2, case .success(let answer) = end {
                let codes = answer.elements.compactMap { $0["code"]?.string } + [answer.code]
                early.append((key, Set(codes).subtracting(["", "SUCCESS"])))
            }
        case .diskSynchronised, .processEnded: return findProblem(world.journal)
        default: break
        }
        return nil
    }

    private mutating func findProblem(_ journal: borrowing SeenJournal) -> String? {
        while let (key, codes) = early.first {
            guard let end = journal.attempt(key)?.end else { break }
            early.removeFirst()
            // What is refused after a doubt is unknown at once.
            let isGivenUp = end.outcomes.contains {
                $0.outcome.word == "unknown" && !codes.contains($0.outcome.code)
            }
            guard isGivenUp,
                !journal.stoppedKinds.contains(journal.calls[key.call]?.kind ?? "")
            else { continue }
            return "call \(key.call), attempt \(key.attempt) left items out, and they are unknown"
        }
        while let key = waiting.first {
            guard let end = journal.attempt(key)?.end else { return nil }
            waiting.removeFirst()
            guard let outcome = end.outcomes.first?.outcome,
                !journal.stoppedKinds.contains(journal.calls[key.call]?.kind ?? "")
            else { continue }
            return "call \(key.call), attempt \(key.attempt) met a fault, its items are "
                + "\(outcome.word), and \(retries) retries were not spent"
        }
        return nil
    }
}
