import Chunking
import Execution
import Foundation
import JobModel
import Journaling
import Running
import TestSupport
import Testing
import ZohoAPI

@testable import Reporting

/// A run's directory with a journal of the records given, for reports that are functions of it.
private final class ReportedRun {
    private let directory: TemporaryDirectory
    let report: RunResult

    /// - Parameter listed: How many of the manifest's items, of which there is one, were read.
    init(
        _ records: [JournalRecord], manifest: ManifestSettings = ManifestSettings(), listed: Int = 1
    ) throws {
        directory = try TemporaryDirectory()
        let run = RunSettings(
            target: PinnedTarget(apiDomain: "https://www.zohoapis.eu"), tool: "t",
            tokens: StaticAccessToken(secret: "s", host: "h"),
            transport: { _, _, _ in throw CancellationError() })
        let header = RunHeader(
            run: "r", job: "j", tool: "t", startedAt: "2026-03-07T01:00:00.000Z", user: "u",
            host: "h", invocation: "", source: "/m.csv", manifestFormat: "csv",
            manifestDigest: "", manifestByteCount: 1,
            pinned: PinnedSettings.values(manifest: manifest, run: run))
        let journal = directory.url.appending(path: "journal.jsonl").path
        let file = try JournalFile.create(journal, first: header)
        let writer = JournalWriter(file, durable: { _ in }, failed: { _ in })
        writer.append(records, firstSequence: 2)
        let closed = DispatchSemaphore(value: 0)
        writer.close { closed.signal() }
        closed.wait()
        var progress = RunProgress()
        progress.counts[.listed] = listed
        report = RunResult(
            directory: RunDirectory(path: directory.path), header: header,
            planned: PlannedCounts(rows: 1, items: 1, duplicates: 0, skipped: 0, calls: 1),
            ending: RunEnding(
                state: .finished, reason: .completed, text: "", exit: .done, progress: progress),
            didSend: true)
    }

    var folder: URL { directory.url }

    func text(_ name: String) throws -> String {
        try String(contentsOf: folder.appending(path: name), encoding: .utf8)
    }
}

private func kind(_ module: String, _ list: String) throws -> RelationKind {
    RelationKind(
        operation: .discoverDeleted, module: try #require(APIName(module)),
        relatedList: try #require(APIName(list)))
}

/// What was written; nil where nothing was.
private func writtenOutput(_ records: DiscoveredRecords) throws -> DiscoveredRecords.Written? {
    guard case .written(let written) = try records.write() else { return nil }
    return written
}

@Suite struct DiscoveredRecordsTests {
    private func pages() throws -> [JournalRecord] {
        let planned = PlannedCounts(rows: 2, items: 2, duplicates: 0, skipped: 0, calls: 2)
        func call(_ number: UInt32, _ kind: RelationKind, _ parent: UInt64, _ page: Int)
            -> [JournalRecord]
        {
            [
                .call(
                    CallRecord(
                        call: number, kind: kind, direction: .asWritten, parent: parent,
                        rows: [parent == 7 ? 1 : 2], related: [], step: .page(page))),
                .attempt(AttemptRecord(call: number, attempt: 1, atMilliseconds: 1)),
            ]
        }
        func answer(_ number: UInt32, _ page: PageRecord, ends: Bool) -> JournalRecord {
            .answer(
                AnswerRecord(
                    call: number, attempt: 1, atMilliseconds: 2,
                    verdict: ends ? .settled : .continued, status: 200,
                    outcomes: ends ? [OutcomeGroup(outcome: Outcome(kind: .listed))] : [],
                    page: page))
        }
        let leads = try kind("Campaigns", "Leads")
        let notes = try kind("Accounts", "Notes")
        return [.planned(planned)]
            + call(1, leads, 7, 1)
            + [
                answer(
                    1,
                    PageRecord(
                        page: 1,
                        children: [
                            ChildRecord(
                                id: 12, fields: #"{"id":"12","Price":50.560,"Who":"a, b"}"#),
                            ChildRecord(id: 11, fields: #"{"id":"11","Price":null,"On":true}"#),
                        ], moreRecords: true), ends: false)
            ]
            + call(2, leads, 7, 2)
            + [
                answer(
                    2,
                    PageRecord(
                        page: 2, children: [ChildRecord(id: 10, fields: "")], moreRecords: false),
                    ends: true)
            ]
            + call(3, notes, 9, 1)
            + [
                answer(
                    3,
                    PageRecord(
                        page: 1, children: [ChildRecord(id: 20, fields: "")], moreRecords: false),
                    ends: true)
            ]
    }

    private func written(_ form: DiscoverySettings.Form) throws -> (String, String) {
        let run = try ReportedRun(try pages())
        let path = run.folder.appending(path: "out.csv").path
        let written = try #require(
            try writtenOutput(
                DiscoveredRecords(
                    run.report, DiscoverySettings(outputPath: path, form: form))))
        #expect(written.children == 4)
        #expect(written.rows == (form == .list ? 4 : 3))
        return (try run.text("out.csv"), try run.text("discovered.csv"))
    }

    @Test func `delinks are reversed, and what would delete records is left out with the reason`()
        throws
    {
        let (output, all) = try written(.delink)
        #expect(
            output == """
                operation,module,record_id,related_list,related_id
                delink,Leads,12,Campaigns,7
                delink,Leads,11,Campaigns,7
                delink,Leads,10,Campaigns,7

                """)
        #expect(all.contains("1,Campaigns,7,Leads,12,yes,\n"))
        #expect(all.contains("2,Accounts,9,Notes,20,no,\"no document says"))
    }

    @Test func `updates have a column of the right type for every field`() throws {
        let (output, _) = try written(.update)
        #expect(
            output == """
                operation,module,record_id,related_list,related_id,field:Price:number,field:Who,\
                field:On:boolean
                update,Leads,12,Campaigns,7,50.560,"a, b",
                update,Leads,11,Campaigns,7,,,true
                update,Leads,10,Campaigns,7,,,

                """)
    }

    @Test func `the list has every child with its fields`() throws {
        let (output, _) = try written(.list)
        #expect(
            output == """
                deleted_module,deleted_id,related_list,id,Price,Who,On
                Campaigns,7,Leads,12,50.560,"a, b",
                Campaigns,7,Leads,11,,,true
                Campaigns,7,Leads,10,,,
                Accounts,9,Notes,20,,,

                """)
    }

    @Test func `no field of a child is a formula in the list, neither its name nor its value`()
        throws
    {
        let fields =
            #"{"id":"1","=1+1":"=HYPERLINK(\"x\")","+N":"+1+1","-N":"-1+1","@N":"@SUM(A1)","#
            + #""\tT":"\t=1","\rR":"\r\n=1","\u001bE":"\u001b[31m=1","\u0000Z":"\u0000=1","#
            + #"" S":"  =1, 2","＝W":"＝1","-1":-12.5,"P":"a=1","L":["=1"],"B":"a\u001bb"}"#
        let run = try ReportedRun([
            .planned(PlannedCounts(rows: 1, items: 1, duplicates: 0, skipped: 0, calls: 1)),
            .call(
                CallRecord(
                    call: 1, kind: try kind("Campaigns", "Leads"), direction: .asWritten, parent: 7,
                    rows: [1], related: [], step: .page(1))),
            .attempt(AttemptRecord(call: 1, attempt: 1, atMilliseconds: 1)),
            .answer(
                AnswerRecord(
                    call: 1, attempt: 1, atMilliseconds: 2, verdict: .settled, status: 200,
                    outcomes: [OutcomeGroup(outcome: Outcome(kind: .listed))],
                    page: PageRecord(
                        page: 1, children: [ChildRecord(id: 1, fields: fields)],
                        moreRecords: false))),
        ])
        let path = run.folder.appending(path: "out.csv").path
        _ = try DiscoveredRecords(run.report, DiscoverySettings(outputPath: path, form: .list))
            .write()
        let header =
            "deleted_module,deleted_id,related_list,id,'=1+1,'+N,'-N,'@N,'\tT,\"'\rR\","
            + "'\u{1B}E,'\0Z, S,'＝W,'-1,P,L,B\n"
        let row =
            #"Campaigns,7,Leads,1,"'=HYPERLINK(""x"")",'+1+1,'-1+1,'@SUM(A1),"#
            + "'\t'=1,\"'\r\n'=1\",'\u{1B}[31m=1,'\0=1,\"'  =1, 2\",'＝1,-12.5,a=1,"
            + #""[""=1""]""# + ",a\u{1B}b\n"
        #expect(try run.text("out.csv") == header + row)
    }

    @Test func `a file that is the same is as good as written, another is left as it is`() throws {
        let run = try ReportedRun(try pages())
        let path = run.folder.appending(path: "out.csv").path
        let settings = DiscoverySettings(outputPath: path)
        let first = try DiscoveredRecords(run.report, settings).write()
        #expect(try writtenOutput(DiscoveredRecords(run.report, settings))?.rows == 3)
        let text = try run.text("out.csv")
        #expect(try DiscoveredRecords(run.report, settings).write() == first)
        for other in [
            text + "x", String(text.dropLast()), text.replacing("delink", with: "update"),
        ] {
            try Data(other.utf8).write(to: URL(filePath: path))
            #expect(try DiscoveredRecords(run.report, settings).write() == .alreadyExists)
            #expect(try run.text("out.csv") == other)
        }
        let names = try FileManager.default.contentsOfDirectory(atPath: run.folder.path)
        #expect(!names.contains { $0.hasSuffix(".tmp") }, "\(names)")
        let replacing = DiscoverySettings(outputPath: path, replaces: true)
        #expect(try DiscoveredRecords(run.report, replacing).write() == first)
        #expect(try run.text("out.csv") == text)
    }

    @Test(arguments: [true, false])
    func `while a parent is unread there is no output, and a file of its name stays`(
        _ replaces: Bool
    ) throws {
        let run = try ReportedRun(try pages(), listed: 0)
        let path = run.folder.appending(path: "out.csv").path
        let settings = DiscoverySettings(outputPath: path, replaces: replaces)
        let records = DiscoveredRecords(run.report, settings)
        #expect(try records.write() == .incomplete(unread: 1))
        #expect(!FileManager.default.fileExists(atPath: path))
        #expect(try run.text("discovered.csv").contains("1,Campaigns,7,Leads,12,no,the output"))
        try Data("older".utf8).write(to: URL(filePath: path))
        #expect(try records.write() == .incomplete(unread: 1))
        #expect(try run.text("out.csv") == "older")
    }

    @Test func `lists of the configuration are delinks too`() throws {
        var manifest = ManifestSettings()
        manifest.allowedPairs = [
            .init(
                module: try #require(APIName("Notes")),
                relatedList: try #require(APIName("Accounts")))
        ]
        let run = try ReportedRun(try pages(), manifest: manifest)
        let path = run.folder.appending(path: "out.csv").path
        let settings = DiscoverySettings(outputPath: path)
        let written = try #require(
            try writtenOutput(DiscoveredRecords(run.report, settings)))
        #expect(written.excluded == 0)
        #expect(try run.text("out.csv").contains("delink,Notes,20,Accounts,9\n"))
    }
}

@Suite struct CreatorRecordsTests {
    @Test func `no word of the service about a Creator record is a formula`() throws {
        let words = [
            ("=1+1", "=HYPERLINK(\"x\"), y"), ("+1", "-1"), ("-1+1", "+1+1"),
            ("@SUM(A1)", "  @SUM(A1)"), ("9999", "\u{1B}[31m=1"), ("\t=1", "\r\n=1"),
            ("＝1", "a=1"),
        ]
        let undeletable = words.enumerated().map { index, pair in
            UndeletableRecord(id: UInt64(index) + 1, code: pair.0, message: pair.1)
        }
        let job = RelationKind(
            operation: .deleteCreatorRecords, module: try #require(APIName("Orders")),
            relatedList: try #require(APIName("Orders")))
        let directory = try TemporaryDirectory()
        let path = directory.url.appending(path: "creator-records.csv").path
        var file = try CreatorRecordsFile(path)
        for record: JournalRecord in [
            .call(
                CallRecord(
                    call: 1, kind: job, direction: .asWritten, parent: 0, rows: [1], related: [],
                    step: .round(1, excluded: [], explicitIDs: nil))),
            .attempt(AttemptRecord(call: 1, attempt: 1, atMilliseconds: 1)),
            .answer(
                AnswerRecord(
                    call: 1, attempt: 1, atMilliseconds: 2, verdict: .continued, status: 200,
                    code: "=2+2",
                    records: RoundRecords(undeletable: undeletable, unaccounted: 2))),
        ] { file.apply(record) }
        try file.finish()
        let rows = [
            #"1,1,1,1,failed,1,'=1+1,"'=HYPERLINK(""x""), y","#, "1,1,1,2,failed,1,'+1,'-1,",
            "1,1,1,3,failed,1,'-1+1,'+1+1,", "1,1,1,4,failed,1,'@SUM(A1),'  @SUM(A1),",
            "1,1,1,5,failed,1,9999,'\u{1B}[31m=1,",
            "1,1,1,6,failed,1,'\t'=1,\"'\r\n'=1\",", "1,1,1,7,failed,1,'＝1,a=1,",
            "1,1,1,,unaccounted,2,'=2+2,the round was not clearly answered: up to this many "
                + "unnamed records may be deleted,",
        ]
        let text = try String(contentsOfFile: path, encoding: .utf8)
        #expect(text == CreatorRecordsFile.header + rows.joined(separator: "\n") + "\n")
    }
}

@Suite struct CreatorTextTests {
    private func summary(_ creator: CreatorTally) -> RunSummary {
        var progress = RunProgress()
        progress.creator = creator
        let ending = RunEnding(
            state: .finished, reason: .completed, text: "", exit: .finishedWithFailures,
            progress: progress)
        return RunSummary(
            RunResult(
                directory: RunDirectory(path: "/r"),
                header: RunHeader(
                    run: "r", job: "j", tool: "", startedAt: "", user: "", host: "",
                    invocation: "", source: "", manifestFormat: "csv", manifestDigest: "",
                    manifestByteCount: 1, pinned: []),
                planned: PlannedCounts(rows: 1, items: 1, duplicates: 0, skipped: 0, calls: 1),
                ending: ending, didSend: true))
    }

    @Test func `records are counted apart, and what is unknown is prominent`() {
        let text = summary(CreatorTally(deleted: 1_200, failed: 3, unaccounted: 200))
        #expect(
            text.json.contains(#""creator":{"deleted":1200,"failed":3,"unaccounted":200}"#))
        #expect(text.creatorText == "Creator records: 1,200 deleted, 3 failed, 200 UNACCOUNTED")
        #expect(
            text.warnings.first?.hasPrefix("UNACCOUNTED: up to 200 Creator records may be deleted")
                == true)
        #expect(summary(CreatorTally()).creatorText == nil)
        #expect(summary(CreatorTally(deleted: 1)).warnings.isEmpty)
    }

    @Test func `a plan names production prominently`() {
        var plan = CallPlan()
        for (row, environment) in [CreatorEnvironment.production, .stage].enumerated() {
            plan.creatorJobs.append(
                CreatorJob(
                    row: UInt32(row + 1), owner: "zylker", app: "desk", report: "Orders",
                    criteria: "A == 1", environment: environment, maximumRecords: 600))
        }
        var items = WorkItems()
        items.creatorJobs = plan.creatorJobs
        items.rowCount = 2
        var summary = PlanSummary()
        summary.rows = 2
        summary.items = 2
        summary.estimate = PlanEstimate(of: plan, items: items, profile: ServiceProfile())
        let text = PlanText(summary, limits: RunLimits())
        let lines = text.lines(path: "a.json", width: 80)
        #expect(lines.contains { $0.contains("zylker/desk/Orders (PRODUCTION)") })
        #expect(
            text.productionWarning?.hasPrefix(
                "PRODUCTION: up to 600 records of 1 report of PRODUCTION data are deleted") == true)
        #expect(lines.allSatisfy { $0.count <= 80 })
        #expect(text.json.contains(#""environment":"production","items":1,"roundsLeast":1"#))
    }
}
