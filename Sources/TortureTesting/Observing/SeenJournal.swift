import JSONText

/// The journal as read from disk by the checkers' own reader: JSON Lines with sequence numbers. It
/// shares no code with the product and keeps only what checkers need.
struct SeenJournal {
    /// One attempt of one call.
    struct AttemptKey: Hashable {
        var call: Int
        var attempt: Int
    }

    /// The outcomes in a record.
    struct Outcome: Equatable {
        var word: String
        var code: String
        var status: Int
        var isAfterDoubt: Bool
        /// nil if an answer stopped the row's kind.
        var attempt: AttemptKey?
    }

    /// The end of an attempt.
    struct End {
        var verdict: String
        var atMilliseconds: Int64
        var status: Int
        var leavesDoubt: Bool
        var pauseMilliseconds: Int
        var outcomes: [(outcome: Outcome, rows: [Int])]
        /// Of a round: what it deleted, what an earlier attempt of it had deleted, and what is
        /// unaccounted.
        var deleted: [UInt64] = []
        var gone: [UInt64] = []
        var undeletable: [UInt64] = []
        var unaccounted = 0
        /// Children of a page.
        var children: [UInt64] = []
    }

    struct Attempt {
        var number: Int
        /// Its rows.
        var rows: [Int]
        /// Its process, as the number of preceding session records.
        var session: Int
        var atMilliseconds: Int64
        var end: End?

        /// In doubt: the service may have acted.
        var isDoubtful: Bool {
            guard let end else { return true }
            return end.leavesDoubt
        }
    }

    struct Call {
        var number: Int
        var parentCall: Int?
        var kind: String
        var parent: UInt64
        var rows: [Int]
        var related: [UInt64]
        /// Of rounds and listings.
        var round: Int?
        var named: [UInt64]?
        /// Records that the round leaves out.
        var excluded: [UInt64] = []
        var isListing = false
        var page: Int?
        /// Reads a record back.
        var isReadBack = false
        /// The process that made it: how many session records come before.
        var session = 0
        var attempts: [Attempt] = []

        /// A round without explicit ids: never repeated; 200 records in doubt.
        var isBlindRound: Bool { round != nil && !isListing && named == nil }
    }

    /// A stop or a halt, in the order of the records.
    struct Stop: Equatable {
        var state: String
        var reason: String
        var exit: Int32?
        /// Sequence number of its record, used to override a halt.
        var number = 0
    }

    /// Changes with anything but an append.
    private(set) var revision = -1
    /// All whole records so far.
    private var readBytes: [UInt8] = []
    private(set) var lastSequence = 0
    /// Names of all records, in order.
    private(set) var names: [String] = []
    private(set) var calls: [Int: Call] = [:]
    /// Numbers of all calls, ascending.
    private(set) var callNumbers: [Int] = []
    /// By row; lookups only.
    private(set) var outcomes: [Int: Outcome] = [:]
    /// How many outcomes there are of each word.
    private(set) var counts: [String: Int] = [:]
    /// What one answer adds to the share of failures.
    struct Recent {
        var kind: String
        var final = 0
        var failed = 0
        /// Of those, refusals that may speak of the whole kind.
        var possible = 0
    }

    /// Kinds that were stopped, in order.
    private(set) var stoppedKinds: [String] = []
    /// The last outcomes since a halt was overridden, which give the share of failures: one entry
    /// per answer.
    private(set) var recent: [Recent] = []
    /// The share of failures when its last halt was recorded, and after the answer that follows
    /// it.
    private(set) var recentAtHalt: [(final: Int, failed: Int)] = []
    private var awaitsAnswerOfHalt = false
    /// How often outcomes were reopened.
    private(set) var reopenings = 0
    /// Outcomes were reopened since: how many of `recent` still count is not known.
    private(set) var isRecentPartial = false
    /// Failed items since a halt was overridden, by the kind in the journal's words, and by code;
    /// in order.
    private(set) var failures: [(kind: String, code: String, row: Int)] = []
    /// Items by the kind and direction of their calls, as they came to their outcomes without any
    /// attempt before that may have acted; since a halt was overridden. For kinds whose calls all
    /// have one direction.
    private(set) var firstSettlements: [(kind: String, settled: Int, absent: Int)] = []
    /// Rows that an attempt may have acted on before their answer.
    private var touched: Set<Int> = []
    /// Rows that were removed or updated since a halt was overridden.
    private(set) var successes: Set<Int> = []
    /// Attempts without an end on the disk.
    private(set) var open: [AttemptKey] = []
    private(set) var sessionCount = 0
    /// The last process that overrode a halt; 0 without one.
    private(set) var lastOverridingSession = 0
    /// The last halt that no later session overrode.
    private(set) var halt: Stop?
    /// The last stop, if no session follows it.
    private(set) var stop: Stop?
    /// What the answers to rounds say of Creator records.
    private(set) var creatorDeleted = 0
    private(set) var creatorUnaccounted = 0
    /// By row; only summed up. Reopened rows ask for theirs again.
    private(set) var creatorFailed: [Int: Int] = [:]
    private var begunRounds: Set<Int> = []
    /// A Creator row has ended without an answer.
    private(set) var hasGivenUpRounds = false
    /// Rows reopened by `--retry` although they were in doubt.
    private(set) var doubtfulRows: Set<Int> = []
    /// A violation of the record order.
    private(set) var fault: String?
    private(set) var planned: Int?

    init() {}

    /// Reads the appended bytes, or everything after another change.
    mutating func read(_ bytes: ArraySlice<UInt8>, revision: Int) {
        if revision != self.revision || bytes.count < readBytes.count {
            // A power failure or a cut leaves most of it unchanged.
            if !bytes.starts(with: readBytes) { self = SeenJournal() }
            self.revision = revision
        }
        var start = bytes.startIndex + readBytes.count
        while let feed = bytes[start...].firstIndex(of: 0x0A) {
            guard let line = SeenJournal.parse(bytes[start..<feed]),
                line["seq"]?.number.flatMap({ Int($0.text) }) == lastSequence + 1
            else { return }
            lastSequence += 1
            apply(line)
            readBytes += bytes[start...feed]
            start = feed + 1
        }
    }

    private static func parse(_ line: ArraySlice<UInt8>) -> JSONValue? {
        guard line.first == 0x7B, line.last == 0x7D else { return nil }
        do throws(JSONError) { return try JSONTree.parse(Array(line)) } catch { return nil }
    }

    // MARK: Records

    private mutating func apply(_ line: JSONValue) {
        let name = line["record"]?.string ?? ""
        checkOrder(name)
        names.append(name)
        switch name {
        case "planned": planned = line.int("items")
        case "session":
            sessionCount += 1
            stop = nil
            for key in open { touched.formUnion(rows(of: key)) }
            open = []
            // The newest halt is named; all are overridden.
            if let number = line.int("overridesHalt"), number == halt?.number {
                halt = nil
                recent = []
                isRecentPartial = false
                failures = []
                firstSettlements = []
                successes = []
                lastOverridingSession = sessionCount
            }
        case "call": applyCall(line)
        case "attempt": applyAttempt(line)
        case "answer": applyAnswer(line)
        case "kind-stopped": applyStoppedKind(line.text("kind"))
        case "blocked":
            if let group = line["outcome"] {
                if group.text("outcome") == "blocked", !stoppedKinds.contains(line.text("kind")) {
                    fault = fault ?? "record \(lastSequence) blocks items of a kind not stopped"
                }
                let rows = line.ints("rows") ?? []
                settle(group.outcome(nil), rows)
                hasGivenUpRounds = hasGivenUpRounds || !begunRounds.isDisjoint(with: rows)
            }
        case "reopened": reopen(line["outcomes"]?.array?.compactMap(\.string) ?? [])
        case "halt":
            halt = Stop(
                state: "halted", reason: line.text("reason"), exit: nil, number: lastSequence)
            if halt?.reason == "error-budget" {
                recentAtHalt = [recentShare]
                awaitsAnswerOfHalt = true
            }
        case "stop":
            let stop = Stop(
                state: line.text("state"), reason: line.text("reason"),
                exit: line.int("exit").map { Int32($0) }, number: lastSequence)
            self.stop = stop
            if stop.state == "halted" { halt = halt ?? stop }
        default: break
        }
    }

    private mutating func checkOrder(_ name: String) {
        if names.last == "stop", !["session", "planned", "abandoned"].contains(name) {
            fault = fault ?? "record \(lastSequence) (\(name)) follows the stop record"
        }
    }

    private mutating func applyCall(_ line: JSONValue) {
        guard let number = line.int("call") else { return }
        var call = Call(
            number: number, parentCall: line.int("parentCall"), kind: line.text("kind"),
            parent: line["parent"]?.string.flatMap { UInt64($0) } ?? 0,
            rows: line.ints("rows") ?? [], related: line.ids("related"))
        call.round = line.int("round")
        call.isListing = line["lists"]?.bool == true
        call.named = line["pinned"] == nil ? nil : line.ids("pinned")
        call.excluded = line.ids("excluded")
        call.page = line.int("page")
        call.isReadBack = line["readBack"] != nil
        call.session = sessionCount
        if call.round != nil, !call.isListing { begunRounds.formUnion(call.rows) }
        if calls.updateValue(call, forKey: number) != nil {
            fault = fault ?? "call \(number) is on the disk twice"
        }
        callNumbers.append(number)
    }

    private mutating func applyAttempt(_ line: JSONValue) {
        guard let number = line.int("call"), let attempt = line.int("attempt"),
            let call = calls[number]
        else {
            fault = fault ?? "record \(lastSequence) is an attempt of no call"
            return
        }
        calls[number]?.attempts.append(
            Attempt(
                number: attempt, rows: line.ints("rows") ?? call.rows, session: sessionCount,
                atMilliseconds: Int64(line.int("ms") ?? 0)))
        open.append(AttemptKey(call: number, attempt: attempt))
    }

    private mutating func applyAnswer(_ line: JSONValue) {
        guard let number = line.int("call"), let attemptNumber = line.int("attempt"),
            let place = calls[number]?.attempts.lastIndex(where: { $0.number == attemptNumber }),
            let attempt = calls[number]?.attempts[place]
        else {
            fault = fault ?? "record \(lastSequence) answers no attempt"
            return
        }
        let key = AttemptKey(call: number, attempt: attemptNumber)
        if attempt.end != nil { fault = fault ?? "call \(number) has two answers to one attempt" }
        var end = End(
            verdict: line.text("verdict"), atMilliseconds: Int64(line.int("ms") ?? 0),
            status: line.int("status") ?? 0,
            leavesDoubt: line["leavesDoubt"]?.bool == true,
            pauseMilliseconds: line.int("pause") ?? 0, outcomes: [])
        for group in line["outcomes"]?.array ?? [] {
            let rows = group.ints("rows") ?? attempt.rows
            end.outcomes.append((group.outcome(key), rows))
            settle(group.outcome(key), rows)
            if ["removed", "updated"].contains(group.text("outcome")) { successes.formUnion(rows) }
        }
        if let records = line["records"] {
            end.deleted = records.ids("deleted")
            end.gone = records.ids("gone")
            end.unaccounted = records.int("unaccounted") ?? 0
            end.undeletable = (records["undeletable"]?.array ?? []).compactMap(\.id)
            creatorDeleted += end.deleted.count + end.gone.count
            creatorUnaccounted += end.unaccounted
            if let row = attempt.rows.first {
                creatorFailed[row, default: 0] += end.undeletable.count
            }
        }
        noteFailures(end, calls[number]?.kind ?? "")
        noteSettlements(end, attempt, calls[number]?.kind ?? "")
        end.children = (line["page"]?["children"]?.array ?? []).compactMap(\.id)
        calls[number]?.attempts[place].end = end
        open.removeAll { $0 == key }
    }

    private mutating func settle(_ outcome: Outcome, _ rows: [Int]) {
        counts[outcome.word, default: 0] += rows.count
        for row in rows where outcomes.updateValue(outcome, forKey: row) != nil {
            fault = fault ?? "row \(row) has two outcomes"
        }
    }

    private mutating func noteFailures(_ end: End, _ kind: String) {
        var entry = Recent(kind: kind)
        for (outcome, rows) in end.outcomes where !["blocked", "unknown"].contains(outcome.word) {
            let isPermanent =
                SeenJournal.codesOfKinds.contains(outcome.code)
                || SeenJournal.possibleCodesOfKinds.contains(outcome.code)
                    && stoppedKinds.contains(kind)
            if outcome.word == "failed", isPermanent { continue }
            entry.final += rows.count
            guard outcome.word == "failed" else { continue }
            entry.failed += rows.count
            if SeenJournal.possibleCodesOfKinds.contains(outcome.code) {
                entry.possible += rows.count
            }
            for row in rows { failures.append((kind, outcome.code, row)) }
        }
        // A success clears earlier refusals that may have been about the kind.
        if entry.final > entry.failed {
            for index in recent.indices where recent[index].kind == kind {
                recent[index].possible = 0
            }
        }
        if entry.final > 0 { recent.append(entry) }
        // Withdrawn rows come first.
        if awaitsAnswerOfHalt, entry.final > 0 {
            awaitsAnswerOfHalt = false
            recentAtHalt.append(recentShare)
        }
    }

    private var recentShare: (final: Int, failed: Int) {
        recent.reduce((0, 0)) { ($0.0 + $1.final, $0.1 + $1.failed) }
    }

    private mutating func noteSettlements(_ end: End, _ attempt: Attempt, _ kind: String) {
        var entry = (kind: kind, settled: 0, absent: 0)
        for (outcome, rows) in end.outcomes where outcome.word != "unknown" {
            let untouched = rows.count { !touched.contains($0) }
            entry.settled += untouched
            if outcome.word == "absent" { entry.absent += untouched }
        }
        if end.leavesDoubt { touched.formUnion(attempt.rows) }
        if entry.settled > 0 { firstSettlements.append(entry) }
    }

    /// Refusals that may have spoken of a kind do not count once it is stopped.
    private mutating func applyStoppedKind(_ kind: String) {
        stoppedKinds.append(kind)
        failures.removeAll {
            $0.kind == kind && SeenJournal.possibleCodesOfKinds.contains($0.code)
        }
        for index in recent.indices where recent[index].kind == kind {
            recent[index].final -= recent[index].possible
            recent[index].failed -= recent[index].possible
            recent[index].possible = 0
        }
    }

    /// Codes about a whole kind.
    static let codesOfKinds = [
        "OAUTH_SCOPE_MISMATCH", "INVALID_MODULE", "NOT_SUPPORTED", "INVALID_URL_PATTERN", "1130",
        "INVALID_OAUTHSCOPE",
    ]
    /// Codes that may be about a whole kind.
    static let possibleCodesOfKinds = ["NO_PERMISSION", "AUTHORIZATION_FAILED"]

    private mutating func reopen(_ words: [String]) {
        for (row, outcome) in outcomes where words.contains(outcome.word) {
            creatorFailed[row] = nil
            if outcome.word == "unknown" { doubtfulRows.insert(row) }
        }
        outcomes = outcomes.filter { !words.contains($0.value.word) }
        for word in words { counts[word] = nil }
        reopenings += 1
        isRecentPartial = true
        failures.removeAll { outcomes[$0.row] == nil }
    }

    // MARK: Questions

    /// The rows of an attempt; none if it is not on the disk.
    func rows(of key: AttemptKey) -> [Int] {
        calls[key.call]?.attempts.last { $0.number == key.attempt }?.rows ?? []
    }

    func attempt(_ key: AttemptKey) -> Attempt? {
        calls[key.call]?.attempts.last { $0.number == key.attempt }
    }

    /// Rows of attempts in doubt on disk: a changed open item must be among them.
    func rowsInDoubt() -> Set<Int> {
        var rows = doubtfulRows
        for number in callNumbers {
            for attempt in calls[number]?.attempts ?? [] where attempt.isDoubtful {
                rows.formUnion(attempt.rows)
            }
        }
        return rows
    }

    /// The unanswered attempt on disk with exactly this content.
    ///
    /// - Parameter report: The report of a Creator row.
    func openAttempt(
        for request: SeenRequest, besides left: Set<AttemptKey>, report: (Int) -> String
    ) -> AttemptKey? {
        open.first { key in
            guard !left.contains(key), let call = calls[key.call],
                let attempt = attempt(key)
            else { return false }
            switch request.content {
            case .items(_, let parent, _, let ids):
                guard call.round == nil, call.page == nil, call.parent == parent else {
                    return false
                }
                let asked = zip(call.rows, call.related).filter { attempt.rows.contains($0.0) }
                return asked.map(\.1) == ids
            case .page(_, let parent, _): return call.page != nil && call.parent == parent
            case .round(let asked, _, let named):
                return call.round != nil && !call.isListing && report(call.rows[0]) == asked
                    && (call.named ?? []) == named && call.excluded == request.excluded
            case .listing(let asked): return call.isListing && report(call.rows[0]) == asked
            case .read, .unknown: return false
            }
        }
    }
}

extension JSONValue {
    fileprivate func int(_ key: String) -> Int? { self[key]?.number.flatMap { Int($0.text) } }

    fileprivate func text(_ key: String) -> String { self[key]?.string ?? "" }

    fileprivate func ints(_ key: String) -> [Int]? {
        self[key]?.array?.compactMap { $0.number.flatMap { Int($0.text) } }
    }

    fileprivate func ids(_ key: String) -> [UInt64] {
        self[key]?.array?.compactMap { $0.string.flatMap { UInt64($0) } } ?? []
    }

    fileprivate var id: UInt64? { self["id"]?.string.flatMap { UInt64($0) } }

    fileprivate func outcome(_ attempt: SeenJournal.AttemptKey?) -> SeenJournal.Outcome {
        SeenJournal.Outcome(
            word: text("outcome"), code: text("code"), status: int("status") ?? 0,
            isAfterDoubt: self["afterDoubt"]?.bool == true, attempt: attempt)
    }
}
