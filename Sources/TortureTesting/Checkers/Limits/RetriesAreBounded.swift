import JSONText
import JobModel

/// A request is sent again after `--retries` faults at most, over processes too; then the
/// first fault of a healthy service is its last one. While a service has answered nothing
/// clearly since its troubles began, a fault beyond the retries costs none. A call whose answer
/// covers only some of its items is repeated at most twice.
struct RetriesAreBounded: Checker {
    private struct Request: Hashable {
        var target: String
        var body: [UInt8]
    }

    /// Attempts that ended in faults that count. By what is asked for; only looked up.
    private var faults: [Request: [SeenJournal.AttemptKey]] = [:]
    /// No further sending of these is allowed in this process.
    private var spent: Set<Request> = []
    /// Attempts whose answers left items out, by call; only looked up.
    private var unclear: [Int: [SeenJournal.AttemptKey]] = [:]
    private var health = SeenHealth.unwell
    private var retries = 0
    private var reopenings = 0

    private static let unclearAnswers = 3

    init(_ scenario: Scenario) {}

    mutating func observe(_ observation: Observation, _ world: borrowing WorldView) -> String? {
        switch observation {
        case .processBegan(let facts):
            health = .unwell
            spent = []
            retries = facts.limits.retries
            // A start may have reopened outcomes and died before it began.
            if world.journal.reopenings > reopenings {
                reopenings = world.journal.reopenings
                faults = [:]
            }
            // An end whose record died with its process is not known.
            let journal = world.journal
            faults = faults.mapValues { $0.filter { journal.attempt($0)?.end != nil } }
            unclear = unclear.mapValues { $0.filter { journal.attempt($0)?.end != nil } }
        case .requestEnded(let sending, let end): ended(sending, end)
        case .requestLeft(let sending):
            guard let request = request(of: sending) else { return nil }
            if spent.contains(request) {
                return "\(sending.name) leaves after \(faults[request]?.count ?? 0) faults and one "
                    + "more of a service that was well; \(retries) retries are allowed"
            }
            if let call = sending.attempt?.call,
                let count = unclear[call]?.count, count >= RetriesAreBounded.unclearAnswers
            {
                return "\(sending.name) leaves after \(count) answers that left out items"
            }
        default: break
        }
        return nil
    }

    private func request(of sending: Sending) -> Request? {
        switch sending.request.content {
        case .items, .page: Request(target: sending.request.target, body: sending.request.body)
        case .round, .listing, .read, .unknown: nil
        }
    }

    private mutating func ended(_ sending: Sending, _ end: SeenEnd) {
        guard sending.request.service == .crm else { return }
        let word = SeenWord(sending, end)
        defer { health.heard(word) }
        guard let request = request(of: sending), let key = sending.attempt else { return }
        if word == .clear, case .success(let answer) = end,
            case .items(_, _, _, let ids) = sending.request.content, answer.leavesOut(ids)
        {
            unclear[key.call, default: []].append(key)
        }
        guard word == .fault else { return }
        if faults[request, default: []].count < retries {
            faults[request, default: []].append(key)
        } else if health == .well {
            spent.insert(request)
        }
    }
}

extension SeenAnswer {
    /// No element has the id of one of these.
    fileprivate func leavesOut(_ ids: [UInt64]) -> Bool {
        guard seenClass == .elements else { return false }
        let named = Set(elements.compactMap { $0["details"]?["id"]?.string })
        return ids.contains { !named.contains("\($0)") }
    }
}
