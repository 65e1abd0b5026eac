import Foundation
import JobModel
import Running
import Synchronization
import TestSupport
import Testing
import ZohoAPI

@Suite(.timeLimit(.minutes(20)))
struct CurlTransportTests {
    /// Answers every request of every connection alike.
    static func always(_ status: Int = 200, _ body: String = "{}", fields: String = "") throws
        -> ScriptedServer
    {
        try ScriptedServer { connection in
            while connection.readRequest() != nil {
                connection.answer(status, body, fields: fields)
            }
        }
    }

    @Test func `a request arrives as it was asked for, and its answer comes back whole`()
        async throws
    {
        let server = try Self.always(
            207, "{\"data\":[]}", fields: "x-api-credits-remaining: 1200\r\nRETRY-AFTER:\t60 \r\n")
        let client = try TransportClient(server.address)
        let result = await client.send(
            TransportClient.request("/crm/v2/Campaigns/1/Leads?ids=2,3"))
        #expect(
            result
                == .success(
                    HTTPAnswer(
                        status: 207, body: Array("{\"data\":[]}".utf8), retryAfterSeconds: 60,
                        creditsRemaining: 1200)))
        let request = try #require(server.requests.first?.request)
        let lines = request.components(separatedBy: "\r\n")
        #expect(lines.first == "DELETE /crm/v2/Campaigns/1/Leads?ids=2,3 HTTP/1.1")
        #expect(lines.contains("Authorization: Zoho-oauthtoken secret"))
        #expect(lines.contains("User-Agent: relsweep/test"))
        #expect(lines.contains("Host: 127.0.0.1:\(server.port)"))
        #expect(!request.lowercased().contains("accept-encoding"))
        #expect(!request.lowercased().contains("content-length"))
        client.close()
    }

    static let fields: [(fields: String, retryAfter: Int?, credits: Int?)] = [
        ("Retry-After: 1.5\r\n", 2, nil), ("Retry-After: -1\r\n", nil, nil),
        ("Retry-After: soon\r\n", nil, nil), ("Retry-After:\r\n", nil, nil),
        ("Retry-After: 99999999999999999999\r\n", 86_400, nil),
        (
            "Retry-After: Sat, 21 Nov 2026 11:00:00 GMT\r\nDate: Sat, 21 Nov 2026 10:59:30 GMT\r\n",
            30, nil
        ),
        ("Retry-After: Thu, 01 Jan 1970 00:00:00 GMT\r\n", 0, nil),
        ("Retry-After: Fri, 31 Dec 9999 00:00:00 GMT\r\n", 86_400, nil),
        ("X-API-CREDITS-REMAINING: -3\r\n", nil, -3), ("X-API-CREDITS-REMAINING: 0\r\n", nil, 0),
        ("X-API-CREDITS-REMAINING: -\r\n", nil, nil),
        ("X-API-CREDITS-REMAINING: --3\r\n", nil, nil),
        ("X-API-CREDITS-REMAINING: many\r\n", nil, nil),
    ]

    @Test func `waits and credits are read as far as they make sense`() async throws {
        for (fields, retryAfter, credits) in Self.fields {
            let server = try Self.always(503, "", fields: fields)
            let client = try TransportClient(server.address)
            let result = await client.send(TransportClient.request())
            #expect(
                result
                    == .success(
                        HTTPAnswer(
                            status: 503, body: [], retryAfterSeconds: retryAfter,
                            creditsRemaining: credits)), "\(fields)")
            client.close()
            server.stop()
        }
    }

    @Test func `bodies are sent, and the next request has none again`() async throws {
        let server = try Self.always()
        let client = try TransportClient(server.address)
        let large = String(repeating: "x", count: 2 << 20)
        _ = await client.send(TransportClient.request(method: .put, body: "{\"data\":[1]}"))
        _ = await client.send(TransportClient.request())
        _ = await client.send(
            TransportClient.request(
                method: .post, body: large, headers: [HTTPHeader("Content-Type", "text/plain")]))
        let requests = server.requests.map(\.request)
        #expect(requests.count == 3)
        #expect(requests[0].hasPrefix("PUT "))
        #expect(requests[0].contains("Content-Type: application/json\r\n"))
        #expect(requests[0].hasSuffix("\r\n\r\n{\"data\":[1]}"))
        #expect(requests[1].hasPrefix("DELETE "))
        #expect(!requests[1].contains("Content-"))
        #expect(requests[2].contains("Content-Type: text/plain\r\n"))
        #expect(!requests[2].contains("Expect"))
        #expect(requests[2].hasSuffix(large))
        client.close()
    }

    @Test func `a connection is kept and used again, unless a fresh one is asked for`() async throws
    {
        let server = try Self.always()
        let client = try TransportClient(server.address)
        let kept = Array(repeating: TransportClient.request(), count: 20)
        let results = await client.send(inTurn: kept + [TransportClient.request(fresh: true)])
        #expect(results.map { $0.answer?.status } == Array(repeating: 200, count: 21))
        #expect(server.requests.map(\.connection) == Array(repeating: 0, count: 20) + [1])
        client.close()
    }

    @Test func `calls are sent at once, each on a connection of its own`() async throws {
        let together = 8
        let arrived = Mutex(0)
        let allArrived = DispatchSemaphore(value: 0)
        let server = try ScriptedServer { connection in
            while connection.readRequest() != nil {
                let count = arrived.withLock { count in
                    count += 1
                    return count
                }
                // Answered only when all are there.
                if count == together { for _ in 0..<together { allArrived.signal() } }
                guard allArrived.wait(timeout: .now() + 120) == .success else { return }
                connection.answer()
            }
        }
        let client = try TransportClient(server.address) { $0.connectionCount = together }
        await withTaskGroup(of: Int?.self) { group in
            for _ in 0..<together { group.addTask { await client.send().answer?.status } }
            for await status in group { #expect(status == 200) }
        }
        #expect(Set(server.requests.map(\.connection)).count == together)
        client.close()
    }

    @Test func `a reset of a kept connection is one sending, in doubt`() async throws {
        let server = try ScriptedServer { connection in
            _ = connection.readRequest()
            connection.answer()
            // The second request arrives and takes effect; its answer never comes.
            if connection.readRequest() != nil { connection.resetAtEnd() }
        }
        let client = try TransportClient(server.address)
        // The third shows that no second sending of the second was under way.
        let results = await client.send(
            inTurn: ["/first", "/second", "/third"].map { TransportClient.request($0) })
        #expect(results.map { $0.answer?.status } == [200, nil, 200])
        #expect(results[1].failure?.kind == .connectionLost)
        #expect(results[1].failure?.leavesDoubt == true)
        let targets = server.requests.map { $0.request.split(separator: " ")[1] }
        #expect(targets == ["/first", "/second", "/third"])
        client.close()
    }

    @Test func `a close in place of an answer is one sending too, kept connection or fresh`()
        async throws
    {
        let server = try ScriptedServer { connection in
            while let request = connection.readRequest(), !request.contains("/lost") {
                connection.answer()
            }
        }
        let client = try TransportClient(server.address)
        for _ in 0..<5 {
            #expect(await client.send(TransportClient.request("/ok")).answer != nil)
            let lost = await client.send(TransportClient.request("/lost"))
            #expect(lost.failure?.kind == .connectionLost)
            let lostFresh = await client.send(TransportClient.request("/lost", fresh: true))
            #expect(lostFresh.failure?.kind == .connectionLost)
        }
        #expect(server.requests.filter { $0.request.contains("/lost") }.count == 10)
        client.close()
    }

    @Test(arguments: [
        "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"data\"",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"dat\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}",
        "HTTP/1.1 200 OK\r\nContent-Le",
        "SSH-2.0-OpenSSH_9.2\r\n",
    ])
    func `a cut or broken answer is unreadable`(text: String) async throws {
        let server = try ScriptedServer { connection in
            _ = connection.readRequest()
            connection.write(text)
        }
        let client = try TransportClient(server.address)
        let failure = await client.send().failure
        #expect(failure?.kind == .unreadable, "\(String(describing: failure))")
        #expect(server.requests.count == 1)
        client.close()
    }

    @Test func `nothing listening means nothing was sent`() async throws {
        let port = try ScriptedServer.deadPort()
        let client = try TransportClient("http://127.0.0.1:\(port)")
        let failure = await client.send().failure
        #expect(failure?.kind == .notSent)
        #expect(failure?.leavesDoubt == false)
        client.close()
    }

    @Test func `a failed TLS handshake means nothing was sent`() async throws {
        let server = try ScriptedServer { connection in
            connection.write("HTTP/1.1 400 This is no TLS\r\n\r\n")
            connection.waitForClose()
        }
        let client = try TransportClient("https://127.0.0.1:\(server.port)")
        #expect(await client.send().failure?.kind == .notSent)
        client.close()
    }

    @Test func `a name that does not resolve means nothing was sent`() async throws {
        let client = try TransportClient("https://relsweep.invalid") {
            $0.connectTimeout = .milliseconds(500)
        }
        let failure = await client.send().failure
        #expect(failure?.kind == .notSent)
        #expect(failure?.message.contains("crm/v2") == false)
        client.close()
    }

    @Test func `redirects are not followed and cookies not sent back`() async throws {
        let other = try Self.always()
        let server = try Self.always(
            302, "", fields: "Location: \(other.address)/there\r\nSet-Cookie: a=b; Path=/\r\n")
        let client = try TransportClient(server.address)
        #expect(await client.send().answer?.status == 302)
        #expect(await client.send().answer?.status == 302)
        #expect(other.requests.isEmpty)
        #expect(server.requests.count == 2)
        #expect(!server.requests.contains { $0.request.lowercased().contains("cookie") })
        client.close()
    }

    @Test(arguments: [301, 302, 303, 307, 308])
    func `no redirect gets the token or a client's secret, not even on the same host`(
        status: Int
    ) async throws {
        let other = try Self.always()
        let server = try Self.always(status, "", fields: "Location: \(other.address)/there\r\n")
        let client = try TransportClient(server.address)
        #expect(await client.send().answer?.status == status)
        client.close()
        var settings = TransportSettings(
            endpoints: ServiceEndpoints(everythingAt: try ServiceAddress(server.address)),
            userAgent: "relsweep/test")
        settings.timeout = .seconds(60)
        let accounts = CurlAccountsService(
            .refreshToken("refresh-secret"), client: TokenClient(id: "id", secret: "client-secret"),
            settings: settings)
        let outcome = await withCheckedContinuation { continuation in
            accounts.exchange(within: .seconds(60)) { continuation.resume(returning: $0) }
        }
        if case .success(.issued) = outcome { Issue.record("a redirect is no token") }
        #expect(server.requests.count == 2)
        #expect(other.requests.isEmpty)
    }

    @Test func `a slow first byte and a byte at a time both time out`() async throws {
        let server = try ScriptedServer { connection in
            while let request = connection.readRequest() {
                if request.contains("/silent") { return connection.waitForClose() }
                guard request.contains("/drip") else {
                    connection.answer()
                    continue
                }
                connection.write("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
                repeat { connection.write(" ") } while connection.isOpen(afterMilliseconds: 50)
            }
        }
        // Each with the other bound out of reach: what ends the call can only be its own. The
        // first request makes the connection, so that the second leaves at once.
        let patient = try TransportClient(server.address) { $0.firstByteTimeout = .seconds(10) }
        #expect(await patient.send().answer != nil)
        #expect(
            await patient.send(TransportClient.request("/silent")).failure?.kind == .timedOut)
        patient.close()
        let client = try TransportClient(server.address) {
            $0.timeout = .seconds(10)
            $0.firstByteTimeout = .seconds(600)
        }
        #expect(await client.send().answer != nil)
        #expect(await client.send(TransportClient.request("/drip")).failure?.kind == .timedOut)
        #expect(await eventually { server.requests.count == 4 })
        client.close()
    }

    @Test func `an answer of 100 MB is cut off at 4 MB`() async throws {
        let chunk = [UInt8](repeating: 0x20, count: 1 << 20)
        let wholeChunks = Mutex(0)
        let server = try ScriptedServer { connection in
            _ = connection.readRequest()
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: \(100 << 20)\r\n\r\n")
            for _ in 0..<100 {
                guard connection.write(chunk) else { return }
                wholeChunks.withLock { $0 += 1 }
            }
        }
        let client = try TransportClient(server.address)
        let answer = try #require(await client.send().answer)
        #expect(answer.isCutOff)
        #expect(answer.status == 200)
        #expect(answer.body.count == HTTPAnswer.maximumBodyByteCount)
        #expect(wholeChunks.withLock { $0 } < 50)
        client.close()
    }

    @Test func `4 MB exactly are read`() async throws {
        let body = String(repeating: " ", count: HTTPAnswer.maximumBodyByteCount)
        let server = try Self.always(200, body)
        let client = try TransportClient(server.address)
        let answer = try #require(await client.send().answer)
        #expect(!answer.isCutOff)
        #expect(answer.body.count == body.utf8.count)
        client.close()
    }

    @Test(arguments: ["X-Field: value\r\n", "x"])
    func `headers without end are unreadable`(text: String) async throws {
        let chunk = Array(String(repeating: text, count: 1_000).utf8)
        let server = try ScriptedServer { connection in
            _ = connection.readRequest()
            connection.write("HTTP/1.1 200 OK\r\nX: y")
            for _ in 0..<10_000 { guard connection.write(chunk) else { return } }
        }
        let client = try TransportClient(server.address)
        #expect(await client.send().failure?.kind == .unreadable)
        client.close()
    }

    @Test func `proxy variables are ignored, and loopback uses no proxy of the settings`() async {
        // In a process of its own: the environment belongs to all threads.
        await #expect(processExitsWith: .success) {
            let proxy = try CurlTransportTests.always(200, "from the proxy")
            for name in ["http_proxy", "https_proxy", "all_proxy", "ALL_PROXY"] {
                setenv(name, proxy.address, 1)
            }
            let server = try CurlTransportTests.always(200, "itself")
            for setting in [proxy.address, nil] {
                let client = try TransportClient(server.address) { $0.proxy = setting }
                try #require(await client.send().answer?.body == Array("itself".utf8))
            }
            // Not reachable without the proxy.
            let far = try TransportClient("https://relsweep.invalid")
            try #require(await far.send().failure?.kind == .notSent)
            try #require(proxy.requests.isEmpty)
        }
    }

    @Test func `a proxy of the settings is used for other hosts`() async throws {
        let proxy = try ScriptedServer { connection in
            _ = connection.readRequest()
            connection.answer(403, "no")
        }
        let client = try TransportClient("https://www.zohoapis.example") {
            $0.proxy = proxy.address
        }
        // Without a tunnel no byte of the request has left.
        #expect(await client.send().failure?.kind == .notSent)
        #expect(proxy.requests.first?.request.hasPrefix("CONNECT www.zohoapis.example:443") == true)
        #expect(proxy.requests.first?.request.contains("secret") == false)
        client.close()
    }

    @Test func `a token with a line break is never sent and never shown`() async throws {
        let server = try Self.always()
        let client = try TransportClient(server.address)
        let failure = await client.send(authorization: "Zoho-oauthtoken to\r\nken: x").failure
        #expect(failure?.kind == .notSent)
        #expect(failure?.message.contains("ken") == true)
        #expect(failure?.message.contains("x") == false)
        #expect(server.requests.isEmpty)
        client.close()
    }

    @Test func `what is cancelled is not reported, and the transport still works`() async throws {
        let server = try ScriptedServer { connection in
            while let request = connection.readRequest() {
                if request.contains("/silent") { return connection.waitForClose() }
                connection.answer()
            }
        }
        let client = try TransportClient(server.address)
        let reports = Mutex(0)
        await withCheckedContinuation { continuation in
            client.confined.async { transport in
                for _ in 0..<3 {
                    transport.send(TransportClient.request("/silent"), authorization: nil) { _ in
                        reports.withLock { $0 += 1 }
                    }
                }
                transport.send(TransportClient.request(), authorization: "\n") { _ in
                    reports.withLock { $0 += 1 }
                }
                #expect(transport.inFlightCount == 4)
                transport.cancelAll()
                #expect(transport.inFlightCount == 0)
                continuation.resume()
            }
        }
        #expect(await client.send().answer?.status == 200)
        #expect(reports.withLock { $0 } == 0)
        client.close()
    }

    @Test func `completions may send again, and none is called from within send`() async throws {
        let server = try Self.always()
        let client = try TransportClient(server.address)
        let total = 200
        let count: Int = await withCheckedContinuation { continuation in
            client.confined.async { transport in
                Chain(transport: transport, left: total, continuation: continuation).next()
            }
        }
        #expect(count == total)
        #expect(server.requests.count == total)
        client.close()
    }

    @Test func `a transport that is dropped with calls in flight closes everything`() async throws {
        let isClosed = AtomicFlag()
        let server = try ScriptedServer { connection in
            connection.waitForClose()
            isClosed.set()
        }
        var client: TransportClient? = try TransportClient(server.address)
        await withCheckedContinuation { continuation in
            client?.confined.async { transport in
                transport.send(TransportClient.request(), authorization: nil) { _ in }
                continuation.resume()
            }
        }
        #expect(await eventually { !server.requests.isEmpty })
        client = nil
        #expect(await eventually { isClosed.isSet })
    }
}

/// Set once, on any thread.
private final class AtomicFlag: Sendable {
    private let value = Mutex(false)
    var isSet: Bool { value.withLock { $0 } }
    func set() { value.withLock { $0 = true } }
}

/// Sends one request after the other, each from the completion of the one before.
private final class Chain {
    private let transport: CurlTransport
    private var left: Int
    private let total: Int
    private let continuation: CheckedContinuation<Int, Never>
    private var isSending = false

    init(transport: CurlTransport, left: Int, continuation: CheckedContinuation<Int, Never>) {
        self.transport = transport
        self.left = left
        total = left
        self.continuation = continuation
    }

    func next() {
        guard left > 0 else { return continuation.resume(returning: total) }
        left -= 1
        isSending = true
        transport.send(TransportClient.request(), authorization: "Zoho-oauthtoken x") { result in
            #expect(!self.isSending)
            #expect(result.answer?.status == 200)
            self.next()
        }
        isSending = false
    }
}
