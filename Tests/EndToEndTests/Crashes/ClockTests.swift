import Foundation
import Simulator
import Testing

/// The wall clock is set back by an hour or forward by a day, during and between runs: only
/// features that refer to the time of day may be affected.
@Suite(.timeLimit(.minutes(60)), .fewAtOnce) struct `a clock that is stepped` {
    struct Step: Sendable, CustomStringConvertible {
        var milliseconds: Int
        /// From this system call on.
        var call = 0

        var shim: [String: String] { ["CLOCK": "\(milliseconds)", "CLOCK_FROM": "\(call)"] }
        var description: String { "\(milliseconds / 1_000) s from call \(call) on" }
    }

    static let hourBack = -3_600_000
    static let dayForth = 86_400_000

    /// Milliseconds of attempts and answers, in the order of the journal.
    private func times(_ slot: CrashSlot) throws -> [Int] {
        let journal = try String(contentsOf: #require(slot.journals().first), encoding: .utf8)
        return journal.split(separator: "\n").compactMap { line in
            line.firstRange(of: #/"ms":[0-9]+/#).flatMap { Int(line[$0].dropFirst(5)) }
        }
    }

    /// Kills a run in the middle: some calls are done, others not begun.
    private func cut(_ slot: CrashSlot) async throws {
        let trial = try CrashFixture(slots: 1).slot(0)
        _ = try await trial.run(shim: ["LOG": trial.log.path])
        let writes = try trial.calls().enumerated().filter { $0.element.name == "pwrite" }
        let call = try #require(writes.dropLast(2).last).offset + 1
        #expect(try await slot.run(shim: ["KILL": "\(call):before"]).isSignalled)
    }

    /// With a requested pause and a retry after backoff.
    @Test(arguments: [hourBack, dayForth], [1, 30, 42])
    func `under a run lengthens no wait, and no token ends by it`(milliseconds: Int, call: Int)
        async throws
    {
        let slot = try CrashFixture(slots: 1, faults: "429@2/1s,500@3").slot(0)
        let step = Step(milliseconds: milliseconds, call: call)
        let ended = try await slot.run(shim: step.shim)
        #expect(try slot.faults(of: ended, repeatedAtMost: 0) == [])
        #expect(ended.number("attempts") == 5)
        #expect(slot.fixture.simulator.ledger().counts.accounts.exchanges == 1)
        // A session counts from its start.
        let times = try times(slot)
        #expect(times == times.sorted())
        #expect(try #require(times.last) - #require(times.first) < 600_000)
    }

    /// Also not while it plans.
    @Test(arguments: [hourBack, dayForth], [10, 30, 42])
    func `under a run moves no window that was fixed at its start`(milliseconds: Int, call: Int)
        async throws
    {
        let slot = try CrashFixture(slots: 1, faults: "429@2/1s").slot(0)
        let step = Step(milliseconds: milliseconds, call: call)
        let ended = try await slot.run(["--until", Self.time(in: 2 * 3_600)], shim: step.shim)
        #expect(try slot.faults(of: ended, repeatedAtMost: 0) == [])
    }

    @Test func `before a run decides what its window is`() async throws {
        let slot = try CrashFixture(slots: 1).slot(0)
        let until = ["--until", Self.time(in: 2 * 3_600)]
        let late = try await slot.run(until, shim: Step(milliseconds: 3 * 3_600_000).shim)
        #expect(late.status == 75, "\(late.errors)")
        #expect(late.errors.contains("the time window has closed"), "\(late.errors)")
        #expect(slot.fixture.simulator.ledger().counts.calls == 0)
        let early = try await slot.run(until, shim: Step(milliseconds: Self.hourBack).shim)
        #expect(try slot.faults(of: early, repeatedAtMost: 0) == [])
    }

    @Test(arguments: [hourBack, dayForth], CrashSlot.Start.allCases)
    func `before a run is resumed costs nothing`(milliseconds: Int, start: CrashSlot.Start)
        async throws
    {
        let slot = try CrashFixture(slots: 1).slot(0)
        try await cut(slot)
        let ended = try await slot.continueRun(
            start, shim: Step(milliseconds: milliseconds).shim)
        #expect(try slot.faults(of: ended, repeatedAtMost: 2) == [])
        // The first token is good for an hour of the machine's own time.
        #expect(slot.fixture.simulator.ledger().counts.accounts.exchanges == 1)
    }

    /// Milliseconds of the attempts in all journals, ascending.
    private func attempts(_ slot: CrashSlot) throws -> [Int] {
        var times: [Int] = []
        for journal in slot.journals() {
            let text = try String(contentsOf: journal, encoding: .utf8)
            for match in text.matches(of: #/"record":"attempt".*"ms":([0-9]+)/#) {
                times.append(try #require(Int(match.1)))
            }
        }
        return times.sorted()
    }

    /// An earlier process's attempts have their true age, not the wall clock's.
    @Test(arguments: [false, true])
    func `forward between two starts lets no more calls out`(isNextRun: Bool) async throws {
        let slot = try CrashFixture(slots: 1).slot(0)
        if isNextRun {
            _ = try await slot.run()
        } else {
            try await cut(slot)
        }
        let earlier = try attempts(slot)
        #expect(!earlier.isEmpty)
        let limit = 3
        let ended = try await slot.run(
            ["--calls-per-minute", "\(limit)"] + (isNextRun ? ["--again"] : []),
            shim: Step(milliseconds: Self.dayForth).shim)
        #expect(ended.status == 0, "\(ended.errors)")
        let later = try attempts(slot).dropFirst(earlier.count).map { $0 - Self.dayForth }
        let all = earlier + later
        #expect(all.count > limit)
        for (before, after) in zip(all, all.dropFirst(limit)) { #expect(after - before >= 60_000) }
    }

    /// Nor does a kill within the pause.
    @Test func `forward between two starts shortens no pause that a service asked for`()
        async throws
    {
        let slot = try CrashFixture(slots: 1, faults: "429@2/20s").slot(0)
        let program = try slot.start([
            "run", "--yes", slot.manifest.path, "--state", slot.state.path,
        ])
        #expect(
            await program.send(signal: SIGKILL) {
                slot.journals().contains { journal in
                    (try? String(contentsOf: journal, encoding: .utf8))?
                        .contains(#""pause":20000"#) ?? false
                }
            })
        #expect(await program.end().isSignalled)
        let ended = try await slot.run(shim: Step(milliseconds: Self.dayForth).shim)
        #expect(ended.status == 0, "\(ended.errors)")
        let text = try String(contentsOf: #require(slot.journals().first), encoding: .utf8)
        let pause = try #require(
            text.firstMatch(of: #/"ms":([0-9]+),"verdict":"throttled".*"pause":20000/#))
        let began = try #require(Int(pause.1))
        let next = try #require(
            text[pause.range.upperBound...].firstMatch(
                of: #/"record":"attempt".*"ms":([0-9]+)/#))
        #expect(try #require(Int(next.1)) - Self.dayForth - began >= 20_000)
    }

    @Test func `makes a run look a day old, and then it asks for confirmation`() async throws {
        let slot = try CrashFixture(slots: 1).slot(0)
        try await cut(slot)
        let calls = slot.fixture.simulator.ledger().counts.calls
        let forth = try await slot.run(
            unfinished: "fail", shim: Step(milliseconds: Self.dayForth).shim)
        #expect(forth.status == 76, "\(forth.errors)")
        #expect(slot.fixture.simulator.ledger().counts.calls == calls)
        let back = try await slot.run(
            unfinished: "fail", shim: Step(milliseconds: Self.hourBack).shim)
        #expect(try slot.faults(of: back, repeatedAtMost: 2) == [])
    }

    /// `HH:MM+00:00`.
    private static func time(in seconds: Double) -> String {
        let date = Date(timeIntervalSinceNow: seconds)
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        let parts = calendar.dateComponents([.hour, .minute], from: date)
        return String(format: "%02d:%02d+00:00", parts.hour ?? 0, parts.minute ?? 0)
    }
}
