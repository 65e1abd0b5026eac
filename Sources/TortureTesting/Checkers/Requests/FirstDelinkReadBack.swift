/// With an API version whose message does not distinguish a removed relation from a deleted record,
/// the first success of each kind of delink is verified by reading its record: before that no other
/// call of the kind is sent, and none if the record is gone.
struct FirstDelinkReadBack: Checker {
    private struct Kind {
        /// Ids that were answered with success, and none read back.
        var successes: Set<UInt64> = []
        var attempt: SeenJournal.AttemptKey?
        var isProven = false
    }

    private let isNeeded: Bool
    /// Ids that requests of a kind named.
    private var sent: [String: Set<UInt64>] = [:]
    /// By kind; only looked up, or all of them.
    private var kinds: [String: Kind] = [:]
    /// The last overriding session that was seen.
    private var overridden = 0

    init(_ scenario: Scenario) { isNeeded = scenario.crmVersion == "v8" }

    mutating func observe(_ observation: Observation, _ world: borrowing WorldView) -> String? {
        guard isNeeded else { return nil }
        switch observation {
        case .processBegan:
            // An override that is on the disk starts over, whatever happened to its process. A
            // success whose record died with its process is not known.
            if world.journal.lastOverridingSession > overridden {
                overridden = world.journal.lastOverridingSession
                kinds = kinds.filter { $0.value.isProven }
            }
            for (name, kind) in kinds where !kind.isProven {
                if kind.attempt.flatMap({ world.journal.attempt($0)?.end }) == nil {
                    kinds[name] = nil
                }
            }
        case .requestLeft(let sending):
            if isDelink(sending.request),
                case .items(_, _, _, let ids) = sending.request.content
            {
                sent[sending.request.kind, default: []].formUnion(ids)
            }
            guard isDelink(sending.request), let kind = kinds[sending.request.kind],
                !kind.isProven, !kind.successes.isEmpty
            else { return nil }
            return "\(sending.name) (\(sending.request.kind)) leaves, and no record of the kind's "
                + "first success was read back"
        case .requestEnded(let sending, .success(let answer)):
            if isDelink(sending.request) {
                noteSuccess(sending, answer)
            } else if sending.request.method == "GET", answer.seenClass == .elements,
                let last = sending.request.target.split(separator: "/").last,
                let id = UInt64(last.prefix { $0.isNumber })
            {
                for (name, ids) in sent where ids.contains(id) {
                    kinds[name, default: Kind()].isProven = true
                }
            }
        case .worldEnded: return readAgain(world.journal)
        default: break
        }
        return nil
    }

    private func readAgain(_ journal: borrowing SeenJournal) -> String? {
        var found: Set<String> = []
        for number in journal.callNumbers {
            guard let call = journal.calls[number], call.isReadBack else { continue }
            if found.contains(call.kind) {
                return "call \(number) reads a record of \(call.kind) back, and one was found"
            }
            if call.attempts.contains(where: { $0.end?.verdict == "settled" }) {
                found.insert(call.kind)
            }
        }
        return nil
    }

    private func isDelink(_ request: SeenRequest) -> Bool {
        guard case .items(_, _, let list, _) = request.content else { return false }
        return request.method == "DELETE" && list != "Attachments"
    }

    private mutating func noteSuccess(_ sending: Sending, _ answer: SeenAnswer) {
        guard case .items(_, _, _, let ids) = sending.request.content else { return }
        let successes = answer.successes.intersection(ids)
        if successes.isEmpty { return }
        var kind = kinds[sending.request.kind] ?? Kind()
        guard !kind.isProven, kind.successes.isEmpty else { return }
        kind.successes = successes
        kind.attempt = sending.attempt
        kinds[sending.request.kind] = kind
    }
}
