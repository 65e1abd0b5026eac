extension Reply {
    /// The answer of a fault that prevents the effect.
    init(_ fault: FaultPlan.Kind, _ decision: FaultPlan.Decision, _ service: SimulatedService) {
        switch fault {
        case .tooManyRequests where service == .creator,
            .rateLimitExceeded where service == .creator:
            self = CreatorRefusal.tooManyCalls.reply
        case .invalidToken where service == .creator,
            .authenticationFailure where service == .creator:
            self = CreatorRefusal.invalidToken.reply
        case .tooManyRequests where service == .accounts,
            .rateLimitExceeded where service == .accounts:
            self = Organisation.accessDenied
        case .invalidToken where service == .accounts:
            self.init(status: 200, body: Array(#"{"error":"invalid_code"}"#.utf8))
        case .authenticationFailure where service == .accounts:
            self.init(status: 200, body: Array(#"{"error":"invalid_client"}"#.utf8))
        case .internalError where service != .crm, .internalErrorAfter where service != .crm:
            // No document shows a body for this status.
            self.init(
                status: 500, body: Self.page("500 Internal Server Error"), contentType: .html)
        case .tooManyRequests:
            self.init(
                .tooManyRequests(
                    retryAfterSeconds: decision.timeNanoseconds.map {
                        ($0 + 999_999_999) / 1_000_000_000
                    }))
        case .rateLimitExceeded: self.init(.rateLimitExceeded)
        case .invalidToken: self.init(.invalidToken)
        case .authenticationFailure: self.init(.authenticationFailure)
        case .internalError, .internalErrorAfter: self.init(.internalError)
        case .unavailable, .unavailableAfter:
            self.init(status: 503, body: Array("Service Unavailable".utf8), contentType: .html)
        case .badGatewayPage, .badGatewayPageAfter:
            self.init(status: 502, body: Self.page("502 Bad Gateway"), contentType: .html)
        case .page, .pageAfter:
            self.init(status: 200, body: Self.page("Sign in"), contentType: .html)
        case .redirect:
            // To the same host: a client that follows it shows in the ledger.
            self.init(
                status: 302, body: [], contentType: .html,
                extraFields: Array("Location: /crm/v2/redirected\r\n".utf8))
        case .reset, .resetAfter:
            self.init(status: 0, body: [], delivery: .reset)
        case .hang, .hangAfter:
            self.init(status: 0, body: [], delivery: .never)
        case .cut, .missingElement, .surplusElement, .wrongCount, .duplicateElement, .foreignID,
            .missingID, .outOfOrder, .recordDeleted, .childRemoved, .childAdded, .slow, .cookies,
            .chunked:
            preconditionFailure("broken belief: \(fault.rawValue) changes an answer, it is none")
        }
    }

    private static func page(_ title: String) -> [UInt8] {
        Array(
            ("<html>\r\n<head><title>\(title)</title></head>\r\n"
                + "<body><h1>\(title)</h1></body>\r\n</html>\r\n").utf8)
    }
}

extension Organisation {
    /// The reply after the effect: the true one, or what the fault puts in its place.
    mutating func substitute(
        _ fault: FaultPlan.Kind, _ reply: Reply, _ decision: FaultPlan.Decision,
        _ service: SimulatedService
    ) -> Reply {
        switch fault {
        case .internalErrorAfter, .unavailableAfter, .badGatewayPageAfter, .pageAfter, .resetAfter,
            .hangAfter:
            return Reply(fault, decision, service)
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
            // A rotation leaves no element where it was.
            let shift = 1 + Int(generator.number(below: UInt64(max(1, elements.count - 1))))
            elements = elements.indices.map { elements[($0 + shift) % elements.count] }
        case .recordDeleted:
            elements[index].sayRecordDeleted()
        default:
            return
        }
    }

    /// The element with an id that no request named, unless by a chance of 1 in 2^63.
    private mutating func foreign<Item: DistortableElement>(_ element: Item) -> Item {
        var foreign = element
        foreign.becomeForeign(generator.next() | 1)
        return foreign
    }

    /// Cookies and chunks.
    func decorate(_ reply: inout Reply, _ decision: FaultPlan.Decision) {
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
