import Foundation
import Simulator
import TestSupport
import Testing

/// A test fixture with directory, manifest and simulated organisation, for any operation.
final class OperationFixture: Sendable {
    private let directory: TemporaryDirectory
    let manifest: URL
    let simulator: SimulatorServer
    let address: String

    init(
        manifest text: String, named name: String = "job.csv", world: World,
        style: AnswerStyle = .v8, faults: String = ""
    ) throws {
        directory = try TemporaryDirectory()
        manifest = directory.url.appending(path: name)
        try text.write(to: manifest, atomically: true, encoding: .utf8)
        var settings = SimulatorSettings()
        settings.organisation.style = style
        settings.organisation.token = ProgramFixture.token
        settings.organisation.creator.maximumCallsPerMinute = nil
        if !faults.isEmpty { settings.organisation.faults = try FaultPlan(parsing: faults) }
        simulator = SimulatorServer(settings, world: world)
        address = try simulator.start()
    }

    deinit {
        simulator.stop()
    }

    var folder: URL { directory.url }
    var output: URL { folder.appending(path: "cleanup.csv") }

    func start(_ arguments: [String]) throws -> Program {
        try Program(
            arguments + ["--json", "--no-progress"], in: folder,
            environment: [
                "RELSWEEP_API_DOMAIN": address, "RELSWEEP_CREATOR_URL": address,
                "RELSWEEP_ACCESS_TOKEN": ProgramFixture.token,
            ])
    }

    /// `run` or `discover` with the manifest.
    func begin(_ command: String, _ extra: [String] = []) throws -> Program {
        let own = command == "run" ? ["--yes"] : ["--output", output.path]
        return try start(
            [command, manifest.path, "--state", folder.appending(path: "state").path] + own + extra)
    }

    func end(_ command: String, _ extra: [String] = []) async throws -> Program.Ended {
        try await begin(command, extra).end()
    }

    /// Kills the command when `hangs` calls hang, and carries the run on to its end. `later` is for
    /// the resume alone: a short timeout would let the first process get over its hanging calls
    /// before a busy machine comes to kill it.
    func killAndResume(
        _ command: String, hangs: Int, _ extra: [String] = [], later: [String] = []
    ) async throws -> Program.Ended {
        let program = try begin(command, extra)
        let simulator = simulator
        #expect(await program.send(signal: SIGKILL) { simulator.ledger().counts.hangs >= hangs })
        #expect(await program.end().isSignalled)
        return try await start(["resume", try runDirectory().path] + extra + later).end()
    }

    /// The directory of the only run.
    func runDirectory() throws -> URL {
        let state = folder.appending(path: "state")
        let names =
            FileManager.default.enumerator(atPath: state.path)?.allObjects as? [String] ?? []
        let journal = try #require(names.first { $0.hasSuffix("/journal.jsonl") })
        return state.appending(path: journal).deletingLastPathComponent()
    }

    /// The rows of an unquoted CSV file that relsweep wrote, without its header.
    static func rows(_ file: URL) throws -> [[String]] {
        try String(contentsOf: file, encoding: .utf8).split(separator: "\n").dropFirst().map {
            $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        }
    }
}
