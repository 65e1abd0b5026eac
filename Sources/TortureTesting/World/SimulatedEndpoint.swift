import JobModel
import Simulator
import ZohoAPI

/// The simulator's organisation behind a simulated connection: our requests become its own
/// type by its own parser, and its replies become what a transport reports.
struct SimulatedEndpoint {
    private(set) var organisation: Organisation

    init(_ scenario: Scenario) {
        organisation = Organisation(scenario.settings, world: scenario.world)
    }

    /// The request arrives: the effect happens now.
    mutating func reply(to request: APIRequest, token: String, at now: Moment) -> Reply {
        // The account's own list, under the name that the simulator knows.
        let target = request.target.replacing("/\(Scenario.addedList)", with: "/Leads")
        organisation.performLateCalls(at: now.nanoseconds)
        var text = "\(request.method.rawValue) \(target) HTTP/1.1\r\nHost: simulator\r\n"
        for header in request.headers { text += "\(header.name): \(header.value)\r\n" }
        if request.service != .accounts { text += "Authorization: Zoho-oauthtoken \(token)\r\n" }
        if !request.body.isEmpty { text += "Content-Length: \(request.body.count)\r\n" }
        let bytes = Array((text + "\r\n").utf8) + request.body
        var parser = HTTPRequestParser()
        var consumed = 0
        let event = bytes.withUnsafeBufferPointer { parser.feed($0, consumed: &consumed) }
        guard case .request(let parsed) = event else {
            preconditionFailure("the simulator refused a request: \(event)")
        }
        return organisation.reply(to: parsed, at: now.nanoseconds)
    }

    /// The reply was sent, or is no longer awaited.
    mutating func finished(_ reply: Reply) {
        if reply.isActive { organisation.finished(reply.service) }
    }

    /// The transport result of a reply; nil if it never arrives.
    ///
    /// - Parameter wall: What the machine's wall clock shows, in milliseconds since 1970.
    func end(_ reply: Reply, _ scenario: Scenario, wall: Int64) -> Result<
        HTTPAnswer, TransportFailure
    >? {
        switch reply.delivery {
        case .whole, .chunked: .success(answer(reply, scenario, wall))
        case .cut: .failure(TransportFailure(.unreadable, "the answer was cut"))
        case .reset: .failure(TransportFailure(.connectionLost, "connection reset"))
        case .never: nil
        }
    }

    private func answer(
        _ reply: Reply, _ scenario: Scenario, _ wall: Int64
    ) -> HTTPAnswer {
        var answer = HTTPAnswer(status: reply.status, body: reply.body)
        let fields = String(decoding: reply.extraFields, as: UTF8.self)
        for line in fields.split(separator: "\r\n") {
            let words = line.split(separator: " ")
            if line.hasPrefix("X-API-CREDITS") {
                answer.creditsRemaining = words.last.flatMap { Int($0) }
            } else if line.hasPrefix("Retry-After:") {
                // As the transport reads it: whole seconds, or nothing.
                answer.retryAfterSeconds = words.last.flatMap { UInt64($0) }.map(
                    Int.init(clamping:))
            }
        }
        // The simulator gives a pause in the body; a service may give it in a header field.
        if reply.status == 429, scenario.has(.pausesInHeader) {
            let seen = SeenAnswer(answer)
            if let seconds = seen.pauseSeconds {
                // As a number, or as the date that the service's clock will show; read as the
                // transport does it. `meant` is for the checkers: the program does not know it.
                let now = wall / 1_000
                let isDate = wall.isMultiple(of: 3) && (0...86_400).contains(seconds)
                let text = isDate ? TrialDate.text(of: now + Int64(seconds)) : "\(seconds)"
                answer.retryAfterSeconds = RetryAfter.seconds(of: text.utf8, now: now)
                answer.body = Array(
                    (#"{"code":"TOO_MANY_REQUESTS","message":"","status":"error","details":"#
                        + #"{"meant":\#(seconds)}}"#).utf8)
            }
        }
        if scenario.has(.distortedAnswers), wall % 16 == 5 { contradict(&answer) }
        return answer
    }

    /// A refusal of a record that the answer says was changed, before that element.
    private func contradict(_ answer: inout HTTPAnswer) {
        let start = Array(#"{"data":["#.utf8)
        guard answer.body.starts(with: start), let id = SeenAnswer(answer).successes.min() else {
            return
        }
        let lie =
            #"{"code":"DUPLICATE_DATA","details":{"id":"\#(id)"},"message":"","status":"error"},"#
        answer.body.insert(contentsOf: lie.utf8, at: start.count)
    }
}
