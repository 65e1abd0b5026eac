import Execution
import JobModel
import Journaling
import SandboxAPI
import ZohoAPI

// What an engine asks for, done as `Runner` does it.

extension Simulation {
    /// Tells the engine a fact and does what it says.
    mutating func handle(_ event: RunEvent) {
        guard report.broken == nil, !disk.isDead, let before = process, before.end == nil else {
            return
        }
        guard let actions = process?.engine.handle(event, at: before.time(now)) else { return }
        perform(actions)
        if let progress = process?.engine.progress { tell(.progressed(progress)) }
    }

    private mutating func perform(_ actions: [RunAction]) {
        var records: [JournalRecord] = []
        var first: UInt64 = 0
        for action in actions {
            if case .appendRecord(let record, let sequence) = action {
                if records.isEmpty { first = sequence }
                records.append(record)
                tell(.recordHandedOver(record, sequence: sequence))
                continue
            }
            append(&records, firstSequence: first)
            if report.broken != nil || disk.isDead { return }
            perform(action)
        }
        append(&records, firstSequence: first)
    }

    private mutating func append(_ records: inout [JournalRecord], firstSequence: UInt64) {
        guard !records.isEmpty else { return }
        let mustWrite = process?.commit.append(records, firstSequence: firstSequence) ?? false
        records.removeAll()
        if mustWrite { writeNextBatch() }
    }

    private mutating func perform(_ action: RunAction) {
        let session = report.sessionCount
        switch action {
        case .appendRecord: preconditionFailure("broken belief: records were taken above")
        case .sendRequest(let attempt, let request, let generation):
            send(attempt, request, generation)
        case .cancelAttempts: process?.flights.removeAll()
        case .refreshToken(let refused):
            tokens.wants(newerThan: refused, at: now)
            stepTokens()
        case .setTimer(let moment):
            process?.timerVersion += 1
            guard let moment, let process else { return }
            // A timer may be late, never early.
            let due = process.clockZero + (moment - .zero) + random.milliseconds(0...3)
            queue.schedule(
                .timer(version: process.timerVersion, session: session), at: max(now, due))
        case .announce(let notice): note("\(notice)")
        case .finish(let end): process?.end = end
        }
    }

    private mutating func send(_ attempt: AttemptID, _ request: APIRequest, _ generation: Int) {
        let session = report.sessionCount
        var request = request
        if !request.bodyItems.isEmpty {
            request.body = UpdateRequest.body(
                request.bodyItems.map {
                    (id: $0.id, fields: Array(scenario.rows[Int($0.row)].fields.utf8))
                })
            request.bodyItems = []
        }
        process?.flights[attempt] = .init(request: request, generation: generation)
        tell(.requestLeft(attempt, request))
        if scenario.outages.contains(where: { $0.contains(now) }) {
            queue.schedule(.lost(attempt, .notSent, session: session), at: now + .milliseconds(3))
            return
        }
        let limits = process?.limits ?? scenario.limits
        queue.schedule(.timeout(attempt, session: session), at: now + limits.timeout)
        let parcel = EventQueue.Parcel(
            attempt: attempt, request: request, token: tokens.token(generation: generation),
            session: session)
        queue.schedule(.arrival(parcel), at: now + random.milliseconds(0...200))
    }

    // MARK: Tokens

    mutating func stepTokens() {
        guard let process, tokens.refused != nil else { return }
        let session = process.number
        switch tokens.step(process.limits, at: now) {
        case .ready(let generation): handle(.tokenReady(generation: generation))
        case .exchange(let request):
            exchangeCount += 1
            liveExchange = exchangeCount
            tell(.exchangeLeft)
            queue.schedule(
                .exchangeArrival(request, exchange: exchangeCount),
                at: now + random.milliseconds(0...100))
            queue.schedule(.exchangeTimeout(exchange: exchangeCount), at: now + .seconds(30))
        case .wait(let until): queue.schedule(.tokenWaited(session: session), at: until)
        case .refused(let text): handle(.tokenUnavailable(.refused(text)))
        case .throttled(let text): handle(.tokenUnavailable(.throttled(text)))
        case .unreachable(let text): handle(.tokenUnavailable(.unreachable(text)))
        }
    }

    mutating func exchangeEnded(_ answer: HTTPAnswer?, _ exchange: Int) {
        guard liveExchange == exchange else { return }
        liveExchange = nil
        tell(.exchangeEnded)
        tokens.exchangeEnded(answer, at: now)
        stepTokens()
    }

    /// Its process has ended: the lock that it held is free.
    mutating func abandonExchange() {
        guard liveExchange != nil else { return }
        liveExchange = nil
        tell(.exchangeEnded)
    }

    /// The token that was there before the run.
    mutating func exchangeAtOnce() -> HTTPAnswer? {
        guard case .exchange(let request) = tokens.step(scenario.limits, at: now) else {
            return nil
        }
        tell(.exchangeLeft)
        let reply = service.reply(to: request, token: "", at: now)
        tell(.exchangeEnded)
        guard case .answered(let answer) = SimulatedService.end(reply) else { return nil }
        return answer
    }
}
