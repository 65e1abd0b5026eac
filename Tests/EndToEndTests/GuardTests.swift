import Foundation
import Simulator
import Synchronization
import TestSupport
import Testing

/// The checks that stop a run before it does damage, seen from the service: the requests in order,
/// and the exit status.
@Suite(.timeLimit(.minutes(10))) struct `guards of a run` {
    // MARK: The first call

    @Test func `a first call that is answered badly is sent again alone`() async throws {
        let desk = RecordingServer { request in
            switch request.number {
            case 1: (500, #"{"code":"INTERNAL_ERROR","message":"m","status":"error"}"#)
            case 2: nil
            case 3: (429, #"{"code":"TOO_MANY_REQUESTS","message":"m","status":"error"}"#)
            default: request.elements("SUCCESS")
            }
        }
        let place = try GuardedJob(desk, parents: 20, each: 100)
        let ended = try await place.run()
        #expect(ended.status == 0, "\(ended.errors)")
        let targets = desk.requests.map(\.target)
        #expect(targets.count == 23)
        #expect(Set(targets[..<4]).count == 1)
        #expect(desk.mostAtOnce(among: 0..<4) == 1)
        #expect(Set(targets[3...]).count == 20)
    }

    @Test func `a list of the settings loses one item at a time until one was removed`()
        async throws
    {
        let desk = RecordingServer { request in
            request.elements(request.number < 350 ? "INVALID_DATA" : "SUCCESS")
        }
        let place = try GuardedJob(
            desk, parents: 6, each: 100, lists: ("Courses", "Students"),
            settings: #"maxAbsent: "100%", delink: { allowedLists: ["Courses/Students"] }"#)
        let ended = try await place.run()
        #expect(ended.status == 0, "\(ended.errors)")
        #expect(ended.number("absent") == 349)
        #expect(ended.number("removed") == 251)
        #expect(desk.requests[..<350].allSatisfy { $0.ids.count == 1 })
        #expect(desk.mostAtOnce(among: 0..<350) == 1)
        #expect(desk.requests[350...].contains { $0.ids.count == 100 })
    }

    // MARK: Absent items and failures

    @Test(arguments: [false, true])
    func `items that are nearly all absent halt the run, throttled or refused as a whole`(
        _ isWhole: Bool
    ) async throws {
        let desk = RecordingServer { request in
            if isWhole {
                let index = request.ids.count == 1 ? #""resource_path_index":3"# : ""
                return (
                    400,
                    #"{"code":"INVALID_DATA","details":{\#(index)},"#
                        + #""message":"the related id given seems to be invalid","status":"error"}"#
                )
            }
            return request.isFirstOfItsTarget
                ? (429, #"{"code":"TOO_MANY_REQUESTS","message":"m","status":"error"}"#)
                : request.elements("INVALID_DATA")
        }
        let place = try GuardedJob(desk, parents: 50, each: 100)
        let ended = try await place.run()
        #expect(ended.status == 76, "\(ended.errors)")
        #expect(ended.text("reason") == "max-absent")
        #expect((ended.number("absent") ?? 0) <= 1_000)
    }

    @Test(arguments: [(403, "NO_PERMISSION"), (400, "AUTHORIZATION_FAILED")])
    func `refusals at one parent are failures to --max-failures`(
        _ status: Int, _ code: String
    ) async throws {
        let desk = RecordingServer { _ in
            (status, #"{"code":"\#(code)","details":{},"message":"no","status":"error"}"#)
        }
        let place = try GuardedJob(desk, parents: 1, each: 5_000)
        let ended = try await place.run(["--max-failures", "5"])
        #expect(ended.status == 76, "\(ended.errors)")
        #expect(ended.text("reason") == "error-budget")
        #expect(desk.requests.count == 1)
    }

    // MARK: Reading back

    /// The service's answer about the record whose relation was removed.
    struct ReadBack: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let status: Int
        var code = ""
        var setting = "halt"
        let exit: Int32
    }

    private static let readBacks = [
        ReadBack(testDescription: "there", status: 200, exit: 0),
        ReadBack(testDescription: "no content", status: 204, exit: 76),
        ReadBack(testDescription: "invalid", status: 404, code: "INVALID_DATA", exit: 76),
        ReadBack(
            testDescription: "gone, and only warned of", status: 204, setting: "warn", exit: 3),
        ReadBack(
            testDescription: "no scope", status: 401, code: "OAUTH_SCOPE_MISMATCH", exit: 76),
        ReadBack(testDescription: "no permission", status: 403, code: "NO_PERMISSION", exit: 76),
        ReadBack(
            testDescription: "no scope, and only warned of", status: 401,
            code: "OAUTH_SCOPE_MISMATCH", setting: "warn", exit: 0),
    ]

    @Test(arguments: readBacks)
    func `a delink of v8 is proved by its first record, not by words`(_ found: ReadBack)
        async throws
    {
        let desk = RecordingServer { request in
            guard request.method == "GET" else {
                return request.elements("SUCCESS", "record deleted")
            }
            if found.status == 200 {
                return (200, #"{"data":[{"id":"\#(ProgramFixture.lead(0, 0))"}]}"#)
            }
            guard !found.code.isEmpty else { return (found.status, "") }
            return (
                found.status,
                #"{"code":"\#(found.code)","details":{},"message":"m","status":"error"}"#
            )
        }
        let place = try GuardedJob(
            desk, parents: 3, each: 100,
            settings: #"apiVersion: "v8", delink: { recordDeleted: "\#(found.setting)" }"#)
        let ended = try await place.run()
        #expect(ended.status == found.exit, "\(ended.errors)")
        let asked = desk.requests.prefix(2).map { "\($0.method) \($0.target)" }
        let lead = ProgramFixture.lead(0, 0)
        #expect(
            asked == [
                "DELETE /crm/v8/Campaigns/\(ProgramFixture.campaign(0))/Leads/\(lead)",
                "GET /crm/v8/Leads/\(lead)?fields=id",
            ])
        if found.exit == 76 {
            #expect(desk.requests.count == 2)
            #expect(ended.text("reason") == "record-deleted")
            #expect(
                ended.flatErrors.contains("ZohoCRM.modules.leads.READ")
                    == (found.status == 401 || found.status == 403), "\(ended.errors)")
        } else {
            #expect(ended.number("removed") == 300)
            #expect(desk.requests.count { $0.method == "GET" } == 1)
            let warns = ["read back", "reading it back"].contains { ended.flatErrors.contains($0) }
            #expect(warns == (found.setting == "warn"), "\(ended.errors)")
        }
    }

    @Test func `v8 that says "record deleted" of every removed relation is cleaned up`()
        async throws
    {
        let place = try ProgramFixture(parents: 10, each: 20, style: .v8Deleted)
        let settings = place.folder.appending(path: "settings.json5")
        try #"{ apiVersion: "v8" }"#.write(to: settings, atomically: true, encoding: .utf8)
        let ended = try await place.run(["--config", settings.path])
        #expect(ended.status == 0, "\(ended.errors)")
        place.expectLedgerEqualsManifest()
        #expect(place.simulator.ledger().counts.callsByKind[.readRecord] == 1)
    }

    @Test func `v2 halts by its words, and reads nothing back`() async throws {
        let desk = RecordingServer { $0.elements("SUCCESS", "record deleted") }
        let place = try GuardedJob(desk, parents: 3, each: 100)
        let ended = try await place.run()
        #expect(ended.status == 76, "\(ended.errors)")
        #expect(desk.requests.map(\.method) == ["DELETE"])
    }
}

/// A service that answers by a closure and records its requests in order.
private final class RecordingServer: Sendable {
    struct Request: Sendable {
        /// From 1.
        var number: Int
        var method: String
        var target: String
        var isFirstOfItsTarget: Bool
        /// Concurrent requests on arrival, including itself.
        var atOnce: Int

        var ids: [String] {
            let list =
                target.split(separator: "=").dropFirst().first ?? target.split(separator: "/").last
            return list.map { $0.split(separator: ",").map(String.init) } ?? []
        }

        /// An element with this code for each id.
        func elements(_ code: String, _ message: String? = nil) -> (Int, String) {
            let isSuccess = code == "SUCCESS"
            let status = isSuccess ? "success" : "error"
            let message = message ?? (isSuccess ? "relation removed" : "relation not found")
            let elements = ids.map {
                #"{"code":"\#(code)","details":{"id":"\#($0)"},"message":"\#(message)","#
                    + #""status":"\#(status)"}"#
            }
            return (isSuccess ? 200 : 400, #"{"data":[\#(elements.joined(separator: ","))]}"#)
        }
    }

    private struct State {
        var requests: [Request] = []
        var targets: Set<String> = []
        var open = 0
    }

    private let state = Mutex(State())
    private let rule: @Sendable (Request) -> (Int, String)?

    /// - Parameter rule: Status and body; nil closes the connection without an answer.
    init(_ rule: @escaping @Sendable (Request) -> (Int, String)?) { self.rule = rule }

    var requests: [Request] { state.withLock { $0.requests } }

    /// Maximum concurrent requests on arrival of one of these.
    func mostAtOnce(among places: Range<Int>) -> Int {
        requests[places].map(\.atOnce).max() ?? 0
    }

    func serve(_ connection: inout ScriptedServer.Connection) {
        while let text = connection.readRequest() {
            let words = text.prefix { $0 != "\r\n" }.split(separator: " ")
            guard words.count == 3 else { return }
            let target = String(words[1])
            // The organisation is requested before the first call.
            if target.hasSuffix("/org") {
                guard connection.answer(200, #"{"org":[{"id":"1","zgid":"7"}]}"#) else { return }
                continue
            }
            let request = state.withLock { state in
                state.open += 1
                let request = Request(
                    number: state.requests.count + 1, method: String(words[0]), target: target,
                    isFirstOfItsTarget: state.targets.insert(target).inserted, atOnce: state.open)
                state.requests.append(request)
                return request
            }
            let answer = rule(request)
            state.withLock { $0.open -= 1 }
            guard let (status, body) = answer, connection.answer(status, body) else { return }
        }
    }
}

/// A manifest of delinks, and the real program against the scripted service.
private final class GuardedJob: Sendable {
    private let directory: TemporaryDirectory
    private let server: ScriptedServer
    private let arguments: [String]

    init(
        _ desk: RecordingServer, parents: Int, each: Int,
        lists: (String, String) = ("Campaigns", "Leads"),
        settings: String = ""
    ) throws {
        directory = try TemporaryDirectory()
        server = try ScriptedServer { desk.serve(&$0) }
        var rows = "operation,module,record_id,related_list,related_id\n"
        for parent in 0..<parents {
            for child in 0..<each {
                rows +=
                    "delink,\(lists.0),\(ProgramFixture.campaign(parent)),\(lists.1),"
                    + "\(ProgramFixture.lead(parent, child))\n"
            }
        }
        let manifest = directory.url.appending(path: "job.csv")
        try rows.write(to: manifest, atomically: true, encoding: .utf8)
        let file = directory.url.appending(path: "settings.json5")
        let waits =
            #"waits: { firstBackoff: "20ms", maxBackoff: "50ms", throttlePause: "1ms", "#
            + #"maxThrottlePause: "5ms" }"#
        try "{ \(waits), \(settings) }".write(to: file, atomically: true, encoding: .utf8)
        arguments = [
            "run", manifest.path, "--yes", "--json", "--no-progress", "--config", file.path,
            "--state", directory.url.appending(path: "state").path,
        ]
    }

    deinit { server.stop() }

    func run(_ extra: [String] = []) async throws -> Program.Ended {
        try await Program.run(
            arguments + extra, in: directory.url,
            environment: [
                "RELSWEEP_API_DOMAIN": server.address,
                "RELSWEEP_ACCESS_TOKEN": ProgramFixture.token,
            ])
    }
}
