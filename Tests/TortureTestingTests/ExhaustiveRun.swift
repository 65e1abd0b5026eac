import Execution
import JobModel
import Journaling
import Running
import Simulator
import SystemCalls
import ZohoAPI

/// A run of a small job over all its sessions, single-threaded with virtual time; started as by
/// `JobRunner`, executed as by `Runner`, against the simulated organisation.
///
/// The same job, journal and organisation always come to the same end.
struct ExhaustiveRun {
    /// The result of a session.
    enum End {
        case ended(RunEnding)
        case died
        case refused(RecoveredJournal)
    }

    /// In what order things happen that could happen in any.
    enum Pace: CaseIterable {
        /// All that is in flight is answered, then everything goes to the disk as one batch: a cut
        /// through it leaves several answers untold.
        case answersTogether
        /// Whatever waits goes to the disk first; the other calls in flight have acted already.
        case oneByOneActedAtOnce
        /// The same; the other calls in flight have not acted, and never do if the process dies.
        case oneByOneActedLate
    }

    /// A write, and the organisation when it was made: what a process leaves behind that dies in
    /// it.
    struct Write {
        var bytes: Range<Int>
        var organisation: Organisation
    }

    let job: ExhaustiveJob
    let disk: InMemoryDisk
    let pace: Pace
    var organisation: Organisation
    /// A violated invariant.
    private(set) var problem: String?
    private(set) var writes: [Write] = []

    private var now = Moment.zero
    /// The origin of the process's clock.
    private var zero = Moment.zero
    private var engine: RunEngine
    private var commit: GroupCommit?
    private var inFlight: [(id: AttemptID, request: APIRequest, reply: Reply?)] = []
    private var timer: Moment?
    private var end: RunEnding?
    private var durable: UInt64 = 0
    private var sequenceOfAttempt: [AttemptID: UInt64] = [:]
    private var sessionCount = 0
    private var isWaitingToBeWritten = false

    init(
        _ job: ExhaustiveJob, on disk: InMemoryDisk = InMemoryDisk(),
        organisation: Organisation? = nil,
        pace: Pace = .answersTogether
    ) {
        self.job = job
        self.disk = disk
        self.pace = pace
        self.organisation = organisation ?? Organisation(job.settings, world: job.world)
        engine = RunEngine(ExhaustiveRun.setup(job, RecoveredRun(), at: .zero))
        // A later process comes later: the organisation's clock does not go back.
        now = organisation == nil ? .zero : .zero + .seconds(3_600)
    }

    // MARK: Sessions

    /// Sessions until the run has finished, or is refused; one that never started is replaced.
    mutating func finish() -> End {
        for _ in 0..<20 {
            switch session() {
            case .refused(let journal) where journal.condition == .neverStarted: disk.removeAll()
            case .refused(let journal): return .refused(journal)
            case .ended(let end) where end.state == .finished: return .ended(end)
            case .ended, .died: break
            }
        }
        problem = problem ?? "twenty sessions, and the run has not finished"
        return .died
    }

    /// One process.
    mutating func session() -> End {
        defer { disk.processEnded() }
        sessionCount += 1
        now = now + .seconds(90)
        do throws(SystemError) {
            let file: JournalFile
            var before = RecoveredRun()
            if disk.bytes.isEmpty {
                file = try JournalFile.create(on: disk, first: header)
            } else {
                switch try JournalFile.openForResume(disk) {
                case .ready(let opened, let journal, _):
                    file = opened
                    before = journal.run
                case .locked:
                    problem = "the journal is locked although its process has ended"
                    return .died
                case .refused(let journal): return .refused(journal)
                }
            }
            if let stop = before.stop, stop.state == .finished { return repeated(before, stop) }
            try begin(file, before)
        } catch {
            return .died
        }
        handle(.started)
        return carryOut()
    }

    private func repeated(_ run: RecoveredRun, _ stop: StopRecord) -> End {
        var progress = RunProgress()
        progress.counts = run.counts
        return .ended(
            RunEnding(
                state: .finished, reason: stop.reason, text: stop.text,
                exit: ExitStatus(rawValue: stop.exit) ?? .done, progress: progress))
    }

    private var header: RunHeader {
        RunHeader(
            run: "run", job: "job", tool: "relsweep", startedAt: "2026-11-21T00:00:00.000Z",
            user: "", host: "", invocation: "", source: "", manifestFormat: "csv",
            manifestDigest: "", manifestByteCount: job.manifest.count, pinned: [])
    }

    private mutating func begin(_ file: JournalFile, _ before: RecoveredRun) throws(SystemError) {
        var records: [JournalRecord] = []
        if before.planned == nil {
            records.append(
                .planned(
                    PlannedCounts(
                        rows: job.items.rowCount, items: job.items.itemCount, duplicates: 0,
                        skipped: 0, calls: 0)))
        }
        records.append(
            .session(
                SessionRecord(
                    number: before.sessionCount + 1, at: "2026-11-21T00:00:00.000Z",
                    processID: sessionCount, host: "", invocation: "")))
        var commit = GroupCommit(file)
        _ = commit.append(records, firstSequence: file.lastSequence + 1)
        self.commit = commit
        inFlight.removeAll()
        timer = nil
        end = nil
        sequenceOfAttempt.removeAll()
        try writeBatches()
        var recovery = Recovery()
        recovery.feed(disk.bytes)
        engine = RunEngine(ExhaustiveRun.setup(job, recovery.finish().run, at: now))
        zero = now
    }

    private static func setup(_ job: ExhaustiveJob, _ run: RecoveredRun, at now: Moment)
        -> EngineSetup
    {
        var carried: [UInt32] = []
        for call in run.openCalls { carried += call.openRows }
        let open = PendingItems.without(
            outcomesOf: run.outcomeOfRow, carried: carried, in: job.items)
        var limits = RunLimits()
        limits.concurrency[.crm] = 3
        limits.timeout = .seconds(20)
        limits.retries = 8
        var setup = EngineSetup(
            plan: job.calls(for: open), itemCount: job.items.itemCount, recovered: run,
            limits: limits, profile: job.profile, seed: 1,
            wallMillisecondsAtZero: 1_795_219_200_000 + now.nanoseconds / 1_000_000)
        setup.usesExplicitIDs = job.usesExplicitIDs
        return setup
    }

    // MARK: One process

    private mutating func carryOut() -> End {
        for _ in 0..<10_000 {
            if let end { return .ended(end) }
            if isWaitingToBeWritten, pace != .answersTogether || inFlight.isEmpty {
                do throws(SystemError) {
                    try writeBatches()
                } catch {
                    return .died
                }
                handle(.recordsDurable(through: durable))
            } else if !inFlight.isEmpty {
                answerFirst()
            } else if let due = timer {
                now = max(now, zero + (due - .zero))
                timer = nil
                handle(.timerFired)
            } else {
                problem = "nothing will happen any more, and the run has not ended"
                return .died
            }
        }
        problem = "the run does not end"
        return .died
    }

    private mutating func handle(_ event: EngineEvent) {
        for action in engine.handle(event, at: .zero + (now - zero)) { perform(action) }
    }

    private mutating func perform(_ action: EngineAction) {
        switch action {
        case .appendRecord(let record, let sequence):
            if case .attempt(let attempt) = record {
                sequenceOfAttempt[AttemptID(call: attempt.call, attempt: attempt.attempt)] =
                    sequence
            }
            _ = commit?.append([record], firstSequence: sequence)
            isWaitingToBeWritten = true
        case .sendRequest(let id, let request, _):
            if (sequenceOfAttempt[id] ?? .max) > durable {
                problem = "\(id) leaves before its record is durable"
            }
            inFlight.append((id, request, pace == .oneByOneActedAtOnce ? reply(to: request) : nil))
        case .cancelAttempts: inFlight.removeAll()
        case .setTimer(let moment): timer = moment
        case .refreshToken: problem = "the token is good"
        case .announce: break
        case .finish(let end): self.end = end
        }
    }

    private mutating func answerFirst() {
        let (id, request, early) = inFlight.removeFirst()
        now = now + .milliseconds(1)
        let reply = early ?? reply(to: request)
        if reply.isActive { organisation.finished(reply.service) }
        switch reply.delivery {
        case .whole, .chunked:
            let answer = HTTPAnswer(status: reply.status, body: reply.body)
            handle(.attemptEnded(id, .success(answer)))
        case .cut, .reset:
            handle(.attemptEnded(id, .failure(TransportFailure(.connectionLost, "reset"))))
        case .never:
            now = now + .seconds(20)
            handle(.attemptEnded(id, .failure(TransportFailure(.timedOut, "timed out"))))
        }
    }

    private mutating func writeBatches() throws(SystemError) {
        isWaitingToBeWritten = false
        while let batch = commit?.nextBatch() {
            var bytes: [UInt8] = []
            batch.append(to: &bytes, RecordCodec())
            noteWrite(at: Int(batch.offset), byteCount: bytes.count)
            try disk.write(bytes, at: batch.offset)
            try disk.synchroniseData()
            commit?.committed(batch, byteCount: bytes.count)
            durable = batch.through
        }
    }

    private mutating func noteWrite(at offset: Int, byteCount: Int) {
        var left = organisation
        for flight in inFlight {
            if let reply = flight.reply, reply.isActive { left.finished(reply.service) }
        }
        writes.append(Write(bytes: offset..<(offset + byteCount), organisation: left))
    }

    // MARK: The service

    private mutating func reply(to request: APIRequest) -> Reply {
        var request = request
        if !request.bodyItems.isEmpty {
            request.body = UpdateRequest.body(
                request.bodyItems.map {
                    (id: $0.id, fields: Array(#"{"Member_Status":"Planned"}"#.utf8))
                })
        }
        var text = "\(request.method.rawValue) \(request.target) HTTP/1.1\r\nHost: simulator\r\n"
        for header in request.headers { text += "\(header.name): \(header.value)\r\n" }
        text += "Authorization: Zoho-oauthtoken \(ExhaustiveJob.token)\r\n"
        if !request.body.isEmpty { text += "Content-Length: \(request.body.count)\r\n" }
        let bytes = Array((text + "\r\n").utf8) + request.body
        var parser = HTTPRequestParser()
        var consumed = 0
        let event = bytes.withUnsafeBufferPointer { parser.feed($0, consumed: &consumed) }
        guard case .request(let parsed) = event else {
            preconditionFailure("the simulator does not read our request: \(event)")
        }
        return organisation.reply(to: parsed, at: now.nanoseconds)
    }
}
