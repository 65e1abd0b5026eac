import Execution
import JSONText
import JobModel
import Journaling
import ZohoAPI

// Planted bugs act between the engine and the world, never inside the engine. The world and the
// checkers see the truth; only the engine's input or its actions are altered.

/// What the planted bugs, and damage to the journal, remember.
struct PlantedState {
    /// The journal before it was damaged.
    var undamaged: [UInt8]?
    /// What was added to it last.
    var forgery = ""
}

extension Simulation {
    /// The event as passed to the engine.
    mutating func altered(_ event: EngineEvent, _ sending: Sending?) -> EngineEvent {
        switch event {
        // It waits, and then sends as many calls at once as before.
        case .attemptEnded(let attempt, .success(let answer))
        where options.bug == .keepsConcurrency && answer.status == 429:
            .attemptEnded(attempt, .failure(TransportFailure(.notSent, "planted")))
        case .attemptEnded(let attempt, .success(let answer)):
            .attemptEnded(attempt, .success(altered(answer, sending)))
        case .attemptEnded(let attempt, .failure)
        where options.bug == .judgesByFault && sending?.request.service == .crm:
            .attemptEnded(attempt, .success(Simulation.refusal("INVALID_DATA", index: 1)))
        case .timerFired where options.bug == .stopsWithoutReason && random.once(in: 5):
            .drainRequested
        default: event
        }
    }

    private func altered(_ answer: HTTPAnswer, _ sending: Sending?) -> HTTPAnswer {
        let seen = SeenAnswer(answer)
        var altered = answer
        switch options.bug {
        case .judgesByFault where seen.seenClass == .fault && sending?.request.service == .crm:
            return Simulation.refusal("INVALID_DATA", index: 1)
        case .shortensPauses where answer.status == 429:
            altered.body = Array(
                #"{"code":"TOO_MANY_REQUESTS","status":"error","details":{}}"#.utf8)
            altered.retryAfterSeconds = nil
        case .ignoresCredits: altered.creditsRemaining = nil
        case .forgetsLengths where [413, 414, 431].contains(answer.status):
            return HTTPAnswer(
                status: 400,
                body: Array(
                    #"{"code":"INVALID_DATA","status":"error","message":"planted","details":{}}"#
                        .utf8))
        case .ignoresStoppedKinds
        where ["OAUTH_SCOPE_MISMATCH", "NO_PERMISSION", "AUTHORIZATION_FAILED"].contains(seen.code):
            return Simulation.refusal("INVALID_DATA", index: 1)
        case .stopsKindsTooEarly
        where ["NO_PERMISSION", "AUTHORIZATION_FAILED"].contains(seen.code):
            return Simulation.refusal("INVALID_MODULE", index: 0)
        case .failsGoodItems where seen.seenClass == .refused && seen.pathIndex == nil:
            return Simulation.refusal(seen.code, index: 1)
        case .failsAbsentItems where seen.seenClass == .elements:
            let text = String(decoding: answer.body, as: UTF8.self)
            altered.body = Array(text.replacing("INVALID_DATA", with: "NOT_ALLOWED").utf8)
        case .judgesRoundsEarly
        where [.fault, .throttled].contains(seen.seenClass)
            && sending?.request.service == .creator:
            return HTTPAnswer(status: 200, body: Array(#"{"code":3100}"#.utf8))
        case .believesFailures where seen.seenClass == .elements:
            let text = String(decoding: answer.body, as: UTF8.self)
            altered.body = Array(
                text.replacing("INVALID_DATA", with: "SUCCESS").replacing("error", with: "success")
                    .utf8)
        case .forgetsMore where seen.seenClass == .elements:
            let text = String(decoding: answer.body, as: UTF8.self)
            altered.body = Array(
                text.replacing(#""more_records":true"#, with: #""more_records":null"#).utf8)
        case .losesChildren:
            guard case .page? = sending?.request.content, let value = seen.value?.object else {
                break
            }
            let members = value.members.map { member in
                (
                    key: member.key,
                    value: member.key == "data"
                        ? .array(Array((member.value.array ?? []).dropFirst())) : member.value
                )
            }
            altered.body = Array(JSONWriter.text(of: .object(JSONObject(members))).utf8)
        default: break
        }
        return altered
    }

    private static func refusal(_ code: String, index: Int) -> HTTPAnswer {
        let body =
            #"{"code":"\#(code)","status":"error","message":"planted","#
            + #""details":{"resource_path_index":\#(index)}}"#
        return HTTPAnswer(status: 400, body: Array(body.utf8))
    }

    // MARK: What leaves

    mutating func perturbed(_ actions: [EngineAction]) -> [EngineAction] {
        switch options.bug {
        case .refreshesGoodTokens where tokens.generation > 0 && random.once(in: 20):
            return actions + [.refreshToken(refusedGeneration: tokens.generation)]
        default: return actions
        }
    }

    func perturbed(_ record: JournalRecord) -> JournalRecord {
        switch (options.bug, record) {
        case (.forgetsHalts, .stop(var stop)) where stop.state == .halted:
            stop.state = .paused
            stop.reason = .signal
            return .stop(stop)
        case (.forgetsHalts, .halt): return .reopened(ReopenedRecord(outcomes: []))
        case (.forgetsDoubt, .answer(var answer)):
            answer.leavesDoubt = false
            for index in answer.outcomes.indices {
                answer.outcomes[index].outcome.isAfterDoubt = false
            }
            return .answer(answer)
        case (.inventsDoubt, .answer(var answer)):
            for index in answer.outcomes.indices
            where answer.outcomes[index].outcome.kind == .absent {
                answer.outcomes[index].outcome.isAfterDoubt = true
            }
            return .answer(answer)
        case (.chargesOutages, .answer(var answer)) where answer.verdict == .outage:
            answer.verdict = .settled
            answer.outcomes = [OutcomeGroup(outcome: Outcome(kind: .unknown))]
            return .answer(answer)
        case (.forgetsUnaccounted, .answer(var answer)):
            answer.records?.unaccounted = 0
            return .answer(answer)
        case (.ignoresRetry, .reopened): return .reopened(ReopenedRecord(outcomes: []))
        case (.reopensTooMuch, .reopened):
            return .reopened(ReopenedRecord(outcomes: [.failed, .blocked, .unknown]))
        case (.listsTwice, .answer(var answer)):
            guard let child = answer.page?.children.first else { return record }
            answer.page?.children.append(child)
            return .answer(answer)
        default: return record
        }
    }

    mutating func perturbed(_ request: APIRequest) -> APIRequest {
        var request = request
        switch options.bug {
        case .losesIDs where request.service == .crm && request.method == .delete:
            let path = request.target.split(separator: "?")[0]
            let isSingle = path.split(separator: "/").count == 6
            request.target =
                isSingle
                ? "/" + path.split(separator: "/").dropLast(2).joined(separator: "/") : String(path)
        case .reusesConnections: request.needsFreshConnection = false
        case .losesDemoUser: request.headers.removeAll { $0.name == "demo_user_name" }
        case .startsWorkflows:
            let body = String(decoding: request.body, as: UTF8.self)
            request.body = Array(
                body.replacing(#""skip_workflow":["form_workflow"],"#, with: "").utf8)
        case .losesEnvironment: request.headers.removeAll { $0.name == "environment" }
        case .asksForOthers where request.service == .crm && request.method == .delete:
            request.target = String(request.target.dropLast())
        case .mixesBodies where request.method == .put:
            let body = String(decoding: request.body, as: UTF8.self)
            request.body = Array(body.replacing("Planned", with: "Active").utf8)
        default: break
        }
        return request
    }

    func perturbed(_ end: RunEnding) -> RunEnding {
        var end = end
        if options.bug == .saysDone, end.exit == .finishedWithFailures { end.exit = .done }
        if options.bug == .miscounts { end.progress.callCount = max(0, end.progress.callCount - 1) }
        return end
    }

    // MARK: What a process starts from

    func perturbed(_ limits: RunLimits) -> RunLimits {
        var limits = limits
        switch options.bug {
        case .exceedsConcurrency: limits.concurrency[.crm, default: 1] += 1
        case .ignoresCallsPerMinute: limits.callsPerMinute = [:]
        case .ignoresWindow: limits.startDeadline = nil
        case .ignoresCallBudget: limits.maximumCalls = nil
        case .ignoresFailures: limits.failureBudget = .count(1_000_000)
        case .ignoresAbsent: limits.absentMinimum = 1_000_000
        case .retriesTooOften: limits.retries += 60
        case .ignoresRetryBudget: limits.retryBudget = 1_000_000
        case .givesCallsUpTooEarly: limits.retries = max(0, limits.retries - 1)
        case .givesServicesUpTooEarly: limits.giveUp = .seconds(3)
        case .stopsAtThrottles: limits.outOfCallsAfter = .seconds(3)
        case .ignoresGiveUp: limits.giveUp = .seconds(6 * 3_600)
        case .ignoresOutOfCalls: limits.outOfCallsAfter = .seconds(30 * 3_600)
        case .ignoresBackoff: (limits.throttlePause, limits.maximumThrottlePause) = (.zero, .zero)
        case .haltsTooEarly:
            if case .count(let count) = limits.failureBudget, count > 0 {
                limits.failureBudget = .count(count - 1)
            }
        default: break
        }
        return limits
    }

    func perturbed(_ plan: CallPlan) -> CallPlan {
        var plan = plan
        if options.bug == .passesMaximumRecords {
            for index in plan.creatorJobs.indices { plan.creatorJobs[index].maximumRecords += 200 }
        }
        return plan
    }

    func perturb(_ recovered: inout RecoveredRun) {
        switch options.bug {
        case .forgetsSendings: recovered.recentAttempts = []
        case .forgetsFailures: recovered.failures = FailureWindow()
        case .forgetsAbsent: recovered.tallies = []
        case .forgetsRetries:
            for index in recovered.openCalls.indices { recovered.openCalls[index].retriesSpent = 0 }
        case .forgetsDoubtAtStart:
            recovered.rowsInDoubt = []
            for index in recovered.openCalls.indices {
                recovered.openCalls[index].isInDoubt = false
                recovered.openCalls[index].last = .answeredAgain
            }
        case .forgetsOutcomes:
            if let last = recovered.outcomeOfRow.indices.last, recovered.outcomeOfRow[last] != 0,
                let kind = OutcomeKind(rawValue: recovered.outcomeOfRow[last] - 1)
            {
                recovered.outcomeOfRow[last] = 0
                recovered.counts[kind] -= 1
            }
        case .forgetsRounds:
            for index in recovered.rounds.indices { recovered.rounds[index].openCall = nil }
        case .skipsReadBack:
            for row in scenario.rows where row.operation == .delink {
                let asked = row.asked
                guard let module = APIName(asked.module), let list = APIName(asked.list) else {
                    continue
                }
                let kind = RelationKind(operation: .delink, module: module, relatedList: list)
                recovered.proofs.append(
                    .init(kind: kind, row: 1, related: row.related, readBack: .found))
            }
        case .trustsAddedLists:
            if let module = APIName("Campaigns"), let list = APIName(Scenario.addedList) {
                let kind = RelationKind(operation: .delink, module: module, relatedList: list)
                recovered.proofs.append(.init(kind: kind, row: 1, related: 1))
            }
        case .forgetsPauses: recovered.pauses = []
        case .carriesHaltedRunsOn: recovered.halts = []
        case .forgetsCalls: recovered.callsByMinute = []
        case .inventsOutcomes:
            // A row for which nothing has been sent.
            let carried = recovered.openCalls.flatMap(\.openRows)
            for row in scenario.rows.indices.dropFirst()
            where scenario.rows[row].records.isEmpty && !carried.contains(UInt32(row)) {
                while recovered.outcomeOfRow.count <= row { recovered.outcomeOfRow.append(0) }
                guard recovered.outcomeOfRow[row] == 0 else { continue }
                recovered.outcomeOfRow[row] = OutcomeKind.failed.rawValue + 1
                recovered.counts[.failed] += 1
                return
            }
        default: break
        }
    }
}
