import Foundation
import Simulator
import TestSupport
import Testing

/// An account with a client, a refresh token and a grant code at a simulator, and a manifest for
/// it.
private final class Account: Sendable {
    static let clientID = "1000.CLIENT-ID-e2e"
    static let clientSecret = "client-secret-e2e-7f3a"
    static let refreshToken = "1000.refresh-token-e2e-91c2"
    static let grantCode = "1000.grant-code-e2e-4d4d"

    private let directory: TemporaryDirectory
    let manifest: URL
    let simulator: SimulatorServer
    let address: String

    init(
        parents: Int = 4, latencyMilliseconds: Int64 = 0,
        change: (inout OrganisationSettings) -> Void = { _ in }
    ) throws {
        directory = try TemporaryDirectory()
        var world = World(.exact)
        var rows = "operation,module,record_id,related_list,related_id\n"
        for parent in 0..<parents {
            let campaign = ProgramFixture.campaign(parent)
            let lead = ProgramFixture.lead(parent, 0)
            try world.addRelation(
                module: "Campaigns", id: campaign, list: "Leads", relatedID: lead)
            rows += "delink,Campaigns,\(campaign),Leads,\(lead)\n"
        }
        manifest = directory.url.appending(path: "job.csv")
        try rows.write(to: manifest, atomically: true, encoding: .utf8)
        var settings = SimulatorSettings()
        settings.organisation.latencyNanoseconds = latencyMilliseconds * 1_000_000
        settings.organisation.accounts.clients = [
            .init(id: Self.clientID, secret: Self.clientSecret)
        ]
        settings.organisation.accounts.refreshTokens = [
            .init(
                token: Self.refreshToken, clientID: Self.clientID,
                scopes: ["ZohoCRM.modules.ALL", "ZohoCRM.settings.ALL"])
        ]
        settings.organisation.accounts.grantCodes = [
            .init(
                code: Self.grantCode, clientID: Self.clientID,
                scopes: ["ZohoCRM.modules.ALL", "ZohoCRM.settings.ALL"])
        ]
        settings.organisation.accounts.sendsScope = true
        change(&settings.organisation)
        simulator = SimulatorServer(settings, world: world)
        address = try simulator.start()
    }

    deinit {
        simulator.stop()
    }

    var environment: [String: String] {
        [
            "RELSWEEP_API_DOMAIN": address, "RELSWEEP_ACCOUNTS_URL": address,
            "RELSWEEP_CLIENT_ID": Self.clientID, "RELSWEEP_CLIENT_SECRET": Self.clientSecret,
            "RELSWEEP_REFRESH_TOKEN": Self.refreshToken,
        ]
    }

    var folder: URL { directory.url }
    var state: URL { folder.appending(path: "state") }
    var exchangeCount: Int { simulator.ledger().counts.accounts.exchanges }

    func relsweep(
        _ arguments: [String], _ changes: [String: String?] = [:], input: String? = nil
    ) async throws -> Program.Ended {
        var environment = environment
        for (name, value) in changes { environment[name] = value }
        var file: URL?
        if let input {
            let url = folder.appending(path: "input-\(UUID().uuidString)")
            try input.write(to: url, atomically: true, encoding: .utf8)
            file = url
        }
        defer {
            if let file {
                do {
                    try FileManager.default.removeItem(at: file)
                } catch {
                    Issue.record("\(error)")
                }
            }
        }
        return try await Program.run(
            arguments, in: folder, environment: environment, input: file)
    }

    func run(_ extra: [String] = [], _ changes: [String: String?] = [:]) async throws
        -> Program.Ended
    {
        try await relsweep(
            ["run", manifest.path, "--yes", "--state", state.path, "--json", "--no-progress"]
                + extra, changes)
    }

    func check(_ extra: [String] = [], _ changes: [String: String?] = [:]) async throws
        -> Program.Ended
    {
        try await relsweep(["auth", "check", "--state", state.path] + extra, changes)
    }

    func write(_ text: String, to name: String, mode: Int) throws -> String {
        let path = folder.appending(path: name).path
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
        return path
    }

    func mode(_ path: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }
}

@Suite("credentials", .timeLimit(.minutes(60)), .fewAtOnce) struct CredentialTests {
    @Test func `a refresh token is enough, and its access token serves the next run`() async throws
    {
        let account = try Account()
        let first = try await account.run()
        #expect(first.status == 0, "\(first.errors)")
        #expect(first.number("removed") == 4)
        let second = try await account.run(["--again"])
        #expect(second.status == 0, "\(second.errors)")
        #expect(account.exchangeCount == 1)
        #expect(account.simulator.ledger().counts.accounts.requests == 1)
    }

    @Test func `twenty processes that start at once make one exchange`() async throws {
        let account = try Account()
        let statuses = try await withThrowingTaskGroup(of: Int32.self) { group in
            for _ in 0..<20 { group.addTask { try await account.check().status } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(statuses == Array(repeating: 0, count: 20))
        #expect(account.simulator.ledger().counts.accounts.requests == 1)
    }

    @Test func `a token that ends in the middle of a run is renewed`() async throws {
        let account = try Account(parents: 10, latencyMilliseconds: 500) {
            $0.accounts.tokenLifetimeNanoseconds = 3_000_000_000
        }
        let ended = try await account.run(["--concurrency", "1", "--pivot", "as-written"])
        #expect(ended.status == 0, "\(ended.errors)")
        #expect(ended.number("removed") == 10)
        #expect((2...10).contains(account.exchangeCount), "\(account.exchangeCount)")
    }

    @Test func `wrong credentials are asked once, until they change`() async throws {
        let account = try Account()
        for _ in 0..<3 {
            let ended = try await account.run([], ["RELSWEEP_CLIENT_SECRET": "wrong-e2e"])
            #expect(ended.status == 77)
            #expect(ended.errors.contains("data centre"), "\(ended.errors)")
            #expect(!ended.errors.contains("wrong-e2e"))
        }
        #expect(account.simulator.ledger().counts.accounts.requests == 1)
        #expect(try await account.run().status == 0)
    }

    @Test func `a token that the API never accepts costs two exchanges, and the next start none`()
        async throws
    {
        let account = try Account()
        let other = try Account { $0.token = "an-unknown-token" }
        let changes: [String: String?] = ["RELSWEEP_API_DOMAIN": other.address]
        let first = try await account.run([], changes)
        #expect(first.status == 77)
        #expect(first.errors.contains("data centre"), "\(first.errors)")
        #expect(account.exchangeCount == 2)
        let second = try await account.run(["--unfinished", "resume"], changes)
        #expect(second.status == 77)
        #expect(second.errors.contains("data centre"), "\(second.errors)")
        #expect(account.exchangeCount == 2)
        #expect(other.simulator.ledger().counts.relationsRemoved == 0)
    }

    @Test func `a lock-out longer than the run may wait pauses it`() async throws {
        let account = try Account { $0.accounts.maximumExchanges = 0 }
        let configuration = try account.write(
            "{ waits: { outOfCallsAfter: \"5s\" } }", to: "c.json5", mode: 0o644)
        let ended = try await account.run(["--config", configuration])
        #expect(ended.status == 75)
        #expect(ended.errors.contains("Access Denied"), "\(ended.errors)")
        #expect(ended.errors.contains("start again after"))
        let again = try await account.run(["--config", configuration])
        #expect(again.status == 75)
        #expect(account.simulator.ledger().counts.accounts.requests == 1)
    }

    @Test func `a wait for a lock-out ends with the first signal`() async throws {
        let account = try Account { $0.accounts.maximumExchanges = 0 }
        let program = try Program(
            ["run", account.manifest.path, "--yes", "--state", account.state.path],
            in: account.folder, environment: account.environment)
        #expect(
            await program.send(signal: SIGTERM) { program.errorsSoFar.contains("Access Denied") })
        #expect(await program.end().status == 75)
    }

    @Test func `an accounts server that is not there is exit 69`() async throws {
        let account = try Account()
        let ended = try await account.run(
            ["--give-up", "1s"], ["RELSWEEP_ACCOUNTS_URL": "http://127.0.0.1:1"])
        #expect(ended.status == 69, "\(ended.errors)")
    }

    // MARK: Sources

    @Test
    func `secrets come from files that the configuration names, if no other user can read them`()
        async throws
    {
        let account = try Account()
        let none: [String: String?] = [
            "RELSWEEP_CLIENT_ID": nil, "RELSWEEP_CLIENT_SECRET": nil, "RELSWEEP_REFRESH_TOKEN": nil,
        ]
        let secret = try account.write(Account.clientSecret + "\n", to: "secret", mode: 0o600)
        let id = try account.write(Account.clientID + "\n", to: "id", mode: 0o400)
        let token = try account.write(Account.refreshToken, to: "token", mode: 0o600)
        let configuration = try account.write(
            """
            { credentials: { clientSecretFile: "\(secret)", clientIdFile: "\(id)",
                refreshTokenFile: "\(token)" } }
            """, to: "c.json5", mode: 0o644)
        #expect(try await account.check(["--config", configuration], none).status == 0)
        for mode in [0o640, 0o604, 0o620] {
            try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: secret)
            let ended = try await account.check(["--config", configuration], none)
            #expect(ended.status == 78)
            #expect(ended.errors.contains("chmod 600 \(secret)"), "\(ended.errors)")
        }
    }

    @Test func `systemd's credentials are secrets too`() async throws {
        let account = try Account()
        _ = try account.write(Account.clientSecret, to: "relsweep-client-secret", mode: 0o440)
        _ = try account.write(Account.refreshToken, to: "relsweep-refresh-token", mode: 0o440)
        let ended = try await account.check(
            [],
            [
                "RELSWEEP_CLIENT_SECRET": nil, "RELSWEEP_REFRESH_TOKEN": nil,
                "CREDENTIALS_DIRECTORY": account.folder.path,
            ])
        #expect(ended.status == 0, "\(ended.errors)\(ended.output)")
    }

    @Test func `what is missing is named`() async throws {
        let account = try Account()
        let ended = try await account.check([], ["RELSWEEP_CLIENT_SECRET": nil])
        #expect(ended.status == 77)
        #expect(ended.errors.contains("RELSWEEP_CLIENT_SECRET"))
        #expect(ended.errors.contains("relsweep-client-secret"))
    }

    // MARK: auth check

    @Test func `a check with a manifest reports the scopes that it needs`() async throws {
        let account = try Account()
        let good = try await account.check([account.manifest.path, "--json"])
        #expect(good.status == 0, "\(good.output)")
        let checks = good.summary["checks"] as? [[String: Any]] ?? []
        #expect(
            checks.map { $0["check"] as? String }
                == ["credentials", "token", "api", "domain", "scope"])
        #expect(checks.allSatisfy { $0["state"] as? String == "ok" }, "\(good.output)")

        let narrow = try Account {
            $0.accounts.refreshTokens = [
                .init(
                    token: Account.refreshToken, clientID: Account.clientID,
                    scopes: ["ZohoCRM.modules.leads.READ"])
            ]
        }
        let bad = try await narrow.check([narrow.manifest.path])
        #expect(bad.status == 77, "\(bad.output)")
        #expect(bad.output.contains("ZohoCRM.modules.campaigns.DELETE is missing"))
        #expect(narrow.simulator.ledger().counts.relationsRemoved == 0)
    }

    @Test func `scopes that no answer names are reported as unknown`() async throws {
        let account = try Account { $0.accounts.sendsScope = false }
        let ended = try await account.check([account.manifest.path])
        #expect(ended.status == 0, "\(ended.output)")
        #expect(ended.output.contains("scope        unknown"), "\(ended.output)")
    }

    @Test func `a bare access token is checked as it is`() async throws {
        let account = try Account { $0.token = "bare-e2e-token" }
        let given: [String: String?] = [
            "RELSWEEP_REFRESH_TOKEN": nil, "RELSWEEP_ACCESS_TOKEN": "bare-e2e-token",
        ]
        #expect(try await account.check([], given).status == 0)
        let wrong: [String: String?] = [
            "RELSWEEP_REFRESH_TOKEN": nil, "RELSWEEP_ACCESS_TOKEN": "other-e2e-token",
        ]
        let ended = try await account.check([], wrong)
        #expect(ended.status == 77, "\(ended.output)")
        #expect(ended.output.contains("data centre"))
        #expect(account.simulator.ledger().counts.accounts.requests == 0)
    }

    // MARK: auth exchange

    @Test func `a grant code becomes a refresh token in a file of its owner's`() async throws {
        let account = try Account()
        let file = account.folder.appending(path: "new-token").path
        let ended = try await account.relsweep(
            ["auth", "exchange", "--output", file], input: Account.grantCode + "\n")
        #expect(ended.status == 0, "\(ended.errors)")
        #expect(try account.mode(file) == 0o600)
        let token = try String(contentsOfFile: file, encoding: .utf8)
        #expect(token.hasSuffix("\n"))
        let plain = token.trimmingCharacters(in: .newlines)
        #expect(!plain.isEmpty)
        #expect(!(ended.output + ended.errors).contains(plain))
        let checked = try await account.check([], ["RELSWEEP_REFRESH_TOKEN": plain])
        #expect(checked.status == 0, "\(checked.output)")
    }

    @Test func `a file that is there is not replaced, and the code is not spent`() async throws {
        let account = try Account()
        let file = try account.write("precious", to: "token", mode: 0o600)
        let arguments = ["auth", "exchange", "--output", file]
        let refused = try await account.relsweep(arguments, input: Account.grantCode)
        #expect(refused.status == 64)
        #expect(refused.errors.contains("--force"))
        #expect(try String(contentsOfFile: file, encoding: .utf8) == "precious")
        #expect(account.simulator.ledger().counts.accounts.requests == 0)
        let code = try account.write(Account.grantCode, to: "code", mode: 0o600)
        let forced = try await account.relsweep(arguments + ["--force", "--code-file", code])
        #expect(forced.status == 0, "\(forced.errors)")
        #expect(try String(contentsOfFile: file, encoding: .utf8) != "precious")
        #expect(try account.mode(file) == 0o600)
        let names = try FileManager.default.contentsOfDirectory(atPath: account.folder.path)
        #expect(!names.contains { $0.hasPrefix("token.") })
    }

    @Test func `a code that is refused leaves no file`() async throws {
        let account = try Account()
        let file = account.folder.appending(path: "token").path
        let ended = try await account.relsweep(
            ["auth", "exchange", "--output", file], input: "1000.wrong-code-e2e")
        #expect(ended.status == 77, "\(ended.errors)")
        #expect(ended.errors.contains("invalid_code"))
        #expect(!ended.errors.contains("wrong-code-e2e"))
        let names = try FileManager.default.contentsOfDirectory(atPath: account.folder.path)
        #expect(!names.contains { $0.hasPrefix("token") })
    }

    @Test func `a printed token goes to standard output alone`() async throws {
        let account = try Account()
        let ended = try await account.relsweep(
            ["auth", "exchange", "--print"], input: Account.grantCode)
        #expect(ended.status == 0, "\(ended.errors)")
        let token = ended.output.trimmingCharacters(in: .newlines)
        #expect(token.hasPrefix("1000."))
        #expect(!ended.errors.contains(token))
    }

    @Test(
        arguments: [
            ["--output", "t", Account.grantCode], ["--code", Account.grantCode],
            ["--grant-code=\(Account.grantCode)"], ["--code-file", Account.grantCode, "--print"],
            [],
        ])
    func `a grant code on the command line is refused, and not repeated`(arguments: [String])
        async throws
    {
        let account = try Account()
        let ended = try await account.relsweep(["auth", "exchange"] + arguments)
        #expect(ended.status == 64)
        #expect(!(ended.errors + ended.output).contains("grant-code-e2e"), "\(ended.errors)")
        #expect(account.simulator.ledger().counts.accounts.requests == 0)
    }

    // MARK: Secrets are not disclosed

    @Test func `no command writes a secret anywhere`() async throws {
        let account = try Account()
        let state = ["--state", account.state.path]
        let journal: @Sendable () throws -> String = {
            let names =
                FileManager.default.enumerator(atPath: account.state.path)?.allObjects as? [String]
            let path = try #require(names?.first { $0.hasSuffix("/journal.jsonl") })
            return account.state.appending(path: path).path
        }
        var said = ""
        func keep(_ ended: Program.Ended) { said += ended.output + ended.errors }
        keep(try await account.relsweep(["plan", account.manifest.path]))
        keep(try await account.run())
        keep(try await account.run(["--again"]))
        keep(try await account.relsweep(["resume", try journal()]))
        keep(try await account.relsweep(["status"] + state))
        keep(try await account.check([account.manifest.path]))
        keep(try await account.check([account.manifest.path, "--json"]))
        keep(
            try await account.relsweep(
                ["auth", "exchange", "--output", "exchanged"], input: Account.grantCode))
        keep(try await account.run([], ["RELSWEEP_API_DOMAIN": "http://127.0.0.1:1"]))
        keep(
            try await account.run(
                ["--give-up", "1s", "--again"],
                [
                    "RELSWEEP_ACCOUNTS_URL": "http://127.0.0.1:1"
                ]))
        keep(try await account.run([], ["RELSWEEP_REFRESH_TOKEN": Account.refreshToken + " "]))
        keep(try await account.run([], ["RELSWEEP_ACCESS_TOKEN": Account.refreshToken]))
        keep(try await account.relsweep(["frobnicate"]))
        let deleted = try account.write(
            "operation,module,record_id,related_list\ndiscover-deleted,Leads,1,Campaigns\n",
            to: "deleted.csv", mode: 0o600)
        keep(try await account.relsweep(["discover", deleted, "-o", "found.csv"] + state))

        let tokenFile = account.folder.appending(path: "exchanged").path
        let exchanged = try String(contentsOfFile: tokenFile, encoding: .utf8)
            .trimmingCharacters(in: .newlines)
        var secrets = [
            Account.clientSecret, Account.refreshToken, Account.grantCode, exchanged,
        ]
        let tokens = account.state.appending(path: "tokens").path
        for name in try FileManager.default.contentsOfDirectory(atPath: tokens)
        where name.hasSuffix(".json") {
            let data = try Data(contentsOf: URL(filePath: tokens + "/" + name))
            let record = try JSONSerialization.jsonObject(with: data) as? [String: Any]
            if let token = record?["token"] as? String, !token.isEmpty { secrets.append(token) }
        }
        #expect(secrets.count >= 5)
        for secret in secrets { #expect(!said.contains(secret)) }
        let names =
            FileManager.default.enumerator(atPath: account.folder.path)?.allObjects as? [String]
        var searched = 0
        for name in try #require(names) {
            let path = account.folder.appending(path: name).path
            for secret in secrets { #expect(!name.contains(secret)) }
            guard path != tokenFile, let data = FileManager.default.contents(atPath: path) else {
                continue
            }
            searched += 1
            let text = String(decoding: data, as: UTF8.self)
            let isCache = name.hasPrefix("state/tokens/")
            for (index, secret) in secrets.enumerated() where !isCache || index < 4 {
                #expect(!text.contains(secret), "\(name)")
            }
            if isCache { #expect(try account.mode(path) == 0o600, "\(name)") }
        }
        #expect(searched > 20)
    }

    @Test func `a process that holds secrets has none in its arguments and leaves no core`()
        async throws
    {
        let account = try Account(parents: 3, latencyMilliseconds: 50_000)
        let program = try Program(
            ["run", account.manifest.path, "--yes", "--state", account.state.path],
            in: account.folder, environment: account.environment)
        let simulator = account.simulator
        // While stopped, it exists for as long as this test needs.
        #expect(
            await program.send(signal: SIGSTOP) {
                simulator.ledger().counts.accounts.exchanges == 1
            })
        let process = "/proc/\(program.processID)/"
        let words = try #require(FileManager.default.contents(atPath: process + "cmdline"))
        for secret in [Account.clientID, Account.clientSecret, Account.refreshToken] {
            #expect(!String(decoding: words, as: UTF8.self).contains(secret))
        }
        let limits = try String(contentsOfFile: process + "limits", encoding: .utf8)
        // One byte: prevents core files and piped cores (core(5)).
        #expect(limits.contains(#/Max core file size +[01] +[01] /#))
        let filter = try String(contentsOfFile: process + "coredump_filter", encoding: .utf8)
        #expect(Int(filter.trimmingCharacters(in: .newlines), radix: 16) == 0)
        program.send(signal: SIGKILL)
        _ = await program.end()
    }
}
