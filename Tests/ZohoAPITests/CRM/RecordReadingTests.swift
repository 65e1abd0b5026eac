import JobModel
import Testing

@testable import ZohoAPI

struct RecordReadingTests {
    /// Status, body, and what is made of it.
    private static let vectors: [(Int, String, String)] = [
        (200, #"{"data":[{"id":"77"}]}"#, "there"),
        (200, #"{"data":[{"id":77,"Last_Name":"x"}]}"#, "there"),
        (200, #"{"data":[{"id":"78"}]}"#, "not readable"),
        (200, #"{"data":[{"id":"77"},{"id":"77"}]}"#, "not readable"),
        (200, #"{"data":[]}"#, "not readable"),
        (200, "{}", "unclear"),
        (200, "<html>", "unclear"),
        (207, #"{"data":[{"id":"77"}]}"#, "not readable"),
        (204, "", "gone"),
        (
            404,
            #"{"code":"INVALID_DATA","details":{},"message":"The record does not exist","#
                + #""status":"error"}"#, "gone"
        ),
        (
            400,
            #"{"code":"INVALID_DATA","details":{"resource_path_index":1},"message":"m","#
                + #""status":"error"}"#, "gone"
        ),
        (401, #"{"code":"OAUTH_SCOPE_MISMATCH","message":"m","status":"error"}"#, "not readable"),
        (403, #"{"code":"NO_PERMISSION","message":"m","status":"error"}"#, "not readable"),
        (400, #"{"code":"INVALID_MODULE","message":"m","status":"error"}"#, "not readable"),
        (404, #"{"code":"INVALID_URL_PATTERN","message":"m","status":"error"}"#, "not readable"),
        (401, #"{"code":"INVALID_TOKEN","message":"m","status":"error"}"#, "unauthorised"),
        (401, "", "unauthorised"),
        (429, #"{"code":"TOO_MANY_REQUESTS","message":"m","status":"error"}"#, "throttled"),
        (500, #"{"code":"INTERNAL_ERROR","message":"m","status":"error"}"#, "unclear"),
        (302, "", "unclear"),
    ]

    @Test func `a record is there, gone, or can't be read`() throws {
        let module = try #require(APIName("Leads"))
        for (status, body, expected) in Self.vectors {
            let classification = AnswerReading.classify(
                HTTPAnswer(status: status, body: Array(body.utf8)),
                for: RecordContent(module: module, id: 77))
            let found =
                switch classification {
                case .content(.present): "there"
                case .content(.gone): "gone"
                case .content(.unreadable): "not readable"
                case .throttled: "throttled"
                case .unauthorised: "unauthorised"
                case .outOfCalls: "out of calls"
                case .unclear: "unclear"
                case .refused: "refused"
                }
            #expect(found == expected, "\(status) \(body)")
        }
    }

    @Test(arguments: [
        ("v1", true), ("v2", true), ("v2.1", true), ("v7", true), ("v8", false), ("v9", false),
        ("v10", false),
    ])
    func `up to v7 a delink's message says what it did`(_ version: String, _ isConclusive: Bool) {
        var profile = ServiceProfile()
        profile.crmVersion = version
        #expect(profile.delinkMessageIsConclusive == isConclusive)
        let needs = TokenScopes.needs(
            of: AnswerSamples.kind(.delink, list: "Contacts"), profile: profile)
        #expect(
            needs.dropFirst().map(\.anyOf.first)
                == (isConclusive ? [] : ["ZohoCRM.modules.contacts.READ"]))
    }

    @Test func `an old name of a list is asked for by the module's new one`() throws {
        let kind = AnswerSamples.kind(.delink, module: "Products", list: "Potentials")
        #expect(ServiceProfile().childModule(of: kind).text == "Deals")
    }
}
