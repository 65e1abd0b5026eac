import JobModel
import SandboxAPI
import ZohoAPI

/// The sandbox's organisation at the other end of a simulated line: our requests become its own
/// type by its own parser, and its replies become what a transport tells.
struct SimulatedService {
    private(set) var organisation: Organisation

    init(_ scenario: Scenario) {
        organisation = Organisation(scenario.settings, world: scenario.world)
    }

    /// The request arrives: the effect happens now.
    mutating func reply(to request: APIRequest, token: String, at now: Moment) -> Reply {
        var text = "\(request.method.rawValue) \(request.target) HTTP/1.1\r\nHost: sandbox\r\n"
        for header in request.headers { text += "\(header.name): \(header.value)\r\n" }
        if request.service != .accounts { text += "Authorization: Zoho-oauthtoken \(token)\r\n" }
        if !request.body.isEmpty { text += "Content-Length: \(request.body.count)\r\n" }
        let bytes = Array((text + "\r\n").utf8) + request.body
        var parser = HTTPRequestParser()
        var consumed = 0
        let event = bytes.withUnsafeBufferPointer { parser.feed($0, consumed: &consumed) }
        guard case .request(let parsed) = event else {
            preconditionFailure("broken belief: the sandbox reads our requests (\(event))")
        }
        return organisation.reply(to: parsed, at: now.nanoseconds)
    }

    /// The reply has left, or nobody waits for it any more.
    mutating func finished(_ reply: Reply) {
        if reply.isActive { organisation.finished(reply.service) }
    }

    /// What a transport makes of a reply; nil for one that never comes.
    static func end(_ reply: Reply) -> AttemptEnd? {
        switch reply.delivery {
        case .whole, .chunked: .answered(answer(reply))
        case .cut: .failed(TransportFailure(.connectionLost, "the answer was cut"))
        case .reset: .failed(TransportFailure(.connectionLost, "connection reset"))
        case .never: nil
        }
    }

    private static func answer(_ reply: Reply) -> HTTPAnswer {
        var credits: Int?
        let fields = String(decoding: reply.extraFields, as: UTF8.self)
        for line in fields.split(separator: "\r\n") where line.hasPrefix("X-API-CREDITS") {
            credits = line.split(separator: " ").last.flatMap { Int($0) }
        }
        return HTTPAnswer(status: reply.status, body: reply.body, creditsRemaining: credits)
    }
}
