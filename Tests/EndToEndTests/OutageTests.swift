import Foundation
import Simulator
import TestSupport
import Testing

/// Outages and stalls: the run continues, or pauses and is resumed later, and every item is
/// accounted for.
@Suite(.timeLimit(.minutes(60)), .fewAtOnce) struct `an outage` {
    private static let fast =
        #"{ waits: { firstBackoff: "20ms", maxBackoff: "200ms", retryBudget: 10000 } }"#

    private func settings(_ place: ProgramFixture) throws -> [String] {
        let file = place.folder.appending(path: "settings.json5")
        try Self.fast.write(to: file, atomically: true, encoding: .utf8)
        return ["--config", file.path]
    }

    @Test func `of the program itself, longer than its timeouts, is survived`() async throws {
        let place = try ProgramFixture(parents: 20, each: 2, faults: "hang@6-8,hang-after@9+10")
        let program = try place.start(
            place.runArguments + settings(place) + ["--timeout", "6s", "--retries", "50"])
        let simulator = place.simulator
        // Stopped where it is seen: this test's next line may come much later.
        #expect(
            await eventually {
                guard simulator.ledger().counts.hangs == 5 else { return false }
                program.send(signal: SIGSTOP)
                return true
            })
        await wait(milliseconds: 8_000)
        #expect(program.isRunning)
        program.send(signal: SIGCONT)
        let ended = await program.end()
        #expect(ended.status == 0, "\(ended.errors)")
        #expect((ended.number("removed") ?? 0) + (ended.number("absent") ?? 0) == 40)
        place.expectLedgerEqualsManifest()
    }

    /// Requests buffered in the sockets of a stopped server are executed when it continues, long
    /// after their timeout.
    @Test func `of the service, longer than the timeouts, leaves nothing in doubt`() async throws {
        let place = try ProgramFixture(parents: 40, each: 2)
        let server = try Program(
            ["simulator", "--manifest", place.manifest.path, "--latency", "20ms"], in: place.folder)
        #expect(await eventually { server.outputSoFar.hasSuffix("\n") })
        let address = server.outputSoFar.trimmingCharacters(in: .whitespacesAndNewlines)
        let program = try Program(
            place.runArguments + settings(place) + ["--timeout", "6s", "--retries", "50"],
            in: place.folder,
            environment: [
                "RELSWEEP_API_DOMAIN": address, "RELSWEEP_ACCESS_TOKEN": ProgramFixture.token,
            ])
        #expect(
            await eventually {
                guard place.count("\"record\":\"answer\"") >= 3 else { return false }
                server.send(signal: SIGSTOP)
                return true
            })
        // Immediately: each further timeout uses up the retry budget.
        #expect(await server.send(signal: SIGCONT) { place.count("timed-out") >= 3 })
        let ended = await program.end(within: 600)
        #expect(ended.status == 0, "\(ended.errors)")
        #expect((ended.number("removed") ?? 0) + (ended.number("absent") ?? 0) == 80)
        let ledger = try await ledger(address, in: place.folder)
        #expect(ledger.contains(#""seededRemaining":0,"seededRemovals":80,"#), "\(ledger)")
        #expect(ledger.contains(#""bystanderChanges":0,"unseededRemovals":0,"#), "\(ledger)")
        server.send(signal: SIGTERM)
        _ = await server.end()
    }

    @Test func `of the service in the middle of the run is survived when it is back`() async throws
    {
        let place = try ProgramFixture(parents: 40, each: 2, faults: "hang-after@16-18,hang@19+20")
        let program = try place.start(
            place.runArguments + settings(place) + ["--timeout", "60s", "--retries", "50"])
        let first = place.simulator
        #expect(await eventually { first.ledger().counts.hangs == 5 })
        // All connections are closed and nothing listens.
        first.stop()
        #expect(await eventually { place.count("not-sent") >= 3 })
        let before = first.ledger()
        var settings = first.settings
        settings.organisation.faults = .none
        let second = SimulatorServer(settings, world: before.world)
        _ = try second.start()
        let ended = await program.end()
        second.stop()
        #expect(ended.status == 0, "\(ended.errors)")
        let after = second.ledger()
        #expect(before.counts.relationsRemoved + after.counts.relationsRemoved == 80)
        #expect(after.seededRemaining == 0)
        #expect(before.unwantedEffectCount + after.unwantedEffectCount == 0)
        // Three calls of two items were done, and their answers lost.
        #expect((ended.number("removed") ?? 0) + (ended.number("absent") ?? 0) == 80)
        #expect(ended.number("absent") == 6)
    }

    /// Ten thousand items and a closed port: the run gives up in time, with few attempts and little
    /// CPU, and resumes once something listens.
    @Test func `of everything is given up, and costs next to nothing`() async throws {
        let place = try ProgramFixture(parents: 1_000, each: 10)
        place.simulator.stop()
        let config = try settings(place)
        let program = try place.start(place.runArguments + config + ["--give-up", "6s"])
        let usage = Usage(program.processID)
        // Sampled while it runs: the last sample is the maximum.
        _ = await eventually { !usage.look() }
        let ended = await program.end()
        #expect(ended.status == 69, "\(ended.errors)")
        #expect(ended.number("pending") == 10_000)
        #expect(ended.number("attempts") == 0)
        #expect(ended.flatErrors.contains("for 6s (--give-up)"), "\(ended.errors)")
        #expect(ended.flatErrors.contains("onnect"), "\(ended.errors)")
        // Waits of up to 0.2 s for six seconds, with at most five calls at a time.
        #expect(place.count("not-sent") < 1_500)
        #expect(usage.peakMegabytes < 200)
        // A busy loop would take all six; the plan and its journal take a part of one.
        #expect(usage.processorSeconds < 5)
        let back = SimulatorServer(place.simulator.settings, world: place.simulator.ledger().world)
        _ = try back.start()
        let resumed = try await place.run(config)
        back.stop()
        #expect(resumed.status == 0, "\(resumed.errors)")
        #expect(resumed.number("removed") == 10_000)
        #expect(back.ledger().seededRemaining == 0)
        #expect(back.ledger().unwantedEffectCount == 0)
    }

    @Test func `of the disk, which may not be written, ends before the first call`() async throws {
        let place = try ProgramFixture(parents: 2, each: 1)
        // root ignores permissions, except in kernel file systems.
        let locked = place.folder.appending(path: "locked")
        try FileManager.default.createDirectory(
            at: locked, withIntermediateDirectories: false,
            attributes: [.posixPermissions: 0o500])
        let state = geteuid() == 0 ? "/proc/sys/relsweep" : locked.path + "/state"
        let ended = try await place.start([
            "run", place.manifest.path, "--yes", "--state", state, "--json", "--no-progress",
        ]).end()
        #expect(ended.status == 74, "\(ended.errors)")
        #expect(ended.errors.contains(state), "\(ended.errors)")
        #expect(place.simulator.ledger().counts.calls == 0)
    }

    // MARK: Parts

    private func wait(milliseconds: Int) async {
        let end = DispatchTime.now() + .milliseconds(milliseconds)
        _ = await eventually { DispatchTime.now() > end }
    }

    /// The ledger of a simulator in a process of its own.
    private func ledger(_ address: String, in folder: URL) async throws -> String {
        let port = try #require(address.split(separator: ":").last)
        let request = #"GET /__ledger?summary=1 HTTP/1.1\r\nHost: it\r\nConnection: close\r\n\r\n"#
        let script = "exec 3<>/dev/tcp/127.0.0.1/\(port); printf '\(request)' >&3; cat <&3"
        return try await Program.run(
            ["-c", script], in: folder, executable: URL(filePath: "/bin/bash"), within: 120
        ).output
    }
}

extension ProgramFixture {
    /// How often the journal of the only run has this text; 0 while there is none.
    func count(_ text: String) -> Int {
        guard hasJournal, let journal = try? journal(),
            let content = try? String(contentsOf: journal, encoding: .utf8)
        else { return 0 }
        return content.components(separatedBy: text).count - 1
    }
}

/// CPU time of a process, from `/proc`.
private final class Usage: @unchecked Sendable {
    private let directory: String
    private let lock = NSLock()
    private var kilobytes = 0
    private var ticks = 0

    init(_ processID: Int32) { directory = "/proc/\(processID)" }

    var peakMegabytes: Int { lock.withLock { kilobytes / 1_024 } }
    var processorSeconds: Double {
        lock.withLock { Double(ticks) / Double(sysconf(Int32(_SC_CLK_TCK))) }
    }

    /// False when there is no such process, or it has ended.
    func look() -> Bool {
        guard let status = try? String(contentsOfFile: directory + "/status", encoding: .utf8),
            let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") }),
            let peak = line.split(separator: " ").dropFirst().first.flatMap({ Int($0) }),
            let text = try? String(contentsOfFile: directory + "/stat", encoding: .utf8),
            let fields = text.split(separator: ")").last?.split(separator: " "), fields.count > 12,
            let user = Int(fields[11]), let system = Int(fields[12])
        else { return false }
        lock.withLock {
            kilobytes = peak
            ticks = user + system
        }
        return true
    }
}
