import Execution
import JobModel
import Journaling
import Testing
import ZohoAPI

/// Whatever the service answers, whenever the disk is ready and wherever the process dies, every
/// item ends accounted for once, the bounds hold, the journal replays to what memory held, and the
/// run ends. One seed decides everything; each seed switches a random part of the faults off.
@Suite struct `any world` {
    @Test func `accounts for every item, keeps its limits and ends`() {
        for seed in UInt64(1)...1_000 {
            var world = RandomWorld(seed: seed)
            world.run()
            if world.problems.isEmpty { continue }
            Issue.record("seed \(seed): \(world.problems.prefix(3))")
            return
        }
    }
}

/// A service that removes relations, answers as it likes, and knows what it did.
private struct RandomWorld {
    private var random: SeededGenerator
    private let limits: RunLimits
    private let itemCount: Int
    private let parentOfRow: [UInt64]
    private let weights: [(Fault, Int)]
    /// Related ids whose relation the service has removed; in a world of our own everything
    /// existed.
    private var removed: Set<UInt64> = []
    /// Everything that reached the disk, over all sessions.
    private var disk: [JournalRecord] = []
    private var now = Moment.zero
    var problems: [String] = []

    private enum Fault: CaseIterable {
        case none, someUnclear, html, throttled, server, timedOut, lost, notSent, badToken
        case refusedItem, refusedParent, refusedKind, failedElements
    }

    init(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let parents = Int.random(in: 0...12, using: &random)
        let each = Int.random(in: 1...9, using: &random)
        itemCount = parents * each
        parentOfRow = [0] + (0..<itemCount).map { 1_000 + UInt64($0 / each) }
        limits = RandomWorld.limits(&random)
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

    private static func limits(_ random: inout SeededGenerator) -> RunLimits {
        var limits = RunLimits()
        limits.concurrency[.crm] = Int.random(in: 1...6, using: &random)
        if Bool.random(using: &random) {
            limits.callsPerMinute[.crm] = Int.random(in: 1...30, using: &random)
        }
        limits.retries = Int.random(in: 0...4, using: &random)
        limits.retryBudget = Int.random(in: 1...20, using: &random)
        if Bool.random(using: &random) {
            limits.failureBudget = .count(Int.random(in: 0...40, using: &random))
        }
        if Int.random(in: 0..<6, using: &random) == 0 {
            limits.lastStart = .zero + .seconds(Int.random(in: 0...90, using: &random))
        }
        if Int.random(in: 0..<6, using: &random) == 0 {
            limits.maximumCalls = Int.random(in: 0...15, using: &random)
        }
        return limits
    }

    mutating func run() {
        let crashes = Int.random(in: 0...4, using: &random)
        for session in 0...crashes {
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

    private struct Session {
        var harness: EngineHarness
        let isLast: Bool
        var arrivals: [(at: Moment, id: AttemptID)] = []
        var neverArrived: Set<AttemptID> = []
        var generation = 1

        init(_ setup: RunSetup, at now: Moment, isLast: Bool) {
            harness = EngineHarness(setup)
            harness.now = now
            harness.acknowledgesAtOnce = false
            self.isLast = isLast
        }
    }

    private func replayed() -> RecoveredRun {
        let codec = RecordCodec()
        var bytes: [UInt8] = []
        for (index, record) in disk.enumerated() {
            let sequence = UInt64(index) + 1
            codec.append(record, sequence: sequence, durable: sequence - 1, to: &bytes)
        }
        var recovery = Recovery()
        recovery.feed(bytes)
        let journal = recovery.finish()
        #expect(journal.verdict == .whole)
        return journal.run
    }

    private func setup(_ recovered: RecoveredRun) -> RunSetup {
        let carried = Set(recovered.openCalls.flatMap(\.openRows))
        var plan = makePlan(parents: 0, each: 0)
        for row in UInt32(1)...UInt32(max(1, itemCount)) where Int(row) <= itemCount {
            let outcomes = recovered.outcomeOfRow
            let isOpen = Int(row) >= outcomes.count || outcomes[Int(row)] == 0
            guard isOpen, !carried.contains(row) else { continue }
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
        return RunSetup(
            plan: plan, itemCount: itemCount, recovered: recovered, limits: limits,
            profile: ServiceProfile(), seed: UInt64(disk.count),
            wallMillisecondsAtZero: 1_800_000_000_000)
    }

    private mutating func play(_ session: inout Session) {
        let crashStep = session.isLast ? Int.max : Int.random(in: 0...120, using: &random)
        let drainStep =
            Int.random(in: 0..<8, using: &random) == 0 ? Int.random(in: 0...80, using: &random) : -1
        session.harness.start()
        var steps = 0
        while session.harness.end == nil, steps < 20_000, problems.isEmpty {
            if steps == crashStep {
                crash(&session)
                return
            }
            if steps == drainStep { session.harness.post(.drainRequested) }
            step(&session)
            checkBounds(session)
            steps += 1
        }
        disk += session.harness.records
        guard let end = session.harness.end else {
            if problems.isEmpty { problems.append("the run did not end by \(session.harness.now)") }
            return
        }
        checkEnd(end)
    }

    /// What was not synced may have reached the disk, up to some point; what was sent may have
    /// arrived.
    private mutating func crash(_ session: inout Session) {
        let harness = session.harness
        let kept = Int.random(in: harness.durableCount...harness.records.count, using: &random)
        disk += harness.records[..<kept]
        for flying in harness.inFlight where Bool.random(using: &random) {
            removed.formUnion(Bodies.ids(of: flying.request))
        }
    }

    private mutating func step(_ session: inout Session) {
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

    private mutating func answer(_ id: AttemptID, _ session: inout Session) {
        let ids = Bodies.ids(of: session.harness.request(id))
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
        }
    }

    private mutating func maybeRemove(_ ids: [UInt64]) {
        if Bool.random(using: &random) { removed.formUnion(ids) }
    }

    private mutating func elements(_ ids: [UInt64], failing: Bool) -> String {
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

    private mutating func choose() -> Fault {
        var pick = Int.random(in: 0..<weights.reduce(0) { $0 + $1.1 }, using: &random)
        for (fault, weight) in weights {
            if pick < weight { return fault }
            pick -= weight
        }
        return .none
    }

    // MARK: Promises

    private mutating func checkBounds(_ session: Session) {
        let harness = session.harness
        if harness.inFlight.count > limits.concurrency[.crm] ?? 1 {
            problems.append("\(harness.inFlight.count) in flight")
        }
        let times = harness.sent.filter { !session.neverArrived.contains($0.id) }.map(\.at)
        if let perMinute = limits.callsPerMinute[.crm], let last = times.last,
            times.count > perMinute,
            last - times[times.count - 1 - perMinute] < .seconds(60)
        {
            problems.append("too many calls in a minute")
        }
        if let last = limits.lastStart, let sent = harness.sent.last, sent.at > last {
            problems.append("sent after --until")
        }
    }

    /// What the engine held in memory when it ended is what the journal tells.
    private mutating func checkEnd(_ end: RunEnd) {
        let replay = replayed()
        var counts = replay.counts
        counts.pending = itemCount - counts.final
        if counts != end.progress.counts { problems.append("counts differ: \(counts) \(end)") }
        if replay.callCount != end.progress.callCount { problems.append("calls differ") }
        if replay.attemptCount != end.progress.attemptCount { problems.append("attempts differ") }
        if end.state == .finished, counts.pending != 0 {
            problems.append("finished with open items")
        }
        if let maximum = limits.maximumCalls, end.progress.callCount > maximum {
            problems.append("more calls than --max-calls")
        }
    }

    private mutating func checkReplay(_ recovered: RecoveredRun) {
        let carried = recovered.openCalls.flatMap(\.openRows)
        if Set(carried).count != carried.count { problems.append("two open calls carry one row") }
        if recovered.counts.final + recovered.counts.pending > itemCount {
            problems.append("more outcomes than items")
        }
    }

    /// Every outcome is given once, and it is what the service did.
    private mutating func checkOutcomes() {
        var rows: [UInt32: [UInt32]] = [:]
        var asked: [AttemptID: [UInt32]] = [:]
        var found: [UInt32: Outcome] = [:]
        for record in disk {
            switch record {
            case .call(let call): rows[call.call] = call.rows
            case .attempt(let attempt):
                let id = AttemptID(call: attempt.call, attempt: attempt.attempt)
                asked[id] = attempt.rows ?? rows[attempt.call] ?? []
            case .answer(let answer):
                let all = asked[AttemptID(call: answer.call, attempt: answer.attempt)] ?? []
                for group in answer.outcomes { note(group.outcome, group.rows ?? all, &found) }
            case .blocked(let blocked): note(blocked.outcome, blocked.rows, &found)
            default: continue
            }
        }
        for (row, outcome) in found { check(row, outcome) }
    }

    private mutating func note(
        _ outcome: Outcome, _ rows: [UInt32], _ found: inout [UInt32: Outcome]
    ) {
        for row in rows where found.updateValue(outcome, forKey: row) != nil {
            problems.append("row \(row) has two outcomes")
        }
    }

    private mutating func check(_ row: UInt32, _ outcome: Outcome) {
        let isRemoved = removed.contains(1_000_000 + UInt64(row))
        switch outcome.kind {
        case .removed where !isRemoved: problems.append("row \(row) is said to be removed")
        case .absent where !isRemoved: problems.append("row \(row) is said to be absent")
        case .absent where !outcome.isAfterDoubt:
            problems.append("row \(row) was removed by nobody else, and its doubt is lost")
        case .blocked where isRemoved: problems.append("row \(row) is said not to be sent")
        default: return
        }
    }
}
