package import JobModel
import Journaling
import ZohoAPI

/// A run as a pure state machine: events come in, actions go out, and every decision is made here.
///
/// No clock, no queue, no I/O, no randomness of its own: the same events at the same moments give
/// the same actions, under Dispatch in production and under virtual time in simulation. The life of
/// a call:
///
///     plan ─▶ ready ─▶ journalling ─▶ inFlight ─▶ settled
///               ▲          │              │  └──▶ split ─▶ two calls, ready
///               │          └─ withdrawn ──┤
///               └──────── delayed ◀───────┘
///
/// Ordering that the engine guarantees: a call's record and each attempt's record are durable
/// before the request is sent (`journalling`), and an outcome is counted when its record is durable
/// (`commits`). The engine ends only after its stop record is durable.
///
/// `+Sending` chooses what to send, `+Answers` processes answers, `+Stopping` ends the run in
/// order, `+Lanes` handles items that need many calls in sequence.
package struct RunEngine: Sendable {
    /// The phase of a run.
    enum Phase: Equatable, Sendable {
        case idle
        case running
        /// Nothing new is sent; answers in flight are awaited until the deadline.
        case draining(StopReason, deadline: Moment)
        /// The journal failed: as draining, but nothing can be recorded any more.
        case failing(deadline: Moment)
        /// The stop record is not durable yet.
        case closing(RunEnding, sequence: UInt64)
        case ended
    }

    /// Outcomes that count as soon as their record is durable.
    struct Commit: Sendable {
        var sequence: UInt64
        var record: JournalRecord
        var counts: [(kind: OutcomeKind, count: Int)]
        var creator = CreatorTally()
        var recordsDeleted = 0
    }

    let setup: EngineSetup
    var phase = Phase.idle
    var actions: [EngineAction] = []
    var generator: RandomGenerator

    /// Live calls by number; looked up, never iterated (see `liveCalls`).
    var calls: [UInt32: CallState] = [:]
    /// Numbers of live calls, ascending, for where an order is needed.
    var liveCalls: [UInt32] = []
    var ready: [UInt32] = []
    var delayed = DelayQueue()
    /// Attempts whose records are not durable yet, in sequence order.
    var journalling: [(sequence: UInt64, call: UInt32)] = []
    var commits: [Commit] = []
    var kinds: [KindState] = []
    var services: [ServiceState] = []
    /// Items of rounds and pages.
    var laneTable = LaneTable()
    /// The current item of each lane that has begun and not ended.
    var laneWork: [Int: LaneWork] = [:]
    /// Progress of earlier sessions by row, until the item becomes current.
    var recoveredRounds: [UInt32: RoundProgress] = [:]
    var recoveredPages: [UInt32: PageProgress] = [:]

    var nextSequence: UInt64
    var nextCall: UInt32
    var durableSequence: UInt64 = 0
    /// Calls of the job in its last 24 hours.
    var callsInLast24Hours = 0
    /// Items of the run without a settled outcome, durable or not.
    var openItems = 0
    /// For the error budget.
    var failures = FailureWindow()

    var tokenGeneration: Int
    var isAwaitingToken = false
    /// A token generation that no answer has confirmed yet.
    var unprovenGeneration: Int?
    var stopText = ""
    /// Recorded halts: those of this session, and those in the journal.
    var halts: [RecoveredRun.Halt]
    /// The notice of a halt, announced when its record is durable.
    var haltNotice: (sequence: UInt64, notice: RunNotice)?
    var timer: Moment?
    var unrecorded: [JournalRecord] = []

    /// The progress of the run; only durable records count.
    package internal(set) var progress = RunProgress()

    package init(_ setup: EngineSetup) {
        self.setup = setup
        generator = RandomGenerator(seed: setup.seed)
        nextSequence = setup.recovered.nextSequence
        nextCall = setup.recovered.highestCall + 1
        tokenGeneration = setup.tokenGeneration
        halts = setup.recovered.halts
        progress.itemCount = setup.itemCount
    }

    /// Accepts any event at any time; late and duplicate events change nothing.
    package mutating func handle(_ event: EngineEvent, at now: Moment) -> [EngineAction] {
        switch event {
        case .started: start(at: now)
        case .recordsDurable(let sequence): recordsBecameDurable(through: sequence, at: now)
        case .journalFailed(let text): journalFailed(text, at: now)
        case .attemptEnded(let attempt, .success(let answer)):
            answerReceived(attempt, answer, at: now)
        case .attemptEnded(let attempt, .failure(let failure)):
            attemptFailed(attempt, failure, at: now)
        case .attemptWithdrawn(let attempt): withdraw(attempt, at: now)
        case .timerFired: timer = nil
        case .drainRequested:
            beginStop(.signal, "stopped by a signal", at: now)
        case .tokenReady(let generation): tokenBecameReady(generation)
        case .tokenUnavailable(let problem): tokenUnavailable(problem, at: now)
        }
        proceed(at: now)
        defer { actions.removeAll(keepingCapacity: true) }
        return actions
    }

    /// Performs what is due and sets the timer for what is due next.
    private mutating func proceed(at now: Moment) {
        if phase == .running {
            checkBounds(at: now)
            while phase == .running, let call = delayed.popDue(at: now) { makeReady(call) }
            startCalls(at: now)
            stopIfWindowClosesFirst(at: now)
            stopIfCallBudgetIsSpent(at: now)
            stopIfNothingIsLeft(at: now)
        }
        closeIfDrained(at: now)
        let next = nextWake(after: now)
        if next != timer, phase != .ended {
            timer = next
            actions.append(.setTimer(next))
        }
        refreshProgress()
    }

    // MARK: Start

    private mutating func start(at now: Moment) {
        guard phase == .idle else { return }
        phase = .running
        services = Service.allCases.map { ServiceState(service: $0, limits: setup.limits, at: now) }
        kinds = RunEngine.kindTable(setup)
        buildLanes(at: now)
        let recovered = setup.recovered
        for index in kinds.indices { kinds[index].isProven = isProven(kinds[index].kind) }
        for tally in recovered.tallies {
            guard let index = kinds.firstIndex(where: { $0.kind == tally.kind }) else { continue }
            kinds[index].tally = tally
        }
        for attempt in recovered.recentAttempts {
            // An attempt without a recorded end was sent at any time up to the end of its process,
            // however slow the disk was: it may still be in flight. Records truncate to
            // milliseconds.
            let milliseconds = attempt.atMilliseconds - setup.wallMillisecondsAtZero + 1
            let moment = min(now, Moment.zero + .milliseconds(milliseconds))
            services[serviceIndex(attempt.service)].remember(
                attemptAt: attempt.hasEnded ? moment : now + .seconds(1))
        }
        for service in Service.allCases { restorePauses(of: service, at: now) }
        let dayAgo = wallMilliseconds(at: now) / 60_000 - 24 * 60
        callsInLast24Hours = setup.earlierCallsInLast24Hours
        for minute in recovered.callsByMinute where minute.minute >= dayAgo {
            callsInLast24Hours += minute.count
        }
        progress.counts = recovered.counts
        progress.recordsDeleted = recovered.recordsDeleted
        progress.callCount = recovered.callCount
        progress.attemptCount = recovered.attemptCount
        openItems = setup.itemCount - recovered.counts.final
        failures = recovered.failures
        for open in recovered.openCalls { restoreCall(open) }
        readBackUnproven()
        restoreLanes(at: now)
        checkRecovered(at: now)
    }

    /// A pause that a service requested from an earlier process is kept until its end, and is
    /// reported. A pause longer than a run waits stopped that process: starting another one
    /// overrides it.
    private mutating func restorePauses(of service: Service, at now: Moment) {
        var end = now
        for pause in setup.recovered.pauses where pause.service == service {
            let length = Duration.milliseconds(pause.milliseconds)
            guard length <= setup.limits.outOfCallsAfter else { continue }
            // Records truncate to milliseconds.
            let milliseconds = pause.atMilliseconds - setup.wallMillisecondsAtZero + 1
            end = max(end, min(now, Moment.zero + .milliseconds(milliseconds)) + length)
        }
        guard end > now else { return }
        services[serviceIndex(service)].holdBack(until: end)
        guard kinds.contains(where: { $0.service == service }) else { return }
        let seconds = (end - now).secondsRoundedUp
        let message = ServiceMessage(status: 429, code: "", text: "asked of an earlier start")
        actions.append(.announce(.servicePaused(service, seconds: seconds, message)))
    }

    /// The plan's kinds with their ranges of calls, then kinds that only calls from the journal
    /// have.
    private static func kindTable(_ setup: EngineSetup) -> [KindState] {
        let plan = setup.plan
        var kinds: [KindState] = []
        var start = 0
        for index in plan.kinds.indices {
            var end = start
            while end < plan.callCount, Int(plan.callKinds[end]) == index { end += 1 }
            kinds.append(KindState(planned: plan.kinds[index], remaining: start..<end))
            start = end
        }
        precondition(
            start == plan.callCount,
            "\(start) of \(plan.callCount) planned calls are in the order of their kinds")
        for open in setup.recovered.openCalls
        where !kinds.contains(where: {
            $0.kind == open.record.kind && $0.planned.direction == open.record.direction
        }) {
            let planned = PlannedKind(kind: open.record.kind, direction: open.record.direction)
            kinds.append(KindState(planned: planned, remaining: 0..<0))
        }
        for proof in setup.recovered.proofs
        where !kinds.contains(where: { $0.kind == proof.kind }) {
            kinds.append(KindState(planned: PlannedKind(kind: proof.kind), remaining: 0..<0))
        }
        return kinds
    }

    /// Restores an open call of an earlier process; it is sent again unchanged.
    private mutating func restoreCall(_ open: RecoveredRun.OpenCall) {
        let record = open.record
        guard
            let kind = kinds.firstIndex(where: {
                $0.kind == record.kind && $0.planned.direction == record.direction
            })
        else {
            preconditionFailure("open call \(record.call) is of the unplanned kind \(record.kind)")
        }
        var call = CallState(
            number: record.call, parentCall: record.parentCall, kind: kind,
            direction: record.direction,
            parent: record.parent, items: [], itemCount: record.rows.count, isRecorded: true)
        var next = 0
        for (row, related) in zip(record.rows, record.related)
        where next < open.openRows.count && open.openRows[next] == row {
            call.items.append(CallItem(row: row, related: related))
            next += 1
        }
        precondition(
            next == open.openRows.count, "the open rows of call \(record.call) are not in its order"
        )
        call.restore(open)
        insert(call)
        ready.append(call.number)
    }

    // MARK: Small things

    func serviceIndex(_ service: Service) -> Int {
        switch service {
        case .crm: 0
        case .creator: 1
        case .accounts: 2
        }
    }

    func wallMilliseconds(at now: Moment) -> Int64 {
        setup.wallMillisecondsAtZero + now.nanoseconds / 1_000_000
    }

    /// Numbers a record and hands it out; nil once the journal has failed, when it is kept for the
    /// terminal. Nothing follows the stop record.
    @discardableResult
    mutating func append(_ record: JournalRecord) -> UInt64? {
        switch phase {
        case .idle, .running, .draining: break
        case .failing:
            unrecorded.append(record)
            return nil
        case .closing, .ended:
            preconditionFailure("a record \"\(record.name)\" would follow the stop record")
        }
        let sequence = nextSequence
        nextSequence += 1
        actions.append(.appendRecord(record, sequence: sequence))
        return sequence
    }

    mutating func insert(_ call: CallState) {
        calls[call.number] = call
        if let last = liveCalls.last, last > call.number {
            let place = liveCalls.firstIndex { $0 > call.number } ?? liveCalls.endIndex
            liveCalls.insert(call.number, at: place)
        } else {
            liveCalls.append(call.number)
        }
    }

    mutating func remove(_ number: UInt32) {
        if let kind = calls[number]?.kind, kinds[kind].probe == number { kinds[kind].probe = nil }
        calls[number] = nil
        if let place = liveCalls.firstIndex(of: number) { liveCalls.remove(at: place) }
    }

    mutating func makeReady(_ number: UInt32) {
        calls[number]?.phase = .ready
        ready.append(number)
    }

    private mutating func refreshProgress() {
        progress.inFlight = services.reduce(0) { $0 + $1.inFlight }
        progress.counts.pending = setup.itemCount - progress.counts.final
    }
}
