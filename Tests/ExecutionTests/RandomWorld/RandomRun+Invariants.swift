import JobModel
import Journaling
import ZohoAPI

@testable import Execution

// Invariants of every run.

extension RandomRun {
    mutating func checkBounds(_ session: Session) {
        let harness = session.harness
        for service in [Service.crm, .creator] {
            let inFlight = harness.inFlight.count { $0.request.service == service }
            if inFlight > limits.concurrency[service] ?? 1 {
                problems.append("\(inFlight) in flight")
            }
            let times = harness.sent.filter {
                $0.request.service == service && !session.neverArrived.contains($0.id)
            }.map(\.at)
            if let perMinute = limits.callsPerMinute[service], let last = times.last,
                times.count > perMinute,
                last - times[times.count - 1 - perMinute] < .seconds(60)
            {
                problems.append("too many calls in a minute")
            }
        }
        if let last = limits.startDeadline, let sent = harness.sent.last, sent.at > last {
            problems.append("sent after --until")
        }
    }

    /// Faults alone never make an item unknown in a session without any clear answer.
    mutating func checkOutages(_ session: Session) {
        var hasBeenClear = false
        for answer in session.harness.answers {
            let kinds = answer.outcomes.map(\.outcome.kind)
            if !hasBeenClear, kinds.contains(.unknown), answer.status == 0 || answer.status >= 500,
                answer.code != "unanswered"
            {
                problems.append("unknown, and nothing was answered clearly: \(answer)")
            }
            let isClear =
                answer.verdict == .split ? !answer.code.isEmpty : !answer.leavesDoubt
            let isOfService =
                (200..<500).contains(answer.status) && ![401, 414, 429].contains(answer.status)
            let isHeard = kinds.contains { $0 != .unknown } || answer.verdict == .unclear
            if isHeard || isClear && isOfService { hasBeenClear = true }
        }
    }

    /// The engine's final state equals the journal's.
    mutating func checkEnd(_ end: RunEnding, _ engine: RunEngine) {
        let replay = replayed()
        var counts = replay.counts
        counts.pending = itemCount - counts.final
        if counts != end.progress.counts { problems.append("counts differ: \(counts) \(end)") }
        if replay.callCount != end.progress.callCount { problems.append("calls differ") }
        if replay.creator != end.progress.creator {
            problems.append("records differ: \(replay.creator) \(end.progress.creator)")
        }
        if replay.failures != engine.failures { problems.append("failures differ") }
        for tally in replay.tallies {
            guard let kind = engine.kinds.first(where: { $0.kind == tally.kind }) else { continue }
            if tally.answered != kind.tally.answered || tally.absent != kind.tally.absent {
                problems.append("tallies of \(tally.kind) differ")
            }
        }
        if end.exit == .done, replay.creator.failed + replay.creator.unaccounted > 0 {
            problems.append("done, and records failed or are unaccounted")
        }
        if replay.attemptCount != end.progress.attemptCount { problems.append("attempts differ") }
        if end.state == .finished, counts.pending != 0 {
            problems.append("finished with open items")
        }
        if let maximum = limits.maximumCalls, end.progress.callCount > maximum {
            problems.append("more calls than --max-calls")
        }
    }

    mutating func checkReplay(_ recovered: RecoveredRun) {
        let carried = recovered.openCalls.flatMap(\.openRows)
        if Set(carried).count != carried.count { problems.append("two open calls carry one row") }
        if recovered.counts.final + recovered.counts.pending > itemCount {
            problems.append("more outcomes than items")
        }
    }

    /// Every outcome is recorded once and matches the service.
    mutating func checkOutcomes() {
        var rows: [UInt32: [UInt32]] = [:]
        var asked: [AttemptID: [UInt32]] = [:]
        var found: [UInt32: Outcome] = [:]
        for record in disk {
            switch record {
            case .call(let call): rows[call.call] = call.rows
            case .attempt(let attempt):
                let id = AttemptID(call: attempt.call, attempt: attempt.attempt)
                asked[id] = attempt.rows ?? rows[attempt.call] ?? []
            case .answer(let answer):
                let all = asked[AttemptID(call: answer.call, attempt: answer.attempt)] ?? []
                for group in answer.outcomes { note(group.outcome, group.rows ?? all, &found) }
            case .blocked(let blocked): note(blocked.outcome, blocked.rows, &found)
            default: continue
            }
        }
        for (row, outcome) in found where Int(row) <= relationCount { check(row, outcome) }
        checkRounds(found)
        checkPages(found)
    }

    mutating func note(
        _ outcome: Outcome, _ rows: [UInt32], _ found: inout [UInt32: Outcome]
    ) {
        for row in rows where found.updateValue(outcome, forKey: row) != nil {
            problems.append("row \(row) has two outcomes")
        }
    }

    mutating func check(_ row: UInt32, _ outcome: Outcome) {
        let isRemoved = removed.contains(1_000_000 + UInt64(row))
        switch outcome.kind {
        case .removed where !isRemoved: problems.append("row \(row) is said to be removed")
        case .absent where !isRemoved: problems.append("row \(row) is said to be absent")
        case .absent where !outcome.isAfterDoubt:
            problems.append("row \(row) was removed by no other call, and its doubt is lost")
        case .blocked where isRemoved: problems.append("row \(row) is said not to be sent")
        default: return
        }
    }
}
