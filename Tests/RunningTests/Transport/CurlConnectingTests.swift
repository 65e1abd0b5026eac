import Foundation
import Running
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
            func openDescriptors() throws -> Int {
                try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count
            }
            // Descriptors are closed a little after the answer, on the transport's queue.
            func settle(at count: Int) async throws {
                let deadline = ContinuousClock.now + .seconds(120)
                while try openDescriptors() > count, ContinuousClock.now < deadline {
                    await Task.yield()
                }
                try #require(try openDescriptors() <= count)
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
}
