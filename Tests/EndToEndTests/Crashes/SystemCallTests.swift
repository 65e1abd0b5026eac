import Foundation
import Testing

/// Kills the real binary before and after every system call that changes or locks a file of its
/// state, and makes each call fail; then resumes as a user would.
///
/// `EVERY_CALL=1 swift test --filter 'at every system call'` tries more, for some minutes: several
/// calls in flight, every way at every call of every job, each followed by both kinds of start.
@Suite(.timeLimit(.minutes(60)), .fewAtOnce) struct `at every system call` {
    struct Case: Sendable, CustomStringConvertible {
        var call: Int
        var name: String
        var how: String
        var start: CrashSlot.Start

        var description: String { "call \(call) (\(name)) \(how), then \(start)" }
    }

    /// Required for a run.
    private static let expected: Set = [
        "open", "write", "pwrite", "fdatasync", "fsync", "rename", "mkdir", "flock", "ftruncate",
    ]

    /// The calls of a whole run.
    private func calls(_ job: CrashJob = .relations) async throws -> [(name: String, file: String)]
    {
        let place = try CrashFixture(slots: 1, job: job)
        let slot = try place.slot(0)
        let ended = try await slot.run(shim: ["LOG": slot.log.path])
        #expect(try slot.faults(of: ended, repeatedAtMost: 0) == [])
        let calls = try slot.calls()
        #expect(Set(calls.map(\.name)).isSuperset(of: Self.expected), "\(calls)")
        return calls
    }

    /// A case for each call and each way; `writes` are for calls that write bytes, `journal` for
    /// those to the journal, while other threads run. The starts alternate.
    private func cases(
        _ calls: [(name: String, file: String)], _ ways: [String], writes: [String] = [],
        journal: [String] = [], start: CrashSlot.Start? = nil
    ) -> [Case] {
        let isThorough = CrashFixture.isThorough
        return calls.enumerated().flatMap { index, call in
            let isJournal = isThorough || call.file.hasPrefix("journal.jsonl")
            let ways =
                ways + (call.name.hasSuffix("write") ? writes : []) + (isJournal ? journal : [])
            let turn: [CrashSlot.Start] = index % 2 == 0 ? [.run] : [.resume]
            let starts = start.map { [$0] } ?? (isThorough ? CrashSlot.Start.allCases : turn)
            return ways.flatMap { how in
                starts.map {
                    Case(
                        call: index + 1, name: "\(call.name) \(call.file)", how: how, start: $0)
                }
            }
        }
    }

    /// Items in doubt after a kill: those of one call, or of all.
    private let inDoubtAtMost = CrashFixture.isThorough ? CrashJob.relationCount : 2

    @Test(arguments: CrashJob.allCases)
    func `a run that is killed there is resumed and loses nothing`(job: CrashJob) async throws {
        // Calls before and after the journal are identical for all jobs, and so are those for token
        // files.
        let own = ["journal.jsonl", "creator-records.csv", "discovered.csv", "found.csv"]
        let cases = cases(
            try await calls(job), ["before"], writes: ["half"], journal: ["after"]
        ).filter { one in
            job == .relations || CrashFixture.isThorough || own.contains { one.name.contains($0) }
        }
        let place = try CrashFixture(slots: cases.count, job: job)
        await place.forEach(cases) { slot, one in
            let cut = try await slot.run(shim: ["KILL": "\(one.call):\(one.how)"])
            // The number of calls differs a little with what goes to the disk together.
            #expect(cut.isSignalled || cut.status == 0, "\(one): \(cut.errors)")
            let faults = try slot.faults(
                of: try await slot.continueRun(one.start), repeatedAtMost: inDoubtAtMost)
            #expect(faults == [], "\(one): \(faults.joined(separator: "; "))")
        }
    }

    @Test(arguments: CrashSlot.Start.allCases)
    func `a run that was killed is killed again there and loses nothing`(
        start: CrashSlot.Start
    ) async throws {
        // In the middle of an answer's record and the next attempt's.
        let journal = try await calls().enumerated().filter {
            $0.element.name == "pwrite" && $0.element.file == "journal.jsonl"
        }
        let first = ["KILL": "\(try #require(journal.dropFirst(3).first).offset + 1):half"]
        let trial = try CrashFixture(slots: 1)
        let counting = try trial.slot(0)
        #expect(try await counting.run(shim: first).isSignalled)
        let whole = try await counting.continueRun(start, shim: ["LOG": counting.log.path])
        #expect(try counting.faults(of: whole, repeatedAtMost: inDoubtAtMost) == [])
        // Other calls of `run` are covered elsewhere.
        let isWide = start == .resume || CrashFixture.isThorough
        let cases = cases(
            try counting.calls(), isWide ? ["before"] : [], writes: isWide ? ["half"] : [],
            journal: ["after"], start: start)
        let place = try CrashFixture(slots: cases.count)
        await place.forEach(cases) { slot, one in
            _ = try await slot.run(shim: first)
            let cut = try await slot.continueRun(start, shim: ["KILL": "\(one.call):\(one.how)"])
            #expect(cut.isSignalled || cut.status == 0, "\(one): \(cut.errors)")
            let faults = try slot.faults(
                of: try await slot.continueRun(start), repeatedAtMost: 2 * inDoubtAtMost)
            #expect(faults == [], "\(one): \(faults.joined(separator: "; "))")
        }
    }

    /// EIO is 5, ENOSPC 28.
    @Test(arguments: CrashFixture.isThorough ? CrashJob.allCases : [.relations])
    func `a run that fails there says so, and is resumed`(job: CrashJob) async throws {
        let calls = try await calls(job)
        let cases = cases(calls, ["5"]) + cases(calls, [], writes: ["28:half"])
        let place = try CrashFixture(slots: cases.count, job: job)
        await place.forEach(cases) { slot, one in
            let failed = try await slot.run(
                shim: ["FAIL": "\(one.call):\(one.how)", "LOG": slot.log.path])
            // Not necessarily the same call as in another process.
            let call = try slot.calls().dropFirst(one.call - 1).first?.name
            let reason = one.how == "5" ? "Input/output error" : "No space left on device"
            // A failure of an optional call (its token is not stored) does not fail the run.
            let isDone = failed.status == 0 && failed.text("state") == "finished"
            #expect(failed.status == 74 || isDone, "\(one): \(failed.errors)")
            #expect(isDone || failed.errors.contains(reason), "\(one): \(failed.errors)")
            let faults = try slot.faults(
                of: try await slot.continueRun(one.start), repeatedAtMost: inDoubtAtMost,
                leavesTemporary: call == "unlink")
            #expect(faults == [], "\(one): \(faults.joined(separator: "; "))")
        }
    }

    @Test func `a write that is done in two parts is complete`() async throws {
        let cases = cases(try await calls(), [], writes: ["0:half"])
        let place = try CrashFixture(slots: cases.count)
        await place.forEach(cases) { slot, one in
            let ended = try await slot.run(shim: ["FAIL": "\(one.call):\(one.how)"])
            let faults = try slot.faults(of: ended, repeatedAtMost: 0)
            #expect(faults == [], "\(one): \(faults.joined(separator: "; "))")
        }
    }
}
