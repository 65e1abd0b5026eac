import Chunking
import Execution
import JobModel
import Journaling
import Planning
import Running
import SystemCalls
import ZohoAPI

// Processes start as `JobRunner` starts them: journal opened, locked and repaired; decided whether
// the run may resume; session record durable; open items planned; engine made.

extension Simulation {
    /// Maximum sessions; persistent faults may prevent a run from finishing.
    static let maximumSessions = 24
    /// Sessions after which no fault is injected: the rest is then done, if the service
    /// permits it.
    static let troubledSessions = 16

    var isTroubled: Bool { report.sessionCount <= Simulation.troubledSessions }

    mutating func runSessions() {
        let crashes = options.crashes ?? scenario.has(.crashes) ? random.number(0...5) : 0
        if scenario.has(.otherProcesses) { scheduleOthers() }
        var hasEnded = false
        while !isOver, report.sessionCount < Simulation.maximumSessions, !hasEnded {
            report.sessionCount += 1
            let mayCrash = isTroubled && report.crashCount < crashes
            drawDiskFaults()
            drawDamage()
            hasEnded = runSession(mayCrash: mayCrash)
            disk.processEnded()
            process = nil
            facts = nil
            restoreDamage()
            // No process runs; requests in flight continue.
            passTime(until: now + drawPause())
        }
        if !isOver { endWorld() }
    }

    private mutating func drawPause() -> Duration {
        if scenario.has(.daysBetween), random.once(in: 3) { return .seconds(25 * 3_600) }
        return random.milliseconds(0...(random.once(in: 6) ? 400_000 : 4_000))
    }

    private mutating func passTime(until end: Moment) {
        while let (at, event) = queue.next(until: end) {
            now = max(now, at)
            dispatch(event)
        }
        now = max(now, end)
    }

    private mutating func scheduleOthers() {
        var at = Moment.zero
        for _ in 0..<random.number(1...12) {
            at = at + random.milliseconds(0...120_000)
            queue.schedule(.othersWantToken, at: at)
        }
    }

    /// Whether the run is not started again.
    private mutating func runSession(mayCrash: Bool) -> Bool {
        var stepsToLive = mayCrash ? random.number(0...160) : .max
        // Most die while many calls are in flight; some die late.
        if mayCrash, stepsToLive.isMultiple(of: 4) { stepsToLive *= 25 }
        if let first = options.firstDeadline, report.sessionCount == 1 {
            disk.die(at: first)
        } else if mayCrash, random.once(in: 2) {
            disk.die(
                at: .init(
                    call: disk.callCount + random.number(1...30), isAfter: random.once(in: 2)))
        }
        do throws(SystemError) {
            let hasEnded = try beginSession()
            if disk.isDead {
                killed()
                return false
            }
            if hasEnded || process == nil { return hasEnded }
        } catch {
            if disk.isDead {
                killed()
            } else {
                observe(.startRefused(exit: 74, text: "\(error)"))
            }
            return false
        }
        process?.stepsToLive = stepsToLive
        post(.started)
        runProcess()
        return false
    }

    private mutating func drawDiskFaults() {
        diskFaults = SimulatedDisk.Faults()
        defer { disk.set(diskFaults) }
        guard isTroubled else { return }
        if scenario.has(.fullDisk), random.once(in: 3) {
            diskFaults.roomByteCount = disk.byteCount + random.number(0...6_000)
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

    /// True when the run has ended and nothing more is to be sent.
    private mutating func beginSession() throws(SystemError) -> Bool {
        let file: JournalFile
        var before = RecoveredRun()
        drawClock()
        var start = drawStart()
        if disk.byteCount == 0 {
            start.overriddenHalt = nil
            start.retries = []
            file = try JournalFile.create(on: disk, first: header(start))
        } else {
            let found = disk.bytes
            switch try JournalFile.openForResume(disk) {
            case .ready(let opened, let journal, let copy):
                if disk.isDead { return false }
                if found.count > journal.endOffset {
                    observe(
                        .tailCut(
                            Array(found[Int(journal.endOffset)...]),
                            saved: copy.flatMap(disk.copy)))
                }
                report.probes.observe(journal.condition)
                if options.bug == .refusesTornTails, case .tornTail = journal.condition {
                    fail("RunsGoOn", "a torn tail is refused")
                    return true
                }
                file = opened
                before = journal.run
            case .locked:
                fail("RunsGoOn", "the journal is locked although its process has ended")
                return true
            case .refused(let journal): return refused(journal)
            }
        }
        readDisk()
        if planted.undamaged == nil {
            let progress = before.progress
            observe(
                .statusAsked(
                    SeenStatus(
                        counts: SeenCounts(progress), callCount: progress.callCount,
                        attemptCount: progress.attemptCount,
                        unaccounted: progress.creator.unaccounted)))
        }
        askHypothetically(before)
        exchangeAtOnce()
        if tokens.generation == 0 {
            observe(.startRefused(exit: 69, text: "no access token"))
            return false
        }
        if isRefused(before.header, start) { return false }
        switch decide(before, start) {
        case .resumes: break
        case .ends: return true
        case .refuses: return false
        }
        if isContradicted(before) { return false }
        var commit = GroupCommit(file)
        let recovered = try recordSession(before, &commit, start)
        if disk.isDead { return false }
        if !start.retries.isEmpty { retryCount += 1 }
        begin(recovered, commit, start)
        return false
    }

    private mutating func refused(_ journal: RecoveredJournal) -> Bool {
        report.probes.observe(journal.condition)
        if journal.condition == .neverStarted {
            note("the run never started: a new one begins")
            disk.replace()
            return false
        }
        let text = journal.notice(path: disk.path) ?? "the journal is refused"
        observe(.startRefused(exit: 74, text: text))
        guard planted.undamaged == nil else { return false }
        fail("RunsGoOn", text)
        return true
    }

    /// The session's record is durable before anything else happens; then the journal is read
    /// again, because the replay is authoritative.
    private mutating func recordSession(
        _ before: RecoveredRun, _ commit: inout GroupCommit, _ start: Start
    ) throws(SystemError) -> RecoveredRun {
        var records: [JournalRecord] = []
        if before.planned == nil {
            let count = scenario.items.itemCount
            records.append(
                .planned(
                    PlannedCounts(
                        rows: scenario.items.rowCount, items: count, duplicates: 0,
                        skipped: scenario.skippedRows,
                        calls: 0)))
        }
        records.append(
            .session(
                SessionRecord(
                    number: before.sessionCount + 1, at: "", clock: clock.ofSession(at: now),
                    processID: report.sessionCount, host: "", invocation: "",
                    overriddenHalt: start.overriddenHalt,
                    timeoutMilliseconds: Int(start.limits.timeout.nanoseconds / 1_000_000))))
        if !start.retries.isEmpty {
            records.append(perturbed(.reopened(ReopenedRecord(outcomes: start.retries))))
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
        readDisk()
        return recoveredJournal().run
    }

    /// The product's reading of the journal.
    mutating func recoveredJournal() -> RecoveredJournal {
        let revision = disk.bytes(from: .max).revision
        if revision != reading.revision { reading = (Recovery(), 0, revision) }
        let new = disk.bytes(from: reading.byteCount).bytes
        reading.byteCount += new.count
        reading.recovery.feed(Array(new))
        var ended = reading.recovery
        return ended.finish()
    }

    private mutating func begin(
        _ recovered: RecoveredRun, _ commit: GroupCommit, _ start: Start
    ) {
        var recovered = recovered
        JournalProbe.addRows(
            journal, rowCount: scenario.rows.count,
            isRepeatable: { scenario.rows[$0].operation.isRepeatable }, to: &report.probes)
        recovered.rebase(to: clock.ofSession(at: now))
        perturb(&recovered)
        var carried: [UInt32] = []
        for call in recovered.openCalls { carried += call.openRows }
        let open = PendingItems.without(
            outcomesOf: recovered.outcomeOfRow, carried: carried, in: scenario.items)
        let limits = start.limits
        var setup = EngineSetup(
            plan: perturbed(Chunker(profile: scenario.profile).calls(for: open)),
            itemCount: scenario.items.itemCount, recovered: recovered,
            limits: perturbed(limits),
            profile: scenario.profile, seed: random.next(),
            wallMillisecondsAtZero: clock.ofSession(at: now).wallMilliseconds)
        setup.skippedRows = options.bug == .forgetsSkipped ? 0 : scenario.skippedRows
        setup.usesExplicitIDs = scenario.has(.pinnedRounds)
        setup.haltsOnRecordDeleted = options.bug != .ignoresRecordDeleted
        setup.tokenGeneration = max(1, tokens.generation)
        tokens.processBegan(clock, at: now)
        if options.bug == .forgetsExchanges { tokens.forgetExchanges() }
        let number = report.sessionCount
        process = SimulatedProcess(
            number: number, limits: limits, clockZero: now, beganAt: now,
            engine: RunEngine(setup), commit: commit, busyUntil: now, asleepUntil: now)
        drawDisturbances(number)
        seenAttempts.removeAll()
        let facts = ProcessConditions(
            number: number, limits: limits, clockZero: now,
            wallMillisecondsAtZero: setup.wallMillisecondsAtZero,
            overriddenHalt: start.overriddenHalt, retries: start.retries,
            host: start.host, client: start.client)
        self.facts = facts
        observe(.processBegan(facts))
    }

    private mutating func drawDisturbances(_ number: Int) {
        guard isTroubled else { return }
        if scenario.has(.signals), random.once(in: 4) {
            let at = now + random.milliseconds(0...20_000)
            queue.schedule(.process(.signal, number: number), at: at)
            // Drawn by the signal itself: the machine sleeps over the drain's end.
            if scenario.has(.sleeps), at.milliseconds.isMultiple(of: 2) {
                queue.schedule(
                    .process(.sleeps(.seconds(600)), number: number), at: at + .milliseconds(1))
            }
            if random.once(in: 3) {
                queue.schedule(
                    .process(.secondSignal, number: number),
                    at: at + random.milliseconds(1...20_000))
            }
        }
        if scenario.has(.sleeps), random.once(in: 3) {
            queue.schedule(
                .process(.sleeps(.seconds(random.pick([2, 30, 600, 7_200]))), number: number),
                at: now + random.milliseconds(0...20_000))
        }
    }

    // MARK: Ending

    mutating func processEnded(_ end: RunEnding) {
        closeJournal()
        if disk.isDead { return killed() }
        if options.bug == .writesBehindStop, end.exit != .journal {
            let line = RecordCodec().line(
                .reopened(ReopenedRecord(outcomes: [])),
                sequence: UInt64(journal.lastSequence) + 1, durable: UInt64(journal.lastSequence))
            disk.overwrite(disk.bytes + line)
        }
        abandonExchange()
        report.stopReasons.insert(end.reason)
        readDisk()
        let end = perturbed(end)
        report.probes.add("stop \(end.reason.rawValue)")
        observe(
            .processEnded(
                SeenSummary(
                    state: end.state.rawValue, reason: end.reason.rawValue, text: end.text,
                    exit: end.exit.rawValue, counts: SeenCounts(end.progress),
                    pending: end.progress.counts.pending, callCount: end.progress.callCount,
                    attemptCount: end.progress.attemptCount,
                    unaccounted: end.progress.creator.unaccounted,
                    inDoubt: end.progress.inDoubt)))
        checkMemory(end)
    }

    /// The process has died; the world continues.
    mutating func killed() {
        report.crashCount += 1
        let counted = process?.engine.progress
        if scenario.has(.powerLoss), random.once(in: 2) {
            note("the power goes")
            disk.powerLost()
        }
        process = nil
        abandonExchange()
        readDisk()
        observe(.killed)
        if let counted { checkMemory(counted) }
    }

    private mutating func endWorld() {
        // Delayed requests arrive.
        passTime(until: now + .seconds(3_600))
        readDisk()
        report.state = journal.stop.flatMap { RunState(rawValue: $0.state) }
        report.outcomes = scenario.rows.indices.map { journal.outcomes[$0]?.word }
        JournalProbe.add(journal, to: &report.probes)
        if scenario.has(.large) { report.probes.add("large world") }
        observe(.worldEnded(ledger))
    }
}

extension Moment {
    /// Whole milliseconds since the world's zero.
    var milliseconds: Int64 { nanoseconds / 1_000_000 }
}
