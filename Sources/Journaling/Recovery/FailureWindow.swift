package import JobModel

/// The input of the error budget (`--max-failures`): the number of failed items in total and among
/// the last outcomes.
///
/// A refusal that may apply to its whole kind counts like any other, until the kind is stopped:
/// then the kind's refusals since its last success no longer count, since the stop ends them. The
/// engine's memory and the replay of a journal are this value, changed by the same functions.
///
/// Memory: at most three windows' entries.
package struct FailureWindow: Equatable, Sendable {
    /// The length of the window in outcomes. The oldest answer stays in the window as a whole.
    package static let windowLength = 1_000

    /// Items that failed.
    package private(set) var failed = 0
    /// Outcomes in the window, without blocked and unknown ones.
    package private(set) var recentOutcomes = 0
    package private(set) var recentFailures = 0

    /// An answer's outcomes.
    private struct Entry: Equatable {
        var outcomes: Int
        var failures: Int
        /// The kind that the refusal may concern.
        var refusedKind: RelationKind?
    }

    /// Failed items of a kind since its last success, by refusals that may concern the kind.
    private struct Refusals: Equatable {
        var kind: RelationKind
        var failures: Int
    }

    private var window: [Entry] = []
    /// Entries before it have left the window.
    private var windowStart = 0
    private var refusals: [Refusals] = []

    package init() {}

    /// An answer gave items of a kind their outcomes.
    ///
    /// - Parameters:
    ///   - outcomes: Items that are not blocked and not unknown.
    ///   - mayRefuseKind: The answer is a refusal that may apply to the whole kind.
    package mutating func add(
        _ kind: RelationKind, outcomes: Int, failures: Int, successes: Int, mayRefuseKind: Bool
    ) {
        if successes > 0 { keepRefusals(of: kind) }
        failed += failures
        if mayRefuseKind {
            if let place = refusals.firstIndex(where: { $0.kind == kind }) {
                refusals[place].failures += failures
            } else {
                refusals.append(Refusals(kind: kind, failures: failures))
            }
        }
        window.append(
            Entry(
                outcomes: outcomes, failures: failures, refusedKind: mayRefuseKind ? kind : nil))
        recentOutcomes += outcomes
        recentFailures += failures
        // The oldest entry expires when the others fill the window.
        while windowStart < window.count,
            recentOutcomes - window[windowStart].outcomes >= FailureWindow.windowLength
        {
            recentOutcomes -= window[windowStart].outcomes
            recentFailures -= window[windowStart].failures
            windowStart += 1
        }
        // Compacted occasionally, because removing the first element moves all others.
        if windowStart > 2 * FailureWindow.windowLength {
            window.removeFirst(windowStart)
            windowStart = 0
        }
    }

    /// The kind was stopped: its refusals no longer count.
    package mutating func kindStopped(_ kind: RelationKind) {
        guard let place = refusals.firstIndex(where: { $0.kind == kind }) else { return }
        failed -= refusals.remove(at: place).failures
        for place in window.indices[windowStart...] where window[place].refusedKind == kind {
            recentOutcomes -= window[place].outcomes
            recentFailures -= window[place].failures
            window[place] = Entry(outcomes: 0, failures: 0)
        }
    }

    /// The kind had a success: earlier refusals did not concern it, and count permanently.
    private mutating func keepRefusals(of kind: RelationKind) {
        guard let place = refusals.firstIndex(where: { $0.kind == kind }) else { return }
        refusals.remove(at: place)
        for place in window.indices[windowStart...] where window[place].refusedKind == kind {
            window[place].refusedKind = nil
        }
    }

    /// The failed items are tried again: otherwise the budget would halt the run at the first
    /// answer, even a success.
    package mutating func forgetFailures() {
        failed = 0
        refusals.removeAll()
        for place in window.indices {
            window[place].outcomes -= window[place].failures
            window[place].failures = 0
            window[place].refusedKind = nil
        }
        recentOutcomes = window[windowStart...].reduce(0) { $0 + $1.outcomes }
        recentFailures = 0
    }
}
