import Simulator

/// Chunk boundaries do not affect requests or refusals; limits hold; a request round-trips.
enum HTTPHarness {
    static func check(_ bytes: [UInt8]) throws(BrokenInvariant) {
        var small = HTTPLimits()
        small.maximumRequestLineBytes = 48
        small.maximumFieldLineBytes = 40
        small.maximumFieldCount = 5
        small.maximumBodyBytes = 24
        small.maximumChunkLineBytes = 12
        let pieces = InputSplit.pieces(of: bytes)
        for limits in [HTTPLimits(), small] {
            let whole = try events([bytes], limits)
            let cut = try events(pieces, limits)
            try require(cut == whole, "cut, \(cut) is not \(whole)")
            for case .request(let request) in whole {
                try require(request.body.count <= limits.maximumBodyBytes, "the body is too long")
                try require(
                    request.fields.count <= limits.maximumFieldCount, "too many header lines")
                try require(
                    request.head[request.target].first == UInt8(ascii: "/"), "no path is asked for")
                try checkUnsplit(request)
                if limits != small { try checkWritten(request) }
            }
        }
    }

    /// No part of a request line or a header line begins another line, and names are valid.
    private static func checkUnsplit(_ request: HTTPRequest) throws(BrokenInvariant) {
        for byte in request.head[request.target] {
            try require(byte > 0x20 && byte != 0x7F, "byte \(byte) in a target")
        }
        for field in request.fields {
            for byte in request.head[field.value] {
                try require(
                    byte == 0x09 || byte >= 0x20 && byte != 0x7F, "byte \(byte) in a value")
            }
            try require(!field.name.isEmpty, "a header line without a name")
            for byte in request.head[field.name] {
                try require(
                    byte > 0x20 && byte < 0x7F && byte != UInt8(ascii: ":"),
                    "byte \(byte) in a name")
            }
        }
    }

    /// Every event but `needsMore`, up to a refusal.
    static func events(
        _ pieces: [[UInt8]], _ limits: HTTPLimits
    ) throws(BrokenInvariant) -> [HTTPRequestParser.Event] {
        var parser = HTTPRequestParser(limits: limits)
        var events: [HTTPRequestParser.Event] = []
        for piece in pieces {
            var consumed = 0
            while consumed < piece.count {
                let before = consumed
                let event = parser.feed(piece, consumed: &consumed)
                try require(consumed > before, "\(event) without a byte used")
                if event == .needsMore {
                    try require(consumed == piece.count, "it needs more, but left some")
                    continue
                }
                events.append(event)
                if case .refused = event { return events }
            }
        }
        return events
    }

    private static func checkWritten(_ request: HTTPRequest) throws(BrokenInvariant) {
        let method = request.head.drop { $0 == 0x0D || $0 == 0x0A }.prefix { $0 != 0x20 }
        var text = Array(method) + [0x20] + request.head[request.target]
        text += Array(" HTTP/1.\(request.isVersion11 ? 1 : 0)\r\n".utf8)
        let framing = ["content-length", "transfer-encoding", "expect"]
        var kept = 0
        for field in request.fields {
            let name = String(decoding: request.head[field.name], as: UTF8.self)
            if framing.contains(name.lowercased()) { continue }
            kept += 1
            text += request.head[field.name] + [0x3A] + request.head[field.value] + [0x0D, 0x0A]
        }
        guard kept < HTTPLimits().maximumFieldCount else { return }
        text += Array("content-length: \(request.body.count)\r\n\r\n".utf8) + request.body
        let again = try events([text], HTTPLimits())
        guard case .request(let other)? = again.first, again.count == 1 else {
            throw BrokenInvariant("written again, \(request) became \(again)")
        }
        try require(
            other.method == request.method && other.body == request.body
                && other.head[other.target] == request.head[request.target]
                && other.keepsAlive == request.keepsAlive && other.fields.count == kept + 1,
            "written again, \(request) became \(other)")
    }
}
