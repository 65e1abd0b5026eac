// HTTP/1.1 requests (RFC 9112), as a push machine: bytes go in, in pieces of any size, events come
// out. It reads nothing itself and cannot block.
//
// Deliberately stricter than the RFC, because clients are tested against it:
// - a line ends with CR LF. A bare LF and a CR inside a line are 400 (the RFC would let LF pass);
// - folded header lines, blanks before the colon, control bytes and NUL are 400;
// - Content-Length is digits only, and repeated lines must agree; with Transfer-Encoding it is 400;
// - the only transfer coding is `chunked`; anything else is 501, and in HTTP/1.0 it is 400;
// - exactly one Host line in HTTP/1.1, at most one in 1.0.
// What it accepts beyond the simplest client: up to two empty lines before a request, a target in
// absolute form, chunk extensions and trailers (checked, bounded and dropped), 100-continue.
//
// If you change this: results must depend on the bytes alone, not on chunk boundaries. A limit
// therefore applies to the length of a line, and a line is validated when it is complete.

/// Limits per request, with the status of a violation.
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

/// Why a request was refused by the parser.
package struct HTTPRefusal: Error, Equatable, Sendable {
    /// The status to answer with; the connection closes afterwards.
    package var status: Int
    /// The reason as text.
    package var reason: String
}

/// The request parser of a connection.
package struct HTTPRequestParser: Sendable {
    /// The result of parsing.
    package enum Event: Equatable, Sendable {
        /// All bytes consumed; the request is incomplete.
        case needsMore
        /// The head is whole and asks for `100 Continue` before the body is sent.
        case expectsContinue
        /// One complete request; the bytes after it are not consumed.
        case request(HTTPRequest)
        /// The connection cannot continue: answer this and close. All later bytes are ignored.
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

    /// Whether no byte of a next request has been received.
    package var isBetweenRequests: Bool {
        state == .head && request == nil && head.isEmpty
    }

    /// Consumes `bytes[consumed...]` until an event occurs.
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

    /// The same for an array, for callers that are not performance-critical.
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

    /// Returns the complete request and resets the parser.
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
