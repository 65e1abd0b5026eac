// Calls of the fault `late`: the client never hears of them, and their effect comes when it no
// longer expects one.

/// A call whose effect has not happened yet.
struct LateCall: Sendable {
    var request: HTTPRequest
    var service: ServiceKind
    /// When it happens; nil behind the effect of the service's next call.
    var dueNanoseconds: Int64?
}

extension Organisation {
    /// Carries out the late calls whose time has come at `now`, in the order in which they came.
    package mutating func performLateCalls(at now: Int64) {
        performLateCalls { $0.dueNanoseconds.map { $0 <= now } ?? false }
    }

    /// The same for those that wait for the next call of a service, which was just carried out.
    mutating func performLateCalls(behindCallOf service: ServiceKind) {
        performLateCalls { $0.service == service && $0.dueNanoseconds == nil }
    }

    /// Puts a call off. Its answer, which nobody gets, is given up.
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
        // The call being answered goes on with its own token and list.
        let own = (caller, listedDeletedParent)
        for call in due { _ = perform(call.request, call.service) }
        (caller, listedDeletedParent) = own
    }
}
