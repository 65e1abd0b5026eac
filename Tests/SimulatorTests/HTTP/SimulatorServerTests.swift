import JSONText
import SystemCalls
import Testing

@testable import Simulator

@Suite(.timeLimit(.minutes(20))) struct SimulatorServerTests {
    static let line = "DELETE /crm/v2/Campaigns/10/Leads"

    /// Runs `body` against a simulator in a world where everything exists. What the ledger says
    /// then.
    @discardableResult
    static func serve(
        faults: String = "", _ change: (inout SimulatorSettings) -> Void = { _ in },
        _ body: @escaping @Sendable (String) throws -> Void
    ) async throws -> LedgerCounts {
        try await serve(faults: faults, change) { address, _ in try body(address) }
    }

    /// The same for a body that looks at the simulator meanwhile.
    @discardableResult
    static func serve(
        faults: String = "", _ change: (inout SimulatorSettings) -> Void = { _ in },
        _ body: @escaping @Sendable (String, SimulatorServer) throws -> Void
    ) async throws -> LedgerCounts {
        var settings = SimulatorSettings()
        settings.organisation.faults = try FaultPlan(parsing: faults)
        settings.organisation.style = .v8
        // A server that waits two seconds for its client to close resets a test that is held up.
        settings.server.lingerNanoseconds = 120_000_000_000
        change(&settings)
        let server = SimulatorServer(settings)
        let address = try server.start()
        defer { server.stop() }
        try await RawClient.onOwnThread { try body(address, server) }
        return server.ledger().counts
    }

    @Test func `one connection serves call after call`() async throws {
        let counts = try await Self.serve { address in
            let client = try RawClient(address)
            for id in 1...50 {
                try client.call("\(Self.line)?ids=\(id)")
                let answer = try client.answer()
                #expect(answer.status == 200)
                #expect(answer.value("content-type") == "application/json;charset=UTF-8")
                #expect(answer.value("date")?.hasSuffix(" GMT") == true)
                #expect(answer.value("set-cookie") == nil)
                #expect(answer.text.contains("\"id\":\"\(id)\""))
            }
        }
        #expect(counts.relationsRemoved == 50)
        #expect(counts.maximumActiveCalls == 1)
    }

    @Test(arguments: [Int64(0), 1_000_000])
    func `pipelined calls are answered in their order`(latency: Int64) async throws {
        let counts = try await Self.serve({ $0.organisation.latencyNanoseconds = latency }) {
            address in
            let client = try RawClient(address)
            var text = ""
            for id in 1...100 {
                text +=
                    "\(Self.line)/\(id) HTTP/1.1\r\nHost: a\r\n"
                    + "Authorization: Zoho-oauthtoken t\r\n\r\n"
            }
            try client.send(text)
            client.finishWriting()
            for id in 1...100 {
                #expect(try client.answer().text.contains("\"id\":\"\(id)\""))
            }
            #expect(try client.isClosed())
        }
        #expect(counts.relationsRemoved == 100)
        #expect(counts.maximumActiveCalls == 1)
    }

    @Test func `a request may come byte by byte and may ask to close the connection`()
        async throws
    {
        try await Self.serve { address in
            let client = try RawClient(address)
            for byte in "\(Self.line)/1 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n" {
                try client.send(String(byte))
            }
            let answer = try client.answer()
            #expect(answer.status == 401)
            #expect(answer.value("connection") == "close")
            #expect(try client.isClosed())
            let old = try RawClient(address)
            try old.send("GET /__ledger HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
            #expect(try old.answer().value("connection") == "keep-alive")
            try old.send("GET /__ledger HTTP/1.0\r\n\r\n")
            #expect(try old.answer().value("connection") == "close")
            #expect(try old.isClosed())
        }
    }

    @Test func `bodies by length and in chunks, and 100-continue`() async throws {
        try await Self.serve { address in
            let client = try RawClient(address)
            try client.call(
                "POST \("/crm/v2/Leads")", "Expect: 100-continue\r\nContent-Length: 3\r\n")
            #expect(try client.answer().status == 100)
            try client.send("abc")
            #expect(try client.answer().status == 400)
            try client.call("POST /crm/v2/Leads", "Transfer-Encoding: chunked\r\n")
            try client.send("3\r\nabc\r\n0\r\n\r\n")
            #expect(try client.answer().status == 400)
            try client.call("HEAD /__ledger")
            let head = try client.answer(isToHead: true)
            #expect(head.status == 200)
            try client.call("GET /__ledger?summary=1")
            #expect(try client.answer().status == 200)
        }
    }

    @Test func `bad requests are answered and the connection closes`() async throws {
        let counts = try await Self.serve { address in
            let vectors: [(text: String, status: Int)] = [
                ("NONSENSE\r\n\r\n", 400),
                ("GET / HTTP/1.1\r\n\r\n", 400),
                ("GET /" + String(repeating: "a", count: 9_000) + " HTTP/1.1\r\n", 414),
                ("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 9999999\r\n\r\nabc", 413),
                ("GET / HTTP/3.0\r\n\r\n", 505),
            ]
            for (text, status) in vectors {
                let client = try RawClient(address)
                try client.send(text)
                let answer = try client.answer()
                #expect(answer.status == status)
                #expect(answer.value("connection") == "close")
                #expect(try client.isClosed())
            }
        }
        #expect(counts.calls == 0)
    }

    @Test func `a chunked answer and its cookies arrive`() async throws {
        try await Self.serve(faults: "chunked,cookies") { address in
            let client = try RawClient(address)
            let ids = (1...100).map { "\($0)" }.joined(separator: "%2C")
            try client.call("\(Self.line)?ids=\(ids)")
            let answer = try client.answer()
            #expect(answer.value("content-length") == nil)
            let elements = try JSONTree.parse(answer.body)["data"]?.array
            #expect(elements?.count == 100)
            #expect(answer.fields.filter { $0.name == "Set-Cookie" }.count == 2)
        }
    }

    @Test func `a reset is a reset, before and after the effect`() async throws {
        let counts = try await Self.serve(faults: "reset@1,reset-after@2") { address in
            for id in 1...2 {
                let client = try RawClient(address)
                try client.call("\(Self.line)/\(id)")
                #expect(throws: RawClient.ConnectionReset.self) { try client.answer() }
                #expect(!client.hasEnded)
            }
            let client = try RawClient(address)
            try client.call("\(Self.line)?ids=1,2")
            #expect(try client.answer().status == 207)
        }
        #expect(counts.resets == 2)
        #expect(counts.relationsRemoved == 2)
        #expect(counts.alreadyGone == 1)
    }

    @Test func `a cut answer announces more than it sends`() async throws {
        let counts = try await Self.serve(faults: "cut") { address in
            let client = try RawClient(address)
            try client.call("\(Self.line)/1")
            let answer = try client.answer()
            #expect(answer.isCut)
            #expect(answer.value("connection") == nil)
            #expect(try client.isClosed())
        }
        #expect(counts.relationsRemoved == 1)
    }

    @Test func `a call that is never answered stays active until the client goes`() async throws {
        let counts = try await Self.serve(
            faults: "hang-after@1", { $0.organisation.maximumActiveCalls = 1 }
        ) { address in
            let hanging = try RawClient(address)
            try hanging.call("\(Self.line)/1")
            let other = try RawClient(address)
            // The hanging call is known to have come when the second is refused for its sake.
            var status = 0
            while status != 429 {
                try other.call("\(Self.line)/2")
                status = try other.answer().status
            }
            hanging.closeWithReset()
            while status != 200 {
                try other.call("\(Self.line)/3")
                status = try other.answer().status
            }
        }
        #expect(counts.hangs == 1)
    }

    @Test func `many calls wait at once and not one after the other`() async throws {
        let counts = try await Self.serve({
            $0.organisation.latencyNanoseconds = 3_600_000_000_000
            $0.organisation.maximumActiveCalls = nil
        }) { address, server in
            let clients = try (0..<50).map { _ in try RawClient(address) }
            for (id, client) in clients.enumerated() { try client.call("\(Self.line)/\(id + 1)") }
            try RawClient.wait { server.ledger().counts.calls >= 50 }
            server.sendWaitingAnswers()
            for client in clients { #expect(try client.answer().status == 200) }
        }
        #expect(counts.maximumActiveCalls == 50)
        #expect(counts.relationsRemoved == 50)
    }

    @Test func `concurrency over the limit is refused at once`() async throws {
        let counts = try await Self.serve({
            $0.organisation.latencyNanoseconds = 3_600_000_000_000
            $0.organisation.maximumActiveCalls = 3
        }) { address, server in
            let clients = try (0..<8).map { _ in try RawClient(address) }
            for (id, client) in clients.enumerated() { try client.call("\(Self.line)/\(id + 1)") }
            try RawClient.wait { server.ledger().counts.calls >= 8 }
            server.sendWaitingAnswers()
            let statuses = try clients.map { try $0.answer().status }
            #expect(statuses.filter { $0 == 200 }.count == 3)
            #expect(statuses.filter { $0 == 429 }.count == 5)
        }
        #expect(counts.refusedByLimit == 5)
        #expect(counts.relationsRemoved == 3)
    }

    @Test func `the ledger is served without a token and is no call`() async throws {
        let counts = try await Self.serve { address in
            let client = try RawClient(address)
            try client.call("\(Self.line)?ids=1,18446744073709551615")
            _ = try client.answer()
            try client.send("GET /__ledger HTTP/1.1\r\nHost: a\r\n\r\n")
            let ledger = try JSONTree.parse(client.answer().body)
            #expect(ledger["version"]?.number?.text == "1")
            #expect(ledger["calls"]?.number?.text == "1")
            let removed = ledger["removed"]?.array
            #expect(removed?.count == 2)
            #expect(removed?[1]["module"]?.string == "Campaigns")
            #expect(removed?[1]["id"]?.string == "10")
            #expect(removed?[1]["list"]?.string == "Leads")
            #expect(removed?[1]["relatedId"]?.string == "18446744073709551615")
            try client.send("GET /__ledger?summary=1 HTTP/1.1\r\nHost: a\r\n\r\n")
            let summary = try JSONTree.parse(client.answer().body)
            #expect(summary["removed"] == nil)
            #expect(summary["relations"]?["removed"]?.number?.text == "2")
        }
        #expect(counts.calls == 1)
    }

    @Test func `a client that does not read its answers delays no other client`() async throws {
        try await Self.serve { address in
            let greedy = try RawClient(address)
            var text = ""
            for id in 1...2_000 {
                text +=
                    "\(Self.line)/\(id)?x=\(String(repeating: "y", count: 200)) HTTP/1.1\r\n"
                    + "Host: a\r\nAuthorization: Zoho-oauthtoken t\r\n\r\n"
            }
            try greedy.send(text)
            let other = try RawClient(address)
            try other.call("\(Self.line)/5000")
            #expect(try other.answer().status == 200)
            for id in 1...2_000 {
                #expect(try greedy.answer().text.contains("\"id\":\"\(id)\""))
            }
        }
    }

    @Test func `a taken port is an error, and stopping twice is none`() async throws {
        let first = SimulatorServer(SimulatorSettings())
        let address = try first.start()
        var settings = SimulatorSettings()
        settings.port = try #require(UInt16(address.split(separator: ":").last ?? ""))
        let second = SimulatorServer(settings)
        #expect(throws: SystemError.self) { try second.start() }
        first.stop()
        first.stop()
        #expect(first.ledger().counts.calls == 0)
    }

    @Test func `dates are written as HTTP wants them`() {
        #expect(HTTPAnswerWriter.date(784_111_777) == "Sun, 06 Nov 1994 08:49:37 GMT")
        #expect(HTTPAnswerWriter.date(0) == "Thu, 01 Jan 1970 00:00:00 GMT")
        #expect(HTTPAnswerWriter.date(951_782_400) == "Tue, 29 Feb 2000 00:00:00 GMT")
    }
}
