import Testing

@testable import Simulator

/// Requests written as text, taken apart by the product's own parser.
enum RequestText {
    /// The request of a line such as `DELETE /crm/v2/…`, with the header lines a client sends.
    static func request(
        _ line: String, authorization: String? = "Zoho-oauthtoken 1000.abc", body: String? = nil,
        fields: String = ""
    ) throws -> HTTPRequest {
        var text = "\(line) HTTP/1.1\r\nHost: 127.0.0.1\r\n\(fields)"
        if let authorization { text += "Authorization: \(authorization)\r\n" }
        if let body { text += "Content-Length: \(body.utf8.count)\r\n" }
        text += "\r\n\(body ?? "")"
        let events = events(Array(text.utf8), pieceLength: .max)
        guard case .request(let request)? = events.first else {
            throw Failure(events: events)
        }
        return request
    }

    struct Failure: Error {
        var events: [HTTPRequestParser.Event]
    }

    /// Everything that results from `bytes` fed in pieces of at most that length.
    static func events(
        _ bytes: [UInt8], pieceLength: Int, limits: HTTPLimits = HTTPLimits()
    ) -> [HTTPRequestParser.Event] {
        events(bytes, limits: limits) { pieceLength }
    }

    /// Everything that results from `bytes` fed in pieces of the lengths drawn.
    static func events(
        _ bytes: [UInt8], limits: HTTPLimits = HTTPLimits(), nextLength: () -> Int
    ) -> [HTTPRequestParser.Event] {
        var parser = HTTPRequestParser(limits: limits)
        var events: [HTTPRequestParser.Event] = []
        var start = 0
        while start < bytes.count {
            let piece = Array(bytes[start...].prefix(nextLength()))
            start += piece.count
            var consumed = 0
            while consumed < piece.count {
                let event = parser.feed(piece, consumed: &consumed)
                if event == .needsMore { break }
                events.append(event)
            }
        }
        return events
    }
}
