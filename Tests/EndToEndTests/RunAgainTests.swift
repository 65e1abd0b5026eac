import Foundation
import JSONText
import Simulator
import TestSupport
import Testing

/// Runs the left-over rows of a run in a second organisation, whose ledger shows what was sent.
@Suite(.timeLimit(.minutes(60)), .fewAtOnce) struct `what is run again` {
    private static let campaign: UInt64 = 3_652_397_000_000_327_001
    /// The campaign that does not exist in the first organisation.
    private static let missing: UInt64 = 3_652_397_000_000_999_001

    private static func lead(_ number: UInt64) -> UInt64 { 3_652_397_000_000_925_000 + number }

    /// Leads 1 to 3 are in the campaign; the missing one has 4, where it exists.
    private static func world(isRepaired: Bool) throws -> World {
        var world = World(.exact)
        for number in UInt64(1)...3 {
            try world.addRelation(
                module: "Campaigns", id: campaign, list: "Leads", relatedID: lead(number))
        }
        if isRepaired {
            for number in UInt64(4)...6 {
                try world.addRelation(
                    module: "Campaigns", id: missing, list: "Leads", relatedID: lead(number))
            }
        }
        return world
    }

    struct Manifest: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var name = "job.csv"
        var options: [String] = []
        var text: String
    }

    private static let header = "operation,module,record_id,related_list,related_id"
    private static let long = String(repeating: "long text ", count: 60)

    /// Rows 1 to 3 are removed, row 4 fails.
    static let manifests = [
        Manifest(
            testDescription: "a carried column named as an added one",
            options: ["--column", "carry=Report"],
            text: "\(header),Report\n"
                + (UInt64(1)...3).map {
                    "delink,Campaigns,\(campaign),Leads,\(lead($0)),\(long)\n"
                }.joined() + "update,Campaigns,\(missing),Leads,\(lead(4)),short\n"),
        Manifest(
            testDescription: "mapped columns, a byte order mark, CRLF and blank lines",
            options: ["--column", "record_id=Campaign Id", "--column", "carry=Report"],
            text: "\u{FEFF}\r\n\r\noperation,module,Campaign Id,related_list,related_id,Report\r\n"
                + (UInt64(1)...3).map {
                    "\r\ndelink,Campaigns,\(campaign),Leads,\(lead($0)),\"\(long), \"\"x\"\"\r\n\"\r\n"
                }.joined() + "update,Campaigns,\(missing),Leads,\(lead(4)),\r\n"),
        Manifest(
            testDescription: "JSON with keys that are mapped",
            name: "job.json",
            options: ["--column", "record_id=Campaign Id", "--column", "carry=record_id"],
            text: #"{"defaults":{"operation":"delink","related_list":"Leads"},"items":["#
                + (UInt64(1)...3).map {
                    #"{"module":"Campaigns","record_id":[7],"Campaign Id":\#(campaign),"#
                        + #""related_id":"\#(lead($0))"},"#
                }.joined()
                + #"{"operation":"update","module":"Campaigns","record_id":{},"#
                + #""Campaign Id":"\#(missing)","related_id":"\#(lead(4))"}]}"#),
        Manifest(
            testDescription: "JSON Lines with keys that are mapped",
            name: "job.jsonl",
            options: ["--column", "record_id=Campaign Id", "--column", "carry=record_id"],
            text: (UInt64(1)...3).map {
                #"{"operation":"delink","module":"Campaigns","related_list":"Leads","#
                    + #""record_id":{},"Campaign Id":\#(campaign),"related_id":"\#(lead($0))"}"#
                    + "\n\n"
            }.joined()
                + #"{"operation":"update","module":"Campaigns","related_list":"Leads","#
                + #""Campaign Id":"\#(missing)","related_id":"\#(lead(4))"}"# + "\n"),
    ]

    @Test(arguments: manifests)
    func `is the rows that failed and no other`(_ manifest: Manifest) async throws {
        let place = try OperationFixture(
            manifest: manifest.text, named: manifest.name, world: Self.world(isRepaired: false))
        let ended = try await place.end("run", manifest.options)
        #expect(ended.status == 3, "\(ended.errors)")
        #expect(ended.number("removed") == 3)
        #expect(ended.number("failed") == 1)
        let results = try String(
            contentsOf: place.runDirectory().appending(path: "results.csv"), encoding: .utf8)
        for (row, outcome) in [(1, "removed"), (2, "removed"), (3, "removed"), (4, "failed")] {
            #expect(results.contains(try Regex(",\(row),[0-9]+,\(outcome),")), "\(results)")
        }
        let failed = try place.runDirectory().appending(
            path: manifest.name.hasSuffix(".csv") ? "failed.csv" : "failed.jsonl")
        // All relations exist again: any removal was a resend.
        let second = try OperationFixture(
            manifest: try String(contentsOf: failed, encoding: .utf8),
            named: failed.lastPathComponent, world: Self.world(isRepaired: true))
        let again = try await second.end("run", manifest.options)
        #expect(again.status == 0, "\(again.errors)")
        #expect(again.number("rows") == 1)
        #expect(again.number("updated") == 1)
        let ledger = second.simulator.ledger()
        #expect(ledger.counts.relationsRemoved == 0)
        #expect(ledger.counts.calls == 1)
        #expect(ledger.unwantedEffectCount == 0)
    }

    /// 250 link fields, none at all under defaults that have some, and keys that differ in case.
    @Test func `has the very link fields of a JSON manifest`() async throws {
        let many = (1...250).map { #""F\#($0)": 5\#($0).10"# }.joined(separator: ", ")
        let text = #"""
            {"defaults": {"operation": "update", "module": "Campaigns",
              "record_id": "\#(Self.missing)", "related_list": "Leads",
              "fields": {"Member_Status": "D\u00e9", "Rank": 50.560}},
             "items": [
              {"related_id": "\#(Self.lead(4))", "Note": "a", "note": "b",
               "fields": {\#(many)}},
              {"related_id": "\#(Self.lead(5))", "fields": {}},
              {"related_id": "\#(Self.lead(6))"}]}
            """#
        let place = try OperationFixture(
            manifest: text, named: "job.json", world: Self.world(isRepaired: false))
        let ended = try await place.end("run")
        #expect(ended.status == 3, "\(ended.errors)")
        #expect(ended.number("failed") == 3)
        let failed = try place.runDirectory().appending(path: "failed.jsonl")
        let second = try OperationFixture(
            manifest: try String(contentsOf: failed, encoding: .utf8), named: "failed.jsonl",
            world: Self.world(isRepaired: true))
        let again = try await second.end("run")
        #expect(again.status == 0, "\(again.errors)")
        #expect(again.number("updated") == 3)
        let fields = (UInt64(4)...6).map { number in
            second.simulator.ledger().linkFields(
                module: "Campaigns", id: Self.missing, list: "Leads", relatedID: Self.lead(number))
        }
        #expect(fields[0].count == 250)
        #expect(fields[0].first { $0.name == "F250" }?.value.number?.text == "5250.10")
        #expect(fields[1].isEmpty)
        #expect(fields[2].map(\.name) == ["Member_Status", "Rank"])
        #expect(fields[2].first?.value.string == "Dé")
        #expect(fields[2].last?.value.number?.text == "50.560")
    }

    /// The results of a run are a manifest too, with columns that relsweep added.
    @Test func `may be a results file, again and again`() async throws {
        let text =
            "\(Self.header),relsweep_outcome,RELSWEEP_row,note\n"
            + "delink,Campaigns,\(Self.campaign),Leads,\(Self.lead(1)),mine,7,n\n"
        let place = try OperationFixture(manifest: text, world: Self.world(isRepaired: false))
        var manifest = place.manifest
        var names: [String] = []
        for turn in 1...3 {
            let ended = try await place.start(
                [
                    "run", manifest.path, "--yes", "--state",
                    place.folder.appending(path: "state-\(turn)").path,
                ]
            ).end()
            #expect(ended.status == 0, "turn \(turn): \(ended.errors)")
            let journal = URL(filePath: try #require(ended.text("journal")))
            let results = journal.deletingLastPathComponent().appending(path: "results.csv")
            let lines = try String(contentsOf: results, encoding: .utf8).split(separator: "\n")
            names = lines[0].split(separator: ",").map(String.init)
            #expect(Set(names.map { $0.lowercased() }).count == names.count, "\(names)")
            let cells = lines[1].split(separator: ",", omittingEmptySubsequences: false)
            let index = try #require(names.firstIndex(of: "relsweep_outcome"))
            #expect(cells[index] == (turn == 1 ? "removed" : "absent"), "\(lines)")
            #expect(lines[1].contains(",mine,7,n,"))
            manifest = results
        }
        #expect(names.filter { $0.hasSuffix("relsweep_outcome") }.count == 4, "\(names)")
    }

    @Test(arguments: [
        ("job.csv", "\n\(header),note\n"), ("job.json", "[]"),
    ])
    func `is nothing after a manifest without rows`(_ name: String, _ text: String) async throws {
        let place = try OperationFixture(
            manifest: text, named: name, world: Self.world(isRepaired: false))
        let ended = try await place.end("run")
        #expect(ended.status == 0, "\(ended.errors)")
        let run = try place.runDirectory()
        let results = try String(
            contentsOf: run.appending(path: "results.csv"), encoding: .utf8)
        let ours = "relsweep_row,relsweep_line,relsweep_outcome,"
        #expect(results.hasPrefix(name == "job.csv" ? "\(Self.header),note,\(ours)" : ours))
        #expect(results.split(separator: "\n").count == 1)
        let failed = try String(
            contentsOf: run.appending(path: name == "job.csv" ? "failed.csv" : "failed.jsonl"),
            encoding: .utf8)
        #expect(failed == (name == "job.csv" ? "\(Self.header),note\n" : ""))
    }
}
