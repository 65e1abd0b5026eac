import JobModel

/// Calls in flight stay within each service's limit, halved after each 429 for a request sent after
/// the previous one, then raised by one after as many clear answers as calls may be in flight.
struct ConcurrencyKept: Checker {
    fileprivate struct Watch {
        var inFlight: Set<Int> = []
        var limit = 1
        var maximum = 1
        var clearAnswers = 0
        var loweredAt: Moment?
    }

    private var crm = Watch()
    private var creator = Watch()

    init(_ scenario: Scenario) {}

    mutating func observe(_ observation: Observation, _ world: borrowing WorldView) -> String? {
        switch observation {
        case .processBegan(let facts):
            crm = Watch(facts.limits.concurrency[.crm] ?? 1)
            creator = Watch(facts.limits.concurrency[.creator] ?? 1)
        case .requestLeft(let sending):
            let count: (Int, Int)
            if sending.request.service == .creator {
                count = creator.left(sending)
            } else {
                count = crm.left(sending)
            }
            if count.0 > count.1 {
                return "\(sending.name) is number \(count.0) in flight, the limit is \(count.1)"
            }
        case .requestEnded(let sending, let end):
            if sending.request.service == .creator {
                creator.ended(sending, end, at: world.now)
            } else {
                crm.ended(sending, end, at: world.now)
            }
        default: break
        }
        return nil
    }
}

extension ConcurrencyKept.Watch {
    fileprivate init(_ limit: Int) {
        self.limit = limit
        maximum = limit
    }

    fileprivate mutating func left(_ sending: Sending) -> (Int, Int) {
        inFlight.insert(sending.number)
        return (inFlight.count, limit)
    }

    fileprivate mutating func ended(_ sending: Sending, _ end: SeenEnd, at now: Moment) {
        inFlight.remove(sending.number)
        guard case .success(let answer) = end else { return }
        if answer.seenClass == .throttled {
            guard loweredAt == nil || sending.leftAt > loweredAt ?? .zero else { return }
            // The body of an update takes time: it may have been decided before, and then this 429
            // lowers nothing.
            if loweredAt != nil, sending.request.method == "PUT" {
                loweredAt = now
                return
            }
            limit = max(1, limit / 2)
            clearAnswers = 0
            loweredAt = now
        } else if answer.isClear, limit < maximum {
            clearAnswers += 1
            if clearAnswers >= limit {
                limit += 1
                clearAnswers = 0
            }
        }
    }
}
