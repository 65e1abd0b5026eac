import Foundation
import TestSupport
import Testing

/// A service with several organisations, API and accounts server in one.
private final class ScriptedService: Sendable {
    typealias Reply = (status: Int, body: String)

    let server: ScriptedServer
    let folder: TemporaryDirectory
    let manifest: String

    static func organisation(_ id: String, _ name: String = "Zylker") -> Reply {
        (200, #"{"org":[{"company_name":"\#(name)","id":"99","zgid":"\#(id)"}]}"#)
    }

    /// - Parameters:
    ///   - scope: As the accounts server reports it; nil = not at all.
    ///   - organisation: The answer to the question, by token and by how often it was asked.
    init(
        scope: String? = nil,
        rows: String = "delink,Campaigns,1000001,Leads,2000001,,,,,\n"
            + "delink,Campaigns,1000003,Leads,2000003,,,,,\n",
        organisation: @escaping @Sendable (_ token: String) -> Reply
    ) throws {
        folder = try TemporaryDirectory()
        manifest = try folder.write(
            "operation,module,record_id,related_list,related_id,owner,app,report,criteria,"
                + "environment\n" + rows,
            to: "job.csv")
        server = try ScriptedServer { connection in
            while let request = connection.readRequest() {
                let words = request.split(separator: " ", maxSplits: 2).map(String.init)
                let token = Self.token(request)
                switch (words[0], words[1]) {
                case ("POST", "/oauth/v2/token"):
                    let client =
                        request.split(separator: "client_id=").last?
                        .prefix { $0 != "&" } ?? ""
                    let member = scope.map { #","scope":"\#($0)""# } ?? ""
                    connection.answer(
                        200,
                        #"{"access_token":"of-\#(client)-\#(UUID().uuidString)","#
                            + #""expires_in":3600\#(member)}"#)
                case ("GET", "/crm/v2/org"):
                    let reply = organisation(token)
                    connection.answer(reply.status, reply.body)
                case ("DELETE", let target) where target.hasPrefix("/crm/"):
                    let id = target.split(separator: "/").last ?? ""
                    connection.answer(
                        200,
                        #"{"data":[{"code":"SUCCESS","details":{"id":"\#(id)"},"#
                            + #""message":"relation removed","status":"success"}]}"#)
                default:
                    connection.answer(200, #"{"code":3100,"message":"nothing matches"}"#)
                }
            }
        }
    }

    deinit { server.stop() }

    static func token(_ request: String) -> String {
        let field = request.split(separator: "\r\n")
            .first { $0.lowercased().hasPrefix("authorization:") }
        return field?.split(separator: " ").last.map(String.init) ?? ""
    }

    func count(_ start: String) -> Int {
        server.requests.count { $0.request.hasPrefix(start) }
    }

    var questions: Int { count("GET /crm/v2/org ") }
    var deletes: Int { count("DELETE ") }

    var state: String { folder.path + "/state" }

    func start(
        _ arguments: [String], token: String? = nil, client: String = "client-one"
    ) async throws -> Program.Ended {
        var environment = [
            "RELSWEEP_API_DOMAIN": server.address, "RELSWEEP_ACCOUNTS_URL": server.address,
        ]
        if let token {
            environment["RELSWEEP_ACCESS_TOKEN"] = token
        } else {
            environment["RELSWEEP_CLIENT_ID"] = client
            environment["RELSWEEP_CLIENT_SECRET"] = "secret-of-the-client"
            environment["RELSWEEP_REFRESH_TOKEN"] = "refresh-token-e2e"
        }
        return try await Program.run(
            arguments + ["--give-up", "2s", "--timeout", "120s"], in: folder.url,
            environment: environment)
    }

    func run(
        _ extra: [String] = [], token: String? = nil, client: String = "client-one"
    ) async throws -> Program.Ended {
        try await start(
            ["run", manifest, "--yes", "--state", state, "--json", "--no-progress"] + extra,
            token: token, client: client)
    }

    func resume(token: String? = nil, client: String = "client-one") async throws -> Program.Ended {
        let names = FileManager.default.enumerator(atPath: state)?.allObjects as? [String] ?? []
        let journal = try #require(names.first { $0.hasSuffix("/journal.jsonl") })
        return try await start(
            ["resume", state + "/" + journal, "--json", "--no-progress"], token: token,
            client: client)
    }
}

@Suite("the organisation of a run", .timeLimit(.minutes(20))) struct PinnedOrganisationTests {
    @Test func `is read before the first call, counts as one, and is in journal and summary`()
        async throws
    {
        let service = try ScriptedService { _ in ScriptedService.organisation("60001") }
        let ended = try await service.run(token: "token-of-60001")
        #expect(ended.status == 0, "\(ended.errors)")
        #expect(ended.text("organisation") == "60001")
        #expect(service.questions == 1 && service.deletes == 2)
        #expect(service.server.requests.first?.request.hasPrefix("GET /crm/v2/org ") == true)
        #expect(!ended.errors.contains("could not be read"), "\(ended.errors)")

        let counted = try ScriptedService { _ in ScriptedService.organisation("60001") }
        let none = try await counted.run(["--max-calls", "1"], token: "token-of-60001")
        #expect(none.status == 75, "\(none.errors)")
        #expect(counted.questions == 1 && counted.deletes == 0)
    }

    @Test(arguments: [true, false])
    func `is another one at a later start: refused with both, and nothing is sent`(
        isRefreshed: Bool
    ) async throws {
        // The accounts server, the client and the host are the same: only the token differs.
        let isMoved = Flag()
        let service = try ScriptedService { token in
            token.contains("60002") || isMoved.isSet
                ? ScriptedService.organisation("60002", "Other")
                : ScriptedService.organisation("60001")
        }
        let paused = try await service.run(
            ["--max-calls", "2"], token: isRefreshed ? nil : "token-of-60001")
        #expect(paused.status == 75, "\(paused.errors)")
        #expect(service.deletes == 1)
        isMoved.set(isRefreshed)
        let token = isRefreshed ? nil : "token-of-60002"
        for ended in [
            try await service.resume(token: token), try await service.run(token: token),
        ] {
            #expect(ended.status == 78, "\(ended.errors)")
            #expect(ended.errors.contains("60001") && ended.errors.contains("60002"))
        }
        #expect(service.deletes == 1)
        isMoved.set(false)
        let back = try await service.resume(token: isRefreshed ? nil : "token-of-60001")
        #expect(back.status == 0, "\(back.errors)")
        #expect(service.deletes == 2)
    }

    @Test(arguments: [
        (401, #"{"code":"OAUTH_SCOPE_MISMATCH","status":"error"}"#),
        (403, #"{"code":"NO_PERMISSION","status":"error"}"#), (404, "<html>portal</html>"),
        (400, #"{"code":"INVALID_URL_PATTERN","status":"error"}"#), (200, "{}"), (204, ""),
        (200, #"{"org":[]}"#), (200, #"{"org":[{"zgid":"no number","company_name":"x"}]}"#),
        (503, ""), (429, "{}"), (401, #"{"code":"INVALID_TOKEN","status":"error"}"#),
    ])
    func `stops no run where it can't be read, which is said`(status: Int, body: String)
        async throws
    {
        let service = try ScriptedService { _ in (status, body) }
        let ended = try await service.run(token: "unknown-token")
        #expect(ended.status == 0, "\(ended.errors)")
        #expect(service.questions == 1 && service.deletes == 2)
        #expect(ended.errors.contains("the organisation could not be read"), "\(ended.errors)")
        #expect(ended.summary["organisation"] is NSNull, "\(ended.output)")
    }

    @Test func `is not asked for without the scope, and is with it`() async throws {
        let narrow = try ScriptedService(scope: "ZohoCRM.modules.ALL") { _ in
            ScriptedService.organisation("60001")
        }
        let unread = try await narrow.run()
        #expect(unread.status == 0, "\(unread.errors)")
        #expect(narrow.questions == 0)
        #expect(unread.errors.contains("ZohoCRM.org.READ"), "\(unread.errors)")
        let wide = try ScriptedService(scope: "ZohoCRM.modules.ALL ZohoCRM.org.READ") { _ in
            ScriptedService.organisation("60001")
        }
        #expect(try await wide.run().text("organisation") == "60001")
        #expect(wide.questions == 1)
    }

    @Test func `is known and gets no answer at a later start: nothing is sent`() async throws {
        let mood = Mood((200, ""))
        let service = try ScriptedService { _ in
            mood.reply.status == 200 ? ScriptedService.organisation("60001") : mood.reply
        }
        #expect(try await service.run(["--max-calls", "2"], token: "token").status == 75)
        mood.set((503, ""))
        let silent = try await service.resume(token: "token")
        #expect(silent.status == 69, "\(silent.errors)")
        #expect(silent.errors.contains("60001"), "\(silent.errors)")
        #expect(service.deletes == 1)
        // A missing scope is permanent: it is reported and the run continues.
        mood.set((403, #"{"code":"NO_PERMISSION"}"#))
        let unread = try await service.resume(token: "token")
        #expect(unread.status == 0, "\(unread.errors)")
        #expect(unread.errors.contains("was 60001 when the run began"), "\(unread.errors)")
    }

    @Test func `is asked again with a new token where a cached one was revoked`() async throws {
        let revoked = Mood((0, ""))
        let service = try ScriptedService { token in
            if revoked.reply.body == token { return (401, #"{"code":"INVALID_TOKEN"}"#) }
            if revoked.reply.status == 0 { revoked.set((1, token)) }
            return ScriptedService.organisation("60001")
        }
        #expect(try await service.run().status == 0)
        let again = try await service.run(["--again"])
        #expect(again.status == 0, "\(again.errors)")
        #expect(again.text("organisation") == "60001")
        #expect(service.questions == 3)
        #expect(service.count("POST /oauth/v2/token ") == 2)
    }

    @Test func `is not read for Creator rows alone`() async throws {
        let service = try ScriptedService(
            rows: "delete-creator-records,,,,,o,a,r,\"Status == \"\"old\"\"\",development\n"
        ) { _ in ScriptedService.organisation("60001") }
        let ended = try await service.run(token: "token")
        #expect(service.questions == 0, "\(ended.errors)")
        #expect(service.deletes == 1, "\(ended.errors)")
    }

    @Test func `is another client's: refused with both hashes, and nothing is sent`() async throws {
        let service = try ScriptedService { _ in (404, "") }
        #expect(try await service.run(["--max-calls", "2"]).status == 75)
        let sent = service.deletes
        let other = try await service.resume(client: "client-two")
        #expect(other.status == 78, "\(other.errors)")
        // SHA-256 of the two client ids, 16 digits: by sha256sum.
        #expect(other.errors.contains("65a478e16c77cd62"), "\(other.errors)")
        #expect(other.errors.contains("59c9f1e8fba33b4b"), "\(other.errors)")
        #expect(service.deletes == sent)
        #expect(try await service.resume().status == 0)
    }
}

/// The script's answers from now on.
private final class Mood: @unchecked Sendable {
    private let lock = NSLock()
    private var value: (status: Int, body: String)

    init(_ value: (status: Int, body: String)) { self.value = value }

    var reply: (status: Int, body: String) { lock.withLock { value } }
    func set(_ reply: (status: Int, body: String)) { lock.withLock { value = reply } }
}

private final class Flag: Sendable {
    private let mood = Mood((0, ""))
    var isSet: Bool { mood.reply.status == 1 }
    func set(_ isSet: Bool) { mood.set((isSet ? 1 : 0, "")) }
}
