import Foundation
import Glibc
import Simulator
import TestSupport
import Testing

/// Files that determine what is sent and where are read only if no one else can have written them;
/// and a process with secrets does not disclose them.
@Suite("trust", .timeLimit(.minutes(60)), .fewAtOnce) struct TrustTests {
    private func chmod(_ path: String, _ mode: Int) throws {
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
    }

    private func write(_ text: String, to name: String, mode: Int, in place: ProgramFixture) throws
        -> String
    {
        let path = place.folder.appending(path: name).path
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        try chmod(path, mode)
        return path
    }

    // MARK: Earlier runs

    @Test(arguments: [("", 0o720), ("", 0o702), ("journal.jsonl", 0o620), ("manifest.csv", 0o602)])
    func `an earlier run that others can write is not read by run`(name: String, mode: Int)
        async throws
    {
        let place = try ProgramFixture(parents: 2, each: 1)
        #expect(try await place.run().status == 0)
        let run = try place.journal().deletingLastPathComponent().path
        let calls = place.simulator.ledger().counts.calls
        let path = name.isEmpty ? run : run + "/" + name
        let before = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions]
        try chmod(path, mode)
        for extra in [[], ["--again"], ["--unfinished", "abandon"]] {
            let refused = try await place.run(extra)
            #expect(refused.status == 78, "\(refused.errors)")
            #expect(refused.errors.contains(path), "\(refused.errors)")
        }
        #expect(place.simulator.ledger().counts.calls == calls)
        try chmod(path, try #require(before as? Int))
        #expect(try await place.run().status == 0)
    }

    @Test func `another user's earlier run is not read by run`() async throws {
        // Changing the owner requires root.
        guard geteuid() == 0 else { return }
        let place = try ProgramFixture(parents: 2, each: 1)
        #expect(try await place.run().status == 0)
        let run = try place.journal().deletingLastPathComponent().path
        let calls = place.simulator.ledger().counts.calls
        for path in [run + "/journal.jsonl", run] {
            #expect(chown(path, 65_534, 65_534) == 0)
            let refused = try await place.run(["--again"])
            #expect(refused.status == 78, "\(refused.errors)")
            #expect(refused.errors.contains("user 65534"), "\(refused.errors)")
            #expect(chown(path, 0, 0) == 0)
        }
        #expect(place.simulator.ledger().counts.calls == calls)
    }

    @Test(arguments: ["directory", "pipe", "link", "closed"])
    func `a journal that can't be read hides no other job from status`(kind: String) async throws {
        let place = try ProgramFixture(parents: 2, each: 1)
        for job in ["a-broken", "b-good"] {
            #expect(try await place.run(["--job", job]).status == 0)
        }
        let jobs = place.state.path
        let run = try #require(
            FileManager.default.contentsOfDirectory(atPath: jobs + "/a-broken")
                .first { $0 != "lock" })
        let journal = "\(jobs)/a-broken/\(run)/journal.jsonl"
        try FileManager.default.removeItem(atPath: journal)
        switch kind {
        case "directory":
            try FileManager.default.createDirectory(
                atPath: journal, withIntermediateDirectories: false)
        case "pipe": #expect(mkfifo(journal, 0o600) == 0)
        case "link": #expect(symlink("/dev/null", journal) == 0)
        default:
            // Even for a job directory that is not valid any more.
            try FileManager.default.removeItem(atPath: "\(jobs)/a-broken/\(run)")
            #expect(symlink("/nowhere", "\(jobs)/a-broken/\(run)") == 0)
        }
        for json in [[], ["--json"]] {
            let ended = try await place.start(["status", "--state", jobs] + json).end()
            #expect(ended.status == 74, "\(ended.errors)")
            #expect(ended.output.contains("b-good"), "\(ended.output)")
            #expect(ended.errors.contains("a-broken"), "\(ended.errors)")
        }
    }

    // MARK: The target

    @Test(arguments: ["sandbox", "developer"])
    func `an environment is never reached by another API domain`(environment: String) async throws {
        let place = try ProgramFixture(parents: 2, each: 1)
        let file = try write(
            "{environment: \"\(environment)\"}", to: "c.json5", mode: 0o600, in: place)
        for words in [
            place.runArguments, ["plan", place.manifest.path], ["auth", "check"],
        ] {
            let ended = try await place.start(words + ["--config", file]).end()
            #expect(ended.status == 78, "\(words) \(ended.errors)")
            #expect(ended.errors.contains("\"\(environment)\""), "\(ended.errors)")
            #expect(ended.errors.contains("127.0.0.1"), "\(ended.errors)")
        }
        #expect(place.simulator.ledger().counts.calls == 0)
    }

    // MARK: Files that decide where credentials go

    @Test(arguments: [0o666, 0o620, 0o602, 0o777])
    func `a configuration that others can write is refused, also behind a link`(mode: Int)
        async throws
    {
        let place = try ProgramFixture(parents: 2, each: 1)
        let file = try write("{}", to: "c.json5", mode: mode, in: place)
        let link = place.folder.appending(path: "link.json5").path
        #expect(symlink(file, link) == 0)
        let credential = place.folder.appending(path: "relsweep-config").path
        #expect(symlink(file, credential) == 0)
        for path in [file, link] {
            let ended = try await place.run(["--config", path])
            #expect(ended.status == 78, "\(ended.errors)")
            #expect(ended.errors.contains("chmod"), "\(ended.errors)")
        }
        for variables in [
            ["RELSWEEP_CONFIG": file], ["CREDENTIALS_DIRECTORY": place.folder.path],
        ] {
            let ended = try await Program.run(
                place.runArguments, in: place.folder,
                environment: place.environment.merging(variables) { $1 })
            #expect(ended.status == 78, "\(ended.errors)")
        }
        #expect(place.simulator.ledger().counts.calls == 0)
        try chmod(file, 0o644)
        #expect(try await place.run(["--config", link]).status == 0)
    }

    @Test func `a configuration of another user is refused`() async throws {
        // Changing the owner requires root.
        guard geteuid() == 0 else { return }
        let place = try ProgramFixture(parents: 2, each: 1)
        let file = try write("{}", to: "c.json5", mode: 0o644, in: place)
        let token = try write(ProgramFixture.token, to: "token", mode: 0o600, in: place)
        let named = try write(
            "{credentials: {accessTokenFile: \"\(token)\"}}", to: "named.json5", mode: 0o600,
            in: place)
        for path in [file, token] {
            #expect(chown(path, 65_534, 65_534) == 0)
        }
        for path in [file, named] {
            let ended = try await Program.run(
                place.runArguments + ["--config", path], in: place.folder,
                environment: ["RELSWEEP_API_DOMAIN": place.address])
            #expect(ended.status == 78, "\(ended.errors)")
            #expect(ended.errors.contains("user 65534"), "\(ended.errors)")
            #expect(ended.errors.contains("chown 0"), "\(ended.errors)")
        }
        #expect(place.simulator.ledger().counts.calls == 0)
    }

    @Test func `authorities and systemd's credentials that others can write are refused`()
        async throws
    {
        let place = try ProgramFixture(parents: 2, each: 1)
        let authorities = try write(
            "-----BEGIN CERTIFICATE-----\n", to: "ca.pem", mode: 0o666, in: place)
        let file = try write("{caFile: \"\(authorities)\"}", to: "c.json5", mode: 0o600, in: place)
        let trusting = try await place.run(["--config", file])
        #expect(trusting.status == 78 && trusting.errors.contains("ca.pem"), "\(trusting.errors)")
        let token = try write(
            ProgramFixture.token, to: "relsweep-access-token", mode: 0o462, in: place)
        let environment = [
            "RELSWEEP_API_DOMAIN": place.address, "CREDENTIALS_DIRECTORY": place.folder.path,
        ]
        let open = try await Program.run(
            place.runArguments, in: place.folder, environment: environment)
        #expect(open.status == 78 && open.errors.contains(token), "\(open.errors)")
        #expect(place.simulator.ledger().counts.calls == 0)
        // As created by systemd: readable by a group or ACL, never writable.
        try chmod(token, 0o440)
        let ended = try await Program.run(
            place.runArguments, in: place.folder, environment: environment)
        #expect(ended.status == 0, "\(ended.errors)")
    }

    @Test(arguments: [
        "http://joe:hush-hush@proxy.example:3128", "socks5h://hush-hush@127.0.0.1:1080",
        "joe:hush-hush@proxy.example", "htp://joe:hush-hush@proxy.example:3128",
        "http://proxy.example:hush-hush",
    ])
    func `a proxy with a password is refused and not repeated`(proxy: String) async throws {
        let place = try ProgramFixture(parents: 1, each: 1)
        let file = try write("{proxy: \"\(proxy)\"}", to: "c.json5", mode: 0o600, in: place)
        let ended = try await place.run(["--config", file])
        #expect(ended.status == 78)
        #expect(!(ended.errors + ended.output).contains("hush"), "\(ended.errors)")
        #expect(ended.errors.contains("c.json5:1:9"), "\(ended.errors)")
    }

    // MARK: Waits, signals, crashes

    @Test func `token exchanges keep to the timeout, and their retries to giving up`() async throws
    {
        let place = try ProgramFixture(parents: 1, each: 1)
        let accounts = try ScriptedServer { connection in connection.waitForClose() }
        defer { accounts.stop() }
        let clock = ContinuousClock()
        let began = clock.now
        let ended = try await Program.run(
            place.runArguments + ["--timeout", "2s", "--give-up", "5s"], in: place.folder,
            environment: [
                "RELSWEEP_API_DOMAIN": place.address, "RELSWEEP_ACCOUNTS_URL": accounts.address,
                "RELSWEEP_CLIENT_ID": "id", "RELSWEEP_CLIENT_SECRET": "secret-e2e",
                "RELSWEEP_REFRESH_TOKEN": "refresh-e2e",
            ])
        // Five seconds, and what a busy machine adds; without the bound it is more than a minute.
        #expect(clock.now - began < .seconds(55))
        #expect(ended.status == 69, "\(ended.errors)")
        #expect((2...4).contains(accounts.requests.count), "\(accounts.requests.count)")
        #expect(place.simulator.ledger().counts.calls == 0)
    }

    /// A run whose second call hangs; `through` starts it with SIGHUP as it is to be.
    private func hanging(_ place: ProgramFixture, through wrapper: [String]) throws -> Program {
        // A drain of half an hour: on a busy machine it must not end before the second signal.
        try place.start(
            place.runArguments + ["--concurrency", "1", "--timeout", "30m"], through: wrapper)
    }

    /// Regardless of the test runner's signal settings.
    private let defaultHangUp = ["/usr/bin/env", "--default-signal=HUP"]
    private let ignoredHangUp = ["/usr/bin/env", "--ignore-signal=HUP"]

    @Test(arguments: [SIGHUP, SIGINT, SIGTERM])
    func `a hang-up drains, and a second signal of any kind exits at once`(second: Int32)
        async throws
    {
        let place = try ProgramFixture(parents: 3, each: 1, faults: "hang@2-9")
        let simulator = place.simulator
        let program = try hanging(place, through: defaultHangUp)
        #expect(
            await program.send(signal: SIGHUP) { simulator.ledger().counts.calls == 2 })
        #expect(await eventually { program.errorsSoFar.contains("stopping:") })
        #expect(program.isRunning)
        program.send(signal: second)
        let ended = await program.end()
        #expect(ended.status == 75 && !ended.isSignalled, "\(ended.errors)")
        #expect(place.simulator.ledger().counts.relationsRemoved == 1)
    }

    @Test func `a hang-up alone ends the run in order`() async throws {
        let place = try ProgramFixture(parents: 30, each: 1, latencyMilliseconds: 100)
        let simulator = place.simulator
        let program = try hanging(place, through: defaultHangUp)
        #expect(
            await program.send(signal: SIGHUP) {
                simulator.ledger().counts.relationsRemoved >= 1
            })
        let ended = await program.end()
        #expect(ended.status == 75 && !ended.isSignalled, "\(ended.errors)")
        #expect(ended.text("state") == "paused" && ended.text("reason") == "signal")
    }

    @Test func `a hang-up that is ignored at the start stays ignored`() async throws {
        let place = try ProgramFixture(parents: 20, each: 1, latencyMilliseconds: 50)
        let simulator = place.simulator
        let program = try hanging(place, through: ignoredHangUp)
        #expect(
            await program.send(signal: SIGHUP) {
                simulator.ledger().counts.relationsRemoved >= 1
            })
        let ended = await program.end()
        #expect(ended.status == 0, "\(ended.errors)")
        place.expectLedgerEqualsManifest()
    }

    // Not SIGABRT: children of a Dispatch thread begin with that blocked.
    @Test(arguments: [SIGBUS, SIGFPE, SIGILL, SIGSEGV, SIGTRAP])
    func `a crash prints no memory`(signal: Int32) async throws {
        let place = try ProgramFixture(parents: 3, each: 1, faults: "hang@2-9")
        let simulator = place.simulator
        // On, whatever standard error is.
        let program = try place.start(
            place.runArguments + ["--concurrency", "1"],
            through: ["/usr/bin/env", "SWIFT_BACKTRACE=enable=yes,color=no,timeout=60s"])
        #expect(
            await program.send(signal: signal) {
                simulator.ledger().counts.relationsRemoved == 1
            })
        let ended = await program.end()
        #expect(ended.isSignalled && ended.status == signal, "\(ended.errors)")
        #expect(!ended.errors.contains("crashed"), "\(ended.errors)")
        #expect(!ended.errors.contains("Thread"))
        #expect(!(ended.errors + ended.output).contains("e2e-token"))
    }
}
