import SystemCalls

/// Writes answers as bytes: status line, header lines, body.
struct HTTPAnswerWriter {
    private var dateSeconds: Int64 = -1
    /// `Date: …` with its CR LF, for the second `dateSeconds`.
    private var dateLine: [UInt8] = []

    /// Appends the answer to `output`.
    ///
    /// - Parameter seconds: the time for the `Date` line, since 1970.
    mutating func append(
        _ reply: Reply, isVersion11: Bool, keepsAlive: Bool, at seconds: Int64,
        to output: inout [UInt8]
    ) {
        appendHead(reply.status, at: seconds, to: &output)
        switch reply.contentType {
        case .json where reply.status == 204: break
        case .json:
            output.append(text: "Content-Type: application/json;charset=UTF-8\r\n")
            output.append(text: "Content-Disposition: attachment; filename=response.json\r\n")
        case .html:
            output.append(text: "Content-Type: text/html;charset=UTF-8\r\n")
        }
        output.append(contentsOf: reply.extraFields)
        if !keepsAlive {
            output.append(text: "Connection: close\r\n")
        } else if !isVersion11 {
            output.append(text: "Connection: keep-alive\r\n")
        }
        appendBody(reply, isVersion11: isVersion11, to: &output)
    }

    /// Appends the refusal of an unparsable request.
    mutating func append(_ refusal: HTTPRefusal, at seconds: Int64, to output: inout [UInt8]) {
        appendHead(refusal.status, at: seconds, to: &output)
        output.append(text: "Content-Type: text/plain;charset=UTF-8\r\nConnection: close\r\n")
        if refusal.status == 503 { output.append(text: "Retry-After: 1\r\n") }
        output.append(text: "Content-Length: ")
        output.appendDecimal(UInt64(refusal.reason.utf8.count + 1))
        output.append(text: "\r\n\r\n")
        output.append(contentsOf: refusal.reason.utf8)
        output.append(0x0A)
    }

    private mutating func appendHead(_ status: Int, at seconds: Int64, to output: inout [UInt8]) {
        if seconds != dateSeconds {
            dateSeconds = seconds
            dateLine = Array("Date: \(Self.date(seconds))\r\n".utf8)
        }
        output.append(text: "HTTP/1.1 ")
        output.appendDecimal(UInt64(status))
        output.append(text: Self.reason(status))
        output.append(text: "Server: ZGS\r\n")
        output.append(contentsOf: dateLine)
    }

    private func appendBody(_ reply: Reply, isVersion11: Bool, to output: inout [UInt8]) {
        // RFC 9110 §8.6: a 204 has no Content-Length, because it has no content.
        if reply.status == 204 {
            output.append(text: "\r\n")
            return
        }
        let sent: ArraySlice<UInt8>
        switch reply.delivery {
        case .chunked where isVersion11 && !reply.omitsBody:
            output.append(text: "Transfer-Encoding: chunked\r\n\r\n")
            appendChunks(reply.body, to: &output)
            return
        case .cut(let count):
            sent = reply.body.prefix(count)
        case .whole, .chunked, .reset, .never:
            sent = reply.omitsBody ? [] : reply.body[...]
        }
        output.append(text: "Content-Length: ")
        output.appendDecimal(UInt64(reply.body.count))
        output.append(text: "\r\n\r\n")
        output.append(contentsOf: sent)
    }

    /// Chunks of 1, 2, 4 … 1,024 bytes, to catch readers that mistake a chunk for a message.
    private func appendChunks(_ body: [UInt8], to output: inout [UInt8]) {
        var start = 0
        var length = 1
        while start < body.count {
            let end = min(start + length, body.count)
            output.append(contentsOf: String(end - start, radix: 16).utf8)
            output.append(text: "\r\n")
            output.append(contentsOf: body[start..<end])
            output.append(text: "\r\n")
            start = end
            length = min(length * 2, 1_024)
        }
        output.append(text: "0\r\n\r\n")
    }

    /// An RFC 9110 date (§5.6.7): `Sun, 06 Nov 1994 08:49:37 GMT`.
    static func date(_ seconds: Int64) -> String {
        let time = CivilTime(milliseconds: seconds * 1_000)
        let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
        let months = [
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
        ]
        // The first of January 1970 was a Thursday.
        let day = days[Int(seconds / 86_400 % 7)]
        func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(day), \(padded(time.day)) \(months[time.month - 1]) \(time.year) "
            + "\(padded(time.hour)):\(padded(time.minute)):\(padded(time.second)) GMT"
    }

    /// Blank, reason phrase, CR LF.
    private static func reason(_ status: Int) -> StaticString {
        switch status {
        case 200: " OK\r\n"
        case 202: " Accepted\r\n"
        case 204: " No Content\r\n"
        case 207: " Multi-Status\r\n"
        case 302: " Found\r\n"
        case 400: " Bad Request\r\n"
        case 401: " Unauthorized\r\n"
        case 403: " Forbidden\r\n"
        case 404: " Not Found\r\n"
        case 405: " Method Not Allowed\r\n"
        case 408: " Request Timeout\r\n"
        case 413: " Content Too Large\r\n"
        case 414: " URI Too Long\r\n"
        case 417: " Expectation Failed\r\n"
        case 429: " Too Many Requests\r\n"
        case 431: " Request Header Fields Too Large\r\n"
        case 500: " Internal Server Error\r\n"
        case 501: " Not Implemented\r\n"
        case 502: " Bad Gateway\r\n"
        case 503: " Service Unavailable\r\n"
        case 505: " HTTP Version Not Supported\r\n"
        default: " Unknown\r\n"
        }
    }
}

extension [UInt8] {
    /// Appends fixed text.
    fileprivate mutating func append(text: StaticString) {
        append(
            contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }
}
