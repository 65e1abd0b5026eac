import Dispatch
import Foundation
import Synchronization
import TestSupport
import Testing

/// A service that removes relations, answers "record deleted" once on request, and leaves the other
/// calls unanswered.
private final class HaltingService: Sendable {
    enum Mood: Sendable {
        /// The first call succeeds; the second is answered once `release` is called; all others
        /// hang.
        case deletesRecord
        /// Every call is answered "record deleted".
        case deletesRecords
        case removes
    }

    private let script: HaltingScript
    private let server: ScriptedServer

    init(_ mood: Mood = .deletesRecord) throws {
        let script = HaltingScript(mood)
        self.script = script
        server = try ScriptedServer { connection in
            while let request = connection.readRequest() {
                guard script.answers(request, on: connection) else {
                    while connection.staysOpen(forMilliseconds: 60_000) {}
                    return
                }
            }
        }
    }

    func stop() { server.stop() }
    func set(_ mood: Mood) { script.state.withLock { $0.mood = mood } }
    func release() { script.released.signal() }
    /// Removals.
    var requestCount: Int { script.state.withLock { $0.count } }
    /// Including the requests before the job.
    var allRequestCount: Int { server.requests.count }

    var environment: [String: String] {
        ["RELSWEEP_API_DOMAIN": server.address, "RELSWEEP_ACCESS_TOKEN": ProgramFixture.token]
    }
}

/// The service's answers.
private final class HaltingScript: Sendable {
    let state: Mutex<(mood: HaltingService.Mood, count: Int)>
    let released = DispatchSemaphore(value: 0)

    init(_ mood: HaltingService.Mood) { state = Mutex((mood, 0)) }

    /// False where the connection is left without an answer.
    func answers(_ request: String, on connection: ScriptedServer.Connection) -> Bool {
        guard request.hasPrefix("DELETE ") else {
            return connection.answer(401, #"{"code":"OAUTH_SCOPE_MISMATCH","status":"error"}"#)
        }
        let (mood, number) = state.withLock { state in
            state.count += 1
            return (state.mood, state.count)
        }
        switch mood {
        case .removes: return connection.answer(200, Self.body(request, "relation removed"))
        case .deletesRecords: return connection.answer(200, Self.body(request, "record deleted"))
        case .deletesRecord where number == 1:
            return connection.answer(200, Self.body(request, "relation removed"))
        case .deletesRecord where number == 2:
            guard released.wait(timeout: .now() + .seconds(600)) == .success else { return false }
            return connection.answer(200, Self.body(request, "record deleted"))
        case .deletesRecord: return false
        }
    }

    /// As the ServiceFacts: Delink (v2) shows a success.
    private static func body(_ request: String, _ message: String) -> String {
        let target = request.split(separator: " ").dropFirst().first ?? ""
        let ids = target.split(separator: "=").dropFirst().last ?? target.split(separator: "/").last
        let elements = (ids ?? "").split(separator: ",").map {
            #"{"code":"SUCCESS","details":{"id":"\#($0)"},"message":"\#(message)","#
                + #""status":"success"}"#
        }
        return #"{"data":[\#(elements.joined(separator: ","))]}"#
    }
}

/// A halt persists, however the process ends, until it is overridden.
@Suite(.timeLimit(.minutes(60)), .fewAtOnce) struct `a halt` {
    enum End: CaseIterable, Sendable {
        case kill, secondSignal
        /// The drain began with a signal, before the answer that halts.
        case killInDrain, secondSignalInDrain
    }

    private func program(
        _ place: ProgramFixture, _ service: HaltingService, _ extra: [String] = []
    ) throws -> Program {
        try Program(
            place.runArguments + extra, in: place.folder, environment: service.environment)
    }

    private func resume(
        _ place: ProgramFixture, _ service: HaltingService, _ extra: [String]
    ) async throws -> Program.Ended {
        try await Program.run(
            ["resume", try place.journal().path, "--json", "--no-progress"] + extra,
            in: place.folder, environment: service.environment)
    }

    @Test(arguments: End.allCases)
    func `is not forgotten when the process ends in its drain`(_ way: End) async throws {
        let place = try ProgramFixture(parents: 40, each: 1)
        let service = try HaltingService()
        defer { service.stop() }
        // The drain's duration depends on the machine's load.
        let first = try program(place, service, ["--timeout", "600s"])
        if way == .killInDrain || way == .secondSignalInDrain {
            #expect(await first.send(signal: SIGTERM) { service.requestCount >= 6 })
            #expect(await eventually { first.errorsSoFar.contains("stopping") })
        } else {
            #expect(await eventually { service.requestCount >= 6 })
        }
        service.release()
        let journal = try place.journal()
        #expect(
            await eventually {
                (try? String(contentsOf: journal, encoding: .utf8))?.contains("record deleted")
                    ?? false
            })
        switch way {
        case .kill, .killInDrain: first.send(signal: SIGKILL)
        case .secondSignalInDrain: first.send(signal: SIGTERM)
        case .secondSignal:
            first.send(signal: SIGTERM)
            #expect(await eventually { first.errorsSoFar.contains("a second signal") })
            first.send(signal: SIGTERM)
        }
        _ = await first.end()

        let bytes = try String(contentsOf: journal, encoding: .utf8)
        let sent = service.allRequestCount
        service.set(.removes)
        let second = try await program(place, service).end()
        #expect(second.status == 76, "\(second.errors)")
        #expect(service.allRequestCount == sent, "a halted run sends nothing")
        #expect(second.flatErrors.contains("record deleted"), "\(second.errors)")
        let third = try await resume(place, service, [])
        #expect(third.status == 76, "\(third.errors)")
        #expect(service.allRequestCount == sent)

        let lines = bytes.split(separator: "\n")
        let halt = lines.firstIndex { $0.contains(#""record":"halt""#) }
        let answer = lines.firstIndex {
            $0.contains(#""record":"answer""#) && $0.contains("record deleted")
        }
        #expect(try #require(halt) < (answer ?? .max), "the halt comes ahead of its answer")
        #expect(!lines.contains { $0.contains(#""record":"stop""#) })
    }

    @Test func `by the last answer of a run halts it, too`() async throws {
        let place = try ProgramFixture(parents: 1, each: 1)
        let service = try HaltingService(.deletesRecords)
        defer { service.stop() }
        let first = try await program(place, service).end()
        #expect(first.status == 76, "\(first.errors)")
        #expect(first.text("state") == "halted")
        #expect(service.requestCount == 1)
        let second = try await program(place, service).end()
        #expect(second.status == 76, "\(second.errors)")
        #expect(service.requestCount == 1)
    }

    /// The number in the suggested command.
    private func number(in text: String) throws -> UInt64 {
        let match = try #require(text.firstMatch(of: /--override-halt ([0-9]+)/), "\(text)")
        return try #require(UInt64(match.output.1))
    }

    @Test func `is overridden by its number on resume's command line alone`() async throws {
        let place = try ProgramFixture(parents: 3, each: 1)
        let service = try HaltingService(.deletesRecords)
        defer { service.stop() }
        #expect(try await program(place, service).end().status == 76)
        service.set(.removes)
        let settings = place.folder.appending(path: "settings.json5")
        func write(_ text: String) throws {
            try text.write(to: settings, atomically: true, encoding: .utf8)
        }
        let configured = ["--config", settings.path]

        let refused = try await program(place, service).end()
        #expect(refused.status == 76)
        let halt = try number(in: refused.flatErrors)
        let onRun = try await program(place, service, ["--override-halt", "\(halt)"]).end()
        #expect(onRun.status == 64)
        #expect(onRun.flatErrors.contains("resume RUN --override-halt N"), "\(onRun.errors)")
        try write("{ overrideHalt: true }")
        let asSetting = try await program(place, service, configured).end()
        #expect(asSetting.status == 78, "\(asSetting.errors)")
        #expect(asSetting.flatErrors.contains("unknown key"), "\(asSetting.errors)")
        try write(#"{ unfinished: "abandon" }"#)
        #expect(try await program(place, service, configured).end().status == 76)
        #expect(try await resume(place, service, []).status == 76)
        #expect(try await resume(place, service, ["--override-halt"]).status == 64)
        let wrong = try await resume(place, service, ["--override-halt", "\(halt + 1)"])
        #expect(wrong.status == 76)
        #expect(try number(in: wrong.flatErrors) == halt)
        #expect(service.requestCount == 1, "nothing is sent before the halt is overridden")

        let ended = try await resume(place, service, ["--override-halt", "\(halt)"])
        #expect(ended.status == 3, "\(ended.errors)")
        #expect(ended.number("removed") == 3)
        #expect(ended.number("recordsDeleted") == 1)
        #expect(ended.flatErrors.contains("RECORDS DELETED"), "\(ended.errors)")
        #expect(service.requestCount == 3)
        let again = try await program(place, service).end()
        #expect(again.status == 3, "\(again.errors)")
        #expect(again.number("recordsDeleted") == 1)
        let late = try await resume(place, service, ["--override-halt", "\(halt)"])
        #expect(late.status == 76, "\(late.errors)")
        #expect(service.requestCount == 3)
    }
}
