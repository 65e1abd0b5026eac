import JSONText
import JobModel

/// If a page or a round announced more records and the next one found none, the item is not
/// reported as done: data was removed in between. This holds across processes.
struct ListsEndAsTold: Checker {
    private let scenario: Scenario
    /// Answers that said that there is more, and left nothing of their own behind; only looked up.
    private var more: Set<SeenJournal.AttemptKey> = []
    /// Answers that found nothing; only looked up.
    private var empty: Set<SeenJournal.AttemptKey> = []

    init(_ scenario: Scenario) { self.scenario = scenario }

    mutating func observe(_ observation: Observation, _ world: borrowing WorldView) -> String? {
        switch observation {
        case .requestEnded(let sending, .success(let answer)):
            guard let key = sending.attempt else { return nil }
            switch sending.request.content {
            case .page, .round(_, _, []): break
            default: return nil
            }
            if answer.seenClass == .empty { empty.insert(key) }
            let flag = answer.value?["more_records"] ?? answer.value?["info"]?["more_records"]
            if flag?.bool == true, isWhole(answer) { more.insert(key) }
        case .worldEnded: return early(world.journal)
        default: break
        }
        return nil
    }

    /// Every record of a round is named and was deleted; pages have no such words.
    private func isWhole(_ answer: SeenAnswer) -> Bool {
        guard let elements = answer.value?["result"]?.array else { return true }
        return elements.allSatisfy {
            $0["code"]?.number?.text == "3000" && $0["data"]?["ID"]?.string != nil
        }
    }

    private func early(_ journal: borrowing SeenJournal) -> String? {
        for row in scenario.rows.indices {
            guard let outcome = journal.outcomes[row],
                ["deleted", "listed"].contains(outcome.word), let key = outcome.attempt,
                empty.contains(key), let last = journal.calls[key.call]
            else { continue }
            for number in journal.callNumbers {
                guard let call = journal.calls[number], call.rows == [row], precedes(call, last),
                    let attempt = call.attempts.last, let end = attempt.end, !end.leavesDoubt,
                    ["settled", "continued"].contains(end.verdict),
                    more.contains(.init(call: number, attempt: attempt.number))
                else { continue }
                return "row \(row) is \(outcome.word) by call \(key.call), which found nothing "
                    + "although call \(number) before it said that there is more"
            }
        }
        return nil
    }

    private func precedes(_ call: SeenJournal.Call, _ last: SeenJournal.Call) -> Bool {
        if let page = last.page { return call.page == page - 1 }
        guard last.isBlindRound, call.isBlindRound, let round = last.round else { return false }
        return call.round == round - 1
    }
}
