import JobModel
import Testing
import ZohoAPI

struct AnswerReadingTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var status: Int
        var body: String
        var single: String
        var several: String

        init(_ name: String, _ status: Int, _ body: String, single: String, several: String) {
            self.name = name
            self.status = status
            self.body = body
            self.single = single
            self.several = several
        }

        init(_ name: String, _ status: Int, _ body: String, _ both: String) {
            self.init(name, status, body, single: both, several: both)
        }

        var testDescription: String { name }
    }

    /// Documented samples and codes, and other known answers, for a call with one id and one with
    /// two ids.
    static let wholeCall: [Case] = [
        Case(
            "module unknown", 400, AnswerSamples.whole("INVALID_MODULE"), "refused kind permanently"
        ),
        Case(
            "not supported", 400, AnswerSamples.whole("NOT_SUPPORTED"), "refused kind permanently"),
        Case("URL", 404, AnswerSamples.whole("INVALID_URL_PATTERN"), "refused kind permanently"),
        Case("scope", 401, AnswerSamples.whole("OAUTH_SCOPE_MISMATCH"), "refused kind permanently"),
        Case(
            "scope v8", 403, AnswerSamples.whole("OAUTH_SCOPE_MISMATCH"), "refused kind permanently"
        ),
        Case("permission", 403, AnswerSamples.whole("NO_PERMISSION"), "refused kind perhaps"),
        Case("privilege", 400, AnswerSamples.whole("AUTHORIZATION_FAILED"), "refused kind perhaps"),
        Case("internal", 500, AnswerSamples.whole("INTERNAL_ERROR"), "unclear"),
        Case("internal as 400", 400, AnswerSamples.whole("INTERNAL_ERROR"), "unclear"),
        Case("method", 400, AnswerSamples.whole("INVALID_REQUEST_METHOD"), "refused call"),
        Case("mandatory", 400, AnswerSamples.whole("MANDATORY_NOT_FOUND"), "refused call"),
        Case("unheard of", 400, AnswerSamples.whole("SOMETHING_NEW"), "refused call"),
        Case("unheard of, 404", 404, AnswerSamples.whole("SOMETHING_NEW"), "refused parent"),
        Case(
            "data, no index", 400, AnswerSamples.whole("INVALID_DATA"),
            single: "refused item failed",
            several: "refused some item"),
        Case(
            "type, no index", 400, AnswerSamples.whole("UNABLE_TO_PARSE_DATA_TYPE"),
            single: "refused item failed", several: "refused some item"),
        Case(
            "limit", 400,
            AnswerSamples.whole("LIMIT_EXCEEDED", details: #"{"limit":"100","param_name":"ids"}"#),
            single: "refused item failed", several: "refused some item"),
        Case("index of the module", 400, indexed("0"), "refused kind permanently"),
        Case("index of the parent", 400, indexed("1"), "refused parent"),
        Case("index in quotes", 400, indexed("\"1\""), "refused parent"),
        Case("index of the list", 400, indexed("2"), "refused kind permanently"),
        Case(
            "index of the related id", 400, indexed("3"), single: "refused item absent",
            several: "refused some item"),
        Case(
            "type at the related id", 400,
            AnswerSamples.whole(
                "UNABLE_TO_PARSE_DATA_TYPE", details: #"{"resource_path_index":3}"#),
            single: "refused item failed", several: "refused some item"),
        Case(
            "index past the path", 400, indexed("9"), single: "refused item failed",
            several: "refused some item"),
        Case(
            "index of no number", 400, indexed("1.0"), single: "refused item failed",
            several: "refused some item"),
        Case(
            "parent or related record not found", 404, AnswerSamples.whole("INVALID_DATA"),
            single: "refused item absent", several: "refused some item"),
        Case(
            "type, 404", 404, AnswerSamples.whole("UNABLE_TO_PARSE_DATA_TYPE"),
            single: "refused item failed", several: "refused some item"),
        Case(
            "the parent, 404", 404,
            AnswerSamples.whole("INVALID_DATA", details: #"{"resource_path_index":1}"#),
            "refused parent"),
        Case("token", 401, AnswerSamples.whole("INVALID_TOKEN"), "unauthorised"),
        Case(
            "token, other word", 401, AnswerSamples.whole("AUTHENTICATION_FAILURE"), "unauthorised"),
        Case("Creator's token", 401, #"{"code":1030,"description":"no"}"#, "unauthorised"),
        Case("a 401 without a word", 401, "", "unauthorised"),
        Case("a 401 in HTML", 401, "<html>", "unauthorised"),
        Case("a 401 unheard of", 401, AnswerSamples.whole("SOMETHING_NEW"), "unauthorised"),
        Case("429", 429, AnswerSamples.whole("TOO_MANY_REQUESTS"), "throttled"),
        Case("429 in HTML", 429, "<html>", "throttled"),
        Case(
            "429 with elements", 429, AnswerSamples.data([AnswerSamples.success("\"1\"")]),
            "throttled"),
        Case(
            "429 with a wait", 429,
            AnswerSamples.whole("TOO_MANY_REQUESTS", details: #"{"retry_after":60}"#),
            "throttled 60"),
        Case(
            "429 with a wait of ages", 429,
            AnswerSamples.whole(
                "TOO_MANY_REQUESTS", details: #"{"retry_after":18446744073709551615}"#),
            "throttled 86400"),
        Case("limit by code", 400, AnswerSamples.whole("RATE_LIMIT_EXCEEDED"), "throttled"),
        Case("limit by code, 200", 200, AnswerSamples.whole("RATE_LIMIT_EXCEEDED"), "throttled"),
        Case("Creator's minute", 200, #"{"code":2955,"description":"no"}"#, "throttled"),
        Case("Creator's day", 200, #"{"code":4000,"message":"no"}"#, "out of calls"),
        Case(
            "a refusal with 200", 200, AnswerSamples.whole("INVALID_MODULE"),
            "refused kind permanently"),
        Case(
            "a success without elements", 200, #"{"code":"SUCCESS","status":"success"}"#, "unclear"),
        Case("a success with 400", 400, #"{"code":"SUCCESS","status":"error"}"#, "unclear"),
        Case("a code with 200", 200, #"{"code":"INVALID_MODULE"}"#, "unclear"),
        Case("an error that succeeds", 400, #"{"code":"X","status":"success"}"#, "unclear"),
        Case("data null", 200, #"{"data":null}"#, "unclear"),
        Case(
            "data null and a code", 400, #"{"code":"NOT_SUPPORTED","data":null}"#,
            "refused kind permanently"),
        Case("data an object", 200, #"{"data":{"code":"SUCCESS"}}"#, "unclear"),
        Case("data a string", 200, #"{"data":"SUCCESS"}"#, "unclear"),
        Case("nothing", 200, "", "unclear"),
        Case("204", 204, "", "unclear"),
        Case("an empty object", 200, "{}", "unclear"),
        Case("an array", 200, "[]", "unclear"),
        Case("HTML with 200", 200, "<html><body>Welcome</body></html>", "unclear"),
        Case("bad gateway", 502, "<html>", "unclear"),
        Case("a redirect", 302, "", "unclear"),
        Case(
            "elements with a redirect", 302, AnswerSamples.data([AnswerSamples.success("\"1\"")]),
            "unclear"),
        Case(
            "elements with 500", 500, AnswerSamples.data([AnswerSamples.success("\"1\"")]),
            "unclear"),
        Case(
            "elements with 206", 206, AnswerSamples.data([AnswerSamples.success("\"1\"")]),
            "unclear"),
        Case("status 0", 0, "{}", "unclear"),
        Case("empty data", 200, #"{"data":[]}"#, single: "?", several: "?,?"),
    ]

    private static func indexed(_ index: String) -> String {
        AnswerSamples.whole(
            "INVALID_DATA", details: "{\"resource_path_index\":\(index)}",
            message: "the related id given seems to be invalid")
    }

    @Test(arguments: wholeCall)
    func `an answer about the whole call is read by status, code and index`(_ sample: Case) {
        let answer = AnswerSamples.answer(sample.status, sample.body)
        #expect(AnswerReading.classify(answer, for: AnswerSamples.single).word == sample.single)
        #expect(AnswerReading.classify(answer, for: AnswerSamples.double).word == sample.several)
    }

    static let one = "\"\(AnswerSamples.first)\""
    static let two = "\"\(AnswerSamples.second)\""

    static let elements: [Case] = [
        Case(
            "Zoho's sample", 200,
            list(AnswerSamples.success(one), AnswerSamples.success(two)),
            single: "removed", several: "removed,removed"),
        Case(
            "out of order", 207, list(AnswerSamples.success(two), AnswerSamples.refusal(one)),
            single: "absent", several: "absent,removed"),
        Case(
            "ids as numbers", 200,
            list(
                AnswerSamples.success("\(AnswerSamples.second)"),
                AnswerSamples.success("\(AnswerSamples.first)")),
            single: "removed", several: "removed,removed"),
        Case(
            "an id put through a Double", 200,
            list(AnswerSamples.success("3.652397000000925e18"), AnswerSamples.success(two)),
            single: "?", several: "?,removed"),
        Case(
            "an id with a leading zero", 200,
            list(AnswerSamples.success("\"0\(AnswerSamples.first)\""), AnswerSamples.success(two)),
            single: "?", several: "?,removed"),
        Case(
            "all bad", 400, list(AnswerSamples.refusal(one), AnswerSamples.refusal(two)),
            single: "absent", several: "absent,absent"),
        Case(
            "one missing", 200, list(AnswerSamples.success(two)), single: "?", several: "?,removed"),
        Case(
            "one foreign", 200, list(AnswerSamples.success(one), AnswerSamples.success("\"5\"")),
            single: "removed", several: "removed,?"),
        Case(
            "one too many", 200,
            list(
                AnswerSamples.success(one), AnswerSamples.success(two),
                AnswerSamples.success("\"5\"")),
            single: "removed", several: "removed,removed"),
        Case(
            "said twice", 200, list(AnswerSamples.success(one), AnswerSamples.success(one)),
            single: "removed", several: "removed,?"),
        Case(
            "contradicted", 200,
            list(
                AnswerSamples.success(one), AnswerSamples.refusal(one), AnswerSamples.success(one)),
            single: "?", several: "?,?"),
        Case("no ids at all", 200, list(anonymous, anonymous), single: "?", several: "?,?"),
        Case("no id, one element", 200, list(anonymous), single: "removed", several: "?,?"),
        Case(
            "no id, refused", 400,
            list(#"{"code":"INVALID_DATA","details":{},"status":"error"}"#),
            single: "failed", several: "?,?"),
        Case(
            "a path into a body that a delink has not", 200,
            list(#"{"code":"SUCCESS","details":{"json_path":"$.data[0]"},"status":"success"}"#),
            single: "?", several: "?,?"),
        Case(
            "other codes fail", 207,
            list(
                AnswerSamples.refusal(one, code: "NO_PERMISSION"),
                AnswerSamples.refusal(two, code: "NEW")),
            single: "failed", several: "failed,failed"),
        Case(
            "passing codes are asked again", 207,
            list(
                AnswerSamples.refusal(one, code: "INTERNAL_ERROR"),
                AnswerSamples.refusal(two, code: "TOO_MANY_REQUESTS")),
            single: "?", several: "?,?"),
        Case(
            "half a success", 200,
            list(
                #"{"code":"SUCCESS","details":{"id":\#(one)},"status":"error"}"#,
                #"{"code":"INVALID_DATA","details":{"id":\#(two)},"status":"success"}"#),
            single: "?", several: "?,?"),
        Case(
            "a success without a status", 200,
            list(#"{"code":"SUCCESS","details":{"id":\#(one)}}"#), single: "?", several: "?,?"),
        Case("elements that are none", 200, list("null", "1"), single: "?", several: "?,?"),
        Case(
            "a record was deleted", 200,
            list(AnswerSamples.success(one, message: "Record Deleted"), AnswerSamples.success(two)),
            single: "record-deleted", several: "record-deleted,removed"),
        Case(
            "a record was deleted, and then not", 200,
            list(AnswerSamples.success(one, message: "record deleted"), AnswerSamples.refusal(one)),
            single: "record-deleted", several: "record-deleted,?"),
        Case(
            "the message does not make a success", 200,
            list(
                #"{"code":"X","details":{"id":\#(one)},"message":"record deleted","status":"error"}"#
            ), single: "failed", several: "failed,?"),
        Case(
            "an outer code", 400,
            #"{"code":"INVALID_DATA","status":"error","data":[\#(AnswerSamples.refusal(one))]}"#,
            single: "absent", several: "absent,?"),
    ]

    private static let anonymous = #"{"code":"SUCCESS","details":{},"status":"success"}"#

    private static func list(_ elements: String...) -> String { AnswerSamples.data(elements) }

    @Test(arguments: elements)
    func `an element counts for the item whose id it carries`(_ sample: Case) {
        for status in sample.status == 400 ? [400] : [sample.status, 202, 207] {
            let answer = AnswerSamples.answer(status, sample.body)
            #expect(AnswerReading.classify(answer, for: AnswerSamples.single).word == sample.single)
            #expect(
                AnswerReading.classify(answer, for: AnswerSamples.double).word == sample.several)
        }
    }

    @Test func `updates are matched by path and by position where elements carry no id`() {
        let ids: [UInt64] = [11, 22, 33]
        let call = AnswerSamples.call(ids, operation: .update)
        let missing = #"""
            {"code":"MANDATORY_NOT_FOUND","details":{"api_name":"list_price",
            "json_path":"$.data[2].list_price"},"message":"m","status":"error"}
            """#
        let byPath = AnswerSamples.data([
            missing, AnswerSamples.success("22"), AnswerSamples.success("\"11\""),
        ])
        #expect(
            AnswerReading.classify(AnswerSamples.answer(202, byPath), for: call).word
                == "updated,updated,failed")
        let plain = #"{"code":"SUCCESS","details":{},"status":"success"}"#
        #expect(
            AnswerReading.classify(
                AnswerSamples.answer(200, AnswerSamples.data([plain, plain, plain])), for: call
            ).word == "updated,updated,updated")
        #expect(
            AnswerReading.classify(
                AnswerSamples.answer(200, AnswerSamples.data([plain, plain])), for: call
            ).word
                == "?,?,?")
        let far = #"{"code":"SUCCESS","details":{"json_path":"$.data[3]"},"status":"success"}"#
        #expect(
            AnswerReading.classify(
                AnswerSamples.answer(200, AnswerSamples.data([far, plain, plain])), for: call
            ).word == "?,?,?")
        #expect(
            AnswerReading.classify(
                AnswerSamples.answer(207, AnswerSamples.data([AnswerSamples.refusal("11")])),
                for: call
            )
            .word == "failed,?,?")
    }

    @Test func `an outcome keeps status, code and what was said, made safe`() {
        let body = AnswerSamples.data([
            #"{"code":"NO\u001bPE","details":{"id":"7"},"message":"a\nb\u0007","status":"error"}"#
        ])
        #expect(
            AnswerReading.classify(AnswerSamples.answer(207, body), for: AnswerSamples.call([7]))
                == .content([
                    .outcome(Outcome(kind: .failed, status: 207, code: "NO?PE", message: "a b?"))
                ]))
        #expect(
            AnswerReading.classify(
                AnswerSamples.answer(502, "<h1>Bad\r\nGateway</h1>"), for: AnswerSamples.single)
                == .unclear(ServiceMessage(status: 502, code: "", text: "<h1>Bad Gateway</h1>")))
    }

    @Test func `Retry-After and the body's wait are both honoured`() {
        var answer = AnswerSamples.answer(
            429, AnswerSamples.whole("TOO_MANY_REQUESTS", details: #"{"retry_after":30}"#))
        answer.retryAfterSeconds = 45
        #expect(AnswerReading.classify(answer, for: AnswerSamples.single).word == "throttled 45")
        answer.retryAfterSeconds = -5
        #expect(AnswerReading.classify(answer, for: AnswerSamples.single).word == "throttled 30")
    }

    @Test(arguments: [
        ("0", "throttled 0"), ("-1", "throttled"), ("\"45\"", "throttled 45"),
        ("1.2", "throttled 2"), ("1e3", "throttled"), ("\"soon\"", "throttled"),
        ("null", "throttled"), ("99999999999999999999999", "throttled 86400"),
    ])
    func `the wait in a body may be anything`(_ said: String, _ expected: String) {
        let body = AnswerSamples.whole("TOO_MANY_REQUESTS", details: #"{"retry_after":\#(said)}"#)
        #expect(
            AnswerReading.classify(AnswerSamples.answer(429, body), for: AnswerSamples.single).word
                == expected)
    }

    static let causes: [(String, ThrottleCause?)] = [
        (
            #"{"code":429,"error":"TOO_MANY_REQUESTS","error_info":"the past 24 hours"}"#,
            .dailyCredits
        ),
        (AnswerSamples.whole("TOO_MANY_REQUESTS", message: "Daily limit exceeded"), .dailyCredits),
        (AnswerSamples.whole("TOO_MANY_REQUESTS", message: "API credits exceeded"), .dailyCredits),
        (
            AnswerSamples.whole("TOO_MANY_REQUESTS", message: "Concurrency limit reached"),
            .concurrency
        ),
        (
            AnswerSamples.whole("TOO_MANY_REQUESTS", message: "sub-concurrency exceeded"),
            .concurrency
        ),
        // Zoho's page names both causes of its one code.
        (
            AnswerSamples.whole(
                "TOO_MANY_REQUESTS",
                message: "Number of API requests for the 24 hour period is exceeded or the "
                    + "concurrency limit of the user for the app is exceeded"), nil
        ),
        (AnswerSamples.whole("TOO_MANY_REQUESTS", message: "100 credits per minute"), nil),
        (AnswerSamples.whole("TOO_MANY_REQUESTS", message: "Rate limit exceeded"), nil),
        (#"{"code":2955,"description":"You have reached your API call limit for a minute."}"#, nil),
        ("<html>daily credits</html>", nil), ("{}", nil), ("", nil),
    ]

    @Test(arguments: causes)
    func `a 429 is answered by the one cause that it names`(
        _ body: String, _ cause: ThrottleCause?
    ) {
        let answer = AnswerSamples.answer(429, body)
        #expect(AnswerReading.throttleCause(answer) == cause)
        let expected = cause == .dailyCredits ? "out of calls" : "throttled"
        #expect(AnswerReading.classify(answer, for: AnswerSamples.single).word == expected)
        #expect(
            RoundAnswerTests.word(AnswerReading.classify(answer, for: RoundAnswerTests.content))
                == expected)
    }

    @Test(arguments: [408, 413, 414, 431])
    func `what a proxy answers as well is not believed`(_ status: Int) {
        for body in [
            AnswerSamples.whole("INVALID_DATA"), AnswerSamples.data([AnswerSamples.success("1")]),
            "",
        ] {
            let answer = AnswerSamples.answer(status, body)
            #expect(AnswerReading.classify(answer, for: AnswerSamples.single).word == "unclear")
            #expect(
                RoundAnswerTests.word(AnswerReading.classify(answer, for: RoundAnswerTests.content))
                    == "unclear")
        }
    }
}
