package import JobModel
import Journaling
import ZohoAPI

// What is sent next: waiting calls (retries, splits, calls of an earlier process), then the plan's,
// kind by kind. A call starts only if its service has room and its kind does not wait for the
// answer of another call.

extension RunEngine {
    /// Starts as many calls as may start now.
    mutating func startCalls(at now: Moment) {
        while phase == .running, !isAwaitingToken {
            guard startWaitingCall(at: now) || startPlannedCall(at: now) else { return }
        }
    }

    private mutating func startWaitingCall(at now: Moment) -> Bool {
        for (place, number) in ready.enumerated() {
            guard let call = calls[number] else {
                preconditionFailure("ready call \(number) is not live")
            }
            guard mayStart(number, ofKind: call.kind, at: now),
                call.attempts > 0 || !isCallBudgetSpent
            else { continue }
            if call.owesRetry {
                let service = serviceIndex(kinds[call.kind].service)
                guard services[service].spendRetry(at: now) else { continue }
            }
            ready.remove(at: place)
            journalAttempt(number, at: now)
            return true
        }
        return false
    }

    private mutating func startPlannedCall(at now: Moment) -> Bool {
        guard !isCallBudgetSpent else { return false }
        for kind in kinds.indices
        where !kinds[kind].remaining.isEmpty && mayStart(nil, ofKind: kind, at: now) {
            if kinds[kind].hasLanes {
                beginLane(ofKind: kind, at: now)
            } else {
                let number = makePlannedCall(of: kind)
                journalAttempt(number, at: now)
            }
            return true
        }
        return false
    }

    /// Whether a waiting call (nil: the next planned call) may start now.
    ///
    /// The first call of a kind is sent alone until its answer has been classified, no matter how
    /// often it is sent again. Calls that an earlier process left come before the plan's, one at a
    /// time; so do the halves of a first call that was split.
    private mutating func mayStart(
        _ number: UInt32?, ofKind kind: Int, at now: Moment
    ) -> Bool {
        if kinds[kind].goesAlone {
            if let probe = kinds[kind].probe {
                guard probe == number else { return false }
            } else if number == nil {
                guard !liveCalls.contains(where: { calls[$0]?.kind == kind }) else { return false }
            }
        }
        return services[serviceIndex(kinds[kind].service)].hasRoom(at: now)
    }

    /// The plan's next call; only a part of it if it is longer than the service accepts, and only
    /// one item while the effect of the kind's calls is unknown.
    private mutating func makePlannedCall(of kind: Int) -> UInt32 {
        let index = kinds[kind].remaining.lowerBound
        let plan = setup.plan
        let start = Int(plan.callStarts[index]) + kinds[kind].itemsStarted
        let planEnd = Int(plan.callStarts[index + 1])
        // Calls that are too long are sent in parts of about equal size.
        let parts = (planEnd - start - 1) / kinds[kind].maximumItems + 1
        let end = kinds[kind].isProven ? start + (planEnd - start + parts - 1) / parts : start + 1
        if end == planEnd {
            kinds[kind].remaining.removeFirst()
            kinds[kind].itemsStarted = 0
        } else {
            kinds[kind].itemsStarted += end - start
        }
        let items = (start..<end).map { CallItem(row: plan.rows[$0], related: plan.related[$0]) }
        return makeCall(
            kind: kind, parentCall: nil, parent: plan.callParents[index], items: items)
    }

    /// A new call with the next number.
    mutating func makeCall(
        kind: Int, parentCall: UInt32?, parent: UInt64, items: [CallItem]
    ) -> UInt32 {
        precondition(!items.isEmpty, "a call of \(kinds[kind].kind) has no items")
        let number = nextCall
        nextCall += 1
        insert(
            CallState(
                number: number, parentCall: parentCall, kind: kind,
                direction: kinds[kind].planned.direction,
                parent: parent, items: items, itemCount: items.count, isRecorded: false))
        return number
    }

    /// Records the call, once.
    mutating func recordCall(_ number: UInt32) {
        guard var call = calls[number] else {
            preconditionFailure("call \(number) is to be recorded and is not live")
        }
        guard !call.isRecorded else { return }
        call.isRecorded = true
        calls[number] = call
        let step = call.isReadBack ? .readBack(call.items[0].related) : call.laneCall?.step
        let record = CallRecord(
            call: number, parentCall: call.parentCall, kind: kinds[call.kind].kind,
            direction: call.direction,
            parent: call.parent, rows: call.items.map(\.row),
            related: step == nil ? call.items.map(\.related) : [], step: step)
        append(.call(record))
    }

    /// Records the next attempt of a call; it is sent when that record is durable.
    private mutating func journalAttempt(_ number: UInt32, at now: Moment) {
        recordCall(number)
        guard var call = calls[number] else {
            preconditionFailure("call \(number) is to be sent and is not live")
        }
        if call.attempts == 0 { callsInLast24Hours += 1 }
        call.attempts += 1
        call.owesRetry = false
        if kinds[call.kind].goesAlone { kinds[call.kind].probe = number }
        let sequence = append(
            .attempt(
                AttemptRecord(
                    call: number, attempt: call.attempts, atMilliseconds: wallMilliseconds(at: now),
                    rows: call.items.count == call.itemCount ? nil : call.items.map(\.row))))
        guard let sequence else {
            preconditionFailure("call \(number) was to be sent after the journal failed")
        }
        call.phase = .journalling(sequence: sequence)
        calls[number] = call
        journalling.append((sequence, number))
        services[serviceIndex(kinds[call.kind].service)].begin()
    }

    /// Sends attempts and counts outcomes whose records have become durable.
    mutating func recordsBecameDurable(through sequence: UInt64, at now: Moment) {
        guard sequence > durableSequence else { return }
        durableSequence = sequence
        if let halt = haltNotice, halt.sequence <= sequence {
            actions.append(.announce(halt.notice))
            haltNotice = nil
        }
        var committed = 0
        while committed < commits.count, commits[committed].sequence <= sequence {
            for (kind, count) in commits[committed].counts { progress.counts[kind] += count }
            progress.creator.add(commits[committed].creator)
            progress.recordsDeleted += commits[committed].recordsDeleted
            committed += 1
        }
        commits.removeFirst(committed)
        var durable = 0
        while durable < journalling.count, journalling[durable].sequence <= sequence {
            durable += 1
        }
        let numbers = journalling[..<durable].map(\.call)
        journalling.removeFirst(durable)
        for number in numbers { send(number, at: now) }
    }

    private mutating func send(_ number: UInt32, at now: Moment) {
        guard var call = calls[number] else {
            preconditionFailure("call \(number) was journalled and is not live")
        }
        precondition(
            phase == .running && !kinds[call.kind].isStopped,
            "call \(number) is to be sent after a stop")
        let service = serviceIndex(kinds[call.kind].service)
        // A 429 that arrived while the record was being written also pauses this attempt and may
        // lower the concurrency, and a slow disk must not delay it past the end of the window.
        let isLate = setup.limits.startDeadline.map { now > $0 } ?? false
        if isAwaitingToken || isLate || services[service].isPaused(at: now)
            || services[service].inFlight > services[service].concurrency
        {
            withdraw(number, at: now)
            return
        }
        call.phase = .inFlight(since: now)
        call.tokenGeneration = tokenGeneration
        progress.attemptCount += 1
        if call.sentCount == 0 { progress.callCount += 1 }
        call.sentCount += 1
        calls[number] = call
        actions.append(
            .sendRequest(
                AttemptID(call: number, attempt: call.attempts),
                content(of: call).request(setup.profile),
                tokenGeneration: tokenGeneration))
    }

    /// Whether an attempt may be sent now whose request took time to complete: bodies of updates
    /// are read from the disk. A stop, a pause of its service or a lower concurrency in the
    /// meantime applies to it as well. If not, the shell reports `attemptWithdrawn`.
    package func maySend(_ attempt: AttemptID, at now: Moment) -> Bool {
        guard phase == .running, !isAwaitingToken, let call = calls[attempt.call],
            call.attempts == attempt.attempt, case .inFlight = call.phase,
            !kinds[call.kind].isStopped, setup.limits.startDeadline.map({ now <= $0 }) ?? true
        else { return false }
        let service = services[serviceIndex(kinds[call.kind].service)]
        return !service.isPaused(at: now) && service.inFlight <= service.concurrency
    }

    /// Withdraws an attempt that was not sent.
    mutating func withdraw(_ attempt: AttemptID, at now: Moment) {
        guard handlesAnswers, var call = calls[attempt.call], call.attempts == attempt.attempt,
            case .inFlight = call.phase
        else { return }
        call.sentCount -= 1
        progress.attemptCount -= 1
        if call.sentCount == 0 { progress.callCount -= 1 }
        calls[call.number] = call
        withdraw(call.number, at: now)
    }

    /// Withdraws attempts that are recorded but not sent: all, or those of one kind.
    mutating func withdrawJournalled(ofKind kind: Int? = nil, at now: Moment) {
        let leaving = journalling.filter { kind == nil || calls[$0.call]?.kind == kind }
        journalling.removeAll { entry in leaving.contains { $0.call == entry.call } }
        for (_, number) in leaving { withdraw(number, at: now) }
    }

    /// A stop came after an attempt's record and before its request: the journal records that it
    /// was never sent.
    private mutating func withdraw(_ number: UInt32, at now: Moment) {
        guard var call = calls[number] else {
            preconditionFailure("call \(number) was withdrawn and is not live")
        }
        services[serviceIndex(kinds[call.kind].service)].withdraw()
        append(
            .answer(
                AnswerRecord(
                    call: number, attempt: call.attempts, atMilliseconds: wallMilliseconds(at: now),
                    verdict: .unsent)))
        call.phase = .ready
        calls[number] = call
        if kinds[call.kind].isStopped {
            endWithoutSending(number)
        } else {
            ready.append(number)
        }
    }

    // MARK: Tokens

    mutating func tokenBecameReady(_ generation: Int) {
        guard generation > tokenGeneration else { return }
        tokenGeneration = generation
        unprovenGeneration = generation
        isAwaitingToken = false
    }
}
