import Foundation
import Glibc
import Simulator
import TestSupport
import Testing

/// The process's environment: variables, terminal, time of day.
@Suite("hostile surroundings", .timeLimit(.minutes(60)), .fewAtOnce) struct HostileEnvironmentTests
{
    @Test func `variables of libcurl neither take keys of TLS nor add credentials or proxies`()
        async throws
    {
        let place = try ProgramFixture(parents: 1, each: 1)
        let server = try ScriptedServer(answering: "HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n")
        defer { server.stop() }
        let keys = place.folder.appending(path: "keys").path
        for name in [".netrc", "_netrc", ".curlrc"] {
            try Data("machine 127.0.0.1 login evil password evil\nproxy = 127.0.0.1:1\n".utf8)
                .write(to: place.folder.appending(path: name))
        }
        var environment = [
            "SSLKEYLOGFILE": keys, "CURL_HOME": place.folder.path,
            "NETRC": place.folder.path + "/.netrc", "RELSWEEP_ACCESS_TOKEN": ProgramFixture.token,
        ]
        for name in ["http_proxy", "https_proxy", "HTTPS_PROXY", "ALL_PROXY", "all_proxy"] {
            environment[name] = "http://127.0.0.1:1"
        }
        for scheme in ["http", "https"] {
            environment["RELSWEEP_API_DOMAIN"] = "\(scheme)://127.0.0.1:\(server.port)"
            let ended = try await Program.run(
                ["run", place.manifest.path, "--yes", "--again", "--give-up", "1s", "--retries"]
                    + ["0", "--state", place.state.path + scheme],
                in: place.folder, environment: environment)
            #expect(ended.status != 0, "\(ended.errors)")
        }
        #expect(!FileManager.default.fileExists(atPath: keys))
        let heads = server.requests.map(\.request).filter { $0.hasPrefix("DELETE") }
        #expect(!heads.isEmpty)
        for head in heads { #expect(!head.contains("Basic ") && !head.contains("evil")) }
    }

    @Test func `a grant code typed at a terminal is not shown`() async throws {
        let place = try ProgramFixture(parents: 1, each: 1)
        let terminal = Glibc.open("/dev/ptmx", O_RDWR | O_NOCTTY)
        defer { _ = Glibc.close(terminal) }
        var (unlocked, number) = (Int32(0), Int32(0))
        // TIOCSPTLCK and TIOCGPTN, which are not imported.
        #expect(ioctl(terminal, 0x4004_5431, &unlocked) == 0)
        #expect(ioctl(terminal, 0x8004_5430, &number) == 0)
        let name = "/dev/pts/\(number)"
        let code = "1000.typed-code-to-hide"
        let program = try Program(
            ["auth", "exchange", "--output", "token"], in: place.folder,
            environment: [
                "RELSWEEP_ACCOUNTS_URL": place.address, "RELSWEEP_CLIENT_ID": "1000.ID",
                "RELSWEEP_CLIENT_SECRET": "secret-in-no-output",
            ], input: URL(filePath: name))
        #expect(await eventually { program.errorsSoFar.contains("not shown") })
        // Type only after echo is disabled.
        #expect(
            await eventually {
                var state = termios()
                return tcgetattr(terminal, &state) == 0 && state.c_lflag & tcflag_t(ECHO) == 0
            })
        let typed = Array((code + "\n").utf8)
        #expect(Glibc.write(terminal, typed, typed.count) == typed.count)
        let ended = await program.end()
        #expect(ended.status == 0, "\(ended.errors)")
        var shown = [UInt8](repeating: 0, count: 4_096)
        _ = fcntl(terminal, F_SETFL, O_NONBLOCK)
        let count = max(0, Glibc.read(terminal, &shown, shown.count))
        let all = ended.output + ended.errors + String(decoding: shown[..<count], as: UTF8.self)
        #expect(!all.contains("typed-code") && !all.contains("secret-in-no-output"), "\(all)")
    }

    @Test func `a server's token is not printed`() async throws {
        let place = try ProgramFixture(parents: 1, each: 1)
        let secret = "simulator-token-in-no-output"
        let program = try Program(["simulator", "--token", secret], in: place.folder)
        #expect(await eventually { program.outputSoFar.contains("http://127.0.0.1:") })
        let address = program.outputSoFar.split(separator: "\n").first.map(String.init) ?? ""
        let environment = ["RELSWEEP_API_DOMAIN": address, "RELSWEEP_ACCESS_TOKEN": "another"]
        let run = try await Program.run(
            place.runArguments, in: place.folder, environment: environment)
        #expect(run.status != 0)
        program.send(signal: SIGTERM)
        let ended = await program.end()
        #expect(!(ended.output + ended.errors + run.output + run.errors).contains(secret))
    }

    @Test func `a run that is over is repeated outside of its window, and without a token`()
        async throws
    {
        let place = try ProgramFixture(parents: 2, each: 1)
        #expect(try await place.run().status == 0)
        let run = try place.journal().deletingLastPathComponent().path
        var parts = Calendar(identifier: .gregorian)
        parts.timeZone = .gmt
        // The next such time is 22 to 23 hours away: the window is closed.
        let hour = (parts.component(.hour, from: Date()) + 23) % 24
        let until = String(format: "%02d:00Z", hour)
        let resumed = try await place.start(["resume", run, "--until", until]).end()
        #expect(resumed.status == 0, "\(resumed.errors)")
        let again = try await place.run(["--again", "--until", until])
        #expect(again.status == 75, "\(again.errors)")
    }

    @Test func `a row with several faults is one invalid row`() async throws {
        let place = try ProgramFixture(parents: 1, each: 1)
        let rows =
            "operation,module,record_id,related_list,related_id\n"
            + "delink,Campaigns,x,Leads,y\ndelink,Campaigns,1,Leads,2\ndelink,Campaigns,1,Leads,2\n"
        try Data(rows.utf8).write(to: place.manifest)
        let plan = try await place.start(["plan", place.manifest.path, "--json"]).end()
        #expect(plan.status == 65)
        let counts = ["rows", "items", "duplicates", "invalid"].map { plan.number($0) }
        #expect(counts == [3, 1, 1, 1], "\(plan.output)")
    }

    @Test func `a suggested command has the state directory of the one that suggests it`()
        async throws
    {
        let place = try ProgramFixture(parents: 4, each: 1, faults: "hang@2-99")
        let state = place.folder.appending(path: "my $(state)").path
        let words = ["run", place.manifest.path, "--yes", "--state", state, "--concurrency", "1"]
        let program = try place.start(words)
        let simulator = place.simulator
        #expect(await eventually { simulator.ledger().counts.relationsRemoved == 1 })
        program.send(signal: SIGKILL)
        _ = await program.end()
        try Data(
            ("operation,module,record_id,related_list,related_id\n"
                + "delink,Campaigns,1,Leads,2\n").utf8
        ).write(to: place.manifest)
        let refused = try await place.start(words).end()
        #expect(refused.status == 76, "\(refused.errors)")
        #expect(refused.errors.contains("--state '\(state)'"), "\(refused.errors)")
    }
}
