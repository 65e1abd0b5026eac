import JobModel
import Journaling
import Testing
import ZohoAPI

@testable import Execution

/// A service that removes relations, answers randomly, and records its effects.
struct RandomRun {
    var random: RandomGenerator
    let limits: RunLimits
    let itemCount: Int
    /// Rows up to this one ask for relations to be removed.
    let relationCount: Int
    var serial: LaneService
    let usesExplicitIDs: Bool
    /// v8: the first success is proved by reading its record back.
    let readsBack: Bool
    let haltsOnRecordDeleted: Bool
    /// A record was read back and found.
    var isProven = false
    /// Rounds that may still be executing.
    var flyingRounds: [AttemptID: String] = [:]
    /// When a report may be asked again.
    var quietUntil: [String: Moment] = [:]
    var checkedSendings = 0
    let parentOfRow: [UInt64]
    let weights: [(Fault, Int)]
    /// Related ids whose relation the service has removed; in a world of our own everything
    /// existed.
    var removed: Set<UInt64> = []
    /// Everything that reached the disk, over all sessions.
    var disk: [JournalRecord] = []
    var now = Moment.zero
    var problems: [String] = []

    enum Fault: CaseIterable {
        case none, someUnclear, html, throttled, server, timedOut, lost, notSent, badToken
        case refusedItem, refusedParent, refusedKind, failedElements
        case notFound, tooLong, askingForPause
    }

    init(seed: UInt64) {
        var random = RandomGenerator(seed: seed)
        let parents = Int.random(in: 0...12, using: &random)
        let each = Int.random(in: 1...9, using: &random)
        relationCount = parents * each
        parentOfRow = [0] + (0..<relationCount).map { 1_000 + UInt64($0 / each) }
        serial = LaneService(firstRow: UInt32(relationCount) + 1, &random)
        itemCount = relationCount + serial.jobs.count + serial.parents.count
        usesExplicitIDs = Bool.random(using: &random)
        readsBack = Bool.random(using: &random)
        haltsOnRecordDeleted = Bool.random(using: &random)
        limits = RandomRun.limits(&random)
        weights = Fault.allCases.map { fault in
            if fault == .none { return (fault, 20) }
            return (fault, Bool.random(using: &random) ? 0 : Int.random(in: 1...10, using: &random))
        }
        let header = RunHeader(
            run: "r", job: "j", tool: "t", startedAt: "2026-11-21T00:00:00.000Z", user: "",
            host: "",
            invocation: "", source: "", manifestFormat: "csv", manifestDigest: "",
            manifestByteCount: 0, pinned: [])
        disk = [.run(header)]
        self.random = random
    }

    static func limits(_ random: inout RandomGenerator) -> RunLimits {
        var limits = RunLimits()
        limits.concurrency[.crm] = Int.random(in: 1...6, using: &random)
        if Bool.random(using: &random) {
            limits.callsPerMinute[.crm] = Int.random(in: 1...30, using: &random)
        }
        limits.concurrency[.creator] = Int.random(in: 1...3, using: &random)
        limits.callsPerMinute[.creator] = Int.random(in: 3...45, using: &random)
        limits.retries = Int.random(in: 0...4, using: &random)
        limits.retryBudget = Int.random(in: 1...20, using: &random)
        if Bool.random(using: &random) {
            limits.failureBudget = .count(Int.random(in: 0...40, using: &random))
        }
        if Int.random(in: 0..<6, using: &random) == 0 {
            limits.startDeadline = .zero + .seconds(Int.random(in: 0...90, using: &random))
        }
        if Int.random(in: 0..<6, using: &random) == 0 {
            limits.maximumCalls = Int.random(in: 0...15, using: &random)
        }
        return limits
    }

    mutating func run() {
        let crashes = Int.random(in: 0...4, using: &random)
        for session in 0...crashes {
            // A user who overrides each halt.
            disk.append(
                .session(
                    SessionRecord(
                        number: session + 1, at: "", processID: 1, host: "", invocation: "",
                        overriddenHalt: replayed().halt?.number)))
            let recovered = replayed()
            checkReplay(recovered)
            var session = Session(setup(recovered), at: now, isLast: session == crashes)
            play(&session)
            now = session.harness.now + .milliseconds(Int.random(in: 0...5_000, using: &random))
            if !problems.isEmpty || session.harness.end?.state == .finished { break }
        }
        checkOutcomes()
    }

    // MARK: Sessions

    struct Session {
        var harness: EngineHarness
        let isLast: Bool
        var arrivals: [(at: Moment, id: AttemptID)] = []
        var neverArrived: Set<AttemptID> = []
        var generation = 1

        init(_ setup: EngineSetup, at now: Moment, isLast: Bool) {
            harness = EngineHarness(setup)
            harness.now = now
            harness.acknowledgesAtOnce = false
            self.isLast = isLast
        }
    }

    func replayed() -> RecoveredRun {
        let codec = RecordCodec()
        var bytes: [UInt8] = []
        for (index, record) in disk.enumerated() {
            let sequence = UInt64(index) + 1
            codec.append(record, sequence: sequence, durable: sequence - 1, to: &bytes)
        }
        var recovery = Recovery()
        recovery.feed(bytes)
        let journal = recovery.finish()
        #expect(journal.condition == .whole)
        return journal.run
    }

    func setup(_ recovered: RecoveredRun) -> EngineSetup {
        let carried = Set(recovered.openCalls.flatMap(\.openRows))
        var plan = makePlan(parents: 0, each: 0)
        let outcomes = recovered.outcomeOfRow
        func isOpen(_ row: UInt32) -> Bool { Int(row) >= outcomes.count || outcomes[Int(row)] == 0 }
        plan.creatorJobs = serial.jobs.filter { isOpen($0.row) }
        plan.deletedParents = serial.parents.filter { isOpen($0.row) }
        for row in UInt32(1)...UInt32(max(1, relationCount)) where Int(row) <= relationCount {
            guard isOpen(row), !carried.contains(row) else { continue }
            if plan.callParents.last != parentOfRow[Int(row)] || plan.callKinds.isEmpty {
                plan.callKinds.append(0)
                plan.callParents.append(parentOfRow[Int(row)])
                plan.callStarts.append(plan.callStarts.last ?? 0)
            }
            plan.rows.append(row)
            plan.related.append(1_000_000 + UInt64(row))
            plan.callStarts[plan.callStarts.count - 1] += 1
        }
        if plan.callKinds.isEmpty { plan.kinds = [] }
        var setup = EngineSetup(
            plan: plan, itemCount: itemCount, recovered: recovered, limits: limits,
            profile: ServiceProfile(), seed: UInt64(disk.count),
            wallMillisecondsAtZero: 1_800_000_000_000)
        setup.usesExplicitIDs = usesExplicitIDs
        setup.haltsOnRecordDeleted = haltsOnRecordDeleted
        if readsBack { setup.profile.crmVersion = "v8" }
        return setup
    }

    mutating func play(_ session: inout Session) {
        let crashStep = session.isLast ? Int.max : Int.random(in: 0...120, using: &random)
        let drainStep =
            Int.random(in: 0..<8, using: &random) == 0 ? Int.random(in: 0...80, using: &random) : -1
        checkedSendings = 0
        session.harness.start()
        var steps = 0
        while session.harness.end == nil, steps < 20_000, problems.isEmpty {
            if steps == crashStep {
                crash(&session)
                return
            }
            if steps == drainStep { session.harness.post(.drainRequested) }
            checkSendings(session)
            step(&session)
            checkSendings(session)
            checkBounds(session)
            steps += 1
        }
        disk += session.harness.records
        loseFlyingRounds(at: session.harness.now)
        guard let end = session.harness.end else {
            if problems.isEmpty { problems.append("the run did not end by \(session.harness.now)") }
            return
        }
        checkEnd(end, session.harness.engine)
        checkOutages(session)
    }

    /// What was not synced may have reached the disk, up to some point; what was sent may have
    /// arrived.
    mutating func crash(_ session: inout Session) {
        let harness = session.harness
        let kept = Int.random(in: harness.durableCount...harness.records.count, using: &random)
        disk += harness.records[..<kept]
        for flying in harness.inFlight where Bool.random(using: &random) {
            if let ask = LaneService.ask(of: flying.request) {
                serial.perform(ask)
            } else {
                removed.formUnion(Bodies.ids(of: flying.request))
            }
        }
        loseFlyingRounds(at: harness.now)
    }

    mutating func step(_ session: inout Session) {
        if Int.random(in: 0..<3, using: &random) != 0 { session.harness.acknowledge() }
        for flying in session.harness.inFlight
        where !session.arrivals.contains(where: { $0.id == flying.id }) {
            let latency = Duration.milliseconds(Int.random(in: 1...3_000, using: &random))
            session.arrivals.append((session.harness.now + latency, flying.id))
        }
        let flying = session.harness.inFlight.map(\.id)
        session.arrivals.removeAll { !flying.contains($0.id) }
        session.arrivals.sort { $0.at < $1.at }
        if let next = session.arrivals.first, session.harness.timer.map({ next.at < $0 }) ?? true {
            session.harness.now = max(session.harness.now, next.at)
            session.arrivals.removeFirst()
            answer(next.id, &session)
        } else if let timer = session.harness.timer {
            session.harness.advance(by: max(.zero, timer - session.harness.now))
        } else {
            session.harness.acknowledge()
        }
        if let refused = session.harness.refreshes.last, refused >= session.generation {
            session.generation = refused + 1
            session.harness.post(.tokenReady(generation: session.generation))
        }
    }

    mutating func answer(_ id: AttemptID, _ session: inout Session) {
        let request = session.harness.request(id)
        if let ask = LaneService.ask(of: request) {
            answer(id, ask, &session)
            return
        }
        if request.isReadBack {
            answerReadBack(id, request, &session)
            return
        }
        let ids = Bodies.ids(of: request)
        switch choose() {
        case .none: session.harness.answer(id, status: 207, elements(ids, failing: false))
        case .failedElements: session.harness.answer(id, status: 207, elements(ids, failing: true))
        case .someUnclear:
            let body = elements(ids.filter { _ in Bool.random(using: &random) }, failing: false)
            if Bool.random(using: &random) { removed.formUnion(ids) }
            session.harness.answer(id, body)
        case .html:
            maybeRemove(ids)
            session.harness.answer(id, "<html>busy</html>")
        case .throttled:
            session.harness.answer(id, status: 429, Bodies.refusal("TOO_MANY_REQUESTS"))
        case .server:
            maybeRemove(ids)
            session.harness.answer(id, status: 500, Bodies.refusal("INTERNAL_ERROR"))
        case .timedOut:
            maybeRemove(ids)
            session.harness.fail(id, .timedOut)
        case .lost:
            maybeRemove(ids)
            session.harness.fail(id, .connectionLost)
        case .notSent:
            session.neverArrived.insert(id)
            session.harness.fail(id, .notSent)
        case .badToken: session.harness.answer(id, status: 401, Bodies.refusal("INVALID_TOKEN"))
        case .refusedItem: session.harness.answer(id, status: 400, Bodies.refusal("INVALID_DATA"))
        case .refusedParent:
            session.harness.answer(id, status: 400, Bodies.refusal("INVALID_DATA", index: 1))
        case .refusedKind: session.harness.answer(id, status: 403, Bodies.refusal("NO_PERMISSION"))
        case .notFound: answerNotFound(id, ids, &session)
        case .tooLong: session.harness.answer(id, status: 414, "<html>")
        case .askingForPause:
            maybeRemove(ids)
            let seconds = Int.random(in: -5...90, using: &random)
            session.harness.answer(id, status: 503, "", retryAfter: seconds)
        }
    }

    /// "Parent or related record not found": true only where one is gone.
    private mutating func answerNotFound(
        _ id: AttemptID, _ ids: [UInt64], _ session: inout Session
    ) {
        if ids.contains(where: removed.contains) {
            session.harness.answer(id, status: 404, Bodies.refusal("INVALID_DATA"))
        } else {
            session.harness.answer(id, status: 207, elements(ids, failing: false))
        }
    }

    mutating func maybeRemove(_ ids: [UInt64]) {
        if Bool.random(using: &random) { removed.formUnion(ids) }
    }

    mutating func elements(_ ids: [UInt64], failing: Bool) -> String {
        var parts: [String] = []
        for id in ids {
            if removed.contains(id) {
                parts.append(Bodies.element(id, code: "INVALID_DATA", "relation not found"))
            } else if failing, Bool.random(using: &random) {
                parts.append(Bodies.element(id, code: "CANNOT_BE_UPDATED", "no"))
            } else {
                removed.insert(id)
                parts.append(Bodies.element(id))
            }
        }
        return #"{"data":[\#(parts.joined(separator: ","))]}"#
    }

    mutating func choose() -> Fault {
        var pick = Int.random(in: 0..<weights.reduce(0) { $0 + $1.1 }, using: &random)
        for (fault, weight) in weights {
            if pick < weight { return fault }
            pick -= weight
        }
        return .none
    }
}
