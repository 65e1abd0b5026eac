import JobModel
import Journaling
import ZohoAPI

// Attempts that failed for a reason not caused by their items: no answer, or one that is not the
// service's own. The call is sent again; while the service gives no clear answer, this costs no
// item a retry.

extension RunEngine {
    /// The number of answers that omit an item or contradict themselves about it, while they are
    /// clear about others, after which the item is `unknown`.
    static let maximumUnclearAnswers = 3

    /// Bytes of path, query and body that no server should refuse as too long. If a request up to
    /// this length is refused for its length, that is a fault of the answering server. A call of
    /// one relation is shorter.
    static let shortRequestByteCount = 512

    /// No usable answer: the call is sent again after a backoff. With its retries spent it is
    /// split, or its item is unknown; but not while the service has given no clear answer since its
    /// first fault, nor in a drain. Then the call stays open, and waits with the run for
    /// `--give-up`, or for the next start.
    ///
    /// - Parameter asked: `Retry-After` of the answer, in seconds.
    mutating func attemptFaulted(
        _ call: CallState, _ message: ServiceMessage, asked: Int? = nil, at now: Moment
    ) {
        let service = serviceIndex(kinds[call.kind].service)
        let wasWell = services[service].isHealthy
        let pause = backOff(service, message, asked: asked, at: now)
        guard call.isRepeatable else {
            return roundLost(call, message, pause: pause, isServiceWell: wasWell, at: now)
        }
        var call = call
        call.isInDoubt = true
        if kinds[call.kind].isStopped {
            settleAll(call, as: .unknown, message, at: now, leavesDoubt: true, pause: pause)
        } else if call.faults < setup.limits.retries {
            call.faults += 1
            record(call, .again, message, leavesDoubt: true, pause: pause, at: now)
            call.owesRetry = true
            delay(call, number: call.faults, at: now)
        } else if !wasWell || !isSending {
            record(call, .outage, message, leavesDoubt: true, pause: pause, at: now)
            call.outages += 1
            call.owesRetry = true
            delay(call, number: call.faults + call.outages, at: now)
        } else if call.items.count > 1 {
            split(call, message, pause: pause, at: now)
        } else if call.isReadBack {
            readBackEnded(call, .unreadable(message), pause: pause, at: now)
        } else {
            settleAll(call, as: .unknown, message, at: now, leavesDoubt: true, pause: pause)
        }
    }

    /// Makes the service back off, reports it, and ends the run if the service asks for a longer
    /// pause than the run waits.
    ///
    /// - Returns: The pause that the service asked for; zero for none.
    private mutating func backOff(
        _ index: Int, _ message: ServiceMessage, asked: Int?, at now: Moment
    ) -> Duration {
        let asked = Duration.seconds(max(0, min(asked ?? 0, AnswerReading.maximumPauseSeconds)))
        let wait = services[index].faulted(asked: asked, at: now, using: &generator)
        let service = services[index].service
        if asked > .zero {
            let seconds = Int(asked.components.seconds)
            actions.append(.announce(.servicePaused(service, seconds: seconds, message)))
        } else if wait > .seconds(1) {
            actions.append(.announce(.serviceFailing(service, services[index].lastFailure)))
        }
        let since = services[index].failingSince ?? now
        if asked > .zero, now + asked > since + setup.limits.giveUp {
            beginStop(
                .unreachable,
                "\(service.rawValue) asks for a pause of \(asked.components.seconds) s, which ends "
                    + "later than \(DurationText.exact(setup.limits.giveUp)) after its "
                    + "first fault (--give-up)", at: now)
        }
        return asked
    }

    /// Some items of an answered call have no clear answer: only those are sent again, and after
    /// three such answers they are unknown.
    mutating func unclear(
        _ call: CallState, _ message: ServiceMessage, outcomes: [(CallItem, Outcome)],
        at now: Moment
    ) {
        var call = call
        call.unclearAnswers += 1
        let isLast =
            call.unclearAnswers >= RunEngine.maximumUnclearAnswers || kinds[call.kind].isStopped
        let settledRows = outcomes.map(\.0.row)
        let open = call.items.filter { !settledRows.contains($0.row) }
        call.hasSettledItems = call.hasSettledItems || !outcomes.isEmpty
        if isLast {
            let unknown = Outcome(
                kind: .unknown, status: message.status, code: message.code, message: message.text)
            if call.hasSettledItems { kinds[call.kind].isFirstCallAnswered = true }
            settle(
                call, outcomes + open.map { ($0, unknown) }, message, leavesDoubt: true, at: now)
            return
        }
        record(call, .unclear, message, leavesDoubt: true, outcomes: outcomes, at: now)
        // Only now, because the outcomes in this answer are not affected by its doubt.
        call.isInDoubt = true
        call.items = open
        delay(call, number: call.unclearAnswers, at: now)
    }

    // MARK: Length

    /// Whether an answer that is not the service's own refuses a request for its length: 413 is
    /// about the body, 414 and 431 about the head. A 400 is less specific, and is treated as such
    /// only if a shorter request can be made.
    func isTooLong(_ call: CallState, status: Int) -> Bool {
        guard [400, 413, 414, 431].contains(status) else { return false }
        let request = content(of: call).request(setup.profile)
        let isSingle = call.items.count == 1
        // The sender fills in the link fields of an update, so the length is not known here.
        let fields = request.bodyItems.isEmpty ? 0 : Int.max / 2
        let body = status == 413 || status == 400 ? max(request.body.count, fields) : 0
        if isSingle, status == 400 { return false }
        return request.target.utf8.count + body > RunEngine.shortRequestByteCount
    }

    /// Splits the call, and makes later calls of the kind no longer than its halves. A call of one
    /// item cannot be shortened.
    mutating func tooLong(_ call: CallState, _ message: ServiceMessage, at now: Moment) {
        guard call.items.count > 1 else { return settleAll(call, as: .failed, message, at: now) }
        // A 400 that is not from the service does not prove that the request was not carried out.
        let mayHaveActed = message.status == 400
        if kinds[call.kind].isStopped {
            return settleAll(
                call, as: mayHaveActed ? .unknown : .blocked, message, at: now,
                leavesDoubt: mayHaveActed)
        }
        var call = call
        guard isSending else {
            // During a drain the call stays open; the next start splits it.
            record(call, .outage, message, leavesDoubt: mayHaveActed, at: now)
            if mayHaveActed { call.isInDoubt = true }
            return requeue(call)
        }
        let service = serviceIndex(kinds[call.kind].service)
        let half = (call.items.count + 1) / 2
        // While the service is failing, a 400 may be caused by that.
        var isBelieved = true
        if message.status == 400 {
            isBelieved = services[service].failingSince == nil
            call.isInDoubt = true
            _ = backOff(service, message, asked: nil, at: now)
        }
        if isBelieved, half < kinds[call.kind].maximumItems {
            kinds[call.kind].maximumItems = half
            actions.append(
                .announce(.callsShortened(kinds[call.kind].kind, items: half, message)))
        }
        split(call, message, at: now)
    }
}
