// The simulated organisation: a request and a time go in, an answer comes out, and the ledger notes
// what really happened. It knows no clock, no socket and no thread.
//
// The order in which a call is judged, first match answers:
//  1. the ledger itself (no call, no token);
//  2. the organisation's limits, 429: nothing is done;
//  3. a fault that prevents the effect (`FaultPlan`): nothing is done;
//  4. URL pattern, token, module, method, rights, list, ids, parent (`Organisation+Calls.swift`);
//  5. the effect, at once: the answer may be late, cut or never come, the effect stands.
// The documents do not say in which order the service looks at these things.

/// A simulated Zoho CRM organisation.
package struct Organisation: Sendable {
    /// How it behaves.
    package let settings: OrganisationSettings
    var world: World
    var counts = LedgerCounts()
    var generator: SeededGenerator
    var acceptedCalls = CallWindow()
    var arrivedCalls = CallWindow()
    /// Accepted calls whose answer has not left yet.
    private(set) var activeCalls = 0
    var creditsUsed: Int

    /// An organisation in which `world` exists.
    package init(_ settings: OrganisationSettings, world: consuming World) {
        self.settings = settings
        self.world = world
        generator = SeededGenerator(seed: settings.seed)
        creditsUsed = settings.creditsUsedBefore
    }

    /// What really happened so far.
    package var ledger: Ledger {
        var counts = counts
        counts.maximumCallsPerMinute = arrivedCalls.maximum
        counts.creditsUsed = creditsUsed
        return Ledger(counts: counts, style: settings.style, world: world)
    }

    /// Answers a request that came at `now` (nanoseconds of a clock that never goes back).
    ///
    /// Effects happen here. If the reply is active, `finished()` must be told when it has left, or
    /// when it is clear that it never will.
    package mutating func reply(to request: HTTPRequest, at now: Int64) -> Reply {
        let asked = CRMTarget.ledger(request)
        if asked.isLedger { return ledgerReply(request, isSummary: asked.isSummary) }
        counts.calls += 1
        arrivedCalls.note(at: now)
        counts.maximumActiveCalls = max(counts.maximumActiveCalls, activeCalls + 1)
        let decision = settings.faults.decide(call: UInt64(counts.calls), &generator)
        let delay = drawnLatency()
        if let refusal = limitRefusal(at: now) {
            // At once, as a gateway would: a client that does not wait meets the next one at once.
            return finish(Reply(refusal), request)
        }
        acceptedCalls.note(at: now)
        activeCalls += 1
        if let fault = decision.fault { counts.note(fault) }
        var reply = answer(request, decision)
        reply.isActive = true
        reply.delayNanoseconds = delay + decision.delayNanoseconds
        decorate(&reply, decision)
        return finish(reply, request)
    }

    /// Tells that an active reply has left, or never will.
    package mutating func finished() {
        precondition(activeCalls > 0, "broken belief: only an active call finishes")
        activeCalls -= 1
    }

    /// The answer by steps 3 to 5.
    private mutating func answer(_ request: HTTPRequest, _ decision: FaultPlan.Decision) -> Reply {
        guard let fault = decision.fault else { return Reply(perform(request)) }
        if fault.preventsEffect { return Reply(fault, decision) }
        var answer = perform(request)
        distort(&answer, fault)
        return substitute(fault, Reply(answer), decision)
    }

    /// The last touches, the same for every answer.
    private mutating func finish(_ reply: consuming Reply, _ request: HTTPRequest) -> Reply {
        reply.omitsBody = request.method == .head
        if let credits = settings.dailyCredits, creditsUsed * 2 >= credits {
            reply.extraFields.append(contentsOf: Array("X-API-CREDITS-REMAINING: ".utf8))
            reply.extraFields.appendDecimal(UInt64(max(0, credits - creditsUsed)))
            reply.extraFields.append(contentsOf: [0x0D, 0x0A])
        }
        switch reply.delivery {
        case .reset: counts.resets += 1
        case .never: counts.hangs += 1
        case .whole, .chunked, .cut: counts.noteStatus(reply.status)
        }
        return reply
    }

    private mutating func drawnLatency() -> Int64 {
        let jitter = settings.latencyJitterNanoseconds
        guard jitter > 0 else { return settings.latencyNanoseconds }
        let shift = Int64(generator.number(below: UInt64(2 * jitter + 1))) - jitter
        return max(0, settings.latencyNanoseconds + shift)
    }

    /// Step 2. Refused before execution; such a call is neither active nor does it cost a credit.
    private mutating func limitRefusal(at now: Int64) -> Refusal? {
        if let maximum = settings.maximumActiveCalls, activeCalls >= maximum {
            counts.refusedByLimit += 1
            return .tooManyRequests(retryAfterSeconds: settings.tellsRetryAfter ? 1 : nil)
        }
        if let maximum = settings.maximumCallsPerMinute, acceptedCalls.count(at: now) >= maximum {
            counts.refusedByLimit += 1
            let wait = (acceptedCalls.nextRelease ?? now) - now
            return .tooManyRequests(
                retryAfterSeconds: settings.tellsRetryAfter
                    ? (wait + 999_999_999) / 1_000_000_000 : nil)
        }
        if let credits = settings.dailyCredits, creditsUsed >= credits {
            counts.refusedByLimit += 1
            return .tooManyRequests(retryAfterSeconds: nil)
        }
        return nil
    }

    private func ledgerReply(_ request: HTTPRequest, isSummary: Bool) -> Reply {
        guard request.method == .get || request.method == .head else {
            return Reply(.invalidMethod)
        }
        var reply = Reply(status: 200, body: ledger.json(isSummary: isSummary))
        reply.omitsBody = request.method == .head
        return reply
    }
}

/// What a call comes to before it becomes bytes.
enum Answer {
    /// The whole request is refused.
    case refused(Refusal)
    /// `data`, element by element.
    case elements(status: Int, [Element])
}

extension Reply {
    init(_ refusal: Refusal) {
        self.init(status: refusal.status, body: AnswerText.refusal(refusal))
    }

    init(_ answer: Answer) {
        switch answer {
        case .refused(let refusal):
            self.init(refusal)
        case .elements(let status, let elements):
            self.init(status: status, body: AnswerText.elements(elements))
        }
    }
}
