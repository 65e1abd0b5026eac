import JobModel
import Running
import Testing

@Suite struct RunDecisionTests {
    enum Expected: Equatable {
        case startNew, resume, resumeThenStartNew, abandonThenStartNew
        case sendNothing(Int32)
        case refuse(Int32)

        init(_ step: RunDecision.Step) {
            switch step {
            case .startNew: self = .startNew
            case .resume: self = .resume
            case .resumeThenStartNew: self = .resumeThenStartNew
            case .abandonThenStartNew: self = .abandonThenStartNew
            case .sendNothing(let exit): self = .sendNothing(exit)
            case .refuse(let error): self = .refuse(error.exit.rawValue)
            }
        }
    }

    struct Case: Sendable, CustomTestStringConvertible {
        var status: EarlierRun.Status
        var isSame = true
        var isStale = false
        var policy = UnfinishedPolicy.fail
        var again = false
        var retriesOutcomes = false
        /// `--unfinished abandon` on the command line.
        var abandonsHalted = false
        /// The manifest has Creator rows.
        var isEveryTime = false
        var label: String
        var expected: Expected

        var testDescription: String {
            "\(label): \(status), same \(isSame), stale \(isStale), \(policy), again \(again), "
                + "reopens \(retriesOutcomes), abandons halted \(abandonsHalted)"
        }
    }

    static let cases: [Case] = [
        Case(status: .neverStarted, label: "@R1", expected: .startNew),
        Case(status: .abandoned, label: "@R1", expected: .startNew),
        Case(status: .unreadable("x"), label: "@R2", expected: .refuse(74)),
        Case(
            status: .unreadable("x"), policy: .abandon, label: "@R2", expected: .refuse(74)),
        Case(status: .finished(exit: 3), retriesOutcomes: true, label: "@R3", expected: .resume),
        Case(status: .finished(exit: 0), label: "@R4", expected: .sendNothing(0)),
        Case(status: .finished(exit: 3), label: "@R4", expected: .sendNothing(3)),
        Case(status: .finished(exit: 3), isStale: true, label: "@R4", expected: .sendNothing(3)),
        Case(status: .finished(exit: 0), again: true, label: "@R5", expected: .startNew),
        Case(status: .finished(exit: 0), isSame: false, label: "@R5", expected: .startNew),
        Case(status: .finished(exit: 0), isEveryTime: true, label: "@R5", expected: .startNew),
        Case(
            status: .finished(exit: 3), retriesOutcomes: true, isEveryTime: true, label: "@R3",
            expected: .resume),
        Case(status: .paused, label: "@R6", expected: .resume),
        Case(status: .paused, policy: .abandon, label: "@R6", expected: .resume),
        Case(
            status: .paused, isStale: true, policy: .resume, label: "@R7", expected: .resume),
        Case(
            status: .paused, isSame: false, policy: .resume, label: "@R8",
            expected: .resumeThenStartNew),
        Case(
            status: .paused, isSame: false, isStale: true, policy: .resume, label: "@R8",
            expected: .resumeThenStartNew),
        Case(
            status: .paused, isStale: true, policy: .abandon, label: "@R9",
            expected: .abandonThenStartNew),
        Case(
            status: .paused, isSame: false, policy: .abandon, label: "@R9",
            expected: .abandonThenStartNew),
        Case(status: .paused, isStale: true, label: "@R10", expected: .refuse(76)),
        Case(status: .paused, isSame: false, label: "@R10", expected: .refuse(76)),
        Case(
            status: .halted(57, "x"), policy: .abandon, abandonsHalted: true, label: "@R11",
            expected: .abandonThenStartNew),
        Case(status: .halted(57, "x"), label: "@R12", expected: .refuse(76)),
        // A setting would apply to every halted run, so it is not used.
        Case(status: .halted(57, "x"), policy: .abandon, label: "@R12", expected: .refuse(76)),
        Case(status: .halted(57, "x"), policy: .resume, label: "@R12", expected: .refuse(76)),
        Case(status: .halted(57, "x"), isSame: false, label: "@R12", expected: .refuse(76)),
        Case(
            status: .halted(57, "x"), isStale: true, again: true, retriesOutcomes: true,
            label: "@R12",
            expected: .refuse(76)),
    ]

    static func decision(_ row: Case) -> RunDecision {
        var options = EarlierRunOptions()
        options.policy = row.policy
        options.runsAgain = row.again
        options.retriesOutcomes = row.retriesOutcomes
        options.abandonsHalted = row.abandonsHalted
        var run = EarlierRun(
            run: "R", directory: "/state/j/R", status: row.status,
            manifestDigest: row.isSame ? "d" : "other",
            age: row.isStale ? .seconds(24 * 3600) : .seconds(24 * 3600 - 1), pending: 7,
            inDoubt: 2)
        run.runsEveryTime = row.isEveryTime
        return RunDecision.forRun(latest: run, manifestDigest: "d", options: options)
    }

    @Test(arguments: cases)
    func `run decides by its table`(row: Case) {
        let decision = Self.decision(row)
        #expect(decision.label == row.label)
        #expect(Expected(decision.step) == row.expected)
    }

    @Test func `every combination of status and options has a decision with a known label`() {
        let known = Set(Self.cases.map(\.label))
        #expect(known == Set((1...12).map { "@R\($0)" }))
        let statuses: [EarlierRun.Status] = [
            .neverStarted, .abandoned, .unreadable("x"), .finished(exit: 0), .paused,
            .halted(57, "x"),
        ]
        let both = [false, true]
        for status in statuses {
            for policy in UnfinishedPolicy.allCases {
                for bits in 0..<32 {
                    let decision = Self.decision(
                        Case(
                            status: status, isSame: both[bits & 1],
                            isStale: both[bits >> 1 & 1],
                            policy: policy, again: both[bits >> 2 & 1],
                            retriesOutcomes: both[bits >> 3 & 1],
                            abandonsHalted: both[bits >> 4 & 1],
                            label: "", expected: .startNew))
                    #expect(known.contains(decision.label))
                }
            }
        }
    }

    @Test func `nothing before means a new run`() {
        let decision = RunDecision.forRun(
            latest: nil, manifestDigest: "d", options: EarlierRunOptions())
        #expect(decision.label == "@R1")
        #expect(decision.step == .startNew)
    }

    @Test(
        arguments: [
            (EarlierRun.Status.neverStarted, false, nil, "@S1", Expected.refuse(64)),
            (.abandoned, true, 57, "@S2", .refuse(76)),
            (.unreadable("x"), true, 57, "@S3", .refuse(74)),
            (.finished(exit: 3), true, nil, "@S4", .resume),
            (.finished(exit: 3), false, nil, "@S5", .sendNothing(3)),
            (.paused, false, nil, "@S6", .resume),
            (.paused, true, nil, "@S6", .resume),
            (.halted(57, "x"), false, 57, "@S7", .resume),
            (.halted(57, "x"), true, nil, "@S8", .refuse(76)),
            (.halted(57, "x"), true, 56, "@S9", .refuse(76)),
            (.paused, false, 57, "@S9", .refuse(76)),
            (.finished(exit: 3), true, 57, "@S9", .refuse(76)),
        ] as [(EarlierRun.Status, Bool, UInt64?, String, Expected)])
    func `resume decides by its table`(
        status: EarlierRun.Status, reopens: Bool, overridden: UInt64?, label: String,
        expected: Expected
    ) {
        let run = EarlierRun(run: "R", directory: "/state/j/R", status: status)
        let decision = RunDecision.forResume(
            of: run, retriesOutcomes: reopens, overriddenHalt: overridden)
        #expect(decision.label == label)
        #expect(Expected(decision.step) == expected)
        guard case .refuse(let error) = decision.step, case .halted = status else { return }
        #expect(
            error.text.contains("relsweep resume /state/j/R --override-halt 57 "), "\(error.text)")
    }

    @Test func `suggested commands find the same state, and are safe to copy`() {
        var run = EarlierRun(
            run: "R", directory: "/s t/$(id)/R", status: .halted(57, "why"), manifestDigest: "x")
        run.options = " --state '/s t'"
        for status in [EarlierRun.Status.halted(57, "why"), .paused] {
            run.status = status
            let decision = RunDecision.forRun(
                latest: run, manifestDigest: "y", options: EarlierRunOptions())
            guard case .refuse(let error) = decision.step else {
                Issue.record("not refused")
                continue
            }
            #expect(error.text.contains("'/s t/$(id)/R' --state '/s t'"), "\(error.text)")
            #expect(!error.text.contains(" /s t/"), "\(error.text)")
        }
    }

    @Test func `a refusal says the run, its age, its counts, and the command to give next`() {
        let decision = Self.decision(
            Case(status: .paused, isSame: false, label: "@R10", expected: .refuse(76)))
        guard case .refuse(let error) = decision.step else {
            Issue.record("not refused")
            return
        }
        #expect(
            error.text
                == "the manifest is not that of run R (paused 23 h ago, 7 items pending, 2 calls "
                + "in doubt): relsweep resume /state/j/R continues it, relsweep run --unfinished "
                + "resume "
                + "does so before the new one, --unfinished abandon gives it up")
    }
}
