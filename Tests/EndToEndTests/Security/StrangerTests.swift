import Foundation
import Synchronization
import TestSupport
import Testing

/// Answers of intermediaries: no item fails because of them, few requests are sent, and the next
/// start finishes the rest.
@Suite(.timeLimit(.minutes(20))) struct `a service behind an intermediary` {
    private static let loginPage = "<html><body>Please sign in</body></html>"

    private func settings(_ place: ProgramFixture, giveUp: String) throws -> [String] {
        let file = place.folder.appending(path: "settings.json5")
        let text = #"{ giveUp: "\#(giveUp)", waits: { firstBackoff: "50ms", maxBackoff: "1s" } }"#
        try text.write(to: file, atomically: true, encoding: .utf8)
        return ["--config", file.path]
    }

    private func run(
        _ place: ProgramFixture, _ settings: [String], at address: String
    ) async throws -> Program.Ended {
        var environment = place.environment
        environment["RELSWEEP_API_DOMAIN"] = address
        return try await Program.run(
            place.runArguments + settings, in: place.folder, environment: environment)
    }

    @Test func `by a login page leaves every item to the next start`() async throws {
        let place = try ProgramFixture(parents: 60, each: 5)
        let isBack = Switch()
        let server = try Self.server(answering: 200, Self.loginPage, until: isBack)
        defer { server.stop() }
        let config = try settings(place, giveUp: "4s")
        let ended = try await run(place, config, at: server.address)
        #expect(ended.status == 69, "\(ended.errors)")
        #expect(ended.number("pending") == 300)
        #expect(ended.number("unknown") == 0)
        #expect(server.deletes < 60)
        isBack.turnOn()
        let resumed = try await run(place, config, at: server.address)
        #expect(resumed.status == 0, "\(resumed.errors)")
        #expect(resumed.number("removed") == 300)
    }

    @Test func `by 503s for longer than all retries ends 69, and is finished later`() async throws {
        let place = try ProgramFixture(parents: 3, each: 1)
        let isBack = Switch()
        let server = try Self.server(answering: 503, "", until: isBack)
        defer { server.stop() }
        let config = try settings(place, giveUp: "10s")
        let ended = try await run(place, config + ["--retries", "2"], at: server.address)
        #expect(ended.status == 69, "\(ended.errors)")
        #expect(ended.number("pending") == 3)
        isBack.turnOn()
        let resumed = try await run(place, config, at: server.address)
        #expect(resumed.status == 0, "\(resumed.errors)")
        #expect(resumed.number("removed") == 3)
    }

    /// Checks only the number of requests: a pause of 0 s must not cause more.
    @Test(arguments: ["0", "-1", "0.0", "now", "Thu, 01 Jan 1970 00:00:00 GMT"])
    func `by 429s that ask for no pause gets no more requests`(_ value: String) async throws {
        let place = try ProgramFixture(parents: 20, each: 1)
        let server = try ScriptedServer { connection in
            while connection.readRequest() != nil,
                connection.answer(429, "{}", fields: "Retry-After: \(value)\r\n")
            {}
        }
        defer { server.stop() }
        var environment = place.environment
        environment["RELSWEEP_API_DOMAIN"] = server.address
        let start = ContinuousClock.now
        let program = try Program(
            place.runArguments, in: place.folder, environment: environment)
        #expect(await eventually { server.deletes >= 3 })
        let since = ContinuousClock.now
        #expect(await eventually { ContinuousClock.now - since > .seconds(5) })
        let count = server.deletes
        let elapsed = ContinuousClock.now - start
        // After pauses of 1, 2, 4, 8 s and so on, 60 s at most, from a first request that came
        // after the start.
        let moments = [0, 1, 3, 7, 15, 31] + (1...60).map { 60 * $0 + 3 }
        #expect(count <= moments.count { .seconds($0) <= elapsed }, "\(count) in \(elapsed)")
        program.send(signal: SIGTERM)
        #expect(await program.end().status == 75)
    }

    @Test func `by a date that is an hour away pauses the run, and says so`() async throws {
        let place = try ProgramFixture(parents: 3, each: 1)
        let server = try ScriptedServer { connection in
            while connection.readRequest() != nil,
                connection.answer(
                    429, "{}",
                    fields: "Date: Sat, 21 Nov 2026 10:00:00 GMT\r\n"
                        + "Retry-After: Sat, 21 Nov 2026 11:00:00 GMT\r\n")
            {}
        }
        defer { server.stop() }
        let ended = try await run(place, [], at: server.address)
        #expect(ended.status == 75, "\(ended.errors)")
        #expect(ended.flatErrors.contains("3600 s"), "\(ended.errors)")
        #expect(server.deletes == 1)
        #expect(ended.number("pending") == 3)
    }

    @Test func `by the day's credits used up pauses the run at once`() async throws {
        let place = try ProgramFixture(parents: 3, each: 1)
        let body =
            #"{"code":429,"error":"TOO_MANY_REQUESTS","error_info":"limit of the past 24 hours"}"#
        let server = try ScriptedServer { connection in
            while connection.readRequest() != nil, connection.answer(429, body) {}
        }
        defer { server.stop() }
        let ended = try await run(place, [], at: server.address)
        #expect(ended.status == 75, "\(ended.errors)")
        #expect(ended.flatErrors.contains("past 24 hours"), "\(ended.errors)")
        #expect(server.deletes == 1)
    }

    /// A proxy with a request line limit of 600 bytes in front of a working service.
    @Test(arguments: [414, 400])
    func `by a proxy that refuses long requests is asked in shorter ones`(
        _ status: Int
    ) async throws {
        let place = try ProgramFixture(parents: 6, each: 100)
        let server = try ScriptedServer { connection in
            while let request = connection.readRequest() {
                let line = request.prefix { $0 != "\r\n" && $0 != "\n" }
                let isLong = line.utf8.count > 600
                let body = isLong ? "<html>too long</html>" : Self.success(String(line))
                guard connection.answer(isLong ? status : 200, body) else { return }
            }
        }
        defer { server.stop() }
        let ended = try await run(place, [], at: server.address)
        #expect(ended.status == 0, "\(ended.errors)")
        #expect(ended.number("removed") == 600)
        #expect(ended.flatErrors.contains("refused for its length"), "\(ended.errors)")
        let long = server.requests.count { $0.request.prefix { $0 != "\r\n" }.utf8.count > 600 }
        // Calls of a 400 that were in flight together are each refused.
        #expect(long <= (status == 414 ? 4 : 9))
    }

    /// Gives the same answer until set to act as the service again.
    private static func server(
        answering status: Int, _ body: String, until isBack: Switch
    ) throws -> ScriptedServer {
        try ScriptedServer { connection in
            while let request = connection.readRequest() {
                let line = String(request.prefix { $0 != "\r\n" })
                guard
                    isBack.isOn
                        ? connection.answer(200, success(line)) : connection.answer(status, body)
                else { return }
            }
        }
    }

    /// A success for every id of a delink's request line.
    private static func success(_ line: String) -> String {
        let target = line.split(separator: " ").dropFirst().first ?? ""
        let ids =
            target.split(separator: "=").dropFirst().first ?? target.split(separator: "/").last
            ?? ""
        let elements = ids.split(separator: ",").map {
            #"{"code":"SUCCESS","details":{"id":"\#($0)"},"message":"relation removed","#
                + #""status":"success"}"#
        }
        return #"{"data":[\#(elements.joined(separator: ","))]}"#
    }
}

extension ScriptedServer {
    /// Requests that ask for an effect; a start may read the organisation before.
    fileprivate var deletes: Int { requests.count { $0.request.hasPrefix("DELETE") } }
}

private final class Switch: Sendable {
    private let state = Mutex(false)

    var isOn: Bool { state.withLock { $0 } }

    func turnOn() { state.withLock { $0 = true } }
}
