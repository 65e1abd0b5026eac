import Execution
import JobModel
import Journaling
import Testing
import ZohoAPI

/// Whatever the service answers and whenever the disk is ready, every item ends accounted for once,
/// the bounds hold and the run ends. One seed decides everything; each seed switches a random part
/// of the faults off.
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

private struct RandomWorld {
    private var random: SeededGenerator
    private var harness: EngineHarness
    private let limits: RunLimits
    private let itemCount: Int
    private let weights: [(Fault, Int)]
    /// Answers under way: when they arrive.
    private var arrivals: [(at: Moment, id: AttemptID)] = []
    private var neverArrived: Set<AttemptID> = []
    private var generation = 1
    var problems: [String] = []

    private enum Fault: CaseIterable {
        case none, absent, someUnclear, html, throttled, server, timedOut, lost, notSent, badToken
        case refusedItem, refusedParent, refusedKind, failedElements
    }

    init(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let parents = Int.random(in: 0...12, using: &random)
        let each = Int.random(in: 1...9, using: &random)
        let plan = makePlan(parents: parents, each: each)
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
        self.limits = limits
        var setup = makeSetup(plan, seed: seed)
        setup.limits = limits
        itemCount = setup.itemCount
        weights = Fault.allCases.map { fault in
            if fault == .none { return (fault, 20) }
            return (fault, Bool.random(using: &random) ? 0 : Int.random(in: 1...10, using: &random))
        }
        harness = EngineHarness(setup)
        harness.acknowledgesAtOnce = false
        self.random = random
    }

    mutating func run() {
        let drainAt =
            Int.random(in: 0..<8, using: &random) == 0
            ? Moment.zero + .milliseconds(Int.random(in: 0...20_000, using: &random)) : nil
        var isDrained = false
        harness.start()
        var steps = 0
        while harness.end == nil, steps < 20_000, problems.isEmpty {
            steps += 1
            if let drainAt, !isDrained, harness.now >= drainAt {
                isDrained = true
                harness.post(.drainRequested)
            }
            step()
            check()
        }
        checkEnd()
    }

    private mutating func step() {
        if Int.random(in: 0..<3, using: &random) != 0 { harness.acknowledge() }
        for flying in harness.inFlight where !arrivals.contains(where: { $0.id == flying.id }) {
            let latency = Duration.milliseconds(Int.random(in: 1...3_000, using: &random))
            arrivals.append((harness.now + latency, flying.id))
        }
        arrivals.removeAll { arrival in !harness.inFlight.contains { $0.id == arrival.id } }
        arrivals.sort { $0.at < $1.at }
        if let next = arrivals.first, harness.timer.map({ next.at < $0 }) ?? true {
            harness.now = max(harness.now, next.at)
            arrivals.removeFirst()
            answer(next.id)
        } else if let timer = harness.timer {
            harness.advance(by: max(.zero, timer - harness.now))
        } else {
            harness.acknowledge()
        }
        if let refused = harness.refreshes.last, refused >= generation {
            generation = refused + 1
            harness.post(.tokenReady(generation: generation))
        }
    }

    private mutating func answer(_ id: AttemptID) {
        let ids = Bodies.ids(of: harness.request(id))
        switch choose() {
        case .none: harness.succeed(id)
        case .absent:
            elements(id, ids) { Bodies.element($0, code: "INVALID_DATA", "relation not found") }
        case .failedElements:
            elements(id, ids) { Bodies.element($0, code: "CANNOT_BE_UPDATED", "no") }
        case .someUnclear:
            let some = ids.filter { _ in Bool.random(using: &random) }
            harness.answer(id, Bodies.success(some))
        case .html: harness.answer(id, "<html>busy</html>")
        case .throttled: harness.answer(id, status: 429, Bodies.refusal("TOO_MANY_REQUESTS"))
        case .server: harness.answer(id, status: 500, Bodies.refusal("INTERNAL_ERROR"))
        case .timedOut: harness.fail(id, .timedOut)
        case .lost: harness.fail(id, .connectionLost)
        case .notSent:
            neverArrived.insert(id)
            harness.fail(id, .notSent)
        case .badToken: harness.answer(id, status: 401, Bodies.refusal("INVALID_TOKEN"))
        case .refusedItem: harness.answer(id, status: 400, Bodies.refusal("INVALID_DATA"))
        case .refusedParent:
            harness.answer(id, status: 400, Bodies.refusal("INVALID_DATA", index: 1))
        case .refusedKind: harness.answer(id, status: 403, Bodies.refusal("NO_PERMISSION"))
        }
    }

    private mutating func elements(_ id: AttemptID, _ ids: [UInt64], _ bad: (UInt64) -> String) {
        var parts: [String] = []
        for item in ids {
            parts.append(Bool.random(using: &random) ? bad(item) : Bodies.element(item))
        }
        harness.answer(id, status: 207, #"{"data":[\#(parts.joined(separator: ","))]}"#)
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

    private mutating func check() {
        let limit = limits.concurrency[.crm] ?? 1
        if harness.inFlight.count > limit { problems.append("\(harness.inFlight.count) in flight") }
        let times = harness.sent.filter { !neverArrived.contains($0.id) }.map(\.at)
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

    private mutating func checkEnd() {
        guard let end = harness.end else {
            if problems.isEmpty { problems.append("the run did not end by \(harness.now)") }
            return
        }
        let counts = end.progress.counts
        if counts.final + counts.pending != itemCount { problems.append("items are lost") }
        if end.state == .finished, counts.pending != 0 {
            problems.append("finished with open items")
        }
        if let maximum = limits.maximumCalls, end.progress.callCount > maximum {
            problems.append("more calls than --max-calls")
        }
        var outcomes: [UInt32: Int] = [:]
        var rows: [UInt32: [UInt32]] = [:]
        for record in harness.records {
            switch record {
            case .call(let call): rows[call.call] = call.rows
            case .answer(let answer):
                var open = rows[answer.call] ?? []
                for group in answer.outcomes {
                    for row in group.rows ?? open { outcomes[row, default: 0] += 1 }
                    let settled = group.rows ?? open
                    open.removeAll { settled.contains($0) }
                }
                rows[answer.call] = open
            case .blocked(let blocked): for row in blocked.rows { outcomes[row, default: 0] += 1 }
            default: continue
            }
        }
        if outcomes.count != counts.final { problems.append("journal and counts differ") }
        if outcomes.values.contains(where: { $0 != 1 }) {
            problems.append("an item has two outcomes")
        }
        checkReplay(end.progress)
    }

    /// Replaying the journal comes to what the engine has in memory.
    private mutating func checkReplay(_ progress: RunProgress) {
        let header = RunHeader(
            run: "r", job: "j", tool: "t", startedAt: "", user: "", host: "", invocation: "",
            source: "", manifestFormat: "csv", manifestDigest: "", manifestByteCount: 0, pinned: [])
        let codec = RecordCodec()
        var bytes: [UInt8] = []
        for (index, record) in ([.run(header)] + harness.records).enumerated() {
            let sequence = UInt64(index) + 1
            codec.append(record, sequence: sequence, durable: sequence - 1, to: &bytes)
        }
        var recovery = Recovery()
        recovery.feed(bytes)
        let journal = recovery.finish()
        if journal.verdict != .whole { problems.append("replay: \(journal.verdict)") }
        for kind in OutcomeKind.allCases where journal.run.counts[kind] != progress.counts[kind] {
            problems.append("replay counts \(kind.word) otherwise")
        }
        if journal.run.callCount != progress.callCount {
            problems.append("replay: \(journal.run.callCount) calls, not \(progress.callCount)")
        }
        if journal.run.attemptCount != progress.attemptCount {
            problems.append(
                "replay: \(journal.run.attemptCount) attempts, not \(progress.attemptCount)")
        }
        let inDoubt = journal.run.openCalls.count { $0.isInDoubt }
        if inDoubt < progress.inDoubt { problems.append("replay forgets attempts in doubt") }
    }
}
