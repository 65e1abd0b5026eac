import JobModel
import Journaling
import Running

// What a user decides between two starts, and what may have changed: the target, the wall clock,
// the limits, and the journal's bytes.

extension Simulation {
    /// The parameters of a start.
    struct Start {
        /// `relsweep run`; else `relsweep resume`.
        var isRun: Bool
        var host: String
        var client: String
        var limits: RunLimits
        var retries: [OutcomeKind] = []
        /// `resume` only: the halt to override.
        var overriddenHalt: UInt64?
    }

    enum Decision {
        case resumes, refuses, ends
    }

    mutating func drawStart() -> Start {
        readDisk()
        var start = Start(
            isRun: random.once(in: 2), host: drawHost(mayBeWrong: isTroubled),
            client: drawClient(mayBeWrong: isTroubled),
            limits: drawSessionLimits())
        if scenario.has(.retries), retryCount < 3, random.once(in: 3) {
            start.retries = [.failed, .blocked, .unknown].filter { _ in random.once(in: 2) }
        }
        if !start.isRun, random.once(in: 2) {
            // As the process reported it; some name one that does not exist.
            let halt = journal.halt.map { UInt64($0.number) }
            start.overriddenHalt = halt ?? (random.once(in: 16) ? 7 : nil)
        }
        return start
    }

    /// As `JobRunner` decides it.
    mutating func decide(_ before: RecoveredRun, _ start: Start) -> Decision {
        // The process that makes the journal decides nothing.
        guard before.header != nil else { return .resumes }
        var run = EarlierRun(
            run: "run", directory: "", status: Simulation.status(before),
            manifestDigest: "digest")
        run.age = .zero
        run.runsEveryTime = false
        let decision: RunDecision
        if start.isRun {
            var runOptions = EarlierRunOptions()
            runOptions.retriesOutcomes = !start.retries.isEmpty
            decision = RunDecision.forRun(
                latest: run, manifestDigest: "digest", options: runOptions)
        } else {
            decision = RunDecision.forResume(
                of: run, retriesOutcomes: !start.retries.isEmpty,
                overriddenHalt: start.overriddenHalt)
        }
        report.probes.add("decision \(decision.label)")
        observe(
            .startDecided(
                SeenStart(
                    isRun: start.isRun, reopens: !start.retries.isEmpty,
                    overriddenHalt: start.overriddenHalt), SeenStep(decision.step)))
        switch decision.step {
        case .resume: return .resumes
        case .sendNothing(let exit):
            observe(.startRefused(exit: exit, text: decision.note))
            return random.once(in: 2) ? .ends : .refuses
        case .refuse(let error):
            if options.bug == .carriesHaltedRunsOn, before.halt != nil,
                start.overriddenHalt == nil
            {
                return .resumes
            }
            observe(.startRefused(exit: error.exit.rawValue, text: error.text))
            return before.halt != nil && random.once(in: 4) ? .ends : .refuses
        case .startNew, .resumeThenStartNew, .abandonThenStartNew: return .ends
        }
    }

    /// Checks the decision of a hypothetical start: with another manifest, an old run or other
    /// options.
    mutating func askHypothetically(_ before: RecoveredRun) {
        guard before.header != nil, random.once(in: 2) else { return }
        var start = SeenStart(isRun: random.once(in: 2))
        start.isSameManifest = !random.once(in: 3)
        start.resumeWithin = random.pick([0, 60_000, 24 * 3_600_000])
        start.age = max(0, start.resumeWithin + random.pick([-60_000, -1, 0, 0, 1, 9_000_000]))
        start.policy = random.pick(["fail", "resume", "abandon"])
        start.abandonsHalted = random.once(in: 4)
        start.runsAgain = random.once(in: 4)
        start.reopens = random.once(in: 2)
        if random.once(in: 4) { start.overriddenHalt = before.halt?.number ?? 7 }
        var run = EarlierRun(
            run: "run", directory: "", status: Simulation.status(before),
            manifestDigest: "digest", age: .milliseconds(start.age))
        run.runsEveryTime = false
        var runOptions = EarlierRunOptions()
        runOptions.policy = UnfinishedPolicy(rawValue: start.policy) ?? .fail
        runOptions.abandonsHalted = start.abandonsHalted
        runOptions.runsAgain = start.runsAgain
        runOptions.retriesOutcomes = start.reopens
        runOptions.resumeWithin = .milliseconds(start.resumeWithin)
        let digest = start.isSameManifest ? "digest" : "another"
        let decision =
            start.isRun
            ? RunDecision.forRun(latest: run, manifestDigest: digest, options: runOptions)
            : RunDecision.forResume(
                of: run, retriesOutcomes: start.reopens, overriddenHalt: start.overriddenHalt)
        report.probes.add("decision \(decision.label)")
        var step = SeenStep(decision.step)
        if options.bug == .runsFinishedAgain, case .sendsNothing = step { step = .beginsAnew }
        observe(.startDecided(start, step))
    }

    private static func status(_ before: RecoveredRun) -> EarlierRun.Status {
        if let halt = before.halt { return .halted(halt.number, halt.record.text) }
        guard let stop = before.stop, stop.state == .finished else { return .paused }
        return .finished(exit: stop.exit)
    }

    // MARK: Limits

    private mutating func drawSessionLimits() -> RunLimits {
        var limits = scenario.limits
        if scenario.has(.changedLimits) { limits = scenario.drawLimits(&random) }
        let isLate = report.sessionCount > Simulation.maximumSessions / 2
        if scenario.has(.window), !isLate, random.once(in: 3) {
            limits.startDeadline = Moment.zero + random.milliseconds(0...60_000)
        }
        if scenario.has(.callBudget), !isLate {
            limits.maximumCalls = random.number(0...30) % (scenario.isTight ? 6 : 31)
        }
        if scenario.has(.credits) {
            limits.dailyCredits = isLate ? 0 : random.number(10_000...10_040)
        }
        return limits
    }

    // MARK: The wall clock

    /// What it shows, in milliseconds since 1970.
    var wall: Int64 { clock.ofSession(at: now).wallMilliseconds }

    mutating func drawClock() {
        guard scenario.has(.clockSteps), random.once(in: 2) else { return }
        let range = random.pick([2_000, 100_000, 7_200_000])
        let milliseconds = random.number(-range...range)
        clock.set(ahead: Int64(milliseconds))
        // Drawn by the step itself.
        if milliseconds.isMultiple(of: 3) { clock.machineRestarts(at: now) }
        tokens.clockChanged(clock, at: now)
    }

    // MARK: The target

    private mutating func drawHost(mayBeWrong: Bool) -> String {
        mayBeWrong && scenario.has(.otherTargets) && disk.byteCount > 0 && random.once(in: 4)
            ? "https://www.zohoapis.eu" : "https://www.zohoapis.com"
    }

    private mutating func drawClient(mayBeWrong: Bool) -> String {
        mayBeWrong && scenario.has(.otherTargets) && disk.byteCount > 0 && random.once(in: 4)
            ? "another" : "client"
    }

    func header(_ start: Start) -> RunHeader {
        // Pins make each replay longer: only worlds where they differ have them.
        let pins =
            scenario.has(.otherTargets)
            ? PinnedSettings.values(manifest: ManifestSettings(), run: settings(start)) : []
        return RunHeader(
            run: "run", job: "job", tool: "relsweep", startedAt: "2026-11-21T00:00:00.000Z",
            user: "", host: "", invocation: "", source: "", manifestFormat: "csv",
            manifestDigest: "", manifestByteCount: scenario.manifest.count, pinned: pins)
    }

    /// As refused by `JobRunner` (78): another target.
    mutating func isRefused(_ header: RunHeader?, _ start: Start) -> Bool {
        guard scenario.has(.otherTargets), let header, options.bug != .ignoresTarget else {
            return false
        }
        var start = start
        if options.bug == .ignoresClient { start.client = "client" }
        let differences = PinnedSettings.differences(
            pinned: header.pinned, manifest: nil, run: settings(start))
        report.probes.add("pinned settings \(differences.isEmpty ? "equal" : "differ")")
        guard let refusal = PinnedSettings.refusal(differences, run: "run") else { return false }
        observe(.startRefused(exit: refusal.exit.rawValue, text: refusal.text))
        return true
    }

    private func settings(_ start: Start) -> RunSettings {
        var target = PinnedTarget(apiDomain: start.host)
        target.clientHash = start.client
        var settings = RunSettings(
            target: target, tool: "relsweep", tokens: NoTokens(),
            transport: { _, _, _ in
                preconditionFailure("simulated requests take a simulated line")
            })
        settings.profile = scenario.profile
        settings.usesExplicitIDs = scenario.has(.pinnedRounds)
        return settings
    }

    // MARK: Damage

    /// Flips a bit of a record that a later one claims durable, or adds what a newer version wrote.
    mutating func drawDamage() {
        guard scenario.has(.damage), isTroubled, disk.byteCount > 0, random.once(in: 4) else {
            return
        }
        let bytes = disk.bytes
        var damaged = bytes
        let proven = ProvenBytes.count(bytes)
        if random.once(in: 4) {
            guard let lines = forgedLines(after: bytes) else { return }
            planted.undamaged = bytes
            disk.overwrite(bytes + lines)
            return observe(.journalForged)
        }
        if random.once(in: 3) {
            guard let line = NewerRecord.line(after: bytes) else { return }
            damaged += line
        } else {
            guard proven > 0 else { return }
            damaged[random.number(0...(proven - 1))] ^= UInt8(1) << UInt8(random.number(0...7))
        }
        planted.undamaged = bytes
        // The damaged journal is truncated to a valid one.
        disk.overwrite(options.bug == .ignoresDamage ? Array(bytes[..<(bytes.count / 2)]) : damaged)
        observe(.journalDamaged(isProven: true))
    }

    /// A record by which a row that is no item has its outcome, or records of a call that has left
    /// for an item under a number that is not its row's: that of a row that repeats another.
    private mutating func forgedLines(after bytes: [UInt8]) -> [UInt8]? {
        guard bytes.last == 0x0A, let group = scenario.items.groups.first else { return nil }
        let repeats = Array(scenario.rows.count..<max(scenario.rows.count, rowNumberBound))
        var records = [blocked(row: 0, group.kind)]
        planted.forgery = "outcome of no row"
        if !repeats.isEmpty, random.once(in: 2) {
            let row = UInt32(random.pick(repeats))
            let isCall = random.once(in: 2)
            records = isCall ? unanswered(row: row, group) : [blocked(row: row, group.kind)]
            planted.forgery = isCall ? "call" : "outcome"
        }
        let codec = RecordCodec()
        let count = UInt64(bytes.count { $0 == 0x0A })
        return records.enumerated().flatMap { index, record in
            codec.line(record, sequence: count + UInt64(index) + 1, durable: count)
        }
    }

    /// The index after the last valid row.
    private var rowNumberBound: Int { scenario.items.rowCount - scenario.skippedRows + 1 }

    private func blocked(row: UInt32, _ kind: RelationKind) -> JournalRecord {
        .blocked(BlockedRecord(kind: kind, outcome: Outcome(kind: .blocked), rows: [row]))
    }

    private func unanswered(row: UInt32, _ group: ItemGroup) -> [JournalRecord] {
        let call = UInt32((journal.callNumbers.max() ?? 0) + 1)
        return [
            .call(
                CallRecord(
                    call: call, kind: group.kind, direction: .asWritten, parent: group.parents[0],
                    rows: [row], related: [group.related[0]])),
            .attempt(
                AttemptRecord(
                    call: call, attempt: 1,
                    atMilliseconds: clock.ofSession(at: now).wallMilliseconds)),
        ]
    }

    /// As `JobRunner` refuses a journal that the manifest's copy contradicts (74).
    mutating func isContradicted(_ before: RecoveredRun) -> Bool {
        do throws(RunningError) {
            try JournalledCalls(of: scenario.items, journal: disk.path).check(before)
            return false
        } catch {
            if planted.undamaged == nil { fail("RunsGoOn", error.text) }
            report.probes.add("forged \(planted.forgery)")
            observe(.startRefused(exit: error.exit.rawValue, text: error.text))
            return true
        }
    }

    /// A copy is restored.
    mutating func restoreDamage() {
        guard let bytes = planted.undamaged else { return }
        planted.undamaged = nil
        disk.overwrite(bytes)
        readDisk()
        observe(.journalRestored)
    }
}

/// The settings of a run name a source of tokens; the simulation's own is `SimulatedTokens`.
struct NoTokens: AccessTokens {
    func token(generation: Int) -> AccessToken? { nil }
    func current() -> AccessToken? { nil }
    func refresh(
        refusedGeneration: Int, completion: @escaping @Sendable (TokenAnswer) -> Void
    ) {}
    func accepted(generation: Int) {}
    func refusedPermanently(generation: Int) {}
}

extension SeenStep {
    init(_ step: RunDecision.Step) {
        self =
            switch step {
            case .startNew: .beginsAnew
            case .resume: .carriesOn
            case .resumeThenStartNew: .carriesOnAndBeginsAnew
            case .abandonThenStartNew: .abandonsAndBeginsAnew
            case .sendNothing(let exit): .sendsNothing(exit: exit)
            case .refuse(let error): .refuses(exit: error.exit.rawValue)
            }
    }
}
