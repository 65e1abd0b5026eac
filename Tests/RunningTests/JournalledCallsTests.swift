import JobModel
import Journaling
import Testing

@testable import Running

/// What a journal has of rows that are worked off call by call, against the manifest's copy: row 1
/// is a Creator row, row 2 a deleted parent, row 3 no item.
@Suite struct JournalledCallsTests {
    private static let leads = APIName("Leads")
    private static let creator = CallRecord(
        call: 1, kind: CreatorJob.kind, direction: .asWritten, parent: 0, rows: [1], related: [],
        step: .round(1, excluded: [], explicitIDs: nil))

    private static func parent() throws -> DeletedParent {
        let leads = try #require(Self.leads)
        return DeletedParent(row: 2, module: leads, id: 77, relatedList: leads, fields: "id")
    }

    private static func page() throws -> CallRecord {
        CallRecord(
            call: 1, kind: try parent().kind, direction: .asWritten, parent: 77, rows: [2],
            related: [],
            step: .page(1))
    }

    private static func open(_ call: CallRecord) -> RecoveredRun.OpenCall {
        RecoveredRun.OpenCall(
            record: call, attempts: 1, retriesSpent: 0, unclearAnswers: 0, isInDoubt: true,
            openRows: call.rows)
    }

    /// - Returns: the exit status of the refusal; nil: the journal is believed.
    private static func check(_ recovered: RecoveredRun) throws -> JobModel.ExitStatus? {
        var items = WorkItems()
        items.creatorJobs = [
            CreatorJob(
                row: 1, owner: "o", app: "a", report: "r", criteria: "ID != 0",
                environment: .development)
        ]
        items.deletedParents = [try parent()]
        do throws(RunningError) {
            try JournalledCalls(of: items, journal: "journal").check(recovered)
            return nil
        } catch {
            return error.exit
        }
    }

    private static func check(page call: CallRecord) throws -> JobModel.ExitStatus? {
        var recovered = RecoveredRun()
        var pages = PageProgress(row: 2)
        pages.openCall = open(call)
        recovered.pages = [pages]
        return try check(recovered)
    }

    private static func check(round call: CallRecord) throws -> JobModel.ExitStatus? {
        var recovered = RecoveredRun()
        var rounds = RoundProgress(row: 1)
        rounds.openCall = open(call)
        recovered.rounds = [rounds]
        return try check(recovered)
    }

    static let forgeries: [@Sendable (inout CallRecord) -> Void] = [
        { $0.parent += 1 }, { $0.rows = [3] }, { $0.related = [5] }, { $0.step = nil },
        { $0.step = .readBack(5) },
        {
            $0.kind = RelationKind(
                operation: .delink, module: $0.kind.module, relatedList: $0.kind.relatedList)
        },
    ]

    @Test(arguments: forgeries.indices)
    func `a call names its row and nothing else`(_ index: Int) throws {
        var (page, round) = (try Self.page(), Self.creator)
        #expect(try Self.check(page: page) == nil)
        #expect(try Self.check(round: round) == nil)
        Self.forgeries[index](&page)
        Self.forgeries[index](&round)
        #expect(try Self.check(page: page) == .journal)
        #expect(try Self.check(round: round) == .journal)
    }

    @Test func `a round is of a Creator row, and a page of a deleted parent`() throws {
        #expect(try Self.check(round: try Self.page()) == .journal)
        #expect(try Self.check(page: Self.creator) == .journal)
    }

    /// Counted, it would make an item look done that is open.
    @Test func `an outcome is of a row that is an item`() throws {
        for row in 1...3 {
            var recovered = RecoveredRun()
            recovered.outcomeOfRow = Array(repeating: 0, count: 4)
            recovered.outcomeOfRow[row] = OutcomeKind.failed.rawValue + 1
            recovered.counts[.failed] = 1
            #expect(try Self.check(recovered) == (row == 3 ? .journal : nil), "row \(row)")
        }
    }
}
