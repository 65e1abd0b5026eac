import Execution
import Foundation
import JobModel
import Journaling
import ManifestReading
import Reporting
import Running
import Testing

private func field(_ text: String) -> String {
    var bytes: [UInt8] = []
    CSVField.append(text, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
}

private func line(_ row: ResultColumns.Row) -> String {
    var bytes: [UInt8] = []
    ResultColumns.append(row, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
}

@Suite struct ResultColumnsTests {
    @Test(arguments: [
        ("plain", "plain"), ("a,b", "\"a,b\""), ("say \"hi\"", "\"say \"\"hi\"\"\""),
        ("a\nb", "\"a\nb\""), ("", ""),
    ])
    func `fields are quoted where they must be`(_ text: String, _ expected: String) {
        #expect(field(text) == expected)
    }

    @Test(arguments: [
        ("=HYPERLINK(1)", "'=HYPERLINK(1)"), ("+1", "'+1"), ("-1", "'-1"), ("@x", "'@x"),
        ("\tx", "'\tx"), ("a=1", "a=1"), ("", ""), ("\n=1", "'\n'=1"), ("\r\n=1", "'\r\n'=1"),
        ("\u{1B}=1", "'\u{1B}=1"), ("\0=1", "'\0=1"), (" \u{7F}=1", "' \u{7F}=1"),
        ("a\u{1B}", "a\u{1B}"),
        // Found by the fuzzer: full-width signs begin formulas as well.
        ("＝1", "'＝1"), ("＋1", "'＋1"), ("－1", "'－1"), ("＠x", "'＠x"),
        // A sign that a combining mark follows is still a sign.
        ("=\u{301}1", "'=\u{301}1"),
        // A spreadsheet that parts cells at other characters than commas, quotes or none.
        ("a;=1", "a;'=1"), ("a\t@x", "a\t'@x"), ("a; =1;b;-2", "a;' =1;b;'-2"), (";=1", ";'=1"),
        ("a;\"=1\"", "a;'\"=1\""), ("a\n=1", "a\n'=1"), ("a;b=1;c", "a;b=1;c"),
        ("a;\u{1B}=1", "a;'\u{1B}=1"), ("a;＝1", "a;'＝1"),
    ])
    func `words that a spreadsheet would run are made harmless`(
        _ text: String, _ expected: String
    ) {
        #expect(CSVField.neutralised(text) == expected)
    }

    @Test(arguments: [
        ("a,b", "a,b"), ("=1,b,=2", "'=1,b,'=2"), ("\"=1,2\",x", "\"'=1,2\",x"),
        ("\"a\"\",=1\",@x", "\"a\"\",=1\",'@x"), ("-12.5,+3,-1+1,+", "-12.5,+3,'-1+1,'+"),
        (" =1,\" =1\"", "' =1,\"' =1\""), ("\"\n=1\",\tx", "\"'\n'=1\",'\tx"), ("", ""),
        ("x;=1,\"y;=2\"", "x;'=1,\"y;'=2\""), ("x\t=1,-3;-4;-4x", "x\t'=1,-3;-4;'-4x"),
        ("\"a;\"\"=1\"\"\",b", "\"a;'\"\"=1\"\"\",b"), ("\"a, b\";=1", "\"a, b\";'=1"),
        (",,", ",,"), ("\"\"", "\"\""), ("＝1,\"＠x\"", "'＝1,\"'＠x\""), ("-,--1", "'-,'--1"),
    ])
    func `no cell of a manifest is a formula in results, and all else is as it was`(
        _ row: String, _ expected: String
    ) {
        var bytes: [UInt8] = []
        CSVField.appendNeutralised(Array(row.utf8)[...], to: &bytes)
        #expect(String(decoding: bytes, as: UTF8.self) == expected)
    }

    @Test func `a row has its outcome in added columns`() {
        #expect(
            ResultColumns.header
                == ",relsweep_row,relsweep_line,relsweep_outcome,relsweep_http,relsweep_code,"
                + "relsweep_message,relsweep_after_doubt,relsweep_call,relsweep_duplicate_of,relsweep_advice"
        )
        let outcome = Outcome(
            kind: .failed, status: 400, code: "INVALID_DATA", message: "=bad, worse")
        #expect(
            line(.init(row: 3, line: 4, outcome: outcome, call: 12))
                == ",3,4,failed,400,INVALID_DATA,\"'=bad, worse\",,12,,check the record ids and the "
                + "related list's API name; a relation that is gone already is reported as absent")
        #expect(line(.init(row: 1, line: 2, outcome: nil)) == ",1,2,pending,,,,,,,")
        #expect(
            line(.init(row: 1, line: 2, outcome: nil, isSkipped: true)) == ",1,2,skipped,,,,,,,")
        let gone = Outcome(kind: .absent, status: 200, code: "INVALID_DATA", isAfterDoubt: true)
        #expect(
            line(.init(row: 9, line: 10, outcome: gone, call: 2, duplicateOf: 7))
                == ",9,10,absent,200,INVALID_DATA,,yes,2,7,")
    }

    @Test func `failed means that no later start does the row by itself`() {
        for kind in OutcomeKind.allCases {
            let row = ResultColumns.Row(row: 1, line: 1, outcome: Outcome(kind: kind))
            #expect(row.isFailed == [.failed, .blocked, .unknown].contains(kind))
        }
        #expect(!ResultColumns.Row(row: 1, line: 1, outcome: nil).isFailed)
        #expect(ResultColumns.Row(row: 1, line: 1, outcome: nil, isSkipped: true).isFailed)
    }
}

@Suite struct CarriedColumnTests {
    @Test(arguments: [
        (["a", "b"], ["a", "b"]),
        (["relsweep_outcome", "a"], ["manifest_relsweep_outcome", "a"]),
        (["RELSWEEP_row", "relsweep_x"], ["manifest_RELSWEEP_row", "manifest_relsweep_x"]),
        (
            ["manifest_relsweep_row", "relsweep_row"],
            ["manifest_relsweep_row", "manifest_manifest_relsweep_row"]
        ),
        (["Note", "note"], ["Note", "manifest_note"]), ([], []),
    ])
    func `the user's columns never have the names of added ones`(
        _ names: [String], _ expected: [String]
    ) {
        #expect(ResultColumns.carried(names) == expected)
    }
}

@Suite struct JSONRowColumnsTests {
    private func table(_ objects: [String]) -> [String] {
        let objects = objects.map { Array($0.utf8)[...] }
        var columns = JSONRowColumns()
        for object in objects { columns.collect(object) }
        return [columns.keys.joined(separator: ",")]
            + objects.map { object in
                var bytes: [UInt8] = []
                columns.append(object, to: &bytes)
                return String(decoding: bytes, as: UTF8.self)
            }
    }

    @Test func `every key becomes a column, and values stay as they were written`() {
        #expect(
            table([
                #"{"record_id":"1","n":50.560,"note":"a, \"b\""}"#,
                #"{"record_id":"2","fields":{"x":[1]},"flag":true,"n":null}"#,
            ]) == [
                "record_id,n,note,field:x:json,flag", "1,50.560,\"a, \"\"b\"\"\",,",
                "2,,,[1],true",
            ])
    }

    @Test func `link fields have columns of their own, exactly`() {
        #expect(
            table([
                #"{"id":"2","fields":{"list_price":50.560,"Note":"a, b"}}"#,
                #"{"id":"3","fields":{"list_price":9007199254740993,"On":true}}"#,
                #"{"id":"4","fields":{}}"#,
            ]) == [
                "id,field:list_price:json,field:Note:json,field:On:json",
                "2,50.560,\"\"\"a, b\"\"\",", "3,9007199254740993,,true", "4,,,",
            ])
    }
}

@Suite struct HTMLReportTests {
    private func report(said: String) -> HTMLReport {
        var progress = RunProgress()
        progress.counts[.removed] = 1_200
        progress.counts[.failed] = 1
        let header = RunHeader(
            run: "r", job: "<job>", tool: "relsweep 0.1.0", startedAt: "2026-03-07T01:00:00.000Z",
            user: "u", host: "h", invocation: "", source: "/srv/a&b.csv", manifestFormat: "csv",
            manifestDigest: "", manifestByteCount: 1, pinned: [])
        let outcome = Outcome(kind: .failed, status: 400, code: "INVALID_DATA", message: said)
        let summary = RunSummary(
            RunResult(
                directory: RunDirectory(path: "/r"), header: header,
                planned: PlannedCounts(
                    rows: 1_201, items: 1_201, duplicates: 0, skipped: 0, calls: 13),
                ending: RunEnding(
                    state: .finished, reason: .completed, text: "", exit: .finishedWithFailures,
                    progress: progress),
                didSend: true))
        return HTMLReport(
            summary: summary, header: header, text: "",
            outcomes: [(outcome: outcome, count: 1)],
            failedRows: [.init(line: 7, text: "a<b>,\"c\"", word: "failed", outcome: outcome)],
            failedRowCount: 1)
    }

    @Test func `everything from outside is escaped`() {
        let html = report(said: "<script>alert('x')</script>\u{1B}[2J").html
        #expect(!html.contains("<script"))
        #expect(html.contains("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;?[2J"))
        #expect(html.contains("<h1>&lt;job&gt;</h1>"))
        #expect(html.contains("/srv/a&amp;b.csv"))
        #expect(html.contains("<code>a&lt;b&gt;,&quot;c&quot;</code>"))
        #expect(!html.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" })
    }

    @Test func `a run that finished with failures has another colour than a clean one`() {
        var unclean = report(said: "no")
        #expect(unclean.html.contains("<p class=\"state incomplete\">"))
        unclean.text = "finished, 1 row not done: 1 failed"
        #expect(unclean.html.contains("incomplete\">finished, 1 row not done: 1 failed</p>"))
        unclean.summary.exit = 0
        #expect(unclean.html.contains("<p class=\"state finished\">"))
    }

    @Test func `the report needs nothing from elsewhere`() {
        let html = report(said: "no").html
        for word in ["src=", "href=", "@import", "url(", "<script"] {
            #expect(!html.contains(word), "\(word)")
        }
        #expect(html.contains("prefers-color-scheme: dark"))
        #expect(html.contains("@media print"))
        #expect(html.contains("<b>1,200</b> removed"))
    }
}

@Suite struct RunSummaryTests {
    @Test func `the summary has the documented fields in their order`() {
        var progress = RunProgress()
        progress.counts[.removed] = 7
        progress.counts[.absent] = 1
        progress.callCount = 3
        progress.attemptCount = 5
        let header = RunHeader(
            run: "20260307T010000.000Z-7f3a9c", job: "j", tool: "", startedAt: "", user: "",
            host: "", invocation: "", source: "", manifestFormat: "csv", manifestDigest: "",
            manifestByteCount: 1, pinned: [PinnedSetting("sandbox", "yes")])
        let summary = RunSummary(
            RunResult(
                directory: RunDirectory(path: "/s/j/r"), header: header,
                planned: PlannedCounts(rows: 12, items: 10, duplicates: 1, skipped: 1, calls: 4),
                ending: RunEnding(
                    state: .paused, reason: .signal, text: "", exit: .paused, progress: progress),
                didSend: true))
        #expect(
            summary.json
                == #"{"version":1,"run":"20260307T010000.000Z-7f3a9c","#
                + #""journal":"/s/j/r/journal.jsonl","target":"simulator","organisation":null,"state":"paused","#
                + #""reason":"signal","rows":12,"items":10,"duplicates":1,"skipped":1,"#
                + #""removed":7,"updated":0,"deleted":0,"listed":0,"absent":1,"failed":0,"#
                + #""blocked":0,"unknown":0,"pending":2,"creator":{"deleted":0,"failed":0,"#
                + #""unaccounted":0},"recordsDeleted":0,"calls":3,"attempts":5,"exit":75}"#)
        #expect(summary.outcomeText == "7 removed, 1 already gone, 2 not done yet")
    }
}
