import Chunking
import Execution
import JobModel
package import Journaling
import Planning
import Running
package import Simulator
import SystemCalls
import ZohoAPI

/// A world in which a run is started, killed and resumed until it finishes. Engine, journal,
/// planner and requests are the production code; time, disk, network and service are simulated and
/// determined by one seed.
///
/// `+Sessions` starts and ends processes, `+Control` is their control queue, `+Events` advances
/// time, `+Journal` is the journal writer's queue, `+Actions` does what an engine asks for,
/// `+Connections` carries requests, `+PlantedBugs` breaks rules on purpose.
package struct Simulation {
    /// How a world is run.
    package struct Options: Sendable {
        package var bug: PlantedBug?
        /// Names of the active checkers; empty for all.
        package var checkers: [String] = []
        /// Names of inactive checkers.
        package var withoutCheckers: [String] = []
        /// A checker that reports a violation is disabled, and the world continues.
        package var surveys = false
        package var keepsTrace = false
        /// Gets each line of the trace at once: a world that traps has no end; none is kept.
        package var traceSink: (@Sendable (String) -> Void)?
        /// nil as the seed has it; false for the world without crashes that another is compared
        /// with.
        package var crashes: Bool?
        /// Ends the first process at this call of the disk.
        package var firstDeadline: SimulatedDisk.Deadline?

        package init() {}

        /// Whether the checker of this name is active.
        func looks(_ name: String) -> Bool {
            (checkers.isEmpty || checkers.contains(name)) && !withoutCheckers.contains(name)
        }
    }

    /// The result of a world.
    package struct Report: Sendable {
        package var violation: InvariantViolation?
        /// In a survey: the first of each checker.
        package var violations: [InvariantViolation] = []
        package var crashCount = 0
        package var sessionCount = 0
        package var stepCount = 0
        package var state: RunState?
        /// Why its sessions ended.
        package var stopReasons: Set<StopReason> = []
        /// Index = row; nil = open.
        package var outcomes: [String?] = []
        /// Calls of the disk, all processes together.
        package var diskCallCount = 0
        package var trace: [String] = []
        /// The probes that were hit, and how often.
        package var probes = Probes()
        /// The hash of everything that was observed.
        package var stateHash: UInt64 = 0
    }

    /// Wall time of the world's zero: 2026-11-21T00:00:00Z.
    package static let epochMilliseconds: Int64 = 1_795_219_200_000

    let scenario: Scenario
    let options: Options
    var random: SimulationGenerator
    let disk: SimulatedDisk
    var service: SimulatedEndpoint
    var tokens = SimulatedTokens()
    var queue: EventQueue
    var now = Moment.zero
    var process: SimulatedProcess?
    var facts: ProcessConditions?
    var checkers: [any Checker]
    var report = Report()
    var hash = StateHash()
    var diskFaults = SimulatedDisk.Faults()
    /// The token exchange in flight, and the number of exchanges sent.
    var liveExchange: (number: Int, isOurs: Bool)?
    var exchangeCount = 0
    var clock = SimulatedClock()
    var retryCount = 0
    var sendingCount = 0
    /// Attempts on the disk whose request was seen in the current process.
    var seenAttempts: Set<SeenJournal.AttemptKey> = []
    var journal = SeenJournal()
    /// The product's own reading of the journal so far; what is appended later is read
    /// incrementally.
    var reading = (recovery: Recovery(), byteCount: 0, revision: 0)
    /// An invariant was violated: the world stops.
    var isOver = false
    /// State of planted bugs.
    var planted = PlantedState()

    package init(_ scenario: Scenario, _ options: Options = Options()) {
        self.scenario = scenario
        self.options = options
        random = SimulationGenerator(seed: ~scenario.seed)
        disk = SimulatedDisk(seed: random.next())
        queue = EventQueue(seed: random.next())
        service = SimulatedEndpoint(scenario)
        checkers = Checkers.all.filter { options.looks("\($0)") }.map { $0.init(scenario) }
    }

    /// Runs the world to its end.
    package mutating func run() -> Report {
        exchangeAtOnce()
        runSessions()
        report.diskCallCount = disk.callCount
        report.stateHash = hash.value
        return report
    }

    /// The actual effects in the organisation so far.
    package var ledger: Ledger { service.organisation.ledger }

    // MARK: Observations

    mutating func observe(_ observation: Observation) {
        guard !isOver else { return }
        note(observation)
        report.probes.observe(observation)
        var index = 0
        let view = WorldView(now: now, journal: journal, process: facts)
        while index < checkers.count, !isOver {
            let text = checkers[index].observe(observation, view)
            index += 1
            guard let text else { continue }
            fail("\(type(of: checkers[index - 1]))", text)
            guard options.surveys else { return }
            index -= 1
            checkers.remove(at: index)
        }
    }

    /// Fails the world. If the checker is inactive, only ends what cannot continue.
    mutating func fail(_ checker: String, _ text: String) {
        guard !isOver else { return }
        let isLooking = options.looks(checker)
        isOver = isLooking || checker == "RunsEnd" || checker == "RunsGoOn"
        guard isLooking else { return }
        let violation = InvariantViolation(checker: checker, text: text)
        report.violation = report.violation ?? violation
        if options.surveys {
            report.violations.append(violation)
            isOver = checker == "RunsEnd" || checker == "RunsGoOn"
        }
        note("BROKEN \(checker): \(text)")
    }

    var isTraced: Bool { options.keepsTrace || options.traceSink != nil }

    mutating func note(_ text: @autoclosure () -> String) {
        guard isTraced else { return }
        let milliseconds = now.nanoseconds / 1_000_000
        let line = "\(milliseconds) ms  \(text())"
        if let sink = options.traceSink { sink(line) } else { report.trace.append(line) }
    }

    /// Reads the disk once more, as it is seen now.
    mutating func readDisk() {
        let (bytes, revision) = disk.snapshot()
        journal.read(bytes, revision: revision)
    }

    private mutating func note(_ observation: Observation) {
        hash.add(now.nanoseconds)
        let line: String
        switch observation {
        case .processBegan(let facts): line = "process \(facts.number) begins"
        case .startRefused(let exit, let text): line = "refused (\(exit)): \(text)"
        case .requestLeft(let sending):
            line = "\(sending.name) leaves: \(sending.request.method) \(sending.request.target)"
            hash.add(sending.request.body)
        case .requestArrived(let sending, let status): line = "\(sending.name) arrives: \(status)"
        case .requestEnded(let sending, .success(let seen)):
            line =
                "\(sending.name) is answered \(seen.answer.status) "
                + String(decoding: seen.answer.body.prefix(300), as: UTF8.self)
        case .requestEnded(let sending, .failure(let failure)):
            line = "\(sending.name) fails: \(failure.kind.rawValue) \(failure.message)"
        case .diskSynchronised: line = "durable through \(journal.lastSequence)"
        case .diskFailed: line = "the disk fails"
        case .counted(let counts): line = "counted \(counts.final)"
        case .signalled: line = "a signal"
        case .saidDraining: line = "it says that it drains"
        case .saidPaused(let service): line = "it says that \(service.rawValue) pauses"
        case .exchangeLeft(let isOurs): line = "a token is asked for\(isOurs ? "" : " by others")"
        case .exchangeEnded(let token): line = "the accounts server: \(token ?? "no token")"
        case .killed: line = "killed"
        case .processEnded(let end): line = "ends: \(end.reason) \(end.exit) \(end.text)"
        case .journalDamaged(let isProven): line = "the journal is damaged, proven: \(isProven)"
        case .journalForged: line = "a record is added to the journal"
        case .statusAsked(let status): line = "status: \(status.counts.final) final"
        case .startDecided(let start, let step): line = "\(start): \(step)"
        case .tailCut(let bytes, let saved):
            line = "\(bytes.count) bytes are cut, \(saved?.count ?? 0) of them saved"
        case .journalRestored: line = "the journal is restored"
        case .worldEnded: line = "the world ends"
        }
        hash.add(line)
        if case .counted = observation { return }
        note(line)
    }
}

extension Sending {
    /// By its attempt on the disk, for traces and messages.
    var name: String {
        attempt.map { "call \($0.call), attempt \($0.attempt)" } ?? "request \(number)"
    }
}
