import Chunking
import Execution
import JobModel
import Journaling
import Planning
import Running
import SystemCalls
import ZohoAPI

// Processes begin, as `JobRunner` begins them: journal opened, locked and repaired; decided whether
// the run may go on; session record durable; open items planned; engine made.

extension Simulation {
    /// Sessions after which the world is given up; faults that go on may keep a run from finishing.
    static let maximumSessions = 24
    /// Sessions after which the machine is mended and nobody disturbs: what is left is done then,
    /// unless the service does not let it.
    static let troubledSessions = 16

    private var isTroubled: Bool { report.sessionCount <= Simulation.troubledSessions }

    mutating func runSessions() {
        let crashes = options.crashes ?? scenario.has(.crashes) ? random.number(0...5) : 0
        var isOver = false
        while report.broken == nil, report.sessionCount < Simulation.maximumSessions, !isOver {
            report.sessionCount += 1
            let mayCrash = isTroubled && report.crashCount < crashes
            drawDiskFaults()
            isOver = runSession(mayCrash: mayCrash)
            disk.processEnded()
            process = nil
            // Nobody runs, and what has left goes on.
            let end = now + random.milliseconds(0...(random.once(in: 6) ? 400_000 : 4_000))
            while let (at, event) = queue.next(until: end) {
                now = max(now, at)
                take(event)
            }
            now = end
        }
        if report.broken == nil { endWorld() }
    }

    /// True when nobody takes the run up any more.
    private mutating func runSession(mayCrash: Bool) -> Bool {
        var stepsToLive = mayCrash ? random.number(0...80) : .max
        // Most die while much is under way; some die late.
        if mayCrash, stepsToLive.isMultiple(of: 4) { stepsToLive *= 25 }
        if let first = options.firstDeadline, report.sessionCount == 1 {
            disk.die(at: first)
        } else if mayCrash, random.once(in: 2) {
            disk.die(
                at: .init(
                    call: disk.callCount + random.number(1...30), isAfter: random.once(in: 2)))
        }
        do throws(SystemError) {
            let isOver = try beginSession()
            if disk.isDead { return crashed() }
            if isOver || process == nil { return isOver }
        } catch {
            if disk.isDead { return crashed() }
            note("the session could not begin: \(error)")
            return false
        }
        process?.stepsToLive = stepsToLive
        handle(.started)
        return runProcess()
    }

    private mutating func drawDiskFaults() {
        diskFaults = SimulatedDisk.Faults()
        defer { disk.set(diskFaults) }
        guard isTroubled else { return }
        if scenario.has(.fullDisk), random.once(in: 3) {
            diskFaults.roomByteCount = disk.bytes.count + random.number(0...6_000)
        }
        if scenario.has(.failingDisk), random.once(in: 3) {
            if random.once(in: 2) {
                diskFaults.failingSynchronisation =
                    disk.synchronisationCount + random.number(1...12)
            } else {
                diskFaults.failingWrite = disk.writeCount + random.number(1...12)
            }
        }
    }

    // MARK: Beginning

    /// True when the run has ended for good and nothing is to be sent.
    private mutating func beginSession() throws(SystemError) -> Bool {
        let file: JournalFile
        var before = RecoveredRun()
        drawClock()
        let target = drawTarget(mayBeWrong: isTroubled)
        if disk.bytes.isEmpty {
            file = try JournalFile.create(on: disk, first: header(target))
        } else {
            switch try JournalFile.openForResume(disk) {
            case .ready(let opened, let journal, _):
                file = opened
                before = journal.run
            case .locked:
                breaks("RunsGoOn", "the journal is locked although its process has ended")
                return true
            case .refused(let journal):
                if journal.verdict == .neverStarted {
                    note("the run never started: a new one begins")
                    disk.replace()
                    return false
                }
                breaks("RunsGoOn", journal.notice(path: disk.path) ?? "the journal is refused")
                return true
            }
        }
        var wishes = Wishes(target: target, limits: sessionLimits())
        if scenario.has(.reopens), reopenCount < 3, random.once(in: 3) {
            wishes.reopens = [.failed, .blocked, .unknown].filter { _ in random.once(in: 2) }
        }
        if isRefused(before.header, target) { return false }
        switch decision(before, reopens: !wishes.reopens.isEmpty) {
        case .carriesOn: break
        case .overrides(let halt): wishes.overriddenHalt = halt
        case .isOver: return true
        }
        var commit = GroupCommit(file)
        let recovered = try recordSession(before, &commit, wishes)
        if disk.isDead { return false }
        if !wishes.reopens.isEmpty { reopenCount += 1 }
        start(before, recovered, commit, wishes)
        return false
    }

    /// With what a person starts a process.
    struct Wishes {
        var target: String
        var limits: RunLimits
        var reopens: [OutcomeKind] = []
        var overriddenHalt: UInt64?
    }

    private enum Decision {
        case carriesOn, overrides(UInt64), isOver
    }

    private mutating func decision(_ before: RecoveredRun, reopens: Bool) -> Decision {
        let standing: EarlierRun.Standing
        if let halt = before.halt {
            standing = .halted(halt.number, halt.record.text)
        } else if let stop = before.stop, stop.state == .finished {
            standing = .finished(exit: stop.exit)
        } else {
            standing = .paused
        }
        let run = EarlierRun(run: "run", directory: "", standing: standing)
        let overrides = random.once(in: 2)
        let halt = overrides ? before.halt?.number : nil
        let decision = RunDecision.forResume(of: run, reopens: reopens, overriddenHalt: halt)
        guard decision.step == .carryOn else { return .isOver }
        return halt.map { .overrides($0) } ?? .carriesOn
    }

    /// The session's record is durable before anything else happens; then the journal is read once
    /// more, for what a replay says is the truth.
    private mutating func recordSession(
        _ before: RecoveredRun, _ commit: inout GroupCommit, _ wishes: Wishes
    ) throws(SystemError) -> RecoveredRun {
        var records: [JournalRecord] = []
        if before.planned == nil {
            let count = scenario.items.itemCount
            records.append(
                .planned(
                    PlannedCounts(
                        rows: scenario.items.rowCount, items: count, duplicates: 0, skipped: 0,
                        calls: 0)))
        }
        records.append(
            .session(
                SessionRecord(
                    number: before.sessionCount + 1, at: "", clock: clock.ofSession(at: now),
                    processID: report.sessionCount, host: "", invocation: "",
                    overriddenHalt: wishes.overriddenHalt,
                    timeoutMilliseconds: Int(wishes.limits.timeout.nanoseconds / 1_000_000))))
        if !wishes.reopens.isEmpty {
            records.append(.reopened(ReopenedRecord(outcomes: wishes.reopens)))
        }
        let first = max(2, before.nextSequence)
        _ = commit.append(records, firstSequence: first)
        guard let batch = commit.nextBatch() else { return before }
        var bytes: [UInt8] = []
        batch.append(to: &bytes, RecordCodec())
        try disk.write(bytes, at: batch.offset)
        try disk.synchroniseData()
        commit.committed(batch, byteCount: bytes.count)
        _ = commit.nextBatch()
        return journal().run
    }

    /// What the disk's journal says now.
    mutating func journal() -> RecoveredJournal {
        let edition = disk.bytes(from: .max).edition
        if edition != reading.edition { reading = (Recovery(), 0, edition) }
        let new = disk.bytes(from: reading.byteCount).bytes
        reading.byteCount += new.count
        reading.recovery.feed(Array(new))
        var ended = reading.recovery
        return ended.finish()
    }

    private mutating func start(
        _ before: RecoveredRun, _ recovered: RecoveredRun, _ commit: GroupCommit,
        _ wishes: Wishes
    ) {
        var recovered = recovered
        if options.canary == .forgetsLastRecord, let last = recovered.outcomeOfRow.indices.last,
            recovered.outcomeOfRow[last] != 0
        {
            recovered.outcomeOfRow[last] = 0
            recovered.counts[.removed] -= 1
        }
        if options.canary == .forgetsRounds {
            for index in recovered.rounds.indices { recovered.rounds[index].openCall = nil }
        }
        var carried: [UInt32] = []
        for call in recovered.openCalls { carried += call.openRows }
        let open = PendingItems.without(
            outcomesOf: recovered.outcomeOfRow, carried: carried, in: scenario.items)
        let limits = wishes.limits
        var setup = RunSetup(
            plan: Chunker(profile: scenario.profile).calls(for: open),
            itemCount: scenario.items.itemCount, recovered: recovered, limits: limits,
            profile: scenario.profile, seed: random.next(),
            wallMillisecondsAtZero: clock.ofSession(at: now).wallMilliseconds)
        setup.pinsCreatorRecords = scenario.has(.pinnedRounds)
        setup.tokenGeneration = max(1, tokens.generation)
        tokens.processBegan(clock, at: now)
        process = SimulatedProcess(
            number: report.sessionCount, limits: limits, clockZero: now,
            engine: RunEngine(setup), commit: commit)
        if isTroubled, scenario.has(.signals), random.once(in: 4) {
            queue.schedule(
                .signal(session: report.sessionCount), at: now + random.milliseconds(0...20_000))
        }
        tell(
            .sessionBegan(
                SessionFacts(
                    number: report.sessionCount, limits: limits, before: before,
                    recovered: recovered, overriddenHalt: wishes.overriddenHalt,
                    reopens: wishes.reopens, target: wishes.target,
                    clockZero: now)))
    }

    private mutating func sessionLimits() -> RunLimits {
        var limits = scenario.limits
        if scenario.has(.changedLimits) { limits = scenario.drawLimits(&random) }
        let isLate = report.sessionCount > Simulation.maximumSessions / 2
        if scenario.has(.window), !isLate, random.once(in: 3) {
            limits.lastStart = Moment.zero + random.milliseconds(0...60_000)
        }
        if scenario.has(.callBudget), !isLate {
            limits.maximumCalls = random.number(0...30)
        }
        if scenario.has(.credits) {
            limits.dailyCredits = isLate ? 0 : random.number(10_000...10_040)
        }
        return limits
    }

    // MARK: Ending

    /// The process is dead. Never the end of the world.
    mutating func crashed() -> Bool {
        report.crashCount += 1
        let counted = process?.engine.progress
        if scenario.has(.powerLoss), random.once(in: 2) {
            note("the power goes")
            disk.powerLost()
        }
        process = nil
        abandonExchange()
        tell(.crashed(counted: counted ?? RunProgress(), journal: journal().run))
        return false
    }

    private mutating func endWorld() {
        let final = journal()
        report.state = final.run.stop?.state
        report.outcomes = scenario.rows.indices.map { row in
            row < final.run.outcomeOfRow.count && final.run.outcomeOfRow[row] > 0
                ? OutcomeKind(rawValue: final.run.outcomeOfRow[row] - 1) : nil
        }
        tell(
            .worldEnded(
                WorldEnd(journal: disk.bytes, run: final.run, ledger: ledger)))
    }
}

extension Moment {
    /// Whole milliseconds since the world's zero.
    var milliseconds: Int64 { nanoseconds / 1_000_000 }
}
