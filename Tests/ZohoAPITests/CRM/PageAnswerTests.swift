import JobModel
import Testing
import ZohoAPI

struct PageAnswerTests {
    static func classify(
        _ status: Int, _ body: String, page: Int = 1
    ) -> Classification<PageResult> {
        AnswerReading.classify(
            AnswerSamples.answer(status, body), for: DeletedPageRequestTests.content(page: page))
    }

    static func word(_ classification: Classification<PageResult>) -> String {
        switch classification {
        case .content(let page): "\(page.ids) \(page.moreRecords != false ? "more" : "last")"
        case .throttled(_, let pause):
            "throttled" + (pause.map { " \($0.components.seconds)" } ?? "")
        case .unauthorised: "unauthorised"
        case .outOfCalls: "out of calls"
        case .unclear: "unclear"
        case .refused(_, .parent): "refused parent"
        case .refused(_, .kindPermanently): "refused kind permanently"
        case .refused(_, .kindIfRepeated): "refused kind perhaps"
        case .refused: "refused otherwise"
        }
    }

    @Test func `Zoho's sample names its child, with its fields as they came`() {
        let body = """
            {
                "data": [
                    {
                        "Owner": {
                            "name": "Patricia",
                            "id": "2423488000000483001",
                            "email": "patricia@zoho.com"
                        },
                        "$member_info": {
                            "Modified_Time": "2023-10-31T18:10:23+05:30",
                            "Created_Time": "2023-10-31T18:10:23+05:30",
                            "id": "2423488000000558116"
                        },
                        "id": "2423488000000552158"
                    }
                ],
                "info": {
                    "per_page": 200,
                    "next_page_token": null,
                    "count": 1,
                    "page": 1,
                    "previous_page_token": null,
                    "page_token_expiry": null,
                    "more_records": false
                }
            }
            """
        let record =
            #"{"Owner":{"name":"Patricia","id":"2423488000000483001","email":"patricia@zoho.com"},"#
            + #""$member_info":{"Modified_Time":"2023-10-31T18:10:23+05:30","#
            + #""Created_Time":"2023-10-31T18:10:23+05:30","id":"2423488000000558116"},"#
            + #""id":"2423488000000552158"}"#
        #expect(
            Self.classify(200, body)
                == .content(
                    PageResult(
                        children: [PageChild(id: 2_423_488_000_000_552_158, record: record)],
                        moreRecords: false)))
    }

    @Test func `204 means none`() {
        #expect(
            Self.classify(204, "")
                == .content(PageResult(children: [], moreRecords: false, status: 204)))
    }

    private static func page(_ ids: [String], _ info: String) -> String {
        "{\"data\":[" + ids.map { "{\"id\":\($0)}" }.joined(separator: ",")
            + "],\"info\":{\(info)}}"
    }

    static let full = (1...200).map { "\"\($0)\"" }
    static let cases: [(Int, String, String)] = [
        (200, page(["\"7\"", "8"], #""more_records":true,"page":2"#), "[7, 8] more"),
        (200, page(["\"7\""], #""more_records":"false""#), "[7] last"),
        (200, page(["\"7\"", "\"7\""], #""more_records":false"#), "[7] last"),
        (200, page(["\"7\""], ""), "[7] last"), (200, #"{"data":[{"id":"7"}]}"#, "[7] last"),
        (200, page([], #""more_records":false"#), "[] last"), (200, #"{"data":[]}"#, "[] last"),
        // Never passed over
        (200, page([], #""more_records":true"#), "unclear"),
        (200, page(["\"7\""], #""page":1,"more_records":false"#), "unclear"),
        (200, page(["\"7\""], #""page":2.0"#), "unclear"),
        (200, page(["\"7\"", "\"08\""], ""), "unclear"), (200, page(["7.0"], ""), "unclear"),
        (200, page(["null"], ""), "unclear"), (200, #"{"data":[{}]}"#, "unclear"),
        (200, #"{"data":["7"]}"#, "unclear"), (200, #"{"data":{"id":"7"}}"#, "unclear"),
        (200, #"{"data":null}"#, "unclear"), (200, "", "unclear"), (200, "{}", "unclear"),
        (200, "<html>", "unclear"), (206, page(["\"7\""], ""), "unclear"),
        (400, page(["\"7\""], ""), "unclear"),
        (500, AnswerSamples.whole("INTERNAL_ERROR"), "unclear"),
        (204, "x", "unclear"), (302, "", "unclear"),
        // The document's errors
        (400, AnswerSamples.whole("INVALID_MODULE"), "refused kind permanently"),
        (400, AnswerSamples.whole("INVALID_DATA"), "refused parent"),
        (
            400, AnswerSamples.whole("INVALID_DATA", details: #"{"resource_path_index":2}"#),
            "refused parent"
        ),
        (
            400, AnswerSamples.whole("INVALID_DATA", details: #"{"resource_path_index":3}"#),
            "refused kind permanently"
        ),
        (404, AnswerSamples.whole("INVALID_DATA"), "refused parent"),
        (400, AnswerSamples.whole("INVALID_REQUEST_METHOD"), "refused parent"),
        (400, AnswerSamples.whole("AUTHORIZATION_FAILED"), "refused kind perhaps"),
        (400, AnswerSamples.whole("NOT_SUPPORTED"), "refused kind permanently"),
        (400, AnswerSamples.whole("REQUIRED_PARAM_MISSING"), "refused parent"),
        (401, AnswerSamples.whole("OAUTH_SCOPE_MISMATCH"), "refused kind permanently"),
        (403, AnswerSamples.whole("NO_PERMISSION"), "refused kind perhaps"),
        (404, AnswerSamples.whole("INVALID_URL_PATTERN"), "refused kind permanently"),
        (400, AnswerSamples.whole("DISCRETE_PAGINATION_LIMIT_EXCEEDED"), "refused parent"),
        (401, AnswerSamples.whole("INVALID_TOKEN"), "unauthorised"), (401, "", "unauthorised"),
        (429, page(["\"7\""], ""), "throttled"),
        (
            429, AnswerSamples.whole("TOO_MANY_REQUESTS", details: #"{"retry_after":60}"#),
            "throttled 60"
        ),
        (400, AnswerSamples.whole("SOMETHING_NEW"), "refused parent"),
    ]

    @Test(arguments: cases)
    func `a page is taken whole or not at all`(status: Int, body: String, expected: String) {
        #expect(Self.word(Self.classify(status, body, page: 2)) == expected)
    }

    @Test func `a full page that does not say has a successor`() {
        guard case .content(let page) = Self.classify(200, Self.page(Self.full, "")) else {
            Issue.record("no page")
            return
        }
        #expect(page.moreRecords == nil)
        #expect(page.ids == Array(1...200))
    }
}
