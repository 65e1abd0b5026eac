/// In each process the first call of a kind is alone until classified: nothing else of the kind is
/// in flight or sent, except the same call or a part of it.
///
/// Classified = answered with elements, or with a code that is not about one of several ids. After
/// such a code the call is split: then its halves, and calls that earlier processes left, go one at
/// a time. So do rounds and pages, which have no parts. A first call whose items all have outcomes
/// on the disk has ended without being classified: the next one is the first.
struct FirstCallAlone: Checker {
    private struct First {
        var sending: Sending
        /// Of its last sending.
        var attempt: SeenJournal.AttemptKey?
        var inFlight: Set<Int> = []
        var isAnswered = false
    }

    private let scenario: Scenario
    /// By kind; only looked up.
    private var kinds: [String: First] = [:]
    private var rounds = Steps()
    /// By module and list; only looked up.
    private var pages: [String: Steps] = [:]

    /// Calls of a kind that is sent one call at a time.
    private struct Steps {
        var inFlight: Set<Int> = []
        var isJudged = false

        mutating func left(_ sending: Sending) -> String? {
            defer { inFlight.insert(sending.number) }
            return isJudged || inFlight.isEmpty
                ? nil
                : "\(sending.name) (\(sending.request.kind)) leaves while the first of its kind "
                    + "has not been answered"
        }

        mutating func ended(_ sending: Sending, _ end: SeenEnd) {
            inFlight.remove(sending.number)
            if case .success(let answer) = end, answer.isClear { isJudged = true }
        }
    }

    init(_ scenario: Scenario) { self.scenario = scenario }

    mutating func observe(_ observation: Observation, _ world: borrowing WorldView) -> String? {
        switch observation {
        case .processBegan:
            kinds.removeAll()
            pages.removeAll()
            rounds = Steps()
        case .requestLeft(let sending):
            switch sending.request.content {
            case .round: return rounds.left(sending)
            case .page: return pages[sending.request.kind, default: Steps()].left(sending)
            case .items, .listing, .read, .unknown: return left(sending, world)
            }
        case .requestEnded(let sending, let end):
            switch sending.request.content {
            case .round: rounds.ended(sending, end)
            case .page: pages[sending.request.kind, default: Steps()].ended(sending, end)
            case .items, .listing, .read, .unknown: break
            }
            guard case .items = sending.request.content else { return nil }
            kinds[sending.request.kind]?.inFlight.remove(sending.number)
            if case .success(let answer) = end, answer.isClear, !isSplit(answer, sending) {
                kinds[sending.request.kind]?.isAnswered = true
            }
        default: break
        }
        return nil
    }

    private func isSplit(_ answer: SeenAnswer, _ sending: Sending) -> Bool {
        guard case .items(_, _, _, let ids) = sending.request.content, ids.count > 1,
            answer.seenClass == .refused
        else { return false }
        if [413, 414, 431].contains(answer.status) { return true }
        return answer.code == "INVALID_DATA" && answer.pathIndex != 1 && answer.pathIndex != 2
    }

    private mutating func left(_ sending: Sending, _ world: borrowing WorldView) -> String? {
        guard case .items(_, let parent, _, let ids) = sending.request.content else { return nil }
        let kind = sending.request.kind
        guard var first = kinds[kind] else {
            kinds[kind] = First(
                sending: sending, attempt: sending.attempt, inFlight: [sending.number])
            return nil
        }
        if first.isAnswered { return nil }
        if !first.inFlight.isEmpty {
            return "\(sending.name) (\(kind)) leaves while \(first.sending.name), the first of its "
                + "kind, has not been answered"
        }
        guard case .items(_, let firstParent, _, let firstIDs) = first.sending.request.content
        else { return nil }
        if parent != firstParent || !Set(ids).isSubset(of: firstIDs) {
            let rows = first.sending.attempt.map { world.journal.rows(of: $0) } ?? []
            let isSplit =
                first.attempt.flatMap { world.journal.attempt($0)?.end?.verdict } == "split"
            guard isSplit || rows.allSatisfy({ world.journal.outcomes[$0] != nil }) else {
                return "\(sending.name) (\(kind)) leaves although \(first.sending.name), the first "
                    + "of its kind, has not been classified"
            }
            first.sending = sending
        }
        // A half takes its call's place.
        if sending.attempt?.call != first.sending.attempt?.call { first.sending = sending }
        first.attempt = sending.attempt
        first.inFlight = [sending.number]
        kinds[kind] = first
        return nil
    }
}
