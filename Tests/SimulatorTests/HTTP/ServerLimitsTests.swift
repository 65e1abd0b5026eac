import SystemCalls
import Testing

@testable import Simulator

/// Clients that send too much, too slowly or nothing.
@Suite(.timeLimit(.minutes(20))) struct ServerLimitsTests {
    @Test func `connections without a request give way to new ones`() async throws {
        try await SimulatorServerTests.serve({ $0.server.maximumConnections = 8 }) { address in
            var waiting: [RawClient] = []
            for index in 0..<32 {
                let client = try RawClient(address)
                if index.isMultiple(of: 2) { try client.send("DELETE /crm/v2/Ca") }
                waiting.append(client)
            }
            let client = try RawClient(address)
            try client.call("\(SimulatorServerTests.line)/1")
            #expect(try client.answer().status == 200)
            // Longest waiting first: the last one still has its place.
            try waiting[31].call("\(SimulatorServerTests.line)/2")
            #expect(try waiting[31].answer().status == 200)
        }
    }

    @Test func `a server whose calls are all under way refuses with 503`() async throws {
        try await SimulatorServerTests.serve(
            faults: "hang", { $0.server.maximumConnections = 3 }
        ) { address, server in
            let busy = try (1...3).map { id in
                let client = try RawClient(address)
                try client.call("\(SimulatorServerTests.line)/\(id)")
                return client
            }
            try RawClient.wait { server.ledger().counts.hangs >= 3 }
            for _ in 1...5 {
                let client = try RawClient(address)
                let answer = try client.answer()
                #expect(answer.status == 503)
                #expect(answer.value("connection") == "close")
                #expect(answer.value("retry-after") == "1")
            }
            busy[0].closeWithReset()
            var status = 503
            while status == 503 {
                let client = try RawClient(address)
                try client.send("GET /__ledger HTTP/1.1\r\nHost: a\r\n\r\n")
                status = try client.answer().status
            }
            #expect(status == 200)
        }
    }

    @Test(
        arguments: [
            "G", "DELETE /crm/v2/Leads/1 HTTP/1.1\r\nHost: a\r\n",
            "PUT /crm/v2/Leads/1/Campaigns HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc",
            "PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc",
        ])
    func `a request that is not whole in time is 408`(text: String) async throws {
        let counts = try await SimulatorServerTests.serve({
            $0.server.requestNanoseconds = 1_000_000
        }) { address in
            let client = try RawClient(address)
            try client.send(text)
            let answer = try client.answer()
            #expect(answer.status == 408)
            #expect(answer.value("connection") == "close")
            #expect(try client.isClosed())
        }
        #expect(counts.calls == 0)
    }

    @Test func `a connection that only waits is not timed out`() async throws {
        try await SimulatorServerTests.serve({ $0.server.requestNanoseconds = 1 }) { address in
            let idle = try RawClient(address)
            let late = try RawClient(address)
            try late.send("G")
            #expect(try late.answer().status == 408)
            try idle.call("\(SimulatorServerTests.line)/1")
            #expect([200, 408].contains(try idle.answer().status))
        }
    }

    @Test func `a client that sends far too much still reads the answer`() async throws {
        let counts = try await SimulatorServerTests.serve { address in
            let heads = [
                ("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 8000000\r\n\r\n", 413),
                ("GET /" + String(repeating: "a", count: 9_000), 414),
                ("GET / HTTP/1.1\r\nHost: a\r\nX: " + String(repeating: "a", count: 9_000), 431),
            ]
            for (head, status) in heads {
                let client = try RawClient(address)
                try client.send(head + String(repeating: "b", count: 8_000_000))
                let answer = try client.answer()
                #expect(answer.status == status)
                #expect(try client.isClosed())
            }
        }
        #expect(counts.calls == 0)
    }

    @Test func `what is dropped behind an answer is bounded`() async throws {
        try await SimulatorServerTests.serve({ $0.server.maximumLingerBytes = 100_000 }) {
            address in
            let client = try RawClient(address)
            #expect(throws: RawClient.ConnectionReset.self) {
                try client.send("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 99000000\r\n\r\n")
                for _ in 1...500 { try client.send(String(repeating: "b", count: 100_000)) }
                _ = try client.answer()
            }
        }
    }
}
