// HTTP/1.1 requests (RFC 9112), as a push machine: bytes go in, in pieces of any size, events come
// out. It reads nothing itself and cannot block.
//
// What is stricter than the RFC must be, because clients are proven against it:
// - a line ends with CR LF. A bare LF and a CR inside a line are 400 (the RFC would let LF pass);
// - folded header lines, blanks before the colon, control bytes and NUL are 400;
// - Content-Length is digits only, and repeated lines must agree; with Transfer-Encoding it is 400;
// - the only transfer coding is `chunked`; anything else is 501, and in HTTP/1.0 it is 400;
// - exactly one Host line in HTTP/1.1, at most one in 1.0.
// What it accepts beyond the simplest client: up to two empty lines before a request, a target in
// absolute form, chunk extensions and trailers (checked, bounded and dropped), 100-continue.
//
// If you change this: every outcome must stay a function of the bytes alone, never of how they were
// cut. A limit is therefore judged on a line's length, and a line is judged when it is whole.

/// The limits of one request; a request that passes one is refused by the status named.
package struct HTTPLimits: Equatable, Sendable {
    /// Bytes of the request line without its end; more is 414. The longest call, 100 ids of 20
    /// digits with `%2C` between them, is below 2.4 KB.
    package var maximumRequestLineBytes = 8_192
    /// Bytes of one header line; more is 431.
    package var maximumFieldLineBytes = 8_192
    /// Header lines (trailers included); more is 431.
    package var maximumFieldCount = 100
    /// Bytes of a decoded body; more is 413.
    package var maximumBodyBytes = 1 << 20
    /// Bytes of a chunk's size line, extensions included; more is 400.
    package var maximumChunkLineBytes = 256

    /// The defaults.
    package init() {}
}

/// Why a request was refused before anybody looked at what it asks for.
package struct HTTPRefusal: Error, Equatable, Sendable {
    /// The status to answer with; the connection closes afterwards.
    package var status: Int
    /// What was wrong, for people.
    package var reason: String
}

/// The push machine for requests on one connection.
package struct HTTPRequestParser: Sendable {
    /// What the fed bytes came to.
    package enum Event: Equatable, Sendable {
        /// All bytes are used up, and no request is whole yet.
        case needsMore
        /// The head is whole and asks for `100 Continue` before the body is sent.
        case expectsContinue
        /// One whole request; the bytes behind it are not used up.
        case request(HTTPRequest)
        /// The connection cannot go on: answer this and close. All later bytes are ignored.
        case refused(HTTPRefusal)
    }

    enum State: Equatable {
        /// In the request line or a header line; next: body, chunk line, or a whole request.
        case head
        /// `remaining` bytes of a body with a Content-Length are missing.
        case body(remaining: Int)
        /// In the line that gives a chunk's size.
        case chunkLine
        /// `remaining` bytes of a chunk are missing.
        case chunk(remaining: Int)
        /// Before the CR (`seenReturn` false) or the LF that ends a chunk's bytes.
        case chunkEnd(seenReturn: Bool)
        /// In the trailer lines after the last chunk.
        case trailer
        /// Refused; final.
        case failed(HTTPRefusal)
    }

    var limits: HTTPLimits
    var state = State.head
    var head: [UInt8] = []
    /// Where the line being collected starts in `head` (or in `line`, which is its own).
    var lineStart = 0
    var request: HTTPRequest?
    var leadingEmptyLines = 0
    /// The chunk-size or trailer line being collected.
    var line: [UInt8] = []
    var trailerCount = 0
    var framing = HeadFraming()

    /// A parser at the start of a connection.
    package init(limits: HTTPLimits = HTTPLimits()) {
        self.limits = limits
    }

    /// Whether nothing of a next request has been seen: the connection may be closed silently.
    package var isBetweenRequests: Bool {
        state == .head && request == nil && head.isEmpty
    }

    /// Uses bytes from `bytes[consumed...]` until an event comes of them.
    ///
    /// - Parameter consumed: where to start; moved behind the last byte used.
    package mutating func feed(
        _ bytes: UnsafeBufferPointer<UInt8>, consumed: inout Int
    ) -> Event {
        do throws(HTTPRefusal) {
            while true {
                if let event = try step(bytes, &consumed) { return event }
            }
        } catch {
            state = .failed(error)
            consumed = bytes.count
            return .refused(error)
        }
    }

    /// The same for bytes in an array; for callers to whom speed means little.
    package mutating func feed(_ bytes: [UInt8], consumed: inout Int) -> Event {
        bytes.withUnsafeBufferPointer { feed($0, consumed: &consumed) }
    }

    /// One part of the input. Nil means that another step may follow.
    private mutating func step(
        _ bytes: UnsafeBufferPointer<UInt8>, _ consumed: inout Int
    ) throws(HTTPRefusal) -> Event? {
        if case .failed(let refusal) = state {
            consumed = bytes.count
            return .refused(refusal)
        }
        guard consumed < bytes.count else { return .needsMore }
        switch state {
        case .head:
            return try headStep(bytes, &consumed)
        case .body(let remaining):
            let count = min(remaining, bytes.count - consumed)
            request?.body.append(contentsOf: bytes[consumed..<(consumed + count)])
            consumed += count
            state = .body(remaining: remaining - count)
            return count == remaining ? finishedRequest() : nil
        case .chunkLine:
            return try chunkLineStep(bytes, &consumed)
        case .chunk(let remaining):
            let count = min(remaining, bytes.count - consumed)
            request?.body.append(contentsOf: bytes[consumed..<(consumed + count)])
            consumed += count
            state =
                count == remaining
                ? .chunkEnd(seenReturn: false) : .chunk(remaining: remaining - count)
            return nil
        case .chunkEnd(let seenReturn):
            let wanted: UInt8 = seenReturn ? 0x0A : 0x0D
            guard bytes[consumed] == wanted else {
                throw HTTPRefusal(status: 400, reason: "a chunk is longer than its size line says")
            }
            consumed += 1
            state = seenReturn ? .chunkLine : .chunkEnd(seenReturn: true)
            return nil
        case .trailer:
            return try trailerStep(bytes, &consumed)
        case .failed:
            preconditionFailure("a parser that has failed was fed again")
        }
    }

    /// Hands out the request that is now whole and starts afresh behind it.
    mutating func finishedRequest() -> Event {
        guard let whole = request else {
            preconditionFailure("a request ended without a head")
        }
        request = nil
        state = .head
        lineStart = 0
        leadingEmptyLines = 0
        trailerCount = 0
        return .request(whole)
    }
}
