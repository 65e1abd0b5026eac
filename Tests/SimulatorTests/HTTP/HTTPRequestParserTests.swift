import Testing

@testable import Simulator

@Suite struct HTTPRequestParserTests {
    struct Refused: Sendable, CustomTestStringConvertible {
        var name: String
        var text: String
        var status: Int
        var testDescription: String { name }
    }

    static let refused: [Refused] = [
        Refused(name: "bare LF", text: "GET / HTTP/1.1\nHost: a\n\n", status: 400),
        Refused(name: "bare LF in a header", text: "GET / HTTP/1.1\r\nHost: a\n\r\n", status: 400),
        Refused(name: "CR in a value", text: "GET / HTTP/1.1\r\nHost: a\rb\r\n\r\n", status: 400),
        Refused(name: "NUL in a value", text: "GET / HTTP/1.1\r\nHost: a\0\r\n\r\n", status: 400),
        Refused(
            name: "NUL in the target", text: "GET /\0 HTTP/1.1\r\nHost: a\r\n\r\n", status: 400),
        Refused(name: "no Host", text: "GET / HTTP/1.1\r\n\r\n", status: 400),
        Refused(
            name: "two Hosts", text: "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", status: 400),
        Refused(
            name: "blank before the colon", text: "GET / HTTP/1.1\r\nHost : a\r\n\r\n",
            status: 400),
        Refused(name: "no name", text: "GET / HTTP/1.1\r\n: a\r\n\r\n", status: 400),
        Refused(name: "no colon", text: "GET / HTTP/1.1\r\nHost\r\n\r\n", status: 400),
        Refused(
            name: "folded line", text: "GET / HTTP/1.1\r\nHost: a\r\n b\r\n\r\n", status: 400),
        Refused(name: "two parts", text: "GET /\r\n\r\n", status: 400),
        Refused(name: "one part", text: "GET\r\n\r\n", status: 400),
        Refused(name: "two blanks", text: "GET  / HTTP/1.1\r\nHost: a\r\n\r\n", status: 400),
        Refused(name: "no path", text: "GET a HTTP/1.1\r\nHost: a\r\n\r\n", status: 400),
        Refused(name: "fragment", text: "GET /#a HTTP/1.1\r\nHost: a\r\n\r\n", status: 400),
        Refused(name: "raw UTF-8", text: "GET /ä HTTP/1.1\r\nHost: a\r\n\r\n", status: 400),
        Refused(name: "no version", text: "GET / HTTQ/1.1\r\nHost: a\r\n\r\n", status: 400),
        Refused(name: "lower-case version", text: "GET / http/1.1\r\nHost: a\r\n\r\n", status: 400),
        Refused(name: "HTTP/2", text: "GET / HTTP/2.0\r\nHost: a\r\n\r\n", status: 505),
        Refused(name: "bad method", text: "G(T / HTTP/1.1\r\nHost: a\r\n\r\n", status: 400),
        Refused(
            name: "length and chunks",
            text: "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n"
                + "Transfer-Encoding: chunked\r\n\r\n", status: 400),
        Refused(
            name: "two lengths",
            text: "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
            status: 400),
        Refused(
            name: "length list",
            text: "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 1, 1\r\n\r\n", status: 400),
        Refused(
            name: "signed length",
            text: "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\n", status: 400),
        Refused(
            name: "empty length",
            text: "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: \r\n\r\n", status: 400),
        Refused(
            name: "huge length",
            text: "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n",
            status: 413),
        Refused(
            name: "one byte too long",
            text: "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 1048577\r\n\r\n", status: 413),
        Refused(
            name: "gzip",
            text: "PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n", status: 501),
        Refused(
            name: "chunks in 1.0",
            text: "PUT / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", status: 400),
        Refused(
            name: "expectation",
            text: "PUT / HTTP/1.1\r\nHost: a\r\nExpect: miracles\r\n\r\n", status: 417),
        Refused(name: "empty lines", text: "\r\n\r\n\r\nGET / HTTP/1.1\r\n", status: 400),
        Refused(
            name: "request line",
            text: "GET /" + String(repeating: "a", count: 8_180) + " HTTP/1.1",
            status: 414),
        Refused(
            name: "header line",
            text: "GET / HTTP/1.1\r\nHost: " + String(repeating: "a", count: 8_190), status: 431),
        Refused(
            name: "header count",
            text: "GET / HTTP/1.1\r\n" + String(repeating: "a: b\r\n", count: 101), status: 431),
        chunked("no size", "\r\n", 400),
        chunked("no number", "x\r\n", 400),
        chunked("negative", "-1\r\n", 400),
        chunked("sixteen digits", "0000000000000001\r\n", 400),
        chunked("too large", "100001\r\n", 413),
        chunked("too large together", "1\r\na\r\n100000\r\n", 413),
        chunked("chunk too long", "1\r\nab", 400),
        chunked("chunk ended by LF", "1\r\na\n", 400),
        chunked("size ended by LF", "1\na", 400),
        chunked("extension without semicolon", "1 a\r\n", 400),
        chunked("long extension", "1;" + String(repeating: "a", count: 256), 400),
        chunked("framing trailer", "0\r\nContent-Length: 1\r\n\r\n", 400),
        chunked("broken trailer", "0\r\nab\r\n\r\n", 400),
        chunked("trailers", "0\r\n" + String(repeating: "a: b\r\n", count: 100), 431),
    ]

    static func chunked(_ name: String, _ body: String, _ status: Int) -> Refused {
        Refused(
            name: name,
            text: "PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + body,
            status: status)
    }

    @Test(arguments: refused)
    func `a bad request is refused by status, however it is cut`(_ example: Refused) throws {
        let bytes = Array(example.text.utf8)
        let whole = RequestText.events(bytes, pieceLength: .max)
        guard case .refused(let refusal)? = whole.last else {
            Issue.record("not refused: \(whole)")
            return
        }
        #expect(refusal.status == example.status)
        #expect(!refusal.reason.isEmpty)
        #expect(whole.count == 1)
        for pieceLength in [1, 2, 3, 7] {
            let events = RequestText.events(bytes, pieceLength: pieceLength)
            #expect(events.first == .refused(refusal))
        }
    }

    static let accepted: [String] = [
        "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
        "\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET / HTTP/1.0\r\n\r\n",
        "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
        "DELETE /crm/v2/Leads/1/Campaigns?ids=1,2 HTTP/1.1\r\nhOST: a\r\nX: \t b \r\n\r\n",
        "GET http://127.0.0.1:80/a?b HTTP/1.1\r\nHost: a\r\nConnection: x, Close\r\n\r\n",
        "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc",
        "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 003\r\n\r\nabc",
        "PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n"
            + "3;name=\"v\"\r\nabc\r\nA ;x\r\n0123456789\r\n0\r\nA: b\r\n\r\n",
        "PUT / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\na",
        "PUT / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\na",
        "PURGE /%2F HTTP/1.1\r\nHost: ä\r\n\r\n",
    ]

    @Test func `any split of a pipelined stream gives the same requests`() throws {
        let bytes = Array(Self.accepted.joined().utf8)
        let whole = RequestText.events(bytes, pieceLength: .max)
        let requests = whole.compactMap { event -> HTTPRequest? in
            if case .request(let request) = event { request } else { nil }
        }
        try #require(requests.count == Self.accepted.count)
        #expect(
            requests.map(\.keepsAlive) == [
                true, true, false, true, true, false, true, true, true, true, false, true,
            ])
        #expect(
            requests.map { String(decoding: $0.body, as: UTF8.self) } == [
                "", "", "", "", "", "", "abc", "abc", "abc0123456789", "a", "a", "",
            ])
        #expect(whole.filter { $0 == .expectsContinue }.count == 1)
        #expect(
            requests.map(\.method) == [
                .get, .get, .get, .get, .delete, .get, .put, .put, .put, .put, .put, .other,
            ])
        #expect(String(decoding: requests[5].head[requests[5].target], as: UTF8.self) == "/a?b")
        let value = try #require(requests[4].value(named: "x"))
        #expect(String(decoding: value, as: UTF8.self) == "b")
        for pieceLength in 1...40 {
            #expect(RequestText.events(bytes, pieceLength: pieceLength) == whole)
        }
        var generator = SeededGenerator(seed: 11)
        for _ in 0..<200 {
            let events = RequestText.events(bytes) {
                1 + Int(generator.number(below: 30))
            }
            #expect(events == whole)
        }
    }

    @Test func `lines at their limits pass, one byte more does not`() {
        var limits = HTTPLimits()
        limits.maximumRequestLineBytes = 20
        limits.maximumFieldLineBytes = 10
        limits.maximumBodyBytes = 4
        let head = "GET /" + String(repeating: "a", count: 6) + " HTTP/1.1"
        for (extra, status) in [("", 0), ("a", 414)] {
            let line = head.replacing(" HTTP", with: extra + " HTTP")
            check("\(line)\r\nHost: 1234\r\n\r\n", limits, status)
        }
        check("\(head)\r\nHost: 12345\r\n\r\n", limits, 431)
        var longer = limits
        longer.maximumFieldLineBytes = 40
        check("\(head)\r\nHost: 1\r\nContent-Length: 4\r\n\r\nabcd", longer, 0)
        check("\(head)\r\nHost: 1\r\nContent-Length: 5\r\n\r\nabcde", longer, 413)
        check(
            "\(head)\r\nHost: 1\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nabcd\r\n0\r\n\r\n",
            longer, 0)
        check("\(head)\r\nHost: 1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n", longer, 413)
    }

    /// Status 0 means a request that passes.
    private func check(_ text: String, _ limits: HTTPLimits, _ status: Int) {
        for pieceLength in [1, 5, .max] {
            let events = RequestText.events(
                Array(text.utf8), pieceLength: pieceLength, limits: limits)
            switch events.first {
            case .request: #expect(status == 0, "\(text)")
            case .refused(let refusal): #expect(refusal.status == status, "\(text)")
            default: Issue.record("\(text): \(events)")
            }
        }
    }

    @Test func `random bytes never trap, and are read the same however they are cut`() {
        var generator = SeededGenerator(seed: 5)
        let alphabet = Array("GETPUT /:\r\n\r\nHost1chunked;0123456789abf \t\0".utf8)
        for _ in 0..<2_000 {
            var bytes = Array("PUT / HTTP/1.1\r\nHost: a\r\n".utf8)
            for _ in 0..<generator.number(below: 60) {
                bytes.append(alphabet[Int(generator.number(below: UInt64(alphabet.count)))])
            }
            let whole = RequestText.events(bytes, pieceLength: .max)
            let pieces = RequestText.events(bytes, pieceLength: 3)
            // A refused connection repeats its refusal for every further piece.
            #expect(Array(pieces.prefix(whole.count)) == whole)
        }
    }
}
