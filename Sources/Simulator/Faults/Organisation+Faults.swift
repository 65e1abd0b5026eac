extension Reply {
    /// The answer of a fault that replaces the real one.
    ///
    /// - Parameter now: the calendar's time in seconds since 1970.
    init(
        _ fault: FaultPlan.Kind, _ decision: FaultPlan.Decision, _ service: ServiceKind,
        at now: Int64
    ) {
        switch fault {
        case _ where fault.isThrottling:
            let wait = RetryAfterText(
                nanoseconds: decision.timeNanoseconds, odd: decision.malformedRetryAfter, at: now)
            self.init(throttling: fault, wait, service)
        case .invalidToken, .authenticationFailure:
            self.init(badToken: fault, service)
        case .internalError where service == .crm, .internalErrorAfter where service == .crm:
            self.init(.internalError)
        // No documented body of the other services for this status.
        case .internalError, .internalErrorAfter: self.init(page: "Internal Server Error", 500)
        case .requestTimeout, .requestTimeoutAfter: self.init(page: "Request Timeout", 408)
        case .bodyTooLarge: self.init(page: "Request Entity Too Large", 413)
        case .addressTooLong: self.init(page: "Request-URI Too Long", 414)
        case .headerTooLarge: self.init(page: "Request Header Fields Too Large", 431)
        case .badRequestPage: self.init(page: "Bad Request", 400)
        case .unavailable, .unavailableAfter:
            self.init(status: 503, body: Array("Service Unavailable".utf8), contentType: .html)
        case .badGatewayPage, .badGatewayPageAfter: self.init(page: "Bad Gateway", 502)
        case .page, .pageAfter:
            self.init(status: 200, body: Self.page("Sign in"), contentType: .html)
        case .emptyObject, .emptyObjectAfter:
            self.init(status: 200, body: Array("{}".utf8))
        case .emptyBody, .emptyBodyAfter:
            self.init(status: 200, body: [])
        case .redirect:
            // To the same host, so that a client that follows it appears in the ledger.
            self.init(
                status: 302, body: [], contentType: .html,
                extraFields: Array("Location: /crm/v2/redirected\r\n".utf8))
        case .reset, .resetAfter:
            self.init(status: 0, body: [], delivery: .reset)
        case .hang, .hangAfter, .late:
            self.init(status: 0, body: [], delivery: .never)
        default:
            preconditionFailure("the fault \(fault.rawValue) changes an answer and has none")
        }
    }

    /// A 429 of the service.
    private init(
        throttling fault: FaultPlan.Kind, _ wait: RetryAfterText?, _ service: ServiceKind
    ) {
        switch service {
        case .accounts:
            self = Organisation.accessDenied
        case .creator:
            let isOfDay = fault == .creditsUsedUp || fault == .tooManyOfDay
            self = (isOfDay ? CreatorRefusal.noCallsLeft : .tooManyCalls).reply
        case .crm where fault == .tooManyOfDay:
            // The shape that older clients received.
            self.init(
                status: 429,
                body: Array(
                    (#"{"code":429,"error":"TOO_MANY_REQUESTS","error_info":"#
                        + #""You have exceeded the API requests of the past 24 hours."}"#).utf8))
        case .crm:
            self.init(CRMRefusal.throttled(fault, wait))
        }
    }

    private init(badToken fault: FaultPlan.Kind, _ service: ServiceKind) {
        let isInvalid = fault == .invalidToken
        switch service {
        case .crm: self.init(isInvalid ? .invalidToken : .authenticationFailure)
        case .creator: self = CreatorRefusal.invalidToken.reply
        case .accounts:
            let code = isInvalid ? "invalid_code" : "invalid_client"
            self.init(status: 200, body: Array(#"{"error":"\#(code)"}"#.utf8))
        }
    }

    private init(page title: String, _ status: Int) {
        self.init(status: status, body: Self.page("\(status) \(title)"), contentType: .html)
    }

    private static func page(_ title: String) -> [UInt8] {
        Array(
            ("<html>\r\n<head><title>\(title)</title></head>\r\n"
                + "<body><h1>\(title)</h1></body>\r\n</html>\r\n").utf8)
    }
}

extension Organisation {
    /// The reply after the effect: the real one, or the fault's.
    mutating func substitute(
        _ fault: FaultPlan.Kind, _ reply: Reply, _ decision: FaultPlan.Decision,
        _ service: ServiceKind
    ) -> Reply {
        switch fault {
        case .internalErrorAfter, .unavailableAfter, .badGatewayPageAfter, .pageAfter, .resetAfter,
            .hangAfter, .requestTimeoutAfter, .emptyObjectAfter, .emptyBodyAfter:
            return Reply(fault, decision, service, at: calendarSeconds)
        case .cut:
            var cut = reply
            let count = generator.number(below: UInt64(max(1, reply.body.count)))
            cut.delivery = .cut(afterBytes: Int(count))
            return cut
        case .childRemoved, .childAdded:
            if let listed = listedDeletedParent {
                world.moveChildren(listed, adds: fault == .childAdded)
            }
            return reply
        default:
            return reply
        }
    }

    /// Changes the elements of an answer as the fault says. Refusals and lists have none and stay.
    mutating func distort(_ answer: inout Answer, _ fault: FaultPlan.Kind) {
        switch answer {
        case .elements(let status, var elements):
            distort(&elements, fault)
            answer = .elements(status: status, elements)
        case .round(var round):
            distort(&round.elements, fault)
            answer = .round(round)
        case .refused, .whole:
            return
        }
    }

    private mutating func distort<Item: DistortableElement>(
        _ elements: inout [Item], _ fault: FaultPlan.Kind
    ) {
        guard !elements.isEmpty else { return }
        let index = Int(generator.number(below: UInt64(elements.count)))
        switch fault {
        case .missingElement:
            elements.remove(at: index)
        case .surplusElement:
            elements.insert(foreign(elements[index]), at: index)
        case .wrongCount:
            if generator.number(below: 2) == 0 {
                elements.remove(at: index)
            } else {
                elements.insert(foreign(elements[index]), at: index)
            }
        case .duplicateElement:
            if elements.count == 1 {
                elements.append(elements[0])
            } else {
                elements[(index + 1) % elements.count] = elements[index]
            }
        case .foreignID:
            elements[index] = foreign(elements[index])
        case .missingID:
            elements[index].id = nil
        case .outOfOrder:
            // A rotation moves every element.
            let shift = 1 + Int(generator.number(below: UInt64(max(1, elements.count - 1))))
            elements = elements.indices.map { elements[($0 + shift) % elements.count] }
        case .recordDeleted:
            elements[index].reportRecordDeleted()
        default:
            return
        }
    }

    /// An element with a foreign id (except with probability 2^-63).
    private mutating func foreign<Item: DistortableElement>(_ element: Item) -> Item {
        var foreign = element
        foreign.replaceID(generator.next() | 1)
        return foreign
    }

    /// Cookies, chunks and the headers of limits.
    func decorate(_ reply: inout Reply, _ decision: FaultPlan.Decision) {
        if let rule = decision.retryAfter, reply.status == 429 || reply.status >= 500,
            let wait = RetryAfterText(
                nanoseconds: rule.timeNanoseconds, odd: rule.malformedRetryAfter,
                at: calendarSeconds)
        {
            reply.extraFields.append(contentsOf: Array("Retry-After: \(wait.text)\r\n".utf8))
        }
        if decision.sendsNegativeCredits {
            reply.extraFields.append(contentsOf: Array("X-API-CREDITS-REMAINING: -1\r\n".utf8))
        }
        if decision.setsCookies {
            reply.extraFields.append(
                contentsOf: Array(
                    ("Set-Cookie: crmcsr=5f3a8a6e-0b51-4d9c-9a43-0c1d5a6f7b21;path=/;secure;"
                        + "samesite=none;priority=high\r\n"
                        + "Set-Cookie: _zcsr_tmp=5f3a8a6e-0b51-4d9c-9a43-0c1d5a6f7b21;path=/;"
                        + "SameSite=Strict;Secure;priority=high\r\n").utf8))
        }
        if decision.isChunked, reply.delivery == .whole { reply.delivery = .chunked }
    }
}

// Calls with the fault `late`: never answered, with an effect that happens later.

/// A call whose effect has not happened yet.
struct LateCall: Sendable {
    var request: HTTPRequest
    var service: ServiceKind
    /// When it happens; nil behind the effect of the service's next call.
    var dueNanoseconds: Int64?
}

extension Organisation {
    /// Executes the late calls due at `now`, in arrival order.
    package mutating func performLateCalls(at now: Int64) {
        performLateCalls { $0.dueNanoseconds.map { $0 <= now } ?? false }
    }

    /// The same for those that wait for the next call of a service, which was just performed.
    mutating func performLateCalls(behindCallOf service: ServiceKind) {
        performLateCalls { $0.service == service && $0.dueNanoseconds == nil }
    }

    /// Postpones a call. Its answer is discarded.
    mutating func postpone(
        _ request: HTTPRequest, _ decision: FaultPlan.Decision, _ service: ServiceKind
    ) {
        lateCalls.append(
            LateCall(
                request: request, service: service,
                dueNanoseconds: decision.timeNanoseconds.map { now + $0 }))
    }

    private mutating func performLateCalls(_ isDue: (LateCall) -> Bool) {
        if lateCalls.isEmpty { return }
        let due = lateCalls.filter(isDue)
        lateCalls.removeAll(where: isDue)
        // The call being answered keeps its own token and list.
        let own = (caller, listedDeletedParent)
        for call in due { _ = perform(call.request, call.service) }
        (caller, listedDeletedParent) = own
    }
}

/// The time that an answer asks a client to wait, as it is written: a number of seconds or, as RFC
/// 9110 §10.2.3 allows in a header, a date, or a value that no RFC allows.
struct RetryAfterText: Equatable {
    var text: String
    /// Whether JSON may write it as a number.
    var isNumber = true

    init(seconds: Int64) {
        text = String(max(0, seconds))
    }

    /// - Parameter now: the calendar's time in seconds since 1970.
    init?(nanoseconds: Int64?, odd: FaultPlan.MalformedRetryAfter?, at now: Int64) {
        if let odd {
            self.init(odd, at: now)
        } else if let nanoseconds {
            self.init(seconds: (nanoseconds + 999_999_999) / 1_000_000_000)
        } else {
            return nil
        }
    }

    private init(_ odd: FaultPlan.MalformedRetryAfter, at now: Int64) {
        switch odd {
        case .zero: text = "0"
        case .negative: text = "-5"
        case .fraction: text = "0.5"
        case .huge: text = "99999999999999999999"
        case .text: text = "soon"
        case .empty: text = ""
        case .date: text = HTTPAnswerWriter.date(now + 2)
        case .past: text = HTTPAnswerWriter.date(784_111_777)
        }
        switch odd {
        case .zero, .negative, .fraction, .huge: isNumber = true
        case .text, .empty, .date, .past: isNumber = false
        }
    }
}
