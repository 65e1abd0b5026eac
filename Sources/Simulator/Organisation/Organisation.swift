// The simulated organisation maps a request and a time to an answer, and records the actual effects
// in the ledger. No clock, socket or thread.
//
// Order of checks; the first match answers:
//  1. the ledger itself (no call, no token);
//  2. the accounts server (`Organisation+Accounts.swift`), which has limits and faults of its own;
//  3. the service's limits: nothing is done;
//  4. a fault that prevents the effect (`FaultPlan`): nothing is done;
//  5. URL pattern, token, module, method, rights, list, ids, parent (`Organisation+Calls.swift`,
//     and for Creator `Organisation+Creator.swift`);
//  6. the effect, at once: the answer may be late, cut or never come, the effect remains. Only the
//     fault `late` puts an effect off (`Organisation+LateCalls.swift`).
// The documents do not say in which order the service looks at these things.

/// A simulated Zoho organisation: its CRM, its Creator applications, its accounts server.
package struct Organisation: Sendable {
    /// How it behaves.
    package let settings: OrganisationSettings
    var world: World
    var counts = LedgerCounts()
    var generator: SeededGenerator
    var crm = ServiceActivity()
    var creator = ServiceActivity()
    /// Creator's day: its number, the calls in it; and until when a block lasts.
    var creatorDay: Int64?
    var creatorDayCalls = 0
    var creatorBlockedUntil = Int64.min
    var accounts: AccountsStore
    /// The token of the call being answered, if the accounts server handed it out.
    var caller: AccountsStore.Issued?
    /// Credits of the last 24 hours.
    var credits = CallWindow.day
    var creditsUsed: Int
    /// When the call being answered came.
    var now: Int64 = 0
    /// Calls whose effect is still to come.
    var lateCalls: [LateCall] = []
    /// The deleted parent whose children the call being answered has listed.
    var listedDeletedParent: World.ListName?

    /// An organisation in which `world` exists.
    package init(_ settings: OrganisationSettings, world: consuming World) {
        self.settings = settings
        self.world = world
        generator = SeededGenerator(seed: settings.seed)
        accounts = AccountsStore(settings.accounts, seed: settings.seed)
        creditsUsed = settings.creditsUsedBefore
    }

    /// The effects so far.
    package var ledger: Ledger {
        var counts = counts
        counts.maximumCallsPerMinute = crm.arrived.maximum
        counts.maximumActiveCalls = crm.maximumActive
        counts.creditsUsed = creditsUsed
        counts.creator.maximumCallsPerMinute = creator.arrived.maximum
        counts.creator.maximumActiveCalls = creator.maximumActive
        return Ledger(counts: counts, style: settings.style, world: world)
    }

    /// Answers a request that came at `now` (nanoseconds of a clock that never goes back).
    ///
    /// Effects happen here. If the reply is active, call `finished()` when it has been sent, or
    /// when it never will be.
    package mutating func reply(to request: HTTPRequest, at now: Int64) -> Reply {
        performLateCalls(at: now)
        let asked = CRMTarget.ledger(request)
        if asked.isLedger { return ledgerReply(request, isSummary: asked.isSummary) }
        if counts.calls == 0 { credits.note(at: now, weight: settings.creditsUsedBefore) }
        self.now = now
        caller = nil
        listedDeletedParent = nil
        accounts.noteRequest(at: now)
        let service = ServiceKind(request)
        if service == .accounts { return accountsReply(request) }
        if service == .crm, CRMTarget(request)?.profileName != nil {
            // Requested once per session before the job; not numbered, so that faults by call
            // number apply to the job's calls.
            return finish(Reply(perform(request, service)), request, service)
        }
        counts.calls += 1
        arrive(service)
        let decision = settings.faults.decide(
            call: UInt64(counts.calls), length: request.target.count + request.body.count,
            &generator)
        let delay = drawnLatency()
        if let refusal = limitReply(service) {
            // At once, as a gateway would: a client that does not wait meets the next one at once.
            return finish(refusal, request, service)
        }
        begin(service)
        if let fault = decision.fault { counts.note(fault) }
        var reply = answer(request, decision, service)
        if decision.fault != .late { performLateCalls(behindCallOf: service) }
        reply.isActive = true
        reply.service = service
        reply.delayNanoseconds = delay + decision.delayNanoseconds
        decorate(&reply, decision)
        return finish(reply, request, service)
    }

    /// Ends an active reply.
    package mutating func finished(_ service: ServiceKind = .crm) {
        switch service {
        case .crm: crm.finish()
        case .creator: creator.finish()
        case .accounts: preconditionFailure("a token exchange was counted as an open call")
        }
    }

    private mutating func arrive(_ service: ServiceKind) {
        if service == .creator { creator.arrive(at: now) } else { crm.arrive(at: now) }
    }

    private mutating func begin(_ service: ServiceKind) {
        if service == .creator { creator.begin(at: now) } else { crm.begin(at: now) }
    }

    /// Step 3.
    private mutating func limitReply(_ service: ServiceKind) -> Reply? {
        service == .creator
            ? creatorLimitRefusal(at: now)?.reply : limitRefusal(at: now).map { Reply($0) }
    }

    /// The answer by steps 4 to 6.
    private mutating func answer(
        _ request: HTTPRequest, _ decision: FaultPlan.Decision, _ service: ServiceKind
    ) -> Reply {
        guard let fault = decision.fault else { return Reply(perform(request, service)) }
        if fault == .late { postpone(request, decision, service) }
        if fault.preventsEffect {
            return Reply(fault, decision, service, at: calendarSeconds)
        }
        var answer = perform(request, service)
        distort(&answer, fault)
        return substitute(fault, Reply(answer), decision, service)
    }

    /// The calendar's time of the call being answered, in seconds since 1970.
    var calendarSeconds: Int64 {
        (settings.epochMilliseconds + now / 1_000_000) / 1_000
    }

    mutating func perform(_ request: HTTPRequest, _ service: ServiceKind) -> Answer {
        service == .creator ? performCreator(request) : perform(request)
    }

    /// Charges credits for the call being answered.
    mutating func pay(_ count: Int) {
        creditsUsed += count
        credits.note(at: now, weight: count)
    }

    /// The last changes, the same for every answer.
    private mutating func finish(
        _ reply: consuming Reply, _ request: HTTPRequest, _ service: ServiceKind
    ) -> Reply {
        reply.omitsBody = request.method == .head
        if service == .crm, caller != nil { reply.extraFields += tokenResetLine() }
        if service == .crm, let daily = settings.dailyCredits, credits.total * 2 >= daily {
            reply.extraFields.append(contentsOf: Array("X-API-CREDITS-REMAINING: ".utf8))
            reply.extraFields.appendDecimal(UInt64(max(0, daily - credits.total)))
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

    /// Step 3 for the CRM. Refused before execution; such a call is neither active nor does it cost
    /// a credit.
    private mutating func limitRefusal(at now: Int64) -> CRMRefusal? {
        if let maximum = settings.maximumActiveCalls, crm.active >= maximum {
            counts.refusedByLimit += 1
            return .tooManyRequests(retryAfterSeconds: settings.sendsRetryAfter ? 1 : nil)
        }
        if let maximum = settings.maximumCallsPerMinute, crm.accepted.count(at: now) >= maximum {
            counts.refusedByLimit += 1
            let wait = (crm.accepted.nextRelease ?? now) - now
            return .tooManyRequests(
                retryAfterSeconds: settings.sendsRetryAfter
                    ? (wait + 999_999_999) / 1_000_000_000 : nil)
        }
        if let daily = settings.dailyCredits, credits.count(at: now) >= daily {
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

/// The result of a call before rendering.
enum Answer {
    /// The whole request is refused.
    case refused(CRMRefusal)
    /// `data`, element by element.
    case elements(status: Int, [Element])
    /// A round of deletions in Creator.
    case round(CreatorRound)
    /// Anything that faults do not modify.
    case whole(Reply)
}

extension Reply {
    init(_ refusal: CRMRefusal) {
        self.init(status: refusal.status, body: AnswerText.refusal(refusal))
    }

    init(_ answer: Answer) {
        switch answer {
        case .refused(let refusal):
            self.init(refusal)
        case .elements(let status, let elements):
            self.init(status: status, body: AnswerText.elements(elements))
        case .round(let round):
            self = round.reply
        case .whole(let reply):
            self = reply
        }
    }
}
