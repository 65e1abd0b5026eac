/// What a head says about its body, collected line by line.
struct HeadFraming: Equatable {
    var contentLength: Int?
    var isChunked = false
    var hostCount = 0
    var expectsContinue = false
    var connectionCloses = false
    var connectionKeepsAlive = false
}

extension HTTPRequestParser {
    /// Collects one line of the head and checks it once it is complete.
    mutating func headStep(
        _ bytes: UnsafeBufferPointer<UInt8>, _ consumed: inout Int
    ) throws(HTTPRefusal) -> Event? {
        let isRequestLine = request == nil
        let limit =
            isRequestLine ? limits.maximumRequestLineBytes : limits.maximumFieldLineBytes
        let hasEnded = Self.collectLine(bytes, &consumed, into: &head)
        let collected = head.count - lineStart
        // Without its end a line may still hold the CR of it.
        if hasEnded ? collected - 2 > limit : collected - 1 > limit {
            throw isRequestLine
                ? HTTPRefusal(status: 414, reason: "the request line is longer than \(limit) bytes")
                : HTTPRefusal(status: 431, reason: "a header line is longer than \(limit) bytes")
        }
        guard hasEnded else { return nil }
        guard collected >= 2, head[head.count - 2] == 0x0D else {
            throw HTTPRefusal(status: 400, reason: "a line ends with LF alone")
        }
        let range = lineStart..<(head.count - 2)
        lineStart = head.count
        if isRequestLine {
            try requestLine(range)
            return nil
        }
        if range.isEmpty { return try headEnded() }
        try fieldLine(range)
        return nil
    }

    /// Appends the bytes up to and including the next LF. Returns whether there was one.
    static func collectLine(
        _ bytes: UnsafeBufferPointer<UInt8>, _ consumed: inout Int, into buffer: inout [UInt8]
    ) -> Bool {
        var end = consumed
        while end < bytes.count, bytes[end] != 0x0A { end += 1 }
        let hasEnded = end < bytes.count
        if hasEnded { end += 1 }
        buffer.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[consumed..<end]))
        consumed = end
        return hasEnded
    }

    private mutating func requestLine(_ range: Range<Int>) throws(HTTPRefusal) {
        if range.isEmpty {
            leadingEmptyLines += 1
            guard leadingEmptyLines <= 2 else {
                throw HTTPRefusal(status: 400, reason: "empty lines in place of a request")
            }
            head.removeAll(keepingCapacity: true)
            lineStart = 0
            return
        }
        guard let first = head[range].firstIndex(of: 0x20),
            let last = head[range].lastIndex(of: 0x20), first < last
        else {
            throw HTTPRefusal(status: 400, reason: "the request line has not three parts")
        }
        let methodRange = range.lowerBound..<first
        guard !methodRange.isEmpty, head[methodRange].allSatisfy({ isTokenByte($0) }) else {
            throw HTTPRefusal(status: 400, reason: "the method is no token")
        }
        let isVersion11 = try version((last + 1)..<range.upperBound)
        let target = try originForm((first + 1)..<last)
        framing = HeadFraming()
        request = HTTPRequest(
            method: method(methodRange), head: [], target: target, fields: [], body: [],
            isVersion11: isVersion11, keepsAlive: isVersion11)
        request?.fields.reserveCapacity(8)
    }

    /// True for HTTP/1.1, false for HTTP/1.0.
    private func version(_ range: Range<Int>) throws(HTTPRefusal) -> Bool {
        let text = String(decoding: head[range], as: UTF8.self)
        if text == "HTTP/1.1" { return true }
        if text == "HTTP/1.0" { return false }
        if text.hasPrefix("HTTP/"), text.utf8.count == 8, !text.hasPrefix("HTTP/1.") {
            throw HTTPRefusal(status: 505, reason: "only HTTP/1.1 and HTTP/1.0 are spoken here")
        }
        throw HTTPRefusal(status: 400, reason: "the request line does not end with HTTP/1.1")
    }

    private func method(_ range: Range<Int>) -> HTTPRequest.Method {
        switch String(decoding: head[range], as: UTF8.self) {
        case "GET": .get
        case "HEAD": .head
        case "POST": .post
        case "PUT": .put
        case "DELETE": .delete
        case "PATCH": .patch
        case "OPTIONS": .options
        default: .other
        }
    }

    /// The path and query of a target; `http://host` is cut off (RFC 9112 §3.2.2).
    private func originForm(_ range: Range<Int>) throws(HTTPRefusal) -> Range<Int> {
        for byte in head[range] where byte <= 0x20 || byte >= 0x7F || byte == 0x23 {
            throw HTTPRefusal(status: 400, reason: "the request target holds a forbidden byte")
        }
        guard let first = head[range].first else {
            throw HTTPRefusal(status: 400, reason: "the request target is empty")
        }
        if first == 0x2F { return range }
        let scheme = range.lowerBound..<min(range.lowerBound + 7, range.upperBound)
        guard head.spells("http://", at: scheme),
            let slash = head[scheme.upperBound..<range.upperBound].firstIndex(of: 0x2F),
            slash > scheme.upperBound
        else {
            throw HTTPRefusal(status: 400, reason: "the request target is no path")
        }
        return slash..<range.upperBound
    }

    private mutating func fieldLine(_ range: Range<Int>) throws(HTTPRefusal) {
        let field = try splitField(head, range)
        request?.fields.append(field)
        guard (request?.fields.count ?? 0) <= limits.maximumFieldCount else {
            throw HTTPRefusal(
                status: 431, reason: "more than \(limits.maximumFieldCount) header lines")
        }
        try interpret(field)
    }

    /// Splits `name: value`, or refuses the line.
    func splitField(
        _ bytes: [UInt8], _ range: Range<Int>
    ) throws(HTTPRefusal) -> HTTPRequest.Field {
        guard let colon = bytes[range].firstIndex(of: 0x3A), colon > range.lowerBound else {
            throw HTTPRefusal(status: 400, reason: "a header line has no name")
        }
        for byte in bytes[range.lowerBound..<colon] where !isTokenByte(byte) {
            throw HTTPRefusal(status: 400, reason: "a header name holds a forbidden byte")
        }
        var start = colon + 1
        var end = range.upperBound
        while start < end, bytes[start] == 0x20 || bytes[start] == 0x09 { start += 1 }
        while end > start, bytes[end - 1] == 0x20 || bytes[end - 1] == 0x09 { end -= 1 }
        for byte in bytes[start..<end] where (byte < 0x20 && byte != 0x09) || byte == 0x7F {
            throw HTTPRefusal(status: 400, reason: "a header value holds a control byte")
        }
        return HTTPRequest.Field(name: range.lowerBound..<colon, value: start..<end)
    }

    /// Notes the header lines that decide how the message is framed.
    private mutating func interpret(_ field: HTTPRequest.Field) throws(HTTPRefusal) {
        switch field.name.count {
        case 4 where head.spells("host", at: field.name):
            framing.hostCount += 1
        case 6 where head.spells("expect", at: field.name):
            guard head.spells("100-continue", at: field.value) else {
                throw HTTPRefusal(status: 417, reason: "the only expectation met is 100-continue")
            }
            framing.expectsContinue = true
        case 10 where head.spells("connection", at: field.name):
            connectionOptions(field.value)
        case 14 where head.spells("content-length", at: field.name):
            try contentLength(field.value)
        case 17 where head.spells("transfer-encoding", at: field.name):
            guard head.spells("chunked", at: field.value), !framing.isChunked else {
                throw HTTPRefusal(status: 501, reason: "the only transfer coding known is chunked")
            }
            framing.isChunked = true
        default:
            break
        }
    }

    private mutating func connectionOptions(_ range: Range<Int>) {
        for option in head[range].split(separator: 0x2C) {
            var trimmed = option
            while trimmed.first == 0x20 || trimmed.first == 0x09 { trimmed.removeFirst() }
            while trimmed.last == 0x20 || trimmed.last == 0x09 { trimmed.removeLast() }
            let position = trimmed.startIndex..<trimmed.endIndex
            if head.spells("close", at: position) { framing.connectionCloses = true }
            if head.spells("keep-alive", at: position) { framing.connectionKeepsAlive = true }
        }
    }

    private mutating func contentLength(_ range: Range<Int>) throws(HTTPRefusal) {
        guard !range.isEmpty, head[range].allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else {
            throw HTTPRefusal(status: 400, reason: "Content-Length is no number")
        }
        // 18 digits fit an Int; a longer number (zeros aside) is far beyond any limit.
        let digits = head[range].drop { $0 == 0x30 }
        let value =
            digits.count > 18 ? Int.max : digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
        if let earlier = framing.contentLength, earlier != value {
            throw HTTPRefusal(status: 400, reason: "two Content-Length lines contradict each other")
        }
        framing.contentLength = value
    }

    /// Checks the complete head and decides what follows it.
    private mutating func headEnded() throws(HTTPRefusal) -> Event? {
        guard var whole = request else {
            preconditionFailure("a head ended without a request line")
        }
        guard framing.hostCount <= 1, framing.hostCount == 1 || !whole.isVersion11 else {
            throw HTTPRefusal(status: 400, reason: "there must be one Host line")
        }
        if framing.isChunked {
            guard framing.contentLength == nil else {
                throw HTTPRefusal(
                    status: 400, reason: "both Content-Length and Transfer-Encoding are given")
            }
            guard whole.isVersion11 else {
                throw HTTPRefusal(status: 400, reason: "HTTP/1.0 knows no Transfer-Encoding")
            }
        }
        let length = framing.contentLength ?? 0
        guard length <= limits.maximumBodyBytes else {
            throw HTTPRefusal(
                status: 413, reason: "the body is longer than \(limits.maximumBodyBytes) bytes")
        }
        whole.keepsAlive =
            !framing.connectionCloses && (whole.isVersion11 || framing.connectionKeepsAlive)
        whole.head = head
        head = []
        head.reserveCapacity(512)
        lineStart = 0
        request = whole
        if framing.isChunked {
            state = .chunkLine
        } else if length > 0 {
            request?.body.reserveCapacity(length)
            state = .body(remaining: length)
        } else {
            return finishedRequest()
        }
        return framing.expectsContinue && whole.isVersion11 ? .expectsContinue : nil
    }

    /// RFC 9110 `tchar`.
    private func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x5E...0x7A, 0x7C, 0x7E, 0x21, 0x23...0x27, 0x2A, 0x2B,
            0x2D, 0x2E:
            true
        default:
            false
        }
    }
}
