import JobModel

/// Rounds of one report are strictly serial, across processes: while one may be executing, until
/// its answer or its timeout, no other is sent; and one without explicit ids is never resent in
/// doubt.
struct RoundsAreSerial: Checker {
    private struct Round {
        var sending: Sending
        /// The timeout of the process that sent it.
        var until: Moment
    }

    /// Rounds that have left and were not answered, by report; only looked up.
    private var live: [String: Round] = [:]

    init(_ scenario: Scenario) {}

    mutating func observe(_ observation: Observation, _ world: borrowing WorldView) -> String? {
        switch observation {
        case .requestLeft(let sending):
            guard case .round(let report, _, _) = sending.request.content,
                let limits = world.process?.limits
            else { return nil }
            if !sending.request.needsFreshConnection {
                return "\(sending.name), a round, leaves over a connection that was used before"
            }
            if let round = live[report], world.now < round.until {
                return "\(sending.name) leaves while \(round.sending.name) of the same report may "
                    + "be at work"
            }
            live[report] = Round(sending: sending, until: world.now + limits.timeout)
            if let key = sending.attempt, let call = world.journal.calls[key.call],
                call.isBlindRound,
                call.attempts.contains(where: { $0.number < key.attempt && $0.isDoubtful })
            {
                return "\(sending.name) repeats a round that names no records and is in doubt"
            }
        case .requestEnded(let sending, let end):
            guard case .round(let report, _, _) = sending.request.content,
                live[report]?.sending.number == sending.number
            else { return nil }
            switch end {
            case .success(let answer) where answer.seenClass != .fault: live[report] = nil
            case .failure(let failure) where !failure.mayHaveActed: live[report] = nil
            case .success, .failure: break
            }
        default: break
        }
        return nil
    }
}
