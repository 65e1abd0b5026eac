import JSONText
import Testing

@testable import Simulator

@Suite struct CreatorTests {
    static let path = "/creator/v2.1/data/jason18/zylker-store/report/All_Orders"
    static let sample = """
        {"criteria": "(Single_Line.contains(\\"Single Line of Text\\"))",
         "skip_workflow": ["form_workflow"], "result": {"message": true, "tasks": true}}
        """
    static let second: Int64 = 1_000_000_000

    static func name(_ environment: SimulatedEnvironment = .production) -> CreatorReportName {
        CreatorReportName(
            environment, owner: "jason18", application: "zylker-store", report: "All_Orders")
    }

    /// `count` records that match the sample, with the ids from 1,000 on, those of `undeletable`
    /// not deletable; and one more record, 7, that does not match.
    static func organisation(
        _ count: Int, undeletable: Set<UInt64> = [],
        _ change: (inout OrganisationSettings) -> Void = { _ in }
    ) throws -> Organisation {
        var world = World(.exact)
        let records = (0..<count).map { index in
            CreatorRecord(
                id: 1_000 + UInt64(index), [("Single_Line", "Single Line of Text")],
                isUndeletable: undeletable.contains(1_000 + UInt64(index)))
        }
        try world.addReport(
            name(),
            records: records + [CreatorRecord(id: 7, [("Single_Line", "x")], isBystander: true)])
        try world.addReport(
            name(.stage), records: [CreatorRecord(id: 5, [("Single_Line", "x")])])
        var settings = OrganisationSettings()
        change(&settings)
        return Organisation(settings, world: world)
    }

    static func round(
        _ organisation: inout Organisation, _ query: String = "?process_until_limit=true",
        body: String = sample, fields: String = "", at now: Int64 = 0
    ) throws -> (reply: Reply, body: JSONValue) {
        let reply = try OrganisationTests.ask(
            &organisation, "DELETE \(path)\(query)", body: body, fields: fields, at: now)
        return (reply, reply.body.isEmpty ? .null : try JSONTree.parse(reply.body))
    }

    @Test func `Zoho's sample produces Zoho's sample answer`() throws {
        var world = World(.exact)
        let field = [(name: "Single_Line", value: JSONValue.string("Single Line of Text"))]
        try world.addReport(
            Self.name(),
            records: [
                CreatorRecord(id: 3_000_000_013_011, field, isUndeletable: true),
                CreatorRecord(id: 3_000_000_015_003, field),
                CreatorRecord(id: 3_000_000_015_007, field),
            ])
        var organisation = Organisation(OrganisationSettings(), world: world)
        let answer = try Self.round(&organisation, "")
        #expect(answer.reply.status == 200)
        #expect(
            try answer.body
                == OrganisationTests.tree(
                    """
                    {"result": [
                      {"code": 3001, "data": {"ID": "3000000013011"},
                       "error": ["Failed to Delete Data."]},
                      {"code": 3000, "data": {"ID": "3000000015003"},
                       "message": "Record Deleted Successfully!"},
                      {"code": 3000, "data": {"ID": "3000000015007"},
                       "message": "Record Deleted Successfully!"}],
                     "code": 3000}
                    """))
        let creator = organisation.ledger.counts.creator
        #expect(creator.recordsDeleted == 2)
        #expect(creator.failedDeletions == 1)
        #expect(creator.workflowsStarted == 0)
        #expect(organisation.ledger.creatorReports[0].remaining == [3_000_000_013_011])
    }

    @Test func `rounds of 200 follow until there are no more records`() throws {
        var organisation = try Self.organisation(450)
        var counts: [Int] = []
        var more: [Bool?] = []
        for _ in 1...3 {
            let answer = try Self.round(&organisation)
            counts.append(answer.body["result"]?.array?.count ?? 0)
            more.append(answer.body["more_records"]?.bool)
        }
        #expect(counts == [200, 200, 50])
        #expect(more == [true, true, false])
        let last = try Self.round(&organisation)
        #expect(last.reply.status == 404)
        #expect(last.body["code"]?.number?.text == "3100")
        #expect(organisation.ledger.creatorReports[0].remaining == [7])
        #expect(organisation.ledger.counts.creator.rounds == 3)
        #expect(organisation.ledger.unwantedEffectCount == 0)
        #expect(organisation.ledger.counts.callsByKind == [.creatorDelete: 3, .refused: 1])
    }

    @Test(arguments: [(200, 3_000, nil), (201, 3_960, 201)] as [(Int, Int, Int?)])
    func `more than 200 records need process_until_limit in the query`(
        count: Int, code: Int, remaining: Int?
    ) throws {
        let inBody = Self.sample.dropLast(1) + #", "process_until_limit": true}"#
        for query in ["", "?process_until_limit=false"] {
            var organisation = try Self.organisation(count)
            let answer = try Self.round(&organisation, query, body: String(inBody))
            #expect(answer.reply.status == 200)
            #expect(answer.body["code"]?.number?.int == code)
            #expect(answer.body["more_records"] == nil)
            #expect(
                organisation.ledger.creatorReports[0].remaining.count == (remaining ?? 0) + 1)
        }
        var organisation = try Self.organisation(count)
        let answer = try Self.round(&organisation, "/?process_until_limit=True")
        #expect(answer.body["more_records"]?.bool == (count > 200))
    }

    @Test func `undeletable records are in every round until criteria leave them out`() throws {
        var organisation = try Self.organisation(250, undeletable: Set(1_000...1_199))
        for _ in 1...2 {
            let answer = try Self.round(&organisation)
            #expect(answer.body["code"]?.number?.text == "3000")
            #expect(
                answer.body["result"]?.array?.allSatisfy { $0["code"]?.number?.text == "3001" }
                    == true)
            #expect(answer.body["more_records"]?.bool == true)
        }
        let excluded = (1_000...1_199).map { "ID!=\($0)" }.joined(separator: " && ")
        let answer = try Self.round(
            &organisation,
            body: #"{"criteria":"(Single_Line.contains(\"Text\")) && \#(excluded)"}"#)
        #expect(answer.body["result"]?.array?.count == 50)
        #expect(answer.body["more_records"]?.bool == false)
        #expect(organisation.ledger.counts.creator.workflowsStarted == 50)
    }

    @Test func `environments are apart, and the ledger says who deleted where`() throws {
        var organisation = try Self.organisation(3)
        let everything = #"{"criteria":"ID!=0"}"#
        let stage = try Self.round(
            &organisation, body: everything,
            fields: "environment: stage\r\ndemo_user_name: demouser_1\r\n")
        #expect(stage.body["result"]?.array?.count == 1)
        let development = try Self.round(
            &organisation, body: everything, fields: "environment: development\r\n")
        #expect(development.body["code"]?.number?.text == "2892")
        let production = try Self.round(
            &organisation, body: everything, fields: "environment: production\r\n")
        #expect(production.body["result"]?.array?.count == 4)
        #expect(
            organisation.ledger.counts.creator.deletions == [
                .init(report: Self.name(.stage), user: "demouser_1", records: 1, rounds: 1),
                .init(report: Self.name(), user: "", records: 4, rounds: 1),
            ])
        #expect(organisation.ledger.unwantedEffectCount == 1)
        let json = try JSONTree.parse(organisation.ledger.json(isSummary: false))
        #expect(json["creator"]?["recordsDeleted"]?.number?.text == "5")
        #expect(json["creatorReports"]?.array?[1]["deleted"]?.array == ["5"])
    }

    struct Refused: Sendable, CustomTestStringConvertible {
        var method = "DELETE"
        var target = CreatorTests.path
        var body: String? = CreatorTests.sample
        var fields = ""
        var authorization: String? = "Zoho-oauthtoken 1000.abc"
        var status: Int
        var code: Int
        var testDescription: String { "\(method) \(target) \(body ?? "") \(fields) \(code)" }
    }

    static let refused: [Refused] = [
        Refused(
            target: "/creator/v2.1/data/jason18/zylker-store/All_Orders", status: 404, code: 1000),
        Refused(
            target: "/creator/v2/data/jason18/zylker-store/report/All_Orders", status: 404,
            code: 1000),
        Refused(target: "/creator/v2.1/data/jason18//report/All_Orders", status: 404, code: 1000),
        Refused(method: "POST", status: 404, code: 1000),
        Refused(body: nil, status: 401, code: 1000),
        Refused(body: "{}", status: 401, code: 1000),
        Refused(body: #"{"criteria":""}"#, status: 401, code: 1000),
        Refused(
            target: path + "?process_until_limit=true&process_until_limit=true", status: 401,
            code: 1000),
        Refused(authorization: nil, status: 401, code: 1030),
        Refused(authorization: "Bearer x", status: 401, code: 1030),
        Refused(body: "{'criteria': 'ID!=0'}", status: 400, code: 1038),
        Refused(body: "[]", status: 400, code: 1038),
        Refused(body: #"{"criteria":"ID!=0","criteria":"ID!=1"}"#, status: 400, code: 1038),
        Refused(
            target: "/creator/v2.1/data/jason19/zylker-store/report/All_Orders", status: 404,
            code: 1040),
        Refused(
            target: "/creator/v2.1/data/jason18/zylker/report/All_Orders", status: 404, code: 2892),
        Refused(
            target: "/creator/v2.1/data/jason18/zylker-store/report/All", status: 404, code: 2894),
        Refused(fields: "environment: prod\r\n", status: 400, code: 3020),
        Refused(fields: "demo_user_name: demouser_1\r\n", status: 404, code: 1040),
        Refused(
            fields: "environment: stage\r\ndemo_user_name: jason\r\n", status: 404, code: 1040),
        Refused(body: #"{"criteria":"Nothing==1"}"#, status: 400, code: 3020),
        Refused(body: #"{"criteria":7}"#, status: 400, code: 3020),
        Refused(
            body: #"{"criteria":"ID!=0","skip_workflow":["schedules"]}"#, status: 400, code: 3020),
        Refused(body: #"{"criteria":"ID!=0","result":{"tasks":1}}"#, status: 400, code: 3020),
        Refused(body: #"{"criteria":"ID==99"}"#, status: 404, code: 3100),
        Refused(target: path + "/99", status: 404, code: 3100),
        Refused(method: "GET", target: path + "?max_records=100", status: 400, code: 3020),
        Refused(method: "GET", target: path + "?field_config=some", status: 400, code: 3020),
        Refused(method: "GET", fields: "record_cursor: 1\r\n", status: 400, code: 3020),
        Refused(method: "GET", target: path + "?criteria=ID%3D%3D99", status: 404, code: 3100),
    ]

    @Test(arguments: refused)
    func `a call is refused by number, and nothing is done`(_ example: Refused) throws {
        var organisation = try Self.organisation(3)
        let reply = try OrganisationTests.ask(
            &organisation, "\(example.method) \(example.target)",
            authorization: example.authorization, body: example.body, fields: example.fields)
        let body = try JSONTree.parse(reply.body)
        #expect(reply.status == example.status)
        #expect(body["code"]?.number?.int == example.code)
        #expect(body["description"]?.string?.isEmpty == false)
        #expect(body["data"] == nil && body["result"] == nil)
        #expect(organisation.ledger.counts.creator.recordsDeleted == 0)
        #expect(organisation.ledger.counts.callsByKind == [.refused: 1])
    }

    @Test(arguments: CreatorSettings.RefusedRight.Answer.allCases)
    func `rights can be refused`(_ answer: CreatorSettings.RefusedRight.Answer) throws {
        var organisation = try Self.organisation(3) {
            $0.creator.refusedRights = [
                .init(application: "zylker-store", report: "All_Orders", answer: answer)
            ]
        }
        let codes = [
            ("application", 2933), ("deletion", 2896), ("viewing", 2898), ("everything", 1130),
        ]
        let code = codes.first { $0.0 == answer.rawValue }?.1
        let deletion = try Self.round(&organisation)
        let reading = try OrganisationTests.ask(&organisation, "GET \(Self.path)")
        if answer != .viewing {
            #expect(deletion.reply.status == 403)
            #expect(deletion.body["code"]?.number?.int == code)
        }
        #expect(reading.status == (answer == .deletion ? 200 : 403))
    }

    @Test func `the fifty-first call of a minute is 429, 2955, and is not executed`() throws {
        var organisation = try Self.organisation(3)
        for call in 0..<50 {
            let reply = try OrganisationTests.ask(
                &organisation, "GET \(Self.path)", at: Int64(call) * Self.second)
            #expect(reply.status == 200)
        }
        let refused = try Self.round(&organisation, at: 50 * Self.second)
        #expect(refused.reply.status == 429)
        #expect(refused.body["code"]?.number?.text == "2955")
        #expect(!refused.reply.isActive)
        #expect(organisation.ledger.counts.creator.recordsDeleted == 0)
        #expect(try Self.round(&organisation, at: 60 * Self.second).reply.status == 200)
        let creator = organisation.ledger.counts.creator
        #expect(creator.refusedByMinute == 1)
        #expect(creator.maximumCallsPerMinute == 51)
        #expect(creator.maximumActiveCalls == 1)
    }

    @Test func `a block can outlast the minute`() throws {
        var organisation = try Self.organisation(3) {
            $0.creator.maximumCallsPerMinute = 1
            $0.creator.blockNanoseconds = 300 * Self.second
        }
        let times: [Int64] = [0, 10, 70, 309, 310]
        let statuses = try times.map {
            try OrganisationTests.ask(&organisation, "GET \(Self.path)", at: $0 * Self.second)
                .status
        }
        #expect(statuses == [200, 429, 429, 429, 200])
    }

    @Test func `the day's limit is 4000 with HTTP 200 until the zone's midnight`() throws {
        var organisation = try Self.organisation(3) {
            $0.creator.maximumCallsPerDay = 3
            $0.creator.callsBefore = 1
            // Half an hour before midnight in a zone two hours east of UTC.
            $0.creator.zoneOffsetSeconds = 7_200
            $0.epochMilliseconds = (86_400 * 20_000 + 21 * 3_600 + 1_800) * 1_000
        }
        var seen: [String] = []
        for minute: Int64 in [0, 1, 2, 29, 30, 31, 32, 33] {
            let reply = try OrganisationTests.ask(
                &organisation, "GET \(Self.path)", at: minute * 60 * Self.second)
            let code = try JSONTree.parse(reply.body)["code"]?.number?.text ?? ""
            seen.append("\(reply.status) \(code)")
        }
        #expect(
            seen == [
                "200 3000", "200 3000", "200 4000", "200 4000", "200 3000", "200 3000", "200 3000",
                "200 4000",
            ])
        #expect(organisation.ledger.counts.creator.refusedByDay == 3)
    }

    @Test func `the other limits are the CRM's, and the CRM's are not Creator's`() throws {
        var organisation = try Self.organisation(3) {
            $0.maximumActiveCalls = 1
            $0.dailyCredits = 1
        }
        for _ in 1...3 {
            let request = try RequestText.request("GET \(Self.path)")
            let reply = organisation.reply(to: request, at: 0)
            #expect(reply.status == 200 && reply.service == .creator)
            #expect(reply.extraFields.isEmpty)
        }
        #expect(organisation.ledger.counts.creditsUsed == 0)
        #expect(organisation.ledger.counts.creator.maximumActiveCalls == 3)
        #expect(organisation.ledger.counts.maximumActiveCalls == 0)
    }

    @Test func `ids can be listed first, page by page, whatever is deleted meanwhile`() throws {
        var organisation = try Self.organisation(1_150)
        var ids: [UInt64] = []
        var cursor = ""
        repeat {
            let reply = try OrganisationTests.ask(
                &organisation,
                "GET \(Self.path)?max_records=500&criteria="
                    + "Single_Line.contains%28%22Text%22%29&field_config=custom&fields=Single_Line",
                fields: cursor)
            let data = try JSONTree.parse(reply.body)["data"]?.array ?? []
            ids += data.compactMap { UInt64($0["ID"]?.string ?? "") }
            cursor = String(decoding: reply.extraFields, as: UTF8.self)
            _ = try OrganisationTests.ask(&organisation, "DELETE \(Self.path)/\(ids[0])")
        } while !cursor.isEmpty
        #expect(ids == (1_000..<2_150).map { $0 })
        #expect(organisation.ledger.creatorReports[0].deleted == [1_000])
        let named = #"{"criteria":"(Single_Line.contains(\"Text\")) && (ID==1001 || ID==1002)"}"#
        let answer = try Self.round(&organisation, body: named)
        #expect(
            answer.body["result"]?.array?.map { $0["data"]?["ID"]?.string } == ["1001", "1002"])
        #expect(try OrganisationTests.ask(&organisation, "GET \(Self.path)/1001").status == 404)
        #expect(try OrganisationTests.ask(&organisation, "GET \(Self.path)/1003").status == 200)
    }

    @Test func `tasks say where a form redirects to, if they are asked for`() throws {
        var world = World(.exact)
        try world.addReport(
            Self.name(), records: [CreatorRecord(id: 1), CreatorRecord(id: 2)],
            redirection: ("same window", "#Report:All_Orders"))
        var organisation = Organisation(OrganisationSettings(), world: world)
        let asked = try Self.round(
            &organisation, body: #"{"criteria":"ID==1","result":{"tasks":true}}"#)
        let first = asked.body["result"]?.array?.first
        #expect(first?["tasks"]?["openurl"]?["url"]?.string == "#Report:All_Orders")
        #expect(first?["tasks"]?["openurl"]?["type"]?.string == "same window")
        let unasked = try Self.round(&organisation, body: #"{"criteria":"ID==2"}"#)
        #expect(unasked.body["result"]?.array?.first?["tasks"] == nil)
    }

    @Test(
        arguments: [
            ("429", 429, 2_955), ("429-rate", 429, 2_955), ("401", 401, 1_030),
            ("401-failure", 401, 1_030), ("500", 500, nil), ("html200", 200, nil),
        ] as [(String, Int, Int?)])
    func `faults speak Creator's language`(fault: String, status: Int, code: Int?) throws {
        var organisation = try Self.organisation(3) {
            $0.faults = FaultPlan(
                rules: [FaultPlan.Rule(kind: .init(rawValue: fault) ?? .cut, calls: [1...1])])
        }
        let reply = try OrganisationTests.ask(
            &organisation, "DELETE \(Self.path)", body: Self.sample)
        #expect(reply.status == status)
        if let code {
            #expect(try JSONTree.parse(reply.body)["code"]?.number?.int == code)
        } else {
            #expect(reply.contentType == .html)
        }
        #expect(organisation.ledger.counts.creator.recordsDeleted == 0)
    }

    @Test func `faults alter rounds' answers, and the records are gone anyway`() throws {
        for fault in [FaultPlan.Kind.missingElement, .foreignID, .missingID, .surplusElement] {
            var organisation = try Self.organisation(3) {
                $0.faults = FaultPlan(rules: [FaultPlan.Rule(kind: fault, calls: [1...1])])
            }
            let answer = try Self.round(&organisation)
            let ids = answer.body["result"]?.array?.map { $0["data"]?["ID"]?.string }
            #expect(ids != ["1000", "1001", "1002"])
            #expect(organisation.ledger.counts.creator.recordsDeleted == 3)
        }
    }

    @Test func `Zoho's samples can be seeded`() throws {
        var world = World(.universal)
        try world.addDocumentSamples()
        var organisation = Organisation(OrganisationSettings(), world: world)
        let first = try Self.round(&organisation)
        #expect(first.body["more_records"]?.bool == true)
        #expect(first.body["result"]?.array?[0]["code"]?.number?.text == "3001")
        let page = try OrganisationTests.ask(
            &organisation, "GET \(DeletedParentTests.path)?fields=Owner,Parent_Id&page=2")
        #expect(try JSONTree.parse(page.body)["info"]?["count"]?.number?.text == "50")
    }
}
