import JobModel

/// The part of a replay that handles lanes.
struct LaneReplay: Sendable {
    private var rounds: [UInt32: RoundProgress] = [:]
    private var pages: [UInt32: PageProgress] = [:]
    /// The last call of a row, while its item is open.
    private var calls: [UInt32: UInt32] = [:]
    private(set) var lastDoubtfulRoundAtMilliseconds: Int64?

    /// A call of a row begins.
    ///
    /// - Returns: the row's call before it, which has ended.
    mutating func apply(_ call: CallRecord) -> UInt32? {
        guard let step = call.step, let row = call.rows.first else { return nil }
        switch step {
        case .round, .listing: rounds[row] = rounds[row] ?? RoundProgress(row: row)
        case .page: pages[row] = pages[row] ?? PageProgress(row: row)
        case .readBack: return nil
        }
        return calls.updateValue(call.call, forKey: row)
    }

    /// An attempt of a call of a row has ended.
    mutating func apply(_ answer: AnswerRecord, of call: CallRecord) {
        guard let step = call.step, let row = call.rows.first else { return }
        if let page = answer.page { pages[row]?.apply(page) }
        guard case .round(let round, _, _) = step else { return }
        if answer.leavesDoubt { noteDoubt(at: answer.atMilliseconds) }
        guard let records = answer.records else { return }
        rounds[row]?.apply(records, ofRound: round, isInDoubt: answer.leavesDoubt)
    }

    /// Notes an attempt without a recorded answer that is followed by another.
    mutating func noteUnanswered(_ call: CallRecord, at milliseconds: Int64) {
        if case .round = call.step { noteDoubt(at: milliseconds) }
    }

    private mutating func noteDoubt(at milliseconds: Int64) {
        lastDoubtfulRoundAtMilliseconds = max(
            milliseconds, lastDoubtfulRoundAtMilliseconds ?? .min)
    }

    /// A row has its outcome, by an answer or because its kind was stopped.
    ///
    /// - Returns: its last call, if there was one.
    mutating func end(_ row: UInt32, _ outcome: OutcomeKind) -> UInt32? {
        guard let call = calls.removeValue(forKey: row) else { return nil }
        // A failed item may be reopened and then continues.
        if outcome == .deleted { rounds[row]?.dropIDs() }
        if outcome == .listed { pages[row]?.dropIDs() }
        return call
    }

    /// A session begins that reads another clock.
    mutating func rebase(_ time: (Int64) -> Int64) {
        lastDoubtfulRoundAtMilliseconds = lastDoubtfulRoundAtMilliseconds.map(time)
    }

    /// A row ends while a round is in doubt.
    mutating func giveUp(_ step: LaneStep, of row: UInt32) {
        rounds[row]?.giveUp(step)
    }

    /// A row is open again.
    mutating func reopen(_ row: UInt32) { rounds[row]?.reopen() }

    /// Creator rows that have begun, ascending.
    var creatorRows: [UInt32] { rounds.keys.sorted() }

    /// The state after all records.
    ///
    /// - Parameter openCalls: the calls that have not ended, of any rows.
    func finished(
        _ openCalls: [RecoveredRun.OpenCall]
    ) -> (rounds: [RoundProgress], pages: [PageProgress]) {
        var rounds = rounds
        var pages = pages
        for open in openCalls {
            guard open.record.step != nil, let row = open.record.rows.first else { continue }
            rounds[row]?.openCall = open
            pages[row]?.openCall = open
        }
        return (
            rounds.keys.sorted().compactMap { rounds[$0] },
            pages.keys.sorted().compactMap { pages[$0] }
        )
    }
}
