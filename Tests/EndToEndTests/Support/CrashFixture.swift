import Foundation
import Simulator
import TestSupport
import Testing

/// A simulated organisation for many small jobs, each with its own directory, records and
/// credentials: one slot per case of a test that starts the binary repeatedly.
final class CrashFixture: Sendable {
    /// Path of the preload library that ends a process at a system call; built with the tests.
    static let shim = Program.executable.deletingLastPathComponent()
        .appending(path: "libSystemCallShim.so")

    /// Whether the extended test was requested.
    static let isThorough = ProcessInfo.processInfo.environment["EVERY_CALL"] != nil

    private let directory: TemporaryDirectory
    let simulator: SimulatorServer
    let address: String

    let job: CrashJob

    init(slots: Int, job: CrashJob = .relations, faults: String = "") throws {
        self.job = job
        directory = try TemporaryDirectory()
        var world = World(.exact)
        var settings = SimulatorSettings()
        settings.organisation.style = .v8
        settings.organisation.maximumActiveCalls = nil
        settings.organisation.creator.maximumCallsPerMinute = nil
        if !faults.isEmpty { settings.organisation.faults = try FaultPlan(parsing: faults) }
        for slot in 0..<slots {
            try job.seed(&world, slot)
            settings.organisation.accounts.clients.append(
                .init(id: "1000.CLIENT\(slot)", secret: "secret\(slot)"))
            settings.organisation.accounts.refreshTokens.append(
                .init(token: "1000.refresh\(slot)", clientID: "1000.CLIENT\(slot)"))
        }
        simulator = SimulatorServer(settings, world: world)
        address = try simulator.start()
    }

    deinit {
        simulator.stop()
    }

    var folder: URL { directory.url }

    /// One case.
    func slot(_ number: Int) throws -> CrashSlot { try CrashSlot(self, number) }

    /// Runs the cases, a few at a time; errors are recorded with the case's name.
    func forEach<Case: Sendable>(
        _ cases: [Case], _ body: @escaping @Sendable (CrashSlot, Case) async throws -> Void
    ) async {
        if CrashFixture.isThorough { print("\(job): \(cases.count) cases") }
        await withTaskGroup(of: Void.self) { group in
            for (number, one) in cases.enumerated() {
                if number >= 4 { await group.next() }
                group.addTask {
                    do {
                        try await body(try self.slot(number), one)
                    } catch {
                        Issue.record("\(one): \(error)")
                    }
                }
            }
        }
    }
}

/// One job of a `CrashFixture`.
struct CrashSlot: Sendable {
    let fixture: CrashFixture
    let number: Int
    let folder: URL

    fileprivate init(_ place: CrashFixture, _ number: Int) throws {
        self.fixture = place
        self.number = number
        folder = place.folder.appending(path: "slot-\(number)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        if place.job == .pages {
            // The output is in it.
            try FileManager.default.createDirectory(
                at: state, withIntermediateDirectories: false,
                attributes: [.posixPermissions: 0o700])
        }
        try place.job.manifest(number).write(to: manifest, atomically: true, encoding: .utf8)
    }

    var manifest: URL { folder.appending(path: "job.csv") }
    var state: URL { folder.appending(path: "state") }
    var log: URL { folder.appending(path: "calls.log") }

    var environment: [String: String] {
        [
            "RELSWEEP_API_DOMAIN": fixture.address, "RELSWEEP_ACCOUNTS_URL": fixture.address,
            "RELSWEEP_CREATOR_URL": fixture.address,
            "RELSWEEP_CLIENT_ID": "1000.CLIENT\(number)",
            "RELSWEEP_CLIENT_SECRET": "secret\(number)",
            "RELSWEEP_REFRESH_TOKEN": "1000.refresh\(number)",
        ]
    }

    /// `shim`: what SystemCallShim.c is to do, without the prefix of its variables.
    func start(_ arguments: [String], shim: [String: String] = [:]) throws -> Program {
        var environment = environment
        if !shim.isEmpty {
            environment["LD_PRELOAD"] = CrashFixture.shim.path
            environment["SHIM_UNDER"] = state.path
            for (name, value) in shim { environment["SHIM_" + name] = value }
        }
        return try Program(
            arguments + [
                "--json", "--no-progress", "--concurrency", CrashFixture.isThorough ? "5" : "1",
            ], in: folder,
            environment: environment)
    }

    /// `run`, or `discover`.
    func run(
        _ extra: [String] = [], unfinished: String = "resume", shim: [String: String] = [:]
    ) async throws -> Program.Ended {
        let own = fixture.job == .pages ? ["discover"] + output : ["run", "--yes"]
        return try await start(
            own + [manifest.path, "--state", state.path, "--unfinished", unfinished]
                + fixture.job.flags + extra, shim: shim
        ).end()
    }

    /// Expected to be rewritten if an interrupted start wrote it.
    private var output: [String] {
        ["--output", state.appending(path: "found.csv").path, "--force"]
    }

    func resume(_ extra: [String] = [], shim: [String: String] = [:]) async throws -> Program.Ended
    {
        try await start(
            ["resume", try #require(journals().first).path, "--state", state.path]
                + fixture.job.flags + extra,
            shim: shim
        ).end()
    }

    /// What a user does after the run stopped.
    enum Start: CaseIterable {
        /// `run` again.
        case run
        /// `resume` with the journal, if there is a started one.
        case resume
    }

    func continueRun(_ start: Start, shim: [String: String] = [:]) async throws -> Program.Ended {
        guard start == .resume, let journal = journals().first,
            try Data(contentsOf: journal).contains(0x0A)
        else { return try await run(shim: shim) }
        return try await resume(shim: shim)
    }

    // MARK: Results

    func names() -> [String] {
        FileManager.default.enumerator(atPath: state.path)?.allObjects as? [String] ?? []
    }

    func journals() -> [URL] {
        names().filter { $0.hasSuffix("/journal.jsonl") }.map { state.appending(path: $0) }
    }

    /// What the shim has counted: the names of the calls, and of their files, in their order.
    func calls() throws -> [(name: String, file: String)] {
        try String(contentsOf: log, encoding: .utf8).split(separator: "\n").map {
            let words = $0.split(separator: " ")
            return (String(words[1]), String(words[2].split(separator: "/").last ?? ""))
        }
    }
}
