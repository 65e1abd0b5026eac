import JobModel
import Journaling
import ZohoAPI

// Items that need an unknown number of calls. A lane's next call is made when the last one has
// ended, and is a call like any other from then on.

extension RunEngine {
    /// Builds the lanes of the plan and restores the progress of earlier sessions.
    mutating func buildLanes(at now: Moment) {
        for rounds in setup.recovered.rounds { recoveredRounds[rounds.row] = rounds }
        for pages in setup.recovered.pages { recoveredPages[pages.row] = pages }
        var begunRows: Set<UInt32> = []
        for rounds in setup.recovered.rounds where rounds.openCall != nil {
            begunRows.insert(rounds.row)
        }
        for pages in setup.recovered.pages where pages.openCall != nil {
            begunRows.insert(pages.row)
        }
        laneTable = LaneTable(setup.plan, &kinds, begunRows: begunRows)
        progress.creator = CreatorTally()
        for rounds in setup.recovered.rounds { progress.creator.add(rounds.tally) }
        // A round that ended in doubt may still be running. Another run may use the same report by
        // now, so all of Creator waits.
        if let last = setup.recovered.lastDoubtfulRoundAtMilliseconds {
            // Records truncate to milliseconds.
            let end = Moment.zero + .milliseconds(last + 1 - setup.wallMillisecondsAtZero)
            let quiet = min(end, now) + roundTimeout
            if quiet > now { services[serviceIndex(.creator)].holdBack(until: quiet) }
        }
    }

    /// Resumes the lanes with a call left open by an earlier process.
    mutating func restoreLanes(at now: Moment) {
        for lane in laneTable.startedLanes { advance(lane, at: now) }
    }

    /// Begins the next lane of a kind.
    mutating func beginLane(ofKind kind: Int, at now: Moment) {
        let lane = kinds[kind].remaining.lowerBound
        kinds[kind].remaining = (lane + 1)..<kinds[kind].remaining.upperBound
        advance(lane, at: now)
    }

    /// Creates the lane's next call, for the current item or for the next one.
    private mutating func advance(_ lane: Int, at now: Moment) {
        while true {
            if laneWork[lane] == nil {
                guard let open = nextItem(of: lane) else { return }
                if let open { return restoreCall(open, lane: lane, at: now) }
            }
            guard let work = laneWork[lane] else {
                preconditionFailure("lane \(lane) has no current item")
            }
            let kind = laneTable.lanes[lane].kind
            if kinds[kind].isStopped {
                endWithoutCall(lane, Outcome(kind: .blocked))
            } else if let step = nextStep(of: work) {
                return makeCall(step, lane: lane, at: now)
            } else if case .rounds(let rounds) = work {
                endWithoutCall(lane, rounds.maximumReached)
            }
        }
    }

    private func nextStep(of work: LaneWork) -> LaneStep? {
        switch work {
        case .rounds(let rounds): rounds.nextStep(usesExplicitIDs: setup.usesExplicitIDs)
        case .pages(let pages): pages.nextStep
        }
    }

    /// Takes the lane's next item: nil = there is none; otherwise with its open call, if it has
    /// one.
    private mutating func nextItem(of lane: Int) -> RecoveredRun.OpenCall?? {
        guard let place = laneTable.lanes[lane].waiting.first else { return nil }
        laneTable.lanes[lane].waiting.removeFirst()
        let item = laneTable.items[place]
        if kinds[laneTable.lanes[lane].kind].kind.operation == .deleteCreatorRecords {
            let job = setup.plan.creatorJobs[item]
            let progress = recoveredRounds.removeValue(forKey: job.row)
            laneWork[lane] = .rounds(RoundWork(job, progress))
            return .some(progress?.openCall)
        }
        let parent = setup.plan.deletedParents[item]
        let progress = recoveredPages.removeValue(forKey: parent.row)
        laneWork[lane] = .pages(PageWork(parent, progress))
        return .some(progress?.openCall)
    }

    private mutating func endWithoutCall(_ lane: Int, _ outcome: Outcome) {
        guard let row = laneWork.removeValue(forKey: lane)?.row else {
            preconditionFailure("lane \(lane) has no current item")
        }
        block(kinds[laneTable.lanes[lane].kind].kind, outcome, [row])
    }

    // MARK: Calls

    private mutating func makeCall(_ step: LaneStep, lane: Int, at now: Moment) {
        guard let work = laneWork[lane] else {
            preconditionFailure("lane \(lane) has no current item")
        }
        let number = nextCall
        nextCall += 1
        var call = CallState(
            number: number, parentCall: nil, kind: laneTable.lanes[lane].kind,
            direction: .asWritten,
            parent: parent(of: work), items: [CallItem(row: work.row, related: 0)], itemCount: 1,
            laneCall: LaneCall(lane: lane, step: step), isRecorded: false)
        if case .rounds(let rounds) = work { call.owesRetry = rounds.followsDoubtfulRound }
        place(call, at: now)
    }

    private func parent(of work: LaneWork) -> UInt64 {
        switch work {
        case .rounds: 0
        case .pages(let pages): pages.parent.id
        }
    }

    /// Restores a call that an earlier process sent: repeats it, or counts its records as
    /// unaccounted.
    private mutating func restoreCall(_ open: RecoveredRun.OpenCall, lane: Int, at now: Moment) {
        guard let step = open.record.step else {
            preconditionFailure("call \(open.record.call) of lane \(lane) has no step")
        }
        var call = CallState(
            number: open.record.call, parentCall: nil, kind: laneTable.lanes[lane].kind,
            direction: .asWritten, parent: open.record.parent,
            items: open.openRows.map { CallItem(row: $0, related: 0) }, itemCount: 1,
            laneCall: LaneCall(lane: lane, step: step), isRecorded: true)
        call.restore(open)
        if open.decision == .countUnaccounted {
            calls[call.number] = call
            liveCalls.append(call.number)
            roundLost(
                call,
                ServiceMessage(
                    status: 0, code: "unanswered",
                    text: "the process ended before an answer came"), isServiceWell: true,
                at: now)
            return
        }
        if open.last == .unanswered { pauseLane(call, at: now) }
        place(call, at: now)
    }

    private mutating func place(_ call: CallState, at now: Moment) {
        var call = call
        let notBefore = call.laneCall.flatMap { laneTable.lanes[$0.lane].notBefore }
        if let notBefore, notBefore > now {
            call.phase = .delayed
            delayed.insert(call.number, due: notBefore)
        } else {
            ready.append(call.number)
        }
        insert(call)
    }

    /// The content of a call.
    func content(of call: CallState) -> CallContent {
        if call.isReadBack {
            return .record(
                RecordContent(
                    module: setup.profile.childModule(of: kinds[call.kind].kind),
                    id: call.items[0].related))
        }
        guard let laneCall = call.laneCall else {
            return .relations(
                RelationContent(
                    kind: kinds[call.kind].kind, parent: call.parent,
                    related: call.items.map(\.related)),
                rows: call.items.map(\.row))
        }
        switch (laneWork[laneCall.lane], laneCall.step) {
        case (.rounds(let work), .round(_, let excluded, let explicitIDs)):
            return .round(RoundContent(job: work.job, excluded: excluded, explicitIDs: explicitIDs))
        case (.rounds(let work), .listing(_, let excluded)):
            return .listing(ListingContent(job: work.job, excluded: excluded))
        case (.pages(let work), .page(let page)):
            return .page(PageContent(parent: work.parent, page: page))
        default:
            preconditionFailure(
                "call \(call.number) is no step of the current item of lane \(laneCall.lane)")
        }
    }

    // MARK: Ends

    /// Ends a step; the item ends with it if it has an outcome.
    mutating func finishStep(
        _ call: CallState, _ message: ServiceMessage, leavesDoubt: Bool = false,
        pause: Duration = .zero,
        _ effect: LaneEffect?, _ outcome: Outcome?, at now: Moment
    ) {
        guard let lane = call.laneCall?.lane else {
            preconditionFailure("call \(call.number) belongs to no lane")
        }
        record(
            call, outcome == nil ? .continued : .settled, message, leavesDoubt: leavesDoubt,
            pause: pause,
            outcomes: outcome.map { outcome in call.items.map { ($0, outcome) } } ?? [],
            effect: effect, at: now)
        remove(call.number)
        if outcome != nil { laneWork[lane] = nil }
        advance(lane, at: now)
    }

    /// Advances the lane after its current item ended.
    mutating func itemEnded(_ call: CallState, at now: Moment) {
        guard let lane = call.laneCall?.lane else { return }
        laneWork[lane] = nil
        advance(lane, at: now)
    }

    /// Removes and returns the rows of all lanes, except items in flight. None of them will be
    /// sent.
    mutating func removeWaitingRows(ofKind kind: Int) -> [UInt32] {
        var rows: [UInt32] = []
        let isCreator = kinds[kind].kind.operation == .deleteCreatorRecords
        for lane in laneTable.lanes.indices where laneTable.lanes[lane].kind == kind {
            for place in laneTable.lanes[lane].waiting {
                let item = laneTable.items[place]
                rows.append(
                    isCreator
                        ? setup.plan.creatorJobs[item].row : setup.plan.deletedParents[item].row)
            }
            laneTable.lanes[lane].waiting = 0..<0
        }
        kinds[kind].remaining = 0..<0
        return rows.sorted()
    }
}

extension RunEngine {
    mutating func pageAnswered(_ call: CallState, _ result: PageResult, at now: Moment) {
        guard let lane = call.laneCall?.lane, case .pages(var work) = laneWork[lane] else {
            preconditionFailure("call \(call.number) has no deleted parent in its lane")
        }
        let (page, outcome) = work.answered(result)
        laneWork[lane] = .pages(work)
        finishStep(
            call, ServiceMessage(status: result.status), page.map(LaneEffect.page), outcome, at: now
        )
    }
}
