import JobModel
import Testing
import ZohoAPI

struct RoundAnswerTests {
    static let content = RoundContent(job: CreatorRequestTests.job())

    static func classify(
        _ status: Int, _ body: String, explicitIDs: [UInt64]? = nil
    ) -> Classification<RoundResult> {
        AnswerReading.classify(
            AnswerSamples.answer(status, body),
            for: RoundContent(job: content.job, explicitIDs: explicitIDs))
    }

    static func word(_ classification: Classification<RoundResult>) -> String {
        switch classification {
        case .content(let result) where result.nothingMatched: "nothing"
        case .content(let result):
            "round \(result.deleted.count) \(result.failed.count) \(result.unaccounted) "
                + (result.moreRecords.map { $0 ? "more" : "last" } ?? "-")
        case .throttled(_, let pause):
            "throttled" + (pause.map { " \($0.components.seconds)" } ?? "")
        case .unauthorised: "unauthorised"
        case .outOfCalls: "out of calls"
        case .unclear: "unclear"
        case .refused(_, .call): "refused call"
        case .refused(_, .kindPermanently): "refused kind permanently"
        case .refused(_, .kindIfRepeated): "refused kind perhaps"
        case .refused: "refused otherwise"
        }
    }

    /// The document's sample response.
    static let sample = """
        {
          "result": [
            {"code": 3001, "data": {"ID": "3000000013011"}, "error": ["Failed to Delete Data."]},
            {"code": 3000, "data": {"ID": "3000000015003"}, "message": "Record Deleted Successfully!"},
            {"code": 3000, "data": {"ID": "3000000015007"}, "message": "Record Deleted Successfully!"}
          ],
          "code": 3000
        }
        """

    @Test func `Zoho's sample accounts for each record`() {
        #expect(
            Self.classify(200, Self.sample)
                == .content(
                    RoundResult(
                        deleted: [3_000_000_015_003, 3_000_000_015_007],
                        failed: [
                            FailedRecord(
                                id: 3_000_000_013_011, code: "3001",
                                message: "Failed to Delete Data.")
                        ])))
    }

    static func element(_ id: String, code: String = "3000", more: String = "") -> String {
        "{\"code\":\(code),\"data\":{\"ID\":\(id)}\(more)}"
    }

    static func result(_ elements: [String], more: String = "") -> String {
        "{\"result\":[\(elements.joined(separator: ","))],\"code\":3000\(more)}"
    }

    static let rounds: [(String, String)] = [
        (result([], more: #","more_records":false"#), "round 0 0 0 last"),
        (result([element("\"7\"")], more: #","more_records":true"#), "round 1 0 0 more"),
        (result([element("7")], more: #","more_records":"false""#), "round 1 0 0 last"),
        (
            result([element("18446744073709551615")], more: #","more_records":null"#),
            "round 1 0 0 -"
        ),
        (result([element("\"7\""), element("\"7\"")]), "round 1 0 0 -"),
        (result([element("\"7\""), element("\"7\"", code: "3001")]), "round 0 0 1 -"),
        (result([element("\"7\"", code: "\"3000\"")]), "round 1 0 0 -"),
        (result([element("\"07\"")]), "round 0 0 1 -"), (result([element("7.0")]), "round 0 0 1 -"),
        (result([element("0")]), "round 0 0 1 -"), (result([element("null")]), "round 0 0 1 -"),
        (result([element("3.0e18")]), "round 0 0 1 -"), (result(["{}"]), "round 0 0 1 -"),
        (result(["null", "7", "[]"]), "round 0 0 3 -"),
        (result([element("7", code: "null")]), "round 0 0 1 -"),
        (result([element("7", code: "9999")]), "round 0 1 0 -"),
        (#"{"result":{"code":3000,"data":{"ID":"7"}},"code":3000}"#, "round 1 0 0 -"),
        (#"{"result":[{"code":3001,"data":{"ID":"7"}}],"code":3001}"#, "round 0 1 0 -"),
        (#"{"result":[{"code":3000,"data":{"ID":"7"}}]}"#, "round 1 0 0 -"),
        // Elements of a refused request, and successes that name no record
        (#"{"result":[{"code":3000,"data":{"ID":"7"}}],"code":4000}"#, "unclear"),
        (#"{"result":[{"code":3000,"data":{"ID":"7"}}],"code":3100}"#, "unclear"),
        (#"{"code":3000,"message":"Data Deleted Successfully"}"#, "unclear"),
        (#"{"code":3000,"result":null}"#, "unclear"), (#"{"result":[]}"#, "unclear"),
        (#"{"code":3001}"#, "unclear"), (#"{"code":3000,"result":"ok"}"#, "unclear"),
    ]

    @Test(arguments: rounds)
    func `elements are read one by one`(body: String, expected: String) {
        #expect(Self.word(Self.classify(200, body)) == expected)
    }

    static let whole: [(Int, String, String)] = [
        (200, #"{"code":3960,"message":"A maximum of 200 records"}"#, "refused call"),
        (200, #"{"code":4000,"message":"limit"}"#, "out of calls"),
        (200, #"{"code":4000,"result":[]}"#, "out of calls"),
        (429, #"{"code":2955,"description":"a minute"}"#, "throttled"),
        (200, #"{"code":2955,"message":"a minute"}"#, "throttled"), (429, "<html>", "throttled"),
        (429, sample, "throttled"),
        (401, #"{"code":1030,"description":"Authorization Failure."}"#, "unauthorised"),
        (401, "", "unauthorised"), (401, #"{"code":77}"#, "unauthorised"),
        (401, #"{"code":1000,"message":"mandatory"}"#, "refused call"),
        (404, #"{"code":1000,"message":"URL"}"#, "refused call"),
        (400, #"{"code":1038,"message":"JSON"}"#, "refused call"),
        (404, #"{"code":1040,"message":"owner"}"#, "refused call"),
        (403, #"{"code":1130,"message":"API"}"#, "refused kind permanently"),
        (404, #"{"code":2892,"message":"app"}"#, "refused call"),
        (404, #"{"code":2893,"message":"form"}"#, "refused call"),
        (404, #"{"code":2894,"description":"report"}"#, "refused call"),
        (403, #"{"code":2896,"message":"delete"}"#, "refused call"),
        (403, #"{"code":2933,"message":"application"}"#, "refused call"),
        (400, #"{"code":3020,"message":"value"}"#, "refused call"),
        (404, #"{"code":3100,"message":"No records found"}"#, "nothing"),
        (200, #"{"code":3100,"description":"No records found"}"#, "nothing"),
        (200, #"{"code":"3100","result":[]}"#, "nothing"),
        (500, #"{"code":3100}"#, "unclear"), (200, #"{"code":77}"#, "unclear"),
        (400, #"{"code":77,"message":"new"}"#, "refused call"),
        (401, #"{"code":"INVALID_TOKEN","status":"error"}"#, "unauthorised"),
        (401, #"{"code":"INVALID_OAUTHSCOPE","status":"error"}"#, "refused kind permanently"),
        (500, sample, "unclear"), (302, sample, "unclear"), (403, sample, "unclear"),
        (204, "", "unclear"), (200, "", "unclear"), (200, "[]", "unclear"), (200, "{}", "unclear"),
        (200, "<html>", "unclear"), (404, "<html>", "unclear"), (404, "{}", "unclear"),
        (502, "", "unclear"), (0, sample, "unclear"),
    ]

    @Test(arguments: whole)
    func `an answer about the whole request is read by its code`(
        status: Int, body: String, expected: String
    ) {
        #expect(Self.word(Self.classify(status, body)) == expected)
        if !body.contains("result\"") {
            let pin = AnswerReading.classify(
                AnswerSamples.answer(status, body), for: ListingContent(job: Self.content.job))
            if status != 204 { #expect("\(pin)".hasPrefix(Self.listingWord(expected)), "\(pin)") }
        }
    }

    private static func listingWord(_ word: String) -> String {
        switch word.split(separator: " ")[0] {
        case "nothing": "content([])"
        case "out": "outOfCalls"
        case let first: String(first)
        }
    }

    @Test func `code and words come through, from message or description`() {
        #expect(
            Self.classify(404, #"{"code":2894,"description":"No report"}"#)
                == .refused(ServiceMessage(status: 404, code: "2894", text: "No report"), .call))
        #expect(
            Self.classify(200, #"{"code":4000,"message":"Limit"}"#)
                == .outOfCalls(ServiceMessage(status: 200, code: "4000", text: "Limit")))
    }

    @Test(arguments: [
        (#","error":"a""#, "a"), (#","error":["a","b"]"#, "a; b"),
        (#","error":{"Field":"a"}"#, #"{"Field":"a"}"#), (#","error":[{"a":1}]"#, #"{"a":1}"#),
        (#","error":null,"message":"m""#, "m"), (#","error":[],"description":"d""#, "d"), ("", ""),
        (#","error":"a\u001b[31m""#, "a?[31m"),
    ])
    func `an error is text, list or object`(more: String, said: String) {
        guard
            case .content(let result) = Self.classify(
                200, Self.result([Self.element("\"7\"", code: "3001", more: more)]))
        else {
            Issue.record("no round")
            return
        }
        #expect(result.failed == [FailedRecord(id: 7, code: "3001", message: said)])
    }

    @Test func `tasks are counted, and a passing trouble excludes no record`() {
        let body = Self.result([
            Self.element("7", more: #","tasks":{"openurl":{"type":"same window","url":"Page"}}"#),
            Self.element("8", code: "2955"), Self.element("9", code: "3001"),
        ])
        guard case .content(let result) = Self.classify(200, body) else {
            Issue.record("no round")
            return
        }
        #expect(result.taskCount == 1)
        #expect(result.failed.map(\.isUndeletable) == [false, true])
    }

    @Test func `what a pinned round did not name is foreign`() {
        let body = Self.result([Self.element("7"), Self.element("8")])
        guard case .content(let result) = Self.classify(200, body, explicitIDs: [7, 9]) else {
            Issue.record("no round")
            return
        }
        #expect(result.deleted == [7, 8])
        #expect(result.foreign == [8])
    }

    @Test func `a cut-off round is unclear`() {
        var answer = AnswerSamples.answer(200, Self.sample)
        answer.isCutOff = true
        #expect(Self.word(AnswerReading.classify(answer, for: Self.content)) == "unclear")
    }

    @Test func `no bit flipped in an answer deletes more than it said`() {
        let body = Array(Self.sample.utf8)
        for index in body.indices {
            for bit in 0..<8 {
                var changed = body
                changed[index] ^= 1 << bit
                let classification = AnswerReading.classify(
                    HTTPAnswer(status: 200, body: changed), for: Self.content)
                if case .content(let result) = classification {
                    let count =
                        result.deleted.count + result.failed.count + result.unaccounted
                    // One flip can make two of the ids the same.
                    #expect(count >= 2 && count <= 3, "\(String(decoding: changed, as: UTF8.self))")
                }
            }
        }
    }
}

struct ListingAnswerTests {
    static func classify(
        _ status: Int, _ body: String, excluded: [UInt64] = []
    ) -> Classification<[UInt64]> {
        AnswerReading.classify(
            AnswerSamples.answer(status, body),
            for: ListingContent(job: CreatorRequestTests.job(), excluded: excluded))
    }

    @Test func `ids come in the answer's order, once, and without the excluded`() {
        let body = #"{"code":3000,"data":[{"ID":"9","Name":"x"},{"ID":7},{"ID":"9"},{"ID":"5"}]}"#
        #expect(Self.classify(200, body, excluded: [5]) == .content([9, 7]))
    }

    @Test func `nothing to delete is no error, and a listing is whole or none`() {
        #expect(Self.classify(200, #"{"code":3000,"data":[]}"#) == .content([]))
        #expect(Self.classify(204, "") == .content([]))
        for body in [
            #"{"code":3000}"#, #"{"code":3000,"data":null}"#, #"{"code":3000,"data":[{}]}"#,
            #"{"code":3000,"data":[{"ID":"9"},{"ID":"09"}]}"#,
            #"{"code":3000,"data":[{"ID":9.0}]}"#, #"{"data":[{"ID":"9"}]}"#,
        ] {
            guard case .unclear = Self.classify(200, body) else {
                Issue.record("\(body)")
                continue
            }
        }
        guard
            case .unclear = Self.classify(
                200, #"{"code":3000,"data":[{"ID":"5"}]}"#, excluded: [5])
        else {
            Issue.record("only excluded records")
            return
        }
    }

    @Test func `two hundred are enough for a round`() {
        let records = (1...250).map { "{\"ID\":\"\($0)\"}" }.joined(separator: ",")
        #expect(
            Self.classify(200, "{\"code\":3000,\"data\":[\(records)]}") == .content(Array(1...200)))
    }
}
