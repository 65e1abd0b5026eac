import Foundation
import Simulator
import TestSupport
import Testing

/// Faults of the process, the disk and the manifest must not affect records.
@Suite(.timeLimit(.minutes(60)), .fewAtOnce) struct `a run that is cut` {
    /// Answers after which the process is killed: from before the first to before the last.
    static let moments = Array(0..<30)

    /// From call `answered` + 1 on five calls hang, done or not done, so the process is cut with
    /// all of them in doubt, exactly there.
    @Test(arguments: moments)
    func `by kill -9 resumes where it stopped`(_ answered: Int) async throws {
        let hanging = answered == 0 ? 1 : min(5, 30 - answered)
        let kind = answered % 2 == 0 ? "hang-after" : "hang"
        let place = try ProgramFixture(
            parents: 30, each: 4, style: answered % 3 == 0 ? .v2 : .v8,
            faults: "\(kind)@\(answered + 1)-\(answered + hanging)")
        let program = try place.start(place.runArguments)
        let simulator = place.simulator
        #expect(
            await program.send(signal: SIGKILL) { simulator.ledger().counts.hangs == hanging })
        let killed = await program.end()
        #expect(killed.isSignalled)
        let resumed = try await place.resume()
        #expect(resumed.status == 0, "\(resumed.errors)")
        try expectComplete(resumed, place)
        let inDoubt = answered % 2 == 0 ? hanging * 4 : 0
        // Where fewer than five hang, a call beside them may be answered and not yet recorded.
        let beside = answered == 0 ? 0 : (5 - hanging) * 4
        let absent = try #require(resumed.number("absent"))
        #expect((inDoubt...inDoubt + beside).contains(absent), "\(absent), not \(inDoubt)")
    }

    @Test func `by kill -9 again and again under faults still ends`() async throws {
        let place = try ProgramFixture(
            parents: 60, each: 3, style: .v8, faults: "500:5%,reset:5%,reset-after:5%,429:3%",
            latencyMilliseconds: 30)
        var program = try place.start(place.runArguments + ["--retries", "9"])
        for calls in [5, 12, 20, 30, 38, 45] {
            let simulator = place.simulator
            let running = program
            _ = await program.send(signal: SIGKILL) {
                (simulator.ledger().counts.calls >= calls && place.hasJournal) || !running.isRunning
            }
            _ = await program.end()
            program = try place.start(
                ["resume", try place.journal().path, "--json", "--retries", "9"])
        }
        let ended = await program.end()
        #expect(ended.status == 0, "\(ended.errors)")
        try expectComplete(ended, place)
    }

    @Test func `by SIGTERM drains, exits 75 and resumes`() async throws {
        let place = try ProgramFixture(parents: 20, each: 2, faults: "slow@3-4/50s")
        let program = try place.start(place.runArguments + ["--concurrency", "2"])
        let simulator = place.simulator
        #expect(await program.send(signal: SIGTERM) { simulator.ledger().counts.calls == 4 })
        #expect(await eventually { program.errorsSoFar.contains("stopping: ") })
        simulator.sendWaitingAnswers()
        let ended = await program.end()
        #expect(ended.status == 75, "\(ended.errors)")
        #expect(ended.text("state") == "paused")
        #expect(simulator.ledger().counts.calls == 4)
        // Calls in flight were awaited: nothing is in doubt or sent twice.
        let resumed = try await place.run(["--concurrency", "10"])
        #expect(resumed.status == 0, "\(resumed.errors)")
        #expect(resumed.number("attempts") == 20)
        try expectComplete(resumed, place)
    }

    @Test func `by a second SIGTERM exits at once`() async throws {
        let place = try ProgramFixture(parents: 10, each: 2, faults: "hang@1")
        let program = try place.start(place.runArguments)
        let simulator = place.simulator
        #expect(await program.send(signal: SIGTERM) { simulator.ledger().counts.calls >= 1 })
        #expect(
            await program.send(signal: SIGTERM) { program.errorsSoFar.contains("stopping: ") })
        let ended = await program.end()
        #expect(ended.status == 75)
        let resumed = try await place.resume()
        #expect(resumed.status == 0, "\(resumed.errors)")
        place.expectLedgerEqualsManifest()
    }

    @Test func `two runs at once: one does the job, the other reports who holds it`() async throws {
        let place = try ProgramFixture(parents: 30, each: 2, faults: "hang@13-17")
        let first = try place.start(place.runArguments + ["--timeout", "600s"])
        let simulator = place.simulator
        #expect(await eventually { simulator.ledger().counts.hangs == 5 })
        let second = try await place.run()
        #expect(second.status == 75, "\(second.errors)")
        #expect(second.errors.contains("\(first.processID)"), "\(second.errors)")
        #expect(simulator.ledger().counts.calls == 17)
        first.send(signal: SIGKILL)
        _ = await first.end()
        let resumed = try await place.run()
        #expect(resumed.status == 0, "\(resumed.errors)")
        try expectComplete(resumed, place)
    }

    @Test(arguments: [true, false])
    func `resumes from its snapshot when the manifest is changed or gone`(_ isDeleted: Bool)
        async throws
    {
        let place = try ProgramFixture(parents: 30, each: 2, faults: "hang@13-17")
        try await kill(place)
        if isDeleted {
            try FileManager.default.removeItem(at: place.manifest)
        } else {
            let other =
                "operation,module,record_id,related_list,related_id\ndelink,Leads,1,Campaigns,2\n"
            try other.write(to: place.manifest, atomically: true, encoding: .utf8)
        }
        let resumed = try await place.resume()
        #expect(resumed.status == 0, "\(resumed.errors)")
        try expectComplete(resumed, place)
    }

    @Test func `a torn last line is saved aside, reported and repaired`() async throws {
        let place = try ProgramFixture(parents: 30, each: 2, faults: "hang@13-17")
        try await kill(place)
        let handle = try FileHandle(forWritingTo: place.journal())
        try handle.seekToEnd()
        try handle.write(contentsOf: Data(#"{"seq":99999,"durable":3,"type":"att"#.utf8))
        try handle.close()
        let resumed = try await place.resume()
        #expect(resumed.status == 0, "\(resumed.errors)")
        #expect(resumed.errors.contains("torn"), "\(resumed.errors)")
        try expectComplete(resumed, place)
    }

    @Test func `damage in the middle stops with exit 74 and names the line`() async throws {
        let place = try ProgramFixture(parents: 30, each: 2, faults: "hang@13-17")
        try await kill(place)
        let journal = try place.journal()
        var data = try Data(contentsOf: journal)
        let lines = data.split(separator: 0x0A, omittingEmptySubsequences: false)
        let middle = lines[5].startIndex + 20
        data[middle] ^= 0x01
        try data.write(to: journal)
        let calls = place.simulator.ledger().counts.calls
        let resumed = try await place.resume()
        #expect(resumed.status == 74, "\(resumed.errors)")
        #expect(resumed.errors.contains("journal.jsonl:6"), "\(resumed.errors)")
        #expect(place.simulator.ledger().counts.calls == calls)
    }

    @Test func `a full disk stops the run with exit 74, and a later start completes it`()
        async throws
    {
        let place = try ProgramFixture(parents: 400, each: 2)
        // 96 KiB a file: room for the manifest's snapshot and the beginning of the journal.
        let limited = ["/bin/bash", "-c", #"ulimit -f 96; exec "$0" "$@""#]
        let ended = try await place.start(place.runArguments, through: limited).end()
        #expect(ended.status == 74, "\(ended.status) \(ended.errors)")
        // Records that could not be written are printed in the journal's form.
        let lost = ended.errors.split(separator: "\n").filter { $0.contains("not in the journal:") }
        #expect(lost.allSatisfy { $0.contains(#"not in the journal: {"seq":"#) }, "\(lost)")
        #expect(!ended.errors.contains("the journal is whole"))
        let resumed = try await place.resume()
        #expect(resumed.status == 0, "\(resumed.errors)")
        try expectComplete(resumed, place)
    }

    // MARK: Parts

    /// Kills the run with calls 13 to 17 in doubt.
    private func kill(_ place: ProgramFixture) async throws {
        let program = try place.start(place.runArguments)
        let simulator = place.simulator
        #expect(await program.send(signal: SIGKILL) { simulator.ledger().counts.hangs == 5 })
        _ = await program.end()
    }

    /// Every item has one outcome that matches the ledger.
    private func expectComplete(
        _ ended: Program.Ended, _ place: ProgramFixture,
        _ location: SourceLocation = #_sourceLocation
    ) throws {
        #expect(ended.text("state") == "finished", sourceLocation: location)
        #expect(ended.number("items") == place.itemCount, sourceLocation: location)
        #expect(ended.number("pending") == 0, sourceLocation: location)
        let removed = ended.number("removed") ?? -1
        let absent = ended.number("absent") ?? -1
        #expect(removed + absent == place.itemCount, sourceLocation: location)
        place.expectLedgerEqualsManifest(location)
    }
}
