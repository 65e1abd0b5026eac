import JobModel
import Journaling
import ZohoAPI

// Creator rounds. What one did is decided by `RoundWork`; here it is journalled, and a round in
// doubt keeps its report waiting.

extension RunEngine {
    mutating func recordsListed(
        _ call: CallState, _ ids: [UInt64], status: Int, at now: Moment
    ) {
        let outcome = changeRounds(of: call) { $0.listed(ids, status: status) }
        endStep(call, Remark(status: status), nil, outcome, at: now)
    }

    mutating func roundAnswered(_ call: CallState, _ result: RoundResult, at now: Moment) {
        guard let serial = call.serial else { preconditionFailure("a round is a lane's") }
        let (records, outcome) = changeRounds(of: call) {
            $0.answered(result, to: serial.step, wasInDoubt: call.isInDoubt)
        }
        if let foreign = result.foreign.first {
            // Ahead of the answer's own record: see `halt`.
            halt(
                .recordDeleted,
                "a Creator round that named its records deleted \(result.foreign.count) others "
                    + "(\(foreign) is the first): the service does not read the criteria as it was "
                    + "meant", at: now)
        }
        endStep(call, Remark(status: result.status), .round(records), outcome, at: now)
    }

    /// A round that may not be sent again is in doubt: it is counted, and the report waits.
    ///
    /// - Parameter isServiceWell: false: more rounds in doubt than retries do not end the row. No
    ///   further one leaves before the bound for a service in trouble has passed.
    mutating func roundLost(
        _ call: CallState, _ remark: Remark, pause: Duration = .zero, isServiceWell: Bool,
        at now: Moment
    ) {
        guard let serial = call.serial else { preconditionFailure("a round is a lane's") }
        let retries = setup.limits.retries
        var (records, outcome) = changeRounds(of: call) {
            $0.lost(serial.step, remark, retries: retries)
        }
        if outcome?.kind == .unknown, !isServiceWell {
            outcome = nil
            laneTable.lanes[serial.lane].notBefore = now + setup.limits.giveUp
        }
        if kinds[call.kind].isStopped, outcome == nil {
            outcome = Outcome(
                kind: .unknown, status: remark.status, code: remark.code, said: remark.said)
        }
        endStep(
            call, remark, leavesDoubt: true, pause: pause, .round(records), outcome, at: now)
    }

    private mutating func changeRounds<Result>(
        of call: CallState, _ change: (inout RoundWork) -> Result
    ) -> Result {
        guard let lane = call.serial?.lane, case .rounds(var work) = laneWork[lane] else {
            preconditionFailure("broken belief: a round is of a job at work")
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
    mutating func holdBack(_ call: CallState, at now: Moment) {
        guard let serial = call.serial, case .round = serial.step else { return }
        let end = now + roundTimeout
        let lane = serial.lane
        laneTable.lanes[lane].notBefore = max(laneTable.lanes[lane].notBefore ?? end, end)
    }
}
