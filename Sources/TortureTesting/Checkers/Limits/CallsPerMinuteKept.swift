import JobModel

/// Requests sent in any minute stay within each service's limit, across processes. A process with a
/// lower limit is responsible for its own only.
struct CallsPerMinuteKept: Checker {
    fileprivate struct Watch {
        var sendings: [Moment] = []
        /// The limits of the processes, in order.
        var limits: [(since: Moment, limit: Int?)] = []
    }

    private var crm = Watch()
    private var creator = Watch()

    init(_ scenario: Scenario) {}

    mutating func observe(_ observation: Observation, _ world: borrowing WorldView) -> String? {
        switch observation {
        case .processBegan(let facts):
            crm.limits.append((world.now, facts.limits.callsPerMinute[.crm]))
            creator.limits.append((world.now, facts.limits.callsPerMinute[.creator]))
        case .requestLeft(let sending):
            return sending.request.service == .creator
                ? creator.left(at: world.now) : crm.left(at: world.now)
        default: break
        }
        return nil
    }
}

extension CallsPerMinuteKept.Watch {
    fileprivate mutating func left(at now: Moment) -> String? {
        sendings.append(now)
        sendings.removeAll { now - $0 >= .seconds(60) }
        // The widest limit that was in force at any time of the last minute.
        var widest = 0
        for (index, entry) in limits.enumerated() {
            let end = index + 1 < limits.count ? limits[index + 1].since : now
            guard end >= (sendings.first ?? now) || index == limits.count - 1 else { continue }
            guard let limit = entry.limit else { return nil }
            widest = max(widest, limit)
        }
        return sendings.count > widest
            ? "\(sendings.count) calls in a minute, the limit is \(widest)" : nil
    }
}
