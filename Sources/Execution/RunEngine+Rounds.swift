import JobModel
import Journaling
import ZohoAPI

// Creator rounds. What one did is decided by `RoundWork`; here it is journalled, and a round in
// doubt keeps its report waiting.

extension RunEngine {
    mutating func recordsListed(
        _ call: CallState, _ ids: [UInt64], status: Int, at now: Moment
    ) {
        let outcome = updateRounds(of: call) { $0.listed(ids, status: status) }
        finishStep(call, ServiceMessage(status: status), nil, outcome, at: now)
    }

    mutating func roundAnswered(_ call: CallState, _ result: RoundResult, at now: Moment) {
        guard let laneCall = call.laneCall else {
            preconditionFailure("call \(call.number) belongs to no lane")
        }
        let (records, outcome) = updateRounds(of: call) {
            $0.answered(result, to: laneCall.step, wasInDoubt: call.isInDoubt)
        }
        if let foreign = result.foreign.first {
            // Ahead of the answer's own record: see `halt`.
            halt(
                .recordDeleted,
                "a Creator round that named its records deleted \(result.foreign.count) others "
                    + "(\(foreign) is the first): the service does not read the criteria as it was "
                    + "meant", at: now)
        }
        finishStep(call, ServiceMessage(status: result.status), .round(records), outcome, at: now)
    }

    /// A round that may not be sent again is in doubt: it is counted, and the report waits.
    ///
    /// - Parameter isServiceWell: false: more rounds in doubt than retries do not end the row. No
    ///   further one leaves before the bound for a service in trouble has passed.
    mutating func roundLost(
        _ call: CallState, _ message: ServiceMessage, pause: Duration = .zero, isServiceWell: Bool,
        at now: Moment
    ) {
        guard let laneCall = call.laneCall else {
            preconditionFailure("call \(call.number) belongs to no lane")
        }
        let retries = setup.limits.retries
        var (records, outcome) = updateRounds(of: call) {
            $0.lost(laneCall.step, message, retries: retries)
        }
        if outcome?.kind == .unknown, !isServiceWell {
            outcome = nil
            laneTable.lanes[laneCall.lane].notBefore = now + setup.limits.giveUp
        }
        if kinds[call.kind].isStopped, outcome == nil {
            outcome = Outcome(
                kind: .unknown, status: message.status, code: message.code, message: message.text)
        }
        finishStep(
            call, message, leavesDoubt: true, pause: pause, .round(records), outcome, at: now)
    }

    private mutating func updateRounds<Result>(
        of call: CallState, _ change: (inout RoundWork) -> Result
    ) -> Result {
        guard let lane = call.laneCall?.lane, case .rounds(var work) = laneWork[lane] else {
            preconditionFailure("call \(call.number) has no Creator job in its lane")
        }
        let result = change(&work)
        laneWork[lane] = .rounds(work)
        return result
    }

    /// For how long a round in doubt may be at work: today's time-out, or that of the earlier start
    /// which may have sent it, whichever is longer.
    var roundTimeout: Duration {
        max(setup.limits.timeout, .milliseconds(setup.recovered.longestTimeoutMilliseconds))
    }

    /// A round that may be at work still keeps its report waiting until its time-out has passed.
    mutating func pauseLane(_ call: CallState, at now: Moment) {
        guard let laneCall = call.laneCall, case .round = laneCall.step else { return }
        let end = now + roundTimeout
        let lane = laneCall.lane
        laneTable.lanes[lane].notBefore = max(laneTable.lanes[lane].notBefore ?? end, end)
    }
}
