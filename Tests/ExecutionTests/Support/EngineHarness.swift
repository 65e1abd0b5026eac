import Execution
import JobModel
import Journaling
import Testing
import ZohoAPI

/// Simulates the world for an engine and checks that each action is legal: a request is sent only
/// after its records are durable, sequence numbers have no gaps, an attempt is sent once, nothing
/// happens after the end.
struct EngineHarness {
    var engine: RunEngine
    var now = Moment.zero
    /// Acknowledge each record as soon as it is submitted.
    var acknowledgesAtOnce = true
    private(set) var records: [JournalRecord] = []
    private(set) var durableCount = 0
    private(set) var inFlight: [(id: AttemptID, request: APIRequest, generation: Int)] = []
    private(set) var sent: [(id: AttemptID, request: APIRequest, at: Moment)] = []
    private(set) var notices: [RunNotice] = []
    private(set) var timer: Moment?
    private(set) var end: RunEnding?
    private(set) var refreshes: [Int] = []
    private(set) var isCancelled = false
    private var nextSequence: UInt64
    private var attempted: Set<AttemptID> = []

    init(_ setup: EngineSetup) {
        engine = RunEngine(setup)
        nextSequence = setup.recovered.nextSequence
    }

    /// A resumed run: an attempt of an earlier start may have acted on these rows.
    init(parents: Int, each: Int = 1, rowsInDoubt: Set<UInt32>) {
        var recovered = RecoveredRun()
        recovered.nextSequence = 10
        recovered.rowsInDoubt = rowsInDoubt
        self.init(makeSetup(makePlan(parents: parents, each: each), recovered: recovered))
    }

    mutating func start() { post(.started) }

    mutating func post(_ event: EngineEvent) {
        perform(engine.handle(event, at: now))
        if acknowledgesAtOnce { acknowledge() }
    }

    /// Reports all records as durable, repeatedly until there are no new ones.
    mutating func acknowledge() {
        while durableCount < records.count, end == nil {
            durableCount = records.count
            perform(engine.handle(.recordsDurable(through: nextSequence - 1), at: now))
        }
    }

    mutating func advance(by duration: Duration) {
        let target = now + duration
        while let timer, timer <= target, end == nil {
            now = max(now, timer)
            self.timer = nil
            post(.timerFired)
        }
        now = target
    }

    /// Answers one attempt in flight.
    mutating func answer(
        _ id: AttemptID, status: Int = 200, _ body: String, retryAfter: Int? = nil,
        credits: Int? = nil
    ) {
        record(id)
        post(
            .attemptEnded(
                id,
                .success(
                    HTTPAnswer(
                        status: status, body: Array(body.utf8), retryAfterSeconds: retryAfter,
                        creditsRemaining: credits))))
    }

    mutating func fail(_ id: AttemptID, _ kind: TransportFailure.Kind) {
        record(id)
        post(.attemptEnded(id, .failure(TransportFailure(kind, "test"))))
    }

    /// The shell did not send it: `maySend` said no.
    mutating func withdraw(_ id: AttemptID) {
        record(id)
        post(.attemptWithdrawn(id))
    }

    /// Answers everything in flight with success, oldest first, including calls started by that.
    mutating func answerAll() {
        while let first = inFlight.first, end == nil { succeed(first.id) }
    }

    mutating func succeed(_ id: AttemptID) {
        answer(id, Bodies.success(Bodies.ids(of: request(id))))
    }

    func request(_ id: AttemptID) -> APIRequest {
        guard let found = inFlight.first(where: { $0.id == id }) else {
            Issue.record("\(id) is not in flight")
            return APIRequest(service: .crm, method: .delete, target: "")
        }
        return found.request
    }

    private mutating func record(_ id: AttemptID) {
        #expect(inFlight.contains { $0.id == id }, "\(id) is not in flight")
        inFlight.removeAll { $0.id == id }
    }

    private mutating func perform(_ actions: [EngineAction]) {
        for action in actions {
            #expect(end == nil, "an action after the end: \(action)")
            switch action {
            case .appendRecord(let record, let sequence):
                #expect(sequence == nextSequence)
                nextSequence += 1
                records.append(record)
            case .sendRequest(let id, let request, let generation):
                #expect(isDurable(id), "\(id) leaves before its record is durable")
                #expect(attempted.insert(id).inserted, "\(id) is sent twice")
                inFlight.append((id, request, generation))
                sent.append((id, request, now))
            case .cancelAttempts:
                isCancelled = true
                inFlight.removeAll()
            case .refreshToken(let generation): refreshes.append(generation)
            case .setTimer(let moment):
                if let moment { #expect(moment > now, "a timer that is due already would spin") }
                timer = moment
            case .announce(let notice): notices.append(notice)
            case .finish(let end): self.end = end
            }
        }
    }

    private func isDurable(_ id: AttemptID) -> Bool {
        records[..<durableCount].contains {
            guard case .attempt(let record) = $0 else { return false }
            return record.call == id.call && record.attempt == id.attempt
        }
    }

    // MARK: What the journal says

    var answers: [AnswerRecord] {
        records.compactMap { if case .answer(let answer) = $0 { answer } else { nil } }
    }

    var callRecords: [CallRecord] {
        records.compactMap { if case .call(let call) = $0 { call } else { nil } }
    }

    var counts: OutcomeCounts { engine.progress.counts }
}

/// Bodies as ServiceFacts shows them.
enum Bodies {
    static func element(
        _ id: UInt64, code: String = "SUCCESS", _ message: String = "relation removed"
    ) -> String {
        let status = code == "SUCCESS" ? "success" : "error"
        return #"{"code":"\#(code)","details":{"id":"\#(id)"},"#
            + #""message":"\#(message)","status":"\#(status)"}"#
    }

    static func success(_ ids: [UInt64]) -> String {
        #"{"data":[\#(ids.map { element($0) }.joined(separator: ","))]}"#
    }

    static func refusal(_ code: String, _ message: String = "no", index: Int? = nil) -> String {
        let details = index.map { #""resource_path_index":\#($0)"# } ?? ""
        return
            #"{"code":"\#(code)","details":{\#(details)},"message":"\#(message)","status":"error"}"#
    }

    static func ids(of request: APIRequest) -> [UInt64] {
        let target = request.target
        let list =
            target.split(separator: "=").dropFirst().first ?? target.split(separator: "/").last
            ?? ""
        return list.split(separator: ",").compactMap { UInt64($0) }
    }
}

/// Plans for tests: `parents` parents with `each` items, rows numbered from 1.
func makePlan(
    parents: Int, each: Int, module: String = "Campaigns", list: String = "Leads",
    firstRow: UInt32 = 1
) -> CallPlan {
    var plan = CallPlan()
    guard let module = APIName(module), let list = APIName(list) else { return plan }
    plan.kinds = [
        PlannedKind(kind: RelationKind(operation: .delink, module: module, relatedList: list))
    ]
    var row = firstRow
    for parent in 0..<parents {
        plan.callKinds.append(0)
        plan.callParents.append(1_000 + UInt64(parent))
        for _ in 0..<each {
            plan.related.append(1_000_000 + UInt64(row))
            plan.rows.append(row)
            row += 1
        }
        plan.callStarts.append(UInt32(plan.rows.count))
    }
    return plan
}

func makeSetup(
    _ plan: CallPlan, seed: UInt64 = 1, recovered: RecoveredRun = RecoveredRun(),
    _ change: (inout RunLimits) -> Void = { _ in }
) -> EngineSetup {
    var limits = RunLimits()
    change(&limits)
    let openInCalls = recovered.openCalls.reduce(0) { $0 + $1.openRows.count }
    return EngineSetup(
        plan: plan, itemCount: plan.itemCount + recovered.counts.final + openInCalls,
        recovered: recovered,
        limits: limits, profile: ServiceProfile(), seed: seed,
        wallMillisecondsAtZero: 1_800_000_000_000)
}
