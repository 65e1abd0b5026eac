import Chunking
import Execution
package import JobModel
package import Journaling
import Planning
import Running
package import SandboxAPI
import SystemCalls
import ZohoAPI

/// A world in which one run is begun, killed and taken up again until it has ended: engine,
/// journal, planner and requests are those of production; time, disk, line and service are
/// simulated, and one seed decides them all.
///
/// `+Sessions` begins and ends processes, `+Events` lets time pass, `+Actions` does what an engine
/// asks for.
package struct Simulation {
    /// How a world is run.
    package struct Options: Sendable {
        package var canary: Canary?
        package var keepsTrace = false
        /// Each line of the trace as it comes, for a world that traps has no end; none is kept.
        package var tells: (@Sendable (String) -> Void)?
        /// nil as the seed has it; false for the world without crashes that another is compared
        /// with.
        package var crashes: Bool?
        /// Ends the first process at this call of the disk.
        package var firstDeadline: SimulatedDisk.Deadline?

        package init() {}
    }

    /// What a world came to.
    package struct Report: Sendable {
        package var broken: BrokenPromise?
        package var crashCount = 0
        package var sessionCount = 0
        package var stepCount = 0
        package var state: RunState?
        /// Why its sessions ended.
        package var stopReasons: Set<StopReason> = []
        /// Index = row; nil = open.
        package var outcomes: [OutcomeKind?] = []
        /// Calls of the disk, all processes together.
        package var diskCallCount = 0
        package var trace: [String] = []
    }

    /// Wall time of the world's zero: 2026-11-21T00:00:00Z.
    package static let epochMilliseconds: Int64 = 1_795_219_200_000

    let scenario: Scenario
    let options: Options
    var random: SimulationGenerator
    let disk: SimulatedDisk
    var service: SimulatedService
    var tokens = SimulatedTokens()
    var queue = EventQueue()
    var now = Moment.zero
    var process: SimulatedProcess?
    var checkers: [any Checker]
    var report = Report()
    var diskFaults = SimulatedDisk.Faults()
    /// The token exchange that has left and not ended, and how many have left.
    var liveExchange: Int?
    var exchangeCount = 0
    var clock = SimulatedClock()
    var reopenCount = 0
    /// The journal as far as it has been read: what was appended since is read on.
    var reading = (recovery: Recovery(), byteCount: 0, edition: 0)

    package init(_ scenario: Scenario, _ options: Options = Options()) {
        self.scenario = scenario
        self.options = options
        random = SimulationGenerator(seed: ~scenario.seed)
        disk = SimulatedDisk(seed: random.next())
        service = SimulatedService(scenario)
        checkers = Simulation.makeCheckers(scenario)
    }

    private static func makeCheckers(_ scenario: Scenario) -> [any Checker] {
        [
            OutcomesMatchLedger(scenario), DurableBeforeEffect(scenario),
            RepeatsOnlyInDoubt(scenario), LimitsKept(scenario), TokenExchangesBounded(scenario),
            HaltedRunsStaySilent(scenario), MemoryEqualsReplay(scenario),
            RoundsAccounted(scenario), RoundsAreSerial(scenario), PagesListEachOnce(scenario),
            TargetKept(scenario), CallBudgetKept(scenario), CreditsReserved(scenario),
        ]
    }

    /// Runs the world to its end.
    package mutating func run() -> Report {
        if let answer = exchangeAtOnce() { tokens.exchangeEnded(answer, at: now) }
        runSessions()
        report.diskCallCount = disk.callCount
        return report
    }

    /// What really happened in the organisation so far.
    package var ledger: Ledger { service.organisation.ledger }

    /// What stands on the disk.
    package var journalBytes: [UInt8] { disk.bytes }

    // MARK: Promises

    mutating func tell(_ happening: Happening) {
        guard report.broken == nil else { return }
        if isTraced { trace(happening) }
        for index in checkers.indices {
            if let text = checkers[index].sees(happening, at: now) {
                breaks("\(type(of: checkers[index]))", text)
                return
            }
        }
    }

    mutating func breaks(_ checker: String, _ text: String) {
        guard report.broken == nil else { return }
        report.broken = BrokenPromise(checker: checker, text: text)
        note("BROKEN \(checker): \(text)")
    }

    private var isTraced: Bool { options.keepsTrace || options.tells != nil }

    mutating func note(_ text: @autoclosure () -> String) {
        guard isTraced else { return }
        let milliseconds = now.nanoseconds / 1_000_000
        let line = "\(milliseconds) ms  \(text())"
        if let tells = options.tells { tells(line) } else { report.trace.append(line) }
    }

    private mutating func trace(_ happening: Happening) {
        switch happening {
        case .sessionBegan(let facts):
            note("session \(facts.number), next record \(facts.recovered.nextSequence)")
        case .recordHandedOver(let record, let sequence): note("record \(sequence) \(record)")
        case .recordsSynchronised(let through): note("durable through \(through)")
        case .requestLeft(let attempt, let request):
            note("\(attempt) leaves: \(request.method.rawValue) \(request.target)")
        case .requestArrived(let attempt, _, let session, let status):
            note("\(attempt) of session \(session) arrives, status \(status)")
        case .attemptEnded(let attempt, .answered(let answer)):
            let body = String(decoding: answer.body.prefix(300), as: UTF8.self)
            note("\(attempt) is answered \(answer.status) \(body)")
        case .attemptEnded(let attempt, .failed(let failure)):
            note("\(attempt) fails: \(failure.kind.rawValue) \(failure.message)")
        case .progressed: return
        case .exchangeLeft: note("a token is asked for")
        case .exchangeEnded: note("the accounts server is done")
        case .crashed(_, let journal): note("crash; next record \(journal.nextSequence)")
        case .sessionEnded(let end, _): note("ended: \(end.reason.rawValue) \(end.text)")
        case .worldEnded: note("the world ends")
        }
    }
}
