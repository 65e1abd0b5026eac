import Foundation
import Running
import SandboxAPI
import TestSupport
import Testing
import ZohoAPI

/// Connections that are refused, or never made.
@Suite(.timeLimit(.minutes(20))) struct CurlConnectingTests {
    /// In a process of its own, whose descriptors nobody else opens.
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

    @Test func `a connection that does not come is given up in its own time, and nothing was sent`()
        async throws
    {
        let full = try FullListener()
        defer { full.stop() }
        let client = try TransportClient("http://127.0.0.1:\(full.port)") {
            $0.connectTimeout = .milliseconds(200)
            $0.timeout = .seconds(600)
        }
        let start = ContinuousClock.now
        let failure = await client.send().failure
        #expect(failure?.kind == .notSent, "\(String(describing: failure))")
        #expect(failure?.leavesDoubt == false)
        // libcurl's own bound is 300 s, the system's some two minutes.
        #expect(ContinuousClock.now - start < .seconds(120))
        client.close()
    }

    /// What every test relies on that lets a service go away and come back.
    @Test func `a reserved port refuses, serves, refuses again, and nobody else gets it`()
        async throws
    {
        let port = try ReservedPort()
        let client = try TransportClient("http://127.0.0.1:\(port.port)")
        var settings = SandboxSettings()
        settings.port = port.port
        // Not on a connection that the server before it may still be closing.
        let fresh = TransportClient.request(fresh: true)
        for _ in 1...3 {
            #expect(await client.send(fresh).failure?.kind == .notSent)
            let server = SandboxServer(settings)
            #expect(try server.start() == "http://127.0.0.1:\(port.port)")
            #expect(throws: (any Error).self) { try SandboxServer(settings).start() }
            #expect(await client.send(fresh).answer?.status == 200)
            server.stop()
            #expect(server.ledger().counts.calls == 1)
        }
        #expect(await client.send(fresh).failure?.kind == .notSent)
        for _ in 1...2_000 { #expect(try ReservedPort().port != port.port) }
        client.close()
    }
}
