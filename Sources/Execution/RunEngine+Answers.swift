import JobModel
import Journaling
import ZohoAPI

// The meaning of an answer: for the items (outcomes), for the call (again, split, ended), for its
// kind (classified, stopped) and for its service (limits, pauses).

extension RunEngine {
    /// Takes the call of an attempt in flight; nil for answers that come late or twice. An answer
    /// after the stop record is not classified: the attempt stays in doubt in the journal.
    private mutating func attemptInFlight(_ attempt: AttemptID, at now: Moment) -> (
        CallState, sentAt: Moment
    )? {
        guard handlesAnswers, let call = calls[attempt.call], call.attempts == attempt.attempt,
            case .inFlight(let sentAt) = call.phase
        else { return nil }
        return (call, sentAt)
    }

    mutating func attemptFailed(_ attempt: AttemptID, _ failure: TransportFailure, at now: Moment) {
        guard var (call, _) = attemptInFlight(attempt, at: now) else { return }
        let service = serviceIndex(kinds[call.kind].service)
        let message = ServiceMessage(status: 0, code: failure.kind.rawValue, text: failure.message)
        services[service].lastFailure = failure.message
        guard failure.leavesDoubt else {
            services[service].withdraw()
            progress.attemptCount -= 1
            call.sentCount -= 1
            if call.sentCount == 0 { progress.callCount -= 1 }
            let wait = services[service].unreachable(at: now, using: &generator)
            if wait > .seconds(1) {
                actions.append(
                    .announce(.serviceFailing(services[service].service, failure.message)))
            }
            record(call, .unsent, message, at: now)
            requeue(call)
            if failure.kind == .untrusted, !services[service].hasAnswered {
                beginStop(
                    .unreachable,
                    "the host of \(services[service].service.rawValue) is not to be trusted, so "
                        + "nothing was sent: \(failure.message). If its certificate is meant to be "
                        + "another authority's, name that one's PEM file as caFile in the settings",
                    at: now)
            }
            return
        }
        services[service].end(at: now)
        attemptFaulted(call, message, at: now)
    }

    mutating func answerReceived(_ attempt: AttemptID, _ answer: HTTPAnswer, at now: Moment) {
        guard let (call, sentAt) = attemptInFlight(attempt, at: now) else { return }
        let service = serviceIndex(kinds[call.kind].service)
        services[service].end(at: now)
        services[service].answered()
        switch content(of: call).classification(of: answer) {
        case .content(.items(let results)):
            itemsAnswered(call, results, status: answer.status, at: now)
        case .content(.round(let result)):
            noteUnderstoodAnswer(call)
            kinds[call.kind].isFirstCallAnswered = true
            roundAnswered(call, result, at: now)
        case .content(.listed(let ids)):
            // A listing changes nothing, so it does not prove what a round does.
            noteUnderstoodAnswer(call)
            recordsListed(call, ids, status: answer.status, at: now)
        case .content(.page(let result)):
            noteUnderstoodAnswer(call)
            kinds[call.kind].isFirstCallAnswered = true
            pageAnswered(call, result, at: now)
        case .content(.record(let finding)):
            noteUnderstoodAnswer(call)
            readBackEnded(call, finding, at: now)
        case .throttled(let message, let retryAfter):
            throttled(
                call, message, retryAfter, AnswerReading.throttleCause(answer), sentAt: sentAt,
                at: now)
        case .unauthorised(let message):
            unauthorised(call, message, at: now)
        case .outOfCalls(let message):
            record(call, .throttled, message, at: now)
            requeue(call)
            beginStop(
                .outOfCalls,
                "the service reports that the day's calls are used up: \(message.text)",
                at: now)
        case .unclear(let message):
            services[service].lastFailure = "HTTP \(message.status), not an answer of the service"
            if isTooLong(call, status: message.status) {
                tooLong(call, message, at: now)
            } else {
                attemptFaulted(call, message, asked: answer.retryAfterSeconds, at: now)
            }
        case .refused(let message, let refusal):
            noteUnderstoodAnswer(call)
            refused(call, message, refusal, at: now)
        }
        checkCredits(answer, at: now)
    }

    /// An answer that could be understood: the service works, and the token is valid.
    private mutating func noteUnderstoodAnswer(_ call: CallState) {
        services[serviceIndex(kinds[call.kind].service)].clearAnswerReceived()
        if unprovenGeneration == call.tokenGeneration { unprovenGeneration = nil }
    }

    // MARK: Elements

    private mutating func itemsAnswered(
        _ call: CallState, _ results: [ItemResult], status: Int, at now: Moment
    ) {
        precondition(
            results.count == call.items.count,
            "call \(call.number) has \(results.count) results for \(call.items.count) items")
        var settled: [(CallItem, Outcome)] = []
        var lastUnclear: ServiceMessage?
        var deleted: Outcome?
        for (item, verdict) in zip(call.items, results) {
            switch verdict {
            case .outcome(var outcome):
                outcome.kind = unknownIfInDoubt(outcome.kind, item, call)
                settled.append((item, outcome))
            case .recordDeleted(var outcome):
                outcome.isRecordDeleted = setup.profile.delinkMessageIsConclusive
                settled.append((item, outcome))
                if outcome.isRecordDeleted { deleted = outcome }
            case .unclear(let message): lastUnclear = message
            }
        }
        // A call that already had an unclear answer requests only its missing items, and these may
        // be missing again.
        if settled.isEmpty, call.unclearAnswers == 0, let lastUnclear {
            services[serviceIndex(kinds[call.kind].service)].lastFailure =
                "HTTP \(status), without a clear result for any item of the call"
            return attemptFaulted(call, lastUnclear, at: now)
        }
        if !settled.isEmpty { noteUnderstoodAnswer(call) }
        noteProof(call, settled)
        // The halt is recorded before the answer; see `halt`.
        if let deleted {
            recordDeleted(
                kinds[call.kind].kind,
                "\(kinds[call.kind].kind) at \(call.parent) was answered \"\(deleted.message)\": "
                    + "records may have been deleted where relations were to be removed; look into "
                    + "the recycle bin before going on",
                at: now)
        }
        if let lastUnclear {
            unclear(call, lastUnclear, outcomes: settled, at: now)
        } else {
            kinds[call.kind].isFirstCallAnswered = true
            settle(call, settled, ServiceMessage(status: status, code: "", text: ""), at: now)
        }
    }

    // MARK: Ends of an attempt

    /// Ends a call: every item that the attempt requested has an outcome.
    mutating func settle(
        _ call: CallState, _ outcomes: [(CallItem, Outcome)], _ message: ServiceMessage,
        leavesDoubt: Bool = false, at now: Moment
    ) {
        record(
            call, .settled, message, leavesDoubt: leavesDoubt, outcomes: outcomes, at: now)
        remove(call.number)
        itemEnded(call, at: now)
    }

    mutating func settleAll(
        _ call: CallState, as kind: OutcomeKind, _ message: ServiceMessage, at now: Moment,
        leavesDoubt: Bool = false, pause: Duration = .zero, refusal: KindRefusal = .none
    ) {
        let outcomes = call.items.map { item in
            let kind = unknownIfInDoubt(kind, item, call)
            return (
                item,
                Outcome(
                    kind: kind, status: message.status, code: message.code, message: message.text)
            )
        }
        record(
            call, .settled, message, leavesDoubt: leavesDoubt, pause: pause, outcomes: outcomes,
            at: now, refusal: refusal)
        remove(call.number)
        itemEnded(call, at: now)
    }

    mutating func delay(_ call: CallState, number: Int, at now: Moment) {
        var call = call
        let backoff = Backoff(
            first: setup.limits.firstBackoff, maximum: setup.limits.maximumBackoff)
        call.phase = .delayed
        calls[call.number] = call
        let due = now + backoff.wait(number, using: &generator)
        let notBefore = call.laneCall.flatMap { laneTable.lanes[$0.lane].notBefore }
        delayed.insert(call.number, due: max(due, notBefore ?? due))
    }

    /// Puts a call back at the head of the waiting calls without counting a retry.
    mutating func requeue(_ call: CallState) {
        var call = call
        call.phase = .ready
        calls[call.number] = call
        if kinds[call.kind].isStopped {
            endWithoutSending(call.number)
        } else {
            ready.insert(call.number, at: 0)
        }
    }

    /// Replaces a call by two calls with half of its items each; after log2(n) splits the bad item
    /// is isolated.
    mutating func split(
        _ call: CallState, _ message: ServiceMessage, pause: Duration = .zero, at now: Moment
    ) {
        record(call, .split, message, leavesDoubt: call.isInDoubt, pause: pause, at: now)
        actions.append(.announce(.callSplit(call.number, items: call.items.count, message)))
        remove(call.number)
        let middle = call.items.count / 2
        for half in [call.items[middle...], call.items[..<middle]] {
            let number = makeCall(
                kind: call.kind, parentCall: call.number, parent: call.parent, items: Array(half))
            calls[number]?.isInDoubt = call.isInDoubt
            // Recorded together with the split, so that a doubt survives the process.
            recordCall(number)
            ready.insert(number, at: 0)
        }
    }

    // MARK: Refusals of the whole call

    private mutating func throttled(
        _ call: CallState, _ message: ServiceMessage, _ retryAfter: Duration?,
        _ cause: ThrottleCause?,
        sentAt: Moment, at now: Moment
    ) {
        let index = serviceIndex(kinds[call.kind].service)
        let (isLowered, pause) = services[index].throttled(
            sentAt: sentAt, retryAfter: retryAfter, cause: cause, at: now)
        record(call, .throttled, message, pause: pause, at: now)
        requeue(call)
        let service = services[index].service
        let seconds = pause.secondsRoundedUp
        actions.append(.announce(.servicePaused(service, seconds: seconds, message)))
        if isLowered {
            actions.append(.announce(.concurrencyLowered(service, to: services[index].concurrency)))
        }
        if pause > setup.limits.outOfCallsAfter {
            beginStop(
                .outOfCalls,
                "the service asks for a pause of \(seconds) s, and a run waits for no more than "
                    + "\(DurationText.exact(setup.limits.outOfCallsAfter))", at: now)
        }
    }

    private mutating func unauthorised(_ call: CallState, _ message: ServiceMessage, at now: Moment)
    {
        record(call, .unauthorised, message, at: now)
        requeue(call)
        guard phase == .running, call.tokenGeneration == tokenGeneration, !isAwaitingToken else {
            return
        }
        if unprovenGeneration == tokenGeneration {
            beginStop(
                .credentials,
                "a fresh access token was refused (\(message.code)): the data centre of the API "
                    + "domain may not be the account's, or the scope lacks the module", at: now)
            return
        }
        isAwaitingToken = true
        actions.append(.refreshToken(refusedGeneration: tokenGeneration))
    }

    private mutating func refused(
        _ call: CallState, _ message: ServiceMessage, _ refusal: RefusalScope, at now: Moment
    ) {
        // A split does not show what a call of the kind does: its first half is sent alone next.
        let isSplit =
            refusal == .unidentifiedItem && call.items.count > 1 && !kinds[call.kind].isStopped
        // Nor does a listing, which changes nothing.
        let isListing = if case .listing? = call.laneCall?.step { true } else { false }
        if !isSplit, !isListing { kinds[call.kind].isFirstCallAnswered = true }
        switch refusal {
        case .parent, .call: settleAll(call, as: .failed, message, at: now)
        case .item(let kind):
            precondition(
                call.items.count == 1,
                "call \(call.number) has \(call.items.count) items, and a refusal names one")
            settleAll(call, as: kind, message, at: now)
        case .unidentifiedItem where call.items.count == 1:
            settleAll(call, as: .failed, message, at: now)
        case .unidentifiedItem where isSplit && !isSending:
            // No retry is counted.
            record(call, .outage, message, at: now)
            requeue(call)
        case .unidentifiedItem where isSplit: split(call, message, at: now)
        case .unidentifiedItem: settleAll(call, as: .blocked, message, at: now)
        case .kindPermanently:
            settleAll(call, as: .failed, message, at: now, refusal: .stopsKind)
            stopKind(call.kind, message, at: now)
        case .kindIfRepeated:
            kinds[call.kind].tally.noteRefusal(at: call.parent)
            let stops =
                kinds[call.kind].isStopped || kinds[call.kind].tally.refusingParents.count >= 2
            settleAll(
                call, as: .failed, message, at: now, refusal: stops ? .stopsKind : .mayStopKind)
            if stops { stopKind(call.kind, message, at: now) }
        }
    }

    /// Whether a refusal concerns the whole kind.
    enum KindRefusal {
        case none
        /// Possibly: its items count as failed unless the kind is stopped later.
        case mayStopKind
        /// Yes: the kind is stopped.
        case stopsKind
    }

    /// Whether an earlier attempt than the answered one may have changed the item.
    func isInDoubt(_ item: CallItem, of call: CallState) -> Bool {
        call.isInDoubt
            || call.laneCall == nil && setup.recovered.rowsInDoubt.contains(item.row)
    }

    /// What a refusal makes of an item.
    ///
    /// Where an earlier attempt may have acted, the refusal says nothing of what that attempt did:
    /// the item has not failed for sure, and is unknown. Rounds of Creator count what an attempt
    /// may have deleted by themselves, and reading changes nothing.
    private func unknownIfInDoubt(
        _ kind: OutcomeKind, _ item: CallItem, _ call: CallState
    ) -> OutcomeKind {
        guard kind == .failed || kind == .blocked, isInDoubt(item, of: call) else { return kind }
        switch kinds[call.kind].kind.operation {
        case .delink, .deleteAttachment, .update: return .unknown
        case .deleteCreatorRecords, .discoverDeleted: return kind == .blocked ? .unknown : kind
        }
    }

    // MARK: Records

    /// Records the end of an attempt with its outcomes, and updates the budgets.
    mutating func record(
        _ call: CallState, _ verdict: AnswerVerdict, _ message: ServiceMessage,
        leavesDoubt: Bool = false,
        pause: Duration = .zero,
        outcomes: [(CallItem, Outcome)] = [], effect: LaneEffect? = nil, at now: Moment,
        refusal: KindRefusal = .none
    ) {
        if leavesDoubt { pauseLane(call, at: now) }
        let effect = effect ?? effectOfLostRound(call, verdict, leavesDoubt: leavesDoubt)
        var outcomes = outcomes
        for index in outcomes.indices where outcomes[index].1.kind == .absent {
            outcomes[index].1.isAfterDoubt = isInDoubt(outcomes[index].0, of: call)
        }
        let record = JournalRecord.answer(
            AnswerRecord(
                call: call.number, attempt: call.attempts,
                atMilliseconds: wallMilliseconds(at: now),
                verdict: verdict, status: message.status, code: message.code, message: message.text,
                leavesDoubt: leavesDoubt, pauseMilliseconds: RunEngine.milliseconds(pause),
                outcomes: RunEngine.grouped(outcomes, isWhole: outcomes.count == call.items.count),
                refusesKind: refusal != .none, records: effect?.records, page: effect?.page))
        // Budgets first, so that a halt is recorded before the answer that caused it.
        if !outcomes.isEmpty, !hasJournalFailed {
            updateBudgets(call, outcomes, refusal, at: now)
        }
        guard let sequence = append(record), !outcomes.isEmpty || effect?.records != nil else {
            return
        }
        openItems -= outcomes.count
        precondition(openItems >= 0, "an item of call \(call.number) got a second outcome")
        let deleted = outcomes.count { $0.1.isRecordDeleted } + (effect?.records?.foreign ?? 0)
        commits.append(
            Commit(
                sequence: sequence, record: record, counts: counted(outcomes.map(\.1.kind)),
                creator: effect?.records.map(CreatorTally.init) ?? CreatorTally(),
                recordsDeleted: deleted))
    }

    /// A day at most: no pause is kept that a run does not wait for.
    private static func milliseconds(_ pause: Duration) -> Int {
        min(pause, .seconds(86_400)).millisecondsRoundedUp
    }

    /// The effect of a round that ends in doubt together with its item: every record it names may
    /// be deleted.
    private func effectOfLostRound(
        _ call: CallState, _ verdict: AnswerVerdict, leavesDoubt: Bool
    ) -> LaneEffect? {
        guard verdict == .settled, call.isInDoubt || leavesDoubt, let step = call.laneCall?.step,
            step.maximumUnaccounted > 0
        else { return nil }
        return .round(RoundRecords(unaccounted: step.maximumUnaccounted))
    }

    /// Groups equal outcomes, in order of first appearance.
    private static func grouped(_ outcomes: [(CallItem, Outcome)], isWhole: Bool) -> [OutcomeGroup]
    {
        guard let first = outcomes.first else { return [] }
        if isWhole, outcomes.allSatisfy({ $0.1 == first.1 }) {
            return [OutcomeGroup(outcome: first.1)]
        }
        var groups: [OutcomeGroup] = []
        var places: [Outcome: Int] = [:]
        for (item, outcome) in outcomes {
            if let place = places[outcome] {
                groups[place].rows?.append(item.row)
            } else {
                places[outcome] = groups.count
                groups.append(OutcomeGroup(outcome: outcome, rows: [item.row]))
            }
        }
        return groups
    }

    /// Counts outcomes per kind; applied when their record is durable.
    func counted(_ kinds: [OutcomeKind]) -> [(kind: OutcomeKind, count: Int)] {
        OutcomeKind.allCases.compactMap { kind in
            let count = kinds.count { $0 == kind }
            return count == 0 ? nil : (kind, count)
        }
    }

    /// Updates the counters of --max-absent and --max-failures.
    private mutating func updateBudgets(
        _ call: CallState, _ outcomes: [(CallItem, Outcome)], _ refusal: KindRefusal,
        at now: Moment
    ) {
        var (answered, failed) = (0, 0)
        for (item, outcome) in outcomes where outcome.kind.isAnswered {
            answered += 1
            if outcome.kind == .failed { failed += 1 }
            if call.laneCall != nil || isInDoubt(item, of: call) { continue }
            kinds[call.kind].tally.answered += 1
            if outcome.kind == .absent { kinds[call.kind].tally.absent += 1 }
        }
        if answered > failed { kinds[call.kind].tally.refusingParents.removeAll() }
        let kind = kinds[call.kind].kind
        failures.add(
            kind, outcomes: answered, failures: failed, successes: answered - failed,
            mayRefuseKind: refusal != .none)
        if refusal == .stopsKind { failures.kindStopped(kind) }
        checkBudgets(kind: call.kind, at: now)
    }
}
