import Execution
import JobModel
import Journaling
import Simulator
import ZohoAPI

// The network between process and service, as seen through `CurlTransport`.

extension Simulation {
    /// Longest wait for a connection, and for the first byte of an answer, in parts of the whole
    /// call's timeout.
    private static let partsOfConnecting = 3

    /// Sends the request once.
    mutating func send(_ attempt: AttemptID, _ request: APIRequest, _ generation: Int) {
        guard let before = process, before.end == nil else { return }
        guard !tokens.token(generation: generation).isEmpty else {
            return post(
                .attemptEnded(
                    attempt,
                    .failure(TransportFailure(.notSent, "there is no access token"))))
        }
        let request = perturbed(request)
        sendingCount += 1
        var sending = Sending(
            number: sendingCount, process: before.number, leftAt: now,
            host: facts?.host ?? "", client: facts?.client ?? "",
            token: tokens.token(generation: generation),
            request: SeenRequest(
                service: request.service, method: request.method.rawValue,
                target: request.target, headers: request.headers, body: request.body,
                needsFreshConnection: request.needsFreshConnection))
        sending.attempt = journal.openAttempt(for: sending.request, besides: seenAttempts) { row in
            scenario.rows.indices.contains(row) ? scenario.rows[row].list : ""
        }
        if let key = sending.attempt { seenAttempts.insert(key) }
        process?.flights[attempt] = .init(sending: sending, generation: generation)
        let isReachable = !scenario.outages.contains { $0.contains(now) }
        let fate = isReachable ? drawFate() : .refused
        if !fate.hasLeft {
            // No byte is sent: nothing is visible from outside.
            let (kind, words): (TransportFailure.Kind, String) =
                fate == .untrusted ? (.untrusted, "certificate") : (.notSent, "\(fate)")
            let wait =
                fate == .connectTimeout
                ? before.limits.timeout / Simulation.partsOfConnecting : .milliseconds(3)
            return schedule(
                attempt, .failure(TransportFailure(kind, words)), at: now + wait)
        }
        observe(.requestLeft(sending))
        carry(attempt, request, sending, fate)
    }

    private mutating func carry(
        _ attempt: AttemptID, _ request: APIRequest, _ sending: Sending, _ fate: Fate
    ) {
        let timeout = process?.limits.timeout ?? scenario.limits.timeout
        schedule(attempt, .failure(TransportFailure(.timedOut, "timed out")), at: now + timeout)
        let parcel = EventQueue.Parcel(
            sending: sending, id: attempt, request: request, token: sending.token,
            process: sending.process)
        var travel = random.milliseconds(0...200)
        switch fate {
        case .arrives, .refused, .untrusted, .connectTimeout: break
        case .late: travel = timeout + random.milliseconds(-1_000...60_000)
        case .firstByteTimeout:
            schedule(
                attempt, .failure(TransportFailure(.timedOut, "no answer began")),
                at: now + timeout / 2)
            travel = random.milliseconds(0...40_000)
        case .resetUnheard, .resetHeard:
            // A kept-alive connection was closed; the automatic resend is refused.
            schedule(
                attempt,
                .failure(TransportFailure(.connectionLost, "reset (not sent a second time)")),
                at: now + .milliseconds(210))
            if fate == .resetUnheard { return }
        case .unreadable:
            schedule(
                attempt, .failure(TransportFailure(.unreadable, "no HTTP")),
                at: now + .milliseconds(210))
        }
        queue.schedule(.arrival(parcel), at: now + travel)
        disturbRound(sending)
    }

    /// A signal comes while a round is in flight, and the machine sleeps past the drain's end.
    private mutating func disturbRound(_ sending: Sending) {
        guard isTroubled, scenario.has(.signals), scenario.has(.sleeps),
            case .round = sending.request.content, sending.number.isMultiple(of: 4)
        else { return }
        let number = sending.process
        queue.schedule(.process(.signal, number: number), at: now + .milliseconds(1))
        queue.schedule(.process(.sleeps(.seconds(600)), number: number), at: now + .milliseconds(9))
    }

    private mutating func schedule(
        _ attempt: AttemptID, _ end: Result<HTTPAnswer, TransportFailure>, at moment: Moment
    ) {
        guard let number = process?.number else { return }
        queue.schedule(.process(.connectionEnded(attempt, end), number: number), at: moment)
    }

    /// What the network does with a request.
    enum Fate {
        case arrives
        /// The connection fails.
        case refused, connectTimeout, untrusted
        /// It reaches the service after the client's timeout.
        case late
        case firstByteTimeout
        /// A connection that was used before is reset: the service has heard it, or not.
        case resetUnheard, resetHeard
        case unreadable

        var hasLeft: Bool {
            switch self {
            case .refused, .connectTimeout, .untrusted: false
            case .arrives, .late, .firstByteTimeout, .resetUnheard, .resetHeard, .unreadable: true
            }
        }
    }

    private mutating func drawFate() -> Fate {
        if scenario.has(.lateEffects), random.once(in: 30) { return .late }
        if scenario.has(.lineFaults), random.once(in: 25) {
            let fates: [Fate] = [
                .connectTimeout, .firstByteTimeout, .resetUnheard, .resetHeard, .unreadable,
            ]
            let fate = random.pick(fates)
            report.probes.add("line \(fate)")
            return fate
        }
        if scenario.has(.untrustedHost), random.once(in: 40) { return .untrusted }
        return .arrives
    }
}
