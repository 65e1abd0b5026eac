import JobModel

/// After a request of several items was refused for its length, no call that the process makes of
/// that kind later has more than half of them.
struct LongCallsAreShortened: Checker {
    private struct Bound {
        /// Wall time of the process when it heard the refusal.
        var milliseconds: Int64
        var items: Int
    }

    /// Requests no longer than this are not refused for their length.
    private static let shortByteCount = 512

    /// By the kind of a request; only looked up.
    private var bounds: [String: [Bound]] = [:]

    init(_ scenario: Scenario) {}

    mutating func observe(_ observation: Observation, _ world: borrowing WorldView) -> String? {
        switch observation {
        case .processBegan: bounds = [:]
        case .requestEnded(let sending, .success(let answer)):
            let request = sending.request
            guard case .items(_, _, _, let ids) = request.content, ids.count > 1,
                [413, 414, 431].contains(answer.status), let process = world.process,
                request.method == "PUT" && answer.status == 413
                    || request.target.utf8.count > LongCallsAreShortened.shortByteCount
            else { return nil }
            let elapsed = (world.now - process.clockZero).nanoseconds / 1_000_000
            bounds[request.kind, default: []].append(
                Bound(
                    milliseconds: process.wallMillisecondsAtZero + elapsed,
                    items: (ids.count + 1) / 2))
        case .requestLeft(let sending):
            guard case .items(_, _, _, let ids) = sending.request.content,
                let key = sending.attempt,
                key.attempt == 1, let call = world.journal.calls[key.call], call.parentCall == nil,
                call.session == world.journal.sessionCount,
                let attempt = world.journal.attempt(key)
            else { return nil }
            let bound = bounds[sending.request.kind]?.first {
                $0.milliseconds < attempt.atMilliseconds && ids.count > $0.items
            }
            return bound.map {
                "\(sending.name) has \(ids.count) items, and a longer one was refused for its "
                    + "length: \($0.items) at most"
            }
        default: break
        }
        return nil
    }
}
