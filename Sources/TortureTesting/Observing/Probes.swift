import Execution
import JobModel
import Journaling
import ZohoAPI

/// Coverage counters: how often each class of answer, stop reason, recovery and decision case,
/// notice and record type occurred. What never occurs is never checked.
package struct Probes: Sendable {
    private(set) var counts: [String: Int] = [:]

    mutating func add(_ name: String, _ count: Int = 1) { counts[name, default: 0] += count }

    mutating func add(_ other: Probes) {
        for (name, count) in other.counts { counts[name, default: 0] += count }
    }

    /// The probes that must be hit.
    static let expected: [String] =
        StopReason.allCases.map { "stop \($0.rawValue)" }
        + ItemDecision.allCases.map(\.probe) + JournalDecision.allCases.map(\.probe)
        + ["pinned settings equal", "pinned settings differ"]
        + (1...9).map { "decision @S\($0)" }.filter { !unreachable.contains($0) }
        + ["decision @R3", "decision @R4", "decision @R6", "decision @R12"]
        + [
            "servicePaused", "concurrencyLowered", "kindStopped", "callSplit", "serviceTroubled",
            "draining",
        ].map { "notice \($0)" }
        + JournalProbe.recordNames.map { "record \($0)" }
        + AnswerVerdict.allCases.map { "verdict \($0.rawValue)" }
        + OutcomeKind.allCases.map { "outcome \($0.word)" }
        + [
            "throttled", "unauthorised", "fault", "outOfCalls", "elements", "refused", "empty",
            "timed-out", "connection-lost", "unreadable", "not-sent", "untrusted",
        ].map { "answer \($0)" }
        + [
            "line connectTimeout", "line firstByteTimeout", "line resetUnheard", "line resetHeard",
            "line unreadable", "second signal", "signal", "kill", "large world",
            "forged call", "forged outcome",
        ]

    /// Rows that no simulated start reaches: a run that never started is replaced, none is
    /// abandoned, and a damaged journal is refused when it is opened.
    private static let unreachable = ["decision @S1", "decision @S2", "decision @S3"]

    /// Probes hit fewer than this many times.
    func rare(fewerThan count: Int) -> [(name: String, count: Int)] {
        Probes.expected.map { ($0, counts[$0] ?? 0) }.filter { $0.1 < count }
    }

    // MARK: Sources

    mutating func observe(_ observation: Observation) {
        switch observation {
        case .requestEnded(_, .success(let answer)): add("answer \(answer.seenClass)")
        case .requestEnded(_, .failure(let failure)): add("answer \(failure.kind.rawValue)")
        case .signalled: add("signal")
        case .killed: add("kill")
        default: return
        }
    }

    mutating func observe(_ notice: RunNotice) {
        let name =
            switch notice {
            case .servicePaused: "servicePaused"
            case .concurrencyLowered: "concurrencyLowered"
            case .kindStopped: "kindStopped"
            case .callSplit: "callSplit"
            case .callsShortened: "callsShortened"
            case .serviceFailing: "serviceTroubled"
            case .recordDeleted: "recordDeleted"
            case .draining: "draining"
            }
        add("notice \(name)")
    }

    mutating func observe(_ condition: JournalCondition) { add(JournalDecision(condition).probe) }
}

extension ItemDecision {
    fileprivate var probe: String { "recovery \(rawValue): \(cause)" }
}

extension JournalDecision {
    fileprivate var probe: String { "recovery \(rawValue): \(cause)" }
}

/// The item table cases of a start, and the record types of a journal.
enum JournalProbe {
    static let recordNames = [
        "run", "planned", "session", "call", "attempt", "answer", "kind-stopped", "blocked",
        "reopened", "halt", "stop",
    ]

    /// Adds what the journal on the disk holds.
    static func add(_ journal: borrowing SeenJournal, to probes: inout Probes) {
        for name in journal.names { probes.add("record \(name)") }
        for word in OutcomeKind.allCases.map(\.word) {
            if let count = journal.counts[word], count > 0 { probes.add("outcome \(word)", count) }
        }
        for number in journal.callNumbers {
            for attempt in journal.calls[number]?.attempts ?? [] {
                if let end = attempt.end { probes.add("verdict \(end.verdict)") }
            }
        }
    }

    /// Adds the row of the recovery table of each item, as the journal on the disk shows it.
    static func addRows(
        _ journal: borrowing SeenJournal, rowCount: Int, isRepeatable: (Int) -> Bool,
        to probes: inout Probes
    ) {
        var traces = Array(repeating: CallTrace.noCall, count: rowCount)
        for number in journal.callNumbers {
            guard let call = journal.calls[number], !call.isReadBack else { continue }
            for row in call.rows where row < rowCount { traces[row] = trace(of: call, journal) }
        }
        for row in 1..<max(1, rowCount) {
            let outcome = journal.outcomes[row].flatMap { OutcomeKind(word: $0.word) }
            let decision = ItemDecision(outcome, traces[row], isRepeatable: isRepeatable(row))
            probes.add(decision.probe)
        }
    }

    private static func trace(
        of call: SeenJournal.Call, _ journal: borrowing SeenJournal
    ) -> CallTrace {
        guard let last = call.attempts.last else {
            let isHalfInDoubt = call.parentCall.flatMap { journal.calls[$0] }?.attempts
                .contains(where: \.isDoubtful)
            return isHalfInDoubt == true ? .halfInDoubt : .recorded
        }
        switch last.end?.verdict {
        case nil: return .unanswered
        case "throttled", "unauthorised", "unsent": return .refused
        case "split": return .noCall
        case "continued": return .continued
        default: return .answeredAgain
        }
    }
}
