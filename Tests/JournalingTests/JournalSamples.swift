import JobModel
import Journaling

/// Records of every kind, plain and rich.
enum JournalSamples {
    static let kind = delink("Campaigns", "Leads")
    static let other = delink("Products", "Price_Books")

    private static func delink(_ module: String, _ list: String) -> RelationKind {
        guard let module = APIName(module), let list = APIName(list) else {
            preconditionFailure("a sample has an invalid name")
        }
        return RelationKind(operation: .delink, module: module, relatedList: list)
    }

    static let header = RunHeader(
        run: "20261121-012935-ab12", job: "campaign-cleanup", tool: "relsweep 0.1.0",
        startedAt: "2026-11-21T01:29:35.123Z", user: "batch", host: "crm-1", invocation: "",
        source: "/srv/jobs/campaign \"x\"\n.csv", manifestFormat: "csv",
        manifestDigest: String(repeating: "0f", count: 32), manifestByteCount: 123_456,
        pinned: [PinnedSetting("apiDomain", "https://www.zohoapis.eu"), PinnedSetting("pivot", "")])

    static func call(
        _ number: UInt32, rows: [UInt32], parentCall: UInt32? = nil, kind: RelationKind = kind
    ) -> JournalRecord {
        .call(
            CallRecord(
                call: number, parentCall: parentCall, kind: kind, direction: .asWritten,
                parent: 4_876_876_000_000_000_001, rows: rows,
                related: rows.map { 4_876_876_000_000_100_000 + UInt64($0) }))
    }

    static func attempt(
        _ call: UInt32, _ attempt: Int = 1, ms: Int64 = 1_795_224_575_123, rows: [UInt32]? = nil
    ) -> JournalRecord {
        .attempt(AttemptRecord(call: call, attempt: attempt, atMilliseconds: ms, rows: rows))
    }

    static func answer(
        _ call: UInt32, _ attempt: Int = 1, _ verdict: AnswerVerdict = .settled,
        ms: Int64 = 1_795_224_575_200, leavesDoubt: Bool = false, _ outcomes: [OutcomeGroup] = []
    ) -> JournalRecord {
        .answer(
            AnswerRecord(
                call: call, attempt: attempt, atMilliseconds: ms, verdict: verdict,
                status: verdict == .again ? 502 : 200, leavesDoubt: leavesDoubt,
                outcomes: outcomes))
    }

    static func group(_ kind: OutcomeKind, _ rows: [UInt32]? = nil) -> OutcomeGroup {
        OutcomeGroup(outcome: Outcome(kind: kind, status: 200, code: "SUCCESS"), rows: rows)
    }

    /// Creator's reports have no API name of their own.
    static let creator: RelationKind = {
        guard let module = APIName("Creator"), let list = APIName("Records") else {
            preconditionFailure("a sample has an invalid name")
        }
        return RelationKind(
            operation: .deleteCreatorRecords, module: module, relatedList: list)
    }()

    static let discovery = RelationKind(
        operation: .discoverDeleted, module: kind.module, relatedList: kind.relatedList)

    static func step(_ number: UInt32, row: UInt32, _ step: LaneStep) -> JournalRecord {
        let isPage = if case .page = step { true } else { false }
        return .call(
            CallRecord(
                call: number, kind: isPage ? discovery : creator, direction: .asWritten,
                parent: isPage ? 77 : 0, rows: [row], related: [], step: step))
    }

    static func round(
        _ call: UInt32, _ records: RoundRecords?, _ verdict: AnswerVerdict = .continued,
        ms: Int64 = 1_795_224_575_200, leavesDoubt: Bool = false, _ outcomes: [OutcomeGroup] = []
    ) -> JournalRecord {
        .answer(
            AnswerRecord(
                call: call, attempt: 1, atMilliseconds: ms, verdict: verdict, status: 200,
                leavesDoubt: leavesDoubt, outcomes: outcomes, records: records))
    }

    static func page(
        _ call: UInt32, _ page: PageRecord, _ verdict: AnswerVerdict = .continued,
        _ outcomes: [OutcomeGroup] = []
    ) -> JournalRecord {
        .answer(
            AnswerRecord(
                call: call, attempt: 1, atMilliseconds: 1_795_224_575_200, verdict: verdict,
                status: 200, outcomes: outcomes, page: page))
    }

    /// Records of items that are worked off one call at a time.
    static let serial: [JournalRecord] = [
        step(1, row: 1, .round(1, excluded: [], explicitIDs: nil)),
        step(2, row: 1, .round(2, excluded: [5, 6], explicitIDs: nil)),
        step(3, row: 1, .round(3, excluded: [], explicitIDs: [])),
        step(4, row: 4_294_967_295, .round(4, excluded: [5], explicitIDs: [.max, 9])),
        step(5, row: 1, .listing(round: 5, excluded: [])),
        step(6, row: 1, .listing(round: 5, excluded: [5])),
        step(7, row: 1, .page(1)), step(8, row: 2, .page(12)),
        step(9, row: 2, .readBack(4_876_876_000_000_100_001)), step(10, row: 2, .readBack(.max)),
        round(1, RoundRecords()), round(1, RoundRecords(moreRecords: true)),
        round(1, RoundRecords(deleted: [1, 2], gone: [3], unaccounted: 4, moreRecords: false)),
        round(1, RoundRecords(gone: [3])),
        round(1, RoundRecords(unaccounted: 200), .settled, leavesDoubt: true, [group(.unknown)]),
        round(
            1,
            RoundRecords(
                deleted: [7],
                undeletable: [
                    UndeletableRecord(id: 9, code: "3001", message: "Failed to \"Delete\" Data."),
                    UndeletableRecord(id: 10, code: "", message: ""),
                ], unaccounted: 1)),
        page(1, PageRecord(page: 1, children: [], moreRecords: false)),
        page(
            1,
            PageRecord(
                page: 2,
                children: [
                    ChildRecord(id: 5, fields: #"{"id":"5","Name":"\u00fc\n"}"#),
                    ChildRecord(id: 6, fields: ""),
                ], moreRecords: true), .settled, [group(.listed)]),
        .answer(
            AnswerRecord(
                call: 1, attempt: 1, atMilliseconds: 5, verdict: .settled, status: 401,
                outcomes: [group(.failed)], refusesKind: true)),
    ]

    static let rich: [JournalRecord] = plain + serial

    private static let plain: [JournalRecord] = [
        .run(header),
        .planned(PlannedCounts(rows: 5, items: 4, duplicates: 1, skipped: 0, calls: 2)),
        .session(
            SessionRecord(
                number: 1, at: "2026-11-21T01:29:35.200Z", processID: 4_711, host: "crm-1",
                invocation: "c0ffee")),
        .session(
            SessionRecord(
                number: 2, at: "2026-11-21T02:29:35.200Z",
                clock: SessionClock(
                    bootID: "0a-b", monotonicMilliseconds: 7, wallMilliseconds: 1_795_228_175_200),
                processID: 1, host: "", invocation: "", overriddenHalt: 57,
                timeoutMilliseconds: 60_000)),
        call(1, rows: [1, 2, 4_294_967_295]),
        .call(
            CallRecord(
                call: 2, parentCall: 1, kind: other, direction: .reversed, parent: 1, rows: [],
                related: [])),
        attempt(1), attempt(1, 2, ms: -5, rows: [2]), attempt(1, 3, rows: []),
        answer(1, 1, .again, leavesDoubt: true), answer(1, 2, .settled, [group(.removed)]),
        .answer(
            AnswerRecord(
                call: 7, attempt: 3, atMilliseconds: 0, verdict: .unclear, status: 207,
                code: "MULTI \"x\"", message: "ü\u{1}\\ {\"seq\":1,\"durable\":0",
                leavesDoubt: true,
                outcomes: [
                    OutcomeGroup(
                        outcome: Outcome(
                            kind: .absent, status: 200, code: "INVALID_DATA",
                            message: "the id given seems to be invalid", isAfterDoubt: true),
                        rows: [3, 9]),
                    group(.failed, []), OutcomeGroup(outcome: Outcome(kind: .unknown)),
                ])),
        .answer(
            AnswerRecord(
                call: 8, attempt: 1, atMilliseconds: 6, verdict: .throttled, status: 429,
                code: "TOO_MANY_REQUESTS", pauseMilliseconds: 90_000)),
        .kindStopped(
            KindStoppedRecord(kind: kind, status: 401, code: "OAUTH_SCOPE_MISMATCH", message: "no")),
        .kindStopped(KindStoppedRecord(kind: other, status: 0, code: "", message: "")),
        .blocked(
            BlockedRecord(
                kind: kind, outcome: Outcome(kind: .blocked, code: "OAUTH_SCOPE_MISMATCH"),
                rows: [10, 11])),
        .reopened(ReopenedRecord(outcomes: [.failed, .blocked])),
        .reopened(ReopenedRecord(outcomes: [])),
        .halt(HaltRecord(reason: .recordDeleted, text: "a \"b\"", atMilliseconds: 7)),
        .halt(HaltRecord(reason: .maximumAbsent, text: "", atMilliseconds: 0)),
        .stop(
            StopRecord(
                state: .paused, reason: .outOfCalls, text: "5,000 calls\tused", exit: 75,
                atMilliseconds: 1_795_224_999_999)),
        .stop(
            StopRecord(
                state: .finished, reason: .completed, text: "", exit: 0, atMilliseconds: 1)),
        .abandoned(AbandonedRecord(at: "2026-11-21T03:00:00.000Z", user: "root")),
    ]

    /// The bytes of records numbered from `first`; `durable` says how far behind the disk is.
    static func journal(
        _ records: [JournalRecord], first: UInt64 = 1,
        durable: (UInt64) -> UInt64 = { $0 - 1 }
    ) -> [UInt8] {
        let codec = RecordCodec()
        var bytes: [UInt8] = []
        for (index, record) in records.enumerated() {
            let sequence = first + UInt64(index)
            codec.append(record, sequence: sequence, durable: durable(sequence), to: &bytes)
        }
        return bytes
    }

    /// Reads a journal in pieces.
    static func scan(
        _ bytes: [UInt8], piece: Int = .max
    ) -> (records: [JournalRecord], verdict: JournalCondition, endOffset: UInt64) {
        var scan = JournalScan()
        var records: [JournalRecord] = []
        var start = 0
        while start < bytes.count {
            let end = piece > bytes.count - start ? bytes.count : start + piece
            scan.feed(Array(bytes[start..<end])) { scanned in
                records.append(scanned.record)
                return nil
            }
            start = end
        }
        return (records, scan.finish(), scan.endOffset)
    }

    /// A small run in the order in which records can come, with its lines' first offsets.
    static let run: [JournalRecord] = [
        .run(header),
        .planned(PlannedCounts(rows: 5, items: 5, duplicates: 0, skipped: 0, calls: 2)),
        .session(
            SessionRecord(
                number: 1, at: "2026-11-21T01:29:35.200Z", processID: 4_711, host: "crm-1",
                invocation: "")),
        call(1, rows: [1, 2]), attempt(1), call(2, rows: [3, 4, 5]), attempt(2),
        answer(1, 1, .settled, [group(.removed)]),
        answer(2, 1, .settled, [group(.removed, [3, 5]), group(.absent, [4])]),
        .stop(
            StopRecord(
                state: .finished, reason: .completed, text: "done", exit: 0,
                atMilliseconds: 1_795_224_576_000)),
    ]
}
