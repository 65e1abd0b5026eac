import Foundation
import Glibc
import Running
import Simulator
import TestSupport
import Testing
import ZohoAPI

/// Connections that are refused, or never made.
@Suite(.timeLimit(.minutes(20))) struct CurlConnectingTests {
    /// In a separate process, so that no other test opens descriptors.
    @Test func `10,000 refused connections are 10,000 times nothing sent, and leave nothing open`()
        async
    {
        await #expect(processExitsWith: .success) {
            let port = try ScriptedServer.deadPort()
            let client = try TransportClient("http://127.0.0.1:\(port)") {
                $0.connectionCount = 50
            }
            func wave(_ number: Int) async throws {
                try await withThrowingTaskGroup { group in
                    for call in 0..<50 {
                        group.addTask {
                            // One in ten on a fresh connection, as rounds of Creator are.
                            let request = TransportClient.request(fresh: call % 10 == 0)
                            let failure = await client.send(request).failure
                            try #require(failure?.kind == .notSent, "wave \(number)")
                            try #require(failure?.leavesDoubt == false)
                        }
                    }
                    try await group.waitForAll()
                }
            }
            @Sendable func openDescriptors() throws -> Int {
                try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count
            }
            // Descriptors are closed a little after the answer, on the transport's queue.
            func settle(at count: Int) async throws {
                try #require(
                    await eventually { (try? openDescriptors()).map { $0 <= count } ?? false })
            }
            // The few that the transport and its queue have for themselves come with the first.
            let few = try openDescriptors() + 8
            try await wave(0)
            try await settle(at: few)
            let before = try openDescriptors()
            for number in 1...200 { try await wave(number) }
            try await settle(at: before)
            client.close()
        }
    }

    @Test func `a connection that is not established has its own timeout, and nothing was sent`()
        async throws
    {
        let full = try FullListener()
        defer { full.stop() }
        let client = try TransportClient("http://127.0.0.1:\(full.port)") {
            $0.connectTimeout = .milliseconds(200)
            $0.timeout = .seconds(600)
        }
        // Taken where the call ends: this test's next line may come much later.
        let (result, time) = await withCheckedContinuation { continuation in
            client.confined.async { transport in
                let start = ContinuousClock.now
                transport.send(TransportClient.request(), authorization: nil) {
                    continuation.resume(returning: ($0, ContinuousClock.now - start))
                }
            }
        }
        #expect(result.failure?.kind == .notSent, "\(result)")
        #expect(result.failure?.leavesDoubt == false)
        // libcurl's own bound is 300 s, the system's some two minutes.
        #expect(time < .seconds(120))
        client.close()
    }

    /// libcurl closes the socket of a connection that was never made without its callback. Both
    /// its number in Dispatch and a second close of it belong to another owner then.
    @Test func `a connection that was given up is closed once, and its number is free`() async {
        // In a separate process, so that no other test opens descriptors.
        await #expect(processExitsWith: .success) {
            let full = try FullListener()
            let client = try TransportClient("http://127.0.0.1:\(full.port)") {
                $0.connectTimeout = .milliseconds(500)
                $0.timeout = .seconds(60)
                $0.connectionCount = 8
            }
            @Sendable func giveUp() async throws {
                try await withThrowingTaskGroup { group in
                    for _ in 0..<8 {
                        group.addTask {
                            try #require(await client.send().failure?.kind == .notSent)
                        }
                    }
                    try await group.waitForAll()
                }
            }
            try await giveUp()
            // The next connections get the numbers of the first.
            full.stop()
            var settings = SimulatorSettings()
            settings.port = full.port
            let server = SimulatorServer(settings)
            _ = try server.start()
            for _ in 0..<8 {
                let fresh = TransportClient.request(fresh: true)
                try #require(await client.send(fresh).answer != nil)
            }
            server.stop()
            let second = try FullListener()
            let other = try TransportClient("http://127.0.0.1:\(second.port)") {
                $0.connectTimeout = .milliseconds(500)
            }
            try #require(await other.send().failure?.kind == .notSent)
            let files = (0..<64).map { _ in open("/dev/null", O_RDONLY) }
            client.close()
            other.close()
            let closed = await eventually(within: 2) {
                files.contains { fcntl($0, F_GETFD) < 0 }
            }
            try #require(!closed, "a file was closed that is not the transport's")
        }
    }

    /// Prerequisite of all tests in which a service stops and restarts.
    @Test func `a reserved port refuses, serves, refuses again, and no other process gets it`()
        async throws
    {
        let port = try ReservedPort()
        let client = try TransportClient("http://127.0.0.1:\(port.port)")
        var settings = SimulatorSettings()
        settings.port = port.port
        // Not on a connection that the server before it may still be closing.
        let fresh = TransportClient.request(fresh: true)
        for _ in 1...3 {
            #expect(await client.send(fresh).failure?.kind == .notSent)
            let server = SimulatorServer(settings)
            #expect(try server.start() == "http://127.0.0.1:\(port.port)")
            #expect(throws: (any Error).self) { try SimulatorServer(settings).start() }
            #expect(await client.send(fresh).answer?.status == 200)
            server.stop()
            #expect(server.ledger().counts.calls == 1)
        }
        #expect(await client.send(fresh).failure?.kind == .notSent)
        for _ in 1...2_000 { #expect(try ReservedPort().port != port.port) }
        client.close()
    }
}
