import Foundation
import Simulator
import TestSupport
import Testing

/// Servers that violate the protocol: the program pauses as designed, reports it, and counts
/// nothing as done.
@Suite(.timeLimit(.minutes(60)), .fewAtOnce) struct `an unruly server` {
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        /// The expected text of the stop or the outcome.
        let words: String
        var giveUp = "1s"
        var timeout = "1s"
        var firstByteTimeout = "null"
        let script: ScriptedServer.Script
    }

    static let cases: [Case] = [
        Case(testDescription: "never answers", words: "no usable answer") { connection in
            _ = connection.readRequest()
            while connection.staysOpen(forMilliseconds: 60_000) {}
        },
        Case(
            testDescription: "never begins its answer",
            words: "no answer began within the timeout",
            timeout: "90s", firstByteTimeout: #""200ms""#
        ) { connection in
            _ = connection.readRequest()
            while connection.staysOpen(forMilliseconds: 60_000) {}
        },
        Case(testDescription: "sends a byte at a time", words: "time") { connection in
            guard connection.readRequest() != nil,
                connection.write("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
            else { return }
            while connection.write("x"), connection.staysOpen(forMilliseconds: 100) {}
        },
        Case(
            testDescription: "sends 100 MB", words: "no usable answer", timeout: "90s"
        ) { connection in
            let part = String(repeating: "x", count: 1 << 20)
            guard connection.readRequest() != nil,
                connection.write("HTTP/1.1 200 OK\r\nContent-Length: 104857600\r\n\r\n")
            else { return }
            for _ in 0..<100 where !connection.write(part) { return }
        },
        Case(
            testDescription: "sends header fields without end", words: "header fields pass 65536"
        ) { connection in
            guard connection.readRequest() != nil, connection.write("HTTP/1.1 200 OK\r\n") else {
                return
            }
            while connection.write("X-Field: value\r\n") {}
        },
        Case(testDescription: "sends 1xx without end", words: "no usable answer") { connection in
            guard connection.readRequest() != nil else { return }
            while connection.write("HTTP/1.1 103 Early Hints\r\n\r\n") {}
        },
        Case(testDescription: "closes at once", words: "no usable answer") { _ in },
        Case(testDescription: "speaks another language", words: "no usable answer") { connection in
            guard connection.readRequest() != nil else { return }
            _ = connection.write("SSH-2.0-OpenSSH_9.2\r\n\u{1}\u{2}\u{3}\r\n")
        },
    ]

    private func settings(
        _ place: ProgramFixture, giveUp: String = "1s", timeout: String = "1s",
        firstByteTimeout: String = "null"
    ) throws -> [String] {
        let file = place.folder.appending(path: "settings.json5")
        let text = """
            { giveUp: "\(giveUp)", timeout: "\(timeout)", firstByteTimeout: \(firstByteTimeout),
              connectTimeout: "300ms", retries: 100,
              waits: { firstBackoff: "20ms", maxBackoff: "200ms", retryBudget: 1000 } }
            """
        try text.write(to: file, atomically: true, encoding: .utf8)
        return ["--config", file.path]
    }

    @Test(arguments: cases) func `ends the run as designed`(_ `case`: Case) async throws {
        let place = try ProgramFixture(parents: 3, each: 1)
        let server = try ScriptedServer(`case`.script)
        defer { server.stop() }
        let settings = try settings(
            place, giveUp: `case`.giveUp, timeout: `case`.timeout,
            firstByteTimeout: `case`.firstByteTimeout)
        var environment = place.environment
        environment["RELSWEEP_API_DOMAIN"] = server.address
        let ended = try await Program.run(
            place.runArguments + settings, in: place.folder,
            environment: environment)
        #expect(ended.status == 69, "\(ended.errors)")
        #expect(ended.flatErrors.contains(`case`.words), "\(ended.errors)")
        // Nothing is reported as done or lost.
        #expect(ended.number("removed") == 0)
        #expect(ended.number("absent") == 0)
        #expect(ended.number("failed") == 0)
        #expect(ended.number("pending") == 3)
        let kept = try String(contentsOf: place.journal(), encoding: .utf8) + ended.errors
        #expect(!kept.contains(ProgramFixture.token))
    }

    @Test func `gets no token by redirecting to another host`() async throws {
        let place = try ProgramFixture(parents: 2, each: 1)
        let thief = try ScriptedServer { connection in
            _ = connection.readRequest()
            _ = connection.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
        }
        defer { thief.stop() }
        let door = thief.address
        let server = try ScriptedServer { connection in
            while connection.readRequest() != nil,
                connection.write(
                    "HTTP/1.1 307 Temporary Redirect\r\nLocation: \(door)/crm\r\n"
                        + "Content-Length: 0\r\n\r\n")
            {}
        }
        defer { server.stop() }
        let settings = try settings(place)
        var environment = place.environment
        environment["RELSWEEP_API_DOMAIN"] = server.address
        let ended = try await Program.run(
            place.runArguments + settings, in: place.folder,
            environment: environment)
        #expect(ended.status == 69, "\(ended.errors)")
        #expect(ended.number("pending") == 2)
        #expect(!server.requests.isEmpty)
        #expect(server.requests.allSatisfy { $0.request.contains(ProgramFixture.token) })
        #expect(thief.requests.isEmpty)
    }

    /// Connect timeout: an address that drops all packets, if available.
    @Test func `that cannot be connected to is given up in time`() async throws {
        let place = try ProgramFixture(parents: 2, each: 1)
        // A listener whose queue is full drops further connections.
        let full = try FullListener()
        defer { full.stop() }
        let settings = try settings(place)
        var environment = place.environment
        environment["RELSWEEP_API_DOMAIN"] = "http://127.0.0.1:\(full.port)"
        let ended = try await Program.run(
            place.runArguments + settings, in: place.folder,
            environment: environment)
        #expect(ended.status == 69, "\(ended.errors)")
        #expect(ended.number("pending") == 2)
        #expect(ended.number("attempts") == 0, "nothing left")
        #expect(ended.flatErrors.contains("for 1s (--give-up)"), "\(ended.errors)")
    }
}

extension Program.Ended {
    /// The errors without the line breaks of their lay-out.
    var flatErrors: String {
        errors.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
}
