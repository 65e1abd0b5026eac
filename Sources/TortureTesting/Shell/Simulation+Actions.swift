import Execution
import JobModel
import Journaling
import Simulator
import ZohoAPI

// Performs the engine's actions, as `Runner` does.

extension Simulation {
    mutating func perform(_ actions: [EngineAction]) {
        var records: [JournalRecord] = []
        var first: UInt64 = 0
        for action in actions {
            if case .appendRecord(let record, let sequence) = action {
                if records.isEmpty { first = sequence }
                records.append(record)
                continue
            }
            append(records, firstSequence: first)
            records.removeAll()
            if isOver || disk.isDead { return }
            perform(action)
        }
        append(records, firstSequence: first)
    }

    private mutating func perform(_ action: EngineAction) {
        guard let number = process?.number else { return }
        switch action {
        case .appendRecord: preconditionFailure("a record that was not handed over")
        case .sendRequest(let attempt, let request, let generation):
            prepare(attempt, request, generation)
        case .cancelAttempts:
            process?.cancellations += 1
            process?.flights.removeAll()
        case .refreshToken(let refused):
            tokens.wants(newerThan: refused, at: now)
            stepTokens()
        case .setTimer(let moment):
            process?.timerVersion += 1
            guard let moment, let process, options.bug != .losesTimers else { return }
            // A timer may be late, never early.
            let due = process.clockZero + (moment - .zero) + random.milliseconds(0...3)
            queue.schedule(
                .process(.timer(version: process.timerVersion), number: number), at: max(now, due))
        case .announce(let notice):
            report.probes.observe(notice)
            note("\(notice)")
            switch notice {
            case .draining: observe(.saidDraining)
            case .servicePaused(let service, _, _): observe(.saidPaused(service))
            default: break
            }
        case .finish(let end):
            process?.end = end
            process?.control.removeAll()
        }
    }

    /// Bodies of updates are made on a queue of their own, which reads the disk.
    private mutating func prepare(
        _ attempt: AttemptID, _ request: APIRequest, _ generation: Int
    ) {
        guard !request.bodyItems.isEmpty, let process else {
            return send(attempt, request, generation)
        }
        var whole = request
        whole.body = UpdateRequest.body(
            request.bodyItems.map {
                (id: $0.id, fields: Array(scenario.rows[Int($0.row)].fields.utf8))
            })
        whole.bodyItems = []
        let isReadable = !scenario.has(.failingDisk) || !random.once(in: 400)
        let time = scenario.has(.slowDisk) && random.once(in: 8) ? 90_000 : 20
        queue.schedule(
            .process(
                .bodyMade(
                    attempt, whole, generation: generation, cancellations: process.cancellations,
                    isReadable: isReadable),
                number: process.number), at: now + random.milliseconds(0...time))
    }

    // MARK: Tokens

    mutating func stepTokens() {
        guard let process, tokens.refused != nil else { return }
        // Another process holds the lock, or an exchange is in progress.
        if liveExchange != nil, options.bug != .ignoresTokenLock {
            if liveExchange?.isOurs == false {
                queue.schedule(
                    .process(.tokenWaited, number: process.number), at: now + .milliseconds(200))
            }
            return
        }
        switch tokens.step(process.limits, at: now) {
        case .ready(let generation): post(.tokenReady(generation: generation))
        case .exchange(let request): beginExchange(request, isOurs: true)
        case .wait(let until):
            queue.schedule(.process(.tokenWaited, number: process.number), at: until)
        case .refused(let text): post(.tokenUnavailable(.refused(text)))
        case .throttled(let text): post(.tokenUnavailable(.throttled(text)))
        case .unreachable(let text): post(.tokenUnavailable(.unreachable(text)))
        }
        scheduleRenewal()
    }

    private mutating func beginExchange(_ request: APIRequest, isOurs: Bool) {
        exchangeCount += 1
        liveExchange = (exchangeCount, isOurs)
        observe(.exchangeLeft(isOurs: isOurs))
        queue.schedule(
            .exchangeArrival(request, exchange: exchangeCount),
            at: now + random.milliseconds(0...100))
        queue.schedule(.exchangeTimeout(exchange: exchangeCount), at: now + .seconds(30))
    }

    mutating func exchangeEnded(_ answer: HTTPAnswer?, _ exchange: Int) {
        guard let live = liveExchange, live.number == exchange else { return }
        liveExchange = nil
        let before = tokens.generation
        tokens.exchangeEnded(answer, at: now)
        observe(
            .exchangeEnded(
                token: tokens.generation == before
                    ? nil : tokens.token(generation: tokens.generation)))
        if tokens.generation != before, tokens.refused == nil, live.isOurs {
            post(.tokenReady(generation: tokens.generation))
        }
        stepTokens()
        scheduleRenewal()
    }

    /// Its process has ended: the lock that it held is free.
    mutating func abandonExchange() {
        guard liveExchange?.isOurs == true else { return }
        liveExchange = nil
        observe(.exchangeEnded(token: nil))
    }

    /// Another process of the account works too, with the same cache.
    mutating func othersWantToken() {
        guard liveExchange == nil else { return }
        if let request = tokens.exchangeForOthers(at: now) { beginExchange(request, isOurs: false) }
    }

    // MARK: Renewal ahead of time

    private mutating func scheduleRenewal() {
        guard let process, let due = tokens.renewal(after: now) else { return }
        let version = tokens.generation
        guard version != process.renewalVersion else { return }
        self.process?.renewalVersion = version
        queue.schedule(.process(.renewalDue, number: process.number), at: due)
    }

    mutating func renewAhead() {
        guard liveExchange == nil, tokens.refused == nil,
            let request = tokens.exchangeAhead(
                at: now, ignoresBudget: options.bug == .renewsTooOften)
        else { return }
        beginExchange(request, isOurs: true)
    }

    /// A token before the first call, where there is none.
    mutating func exchangeAtOnce() {
        guard tokens.generation == 0, liveExchange == nil,
            case .exchange(let request) = tokens.step(scenario.limits, at: now)
        else { return }
        observe(.exchangeLeft(isOurs: true))
        let reply = service.reply(to: request, token: "", at: now)
        guard case .success(let answer) = service.end(reply, scenario, wall: wall) else {
            tokens.exchangeEnded(nil, at: now)
            return observe(.exchangeEnded(token: nil))
        }
        tokens.exchangeEnded(answer, at: now)
        let token = tokens.token(generation: tokens.generation)
        observe(.exchangeEnded(token: token.isEmpty ? nil : token))
    }
}
