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
            // The halt is recorded before the answer; see `halt`.
            halt(
                .recordDeleted,
                "a Creator round that named its records deleted \(result.foreign.count) others "
                    + "(\(foreign) is the first): the service does not read the criteria as it was "
                    + "meant", at: now)
        }
        finishStep(call, ServiceMessage(status: result.status), .round(records), outcome, at: now)
    }

    /// A round that must not be repeated is in doubt: its records count as unaccounted, and the
    /// report waits.
    ///
    /// - Parameter isServiceWell: false: more rounds in doubt than retries do not end the row. No
    ///   further round is sent before the limit for a failing service has passed.
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

    /// How long a round in doubt may still be running: the longer of the current timeout and that
    /// of the earlier start that may have sent it.
    var roundTimeout: Duration {
        max(setup.limits.timeout, .milliseconds(setup.recovered.longestTimeoutMilliseconds))
    }

    /// Delays the report of a round that may still be running until its timeout has passed.
    mutating func pauseLane(_ call: CallState, at now: Moment) {
        guard let laneCall = call.laneCall, case .round = laneCall.step else { return }
        let end = now + roundTimeout
        let lane = laneCall.lane
        laneTable.lanes[lane].notBefore = max(laneTable.lanes[lane].notBefore ?? end, end)
    }
}
