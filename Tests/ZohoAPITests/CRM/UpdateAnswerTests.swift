import JobModel
import Testing
import ZohoAPI

/// Answers of updates and of deleted attachments: Zoho's samples, and what is known of
/// failures.
struct UpdateAnswerTests {
    static let ids: [UInt64] = [3_652_397_000_000_327_001, 3_652_397_000_001_854_001]

    static func classify(_ status: Int, _ body: String, count: Int = 2) -> String {
        AnswerReading.classify(
            AnswerSamples.answer(status, body),
            for: AnswerSamples.call(Array(ids.prefix(count)), operation: .update)
        ).word
    }

    static func success(_ index: Int) -> String {
        AnswerSamples.success("\"\(ids[index])\"", message: "relation added")
    }

    static func failure(
        _ path: String, code: String = "MANDATORY_NOT_FOUND", field: String = "list_price"
    ) -> String {
        "{\"code\":\"\(code)\",\"details\":{\"api_name\":\"\(field)\",\"json_path\":\"\(path)\"},"
            + "\"message\":\"required field not found\",\"status\":\"error\"}"
    }

    static let anonymous =
        #"{"code":"SUCCESS","details":{},"message":"relation added","status":"success"}"#

    static let cases: [(String, Int, String, String)] = [
        (
            "Zoho's sample", 200, AnswerSamples.data([success(0), success(1)]),
            "updated,updated"
        ),
        ("201", 201, AnswerSamples.data([success(0), success(1)]), "unclear"),
        (
            "mixed, v2", 202, AnswerSamples.data([success(0), failure("$.data[1].list_price")]),
            "updated,failed"
        ),
        (
            "mixed, v8, out of order", 207,
            AnswerSamples.data([failure("$.data[1].list_price"), success(0)]), "updated,failed"
        ),
        (
            "all bad", 400,
            AnswerSamples.data([
                failure("$.data[0].id", code: "INVALID_DATA", field: "id"),
                failure("$.data[1].list_price"),
            ]), "failed,failed"
        ),
        (
            "two fields of one record", 400,
            AnswerSamples.data([
                failure("$.data[0].id", code: "INVALID_DATA"), failure("$.data[0].list_price"),
                success(1),
            ]), "failed,updated"
        ),
        (
            "an id that is gone fails: nothing was updated", 207,
            AnswerSamples.data([AnswerSamples.refusal("\"\(ids[0])\""), success(1)]),
            "failed,updated"
        ),
        ("by position", 200, AnswerSamples.data([anonymous, anonymous]), "updated,updated"),
        ("by position, one missing", 200, AnswerSamples.data([anonymous]), "?,?"),
        (
            "no position beside an id", 200, AnswerSamples.data([anonymous, success(1)]),
            "?,updated"
        ),
        (
            "no position beside a path", 200,
            AnswerSamples.data([failure("$.data[0]"), anonymous]),
            "failed,?"
        ),
        (
            "a path past the end", 200, AnswerSamples.data([failure("$.data[2].x"), success(0)]),
            "updated,?"
        ),
        ("a path elsewhere", 200, AnswerSamples.data([failure("$.x"), anonymous]), "?,?"),
        (
            "id and path disagree: the id is believed", 207,
            AnswerSamples.data([
                "{\"code\":\"X\",\"details\":{\"id\":\"\(ids[1])\",\"json_path\":\"$.data[0]\"},"
                    + "\"status\":\"error\"}", success(0),
            ]), "updated,failed"
        ),
        (
            "success and failure of one record", 207,
            AnswerSamples.data([success(0), failure("$.data[0].x"), success(1)]), "?,updated"
        ),
        (
            "a link's own id", 200,
            AnswerSamples.data([AnswerSamples.success("\"5\""), success(1)]),
            "?,updated"
        ),
        (
            "one bad field refuses the call", 400,
            AnswerSamples.whole("MANDATORY_NOT_FOUND", details: #"{"api_name":"list_price"}"#),
            "refused some item"
        ),
        (
            "a path in the refusal", 400,
            AnswerSamples.whole("NEW_CODE", details: #"{"json_path":"$.data[1].x"}"#),
            "refused some item"
        ),
        ("an unknown refusal", 400, AnswerSamples.whole("NEW_CODE"), "refused call"),
        ("data", 202, AnswerSamples.whole("INVALID_DATA"), "refused some item"),
        (
            "parent", 400,
            AnswerSamples.whole("INVALID_DATA", details: #"{"resource_path_index":1}"#),
            "refused parent"
        ),
    ]

    @Test(arguments: cases)
    func `elements belong to their records by id, then path, then position`(
        name: String, status: Int, body: String, expected: String
    ) {
        #expect(Self.classify(status, body) == expected, "\(name)")
    }

    @Test(arguments: [
        (200, AnswerSamples.data([success(0)]), "updated"),
        (200, AnswerSamples.data([anonymous]), "updated"),
        (202, AnswerSamples.data([failure("$.data[0].list_price")]), "failed"),
        (400, AnswerSamples.whole("MANDATORY_NOT_FOUND"), "refused call"),
        (
            400, AnswerSamples.whole("INVALID_DATA", details: #"{"resource_path_index":3}"#),
            "refused item failed"
        ),
        (404, AnswerSamples.whole("INVALID_DATA"), "refused item failed"),
        (403, AnswerSamples.whole("NO_PERMISSION"), "refused kind perhaps"),
    ])
    func `a single update is read alike`(status: Int, body: String, expected: String) {
        #expect(Self.classify(status, body, count: 1) == expected)
    }

    @Test func `a hundred elements come back in any order`() {
        let ids = (0..<100).map { 3_652_397_000_000_000_000 + $0 as UInt64 }
        let elements = ids.reversed().map { AnswerSamples.success("\"\($0)\"") }
        let classification = AnswerReading.classify(
            AnswerSamples.answer(207, AnswerSamples.data(elements)),
            for: AnswerSamples.call(ids, operation: .update))
        #expect(
            classification.word == Array(repeating: "updated", count: 100).joined(separator: ","))
    }
}

struct AttachmentAnswerTests {
    static let id: UInt64 = 2_883_756_000_000_261_017

    static func classify(_ status: Int, _ body: String) -> Classification<[ItemResult]> {
        AnswerReading.classify(
            AnswerSamples.answer(status, body), for: AttachmentRequestTests.call([id]))
    }

    @Test func `Zoho's sample is a deleted attachment, and halts nothing`() {
        #expect(
            Self.classify(
                200,
                AnswerSamples.data([
                    AnswerSamples.success("\"\(Self.id)\"", message: "record deleted")
                ]))
                == .content([
                    .outcome(
                        Outcome(
                            kind: .deleted, status: 200, code: "SUCCESS", message: "record deleted")
                    )
                ]))
    }

    @Test func `gone and never there are answered alike, and the message says so`() {
        let body = AnswerSamples.whole(
            "INVALID_DATA", details: #"{"resource_path_index":3}"#, message: "record not deleted")
        guard case .refused(let message, .item(.absent)) = Self.classify(400, body) else {
            Issue.record("\(Self.classify(400, body))")
            return
        }
        #expect(
            message.text
                == "record not deleted (relsweep: the service answers alike for an attachment that "
                + "is gone, that never was, or that the API can't delete)")
    }

    @Test func `without an index it is unknown which id is meant, and the call fails`() {
        let body = AnswerSamples.whole(
            "INVALID_DATA", message: "the related id given seems to be invalid")
        guard case .refused(let message, .item(.failed)) = Self.classify(400, body) else {
            Issue.record("\(Self.classify(400, body))")
            return
        }
        #expect(message.text.hasPrefix("the related id given seems to be invalid (relsweep: "))
        #expect(message.text.contains("does not say"))
    }

    @Test func `words of any length leave room for what is added`() {
        let long = String(repeating: "é", count: 400)
        let body = AnswerSamples.whole(
            "INVALID_DATA", details: #"{"resource_path_index":3}"#, message: long)
        guard case .refused(let message, _) = Self.classify(400, body) else {
            Issue.record("no refusal")
            return
        }
        #expect(message.text.utf8.count <= Outcome.maximumMessageByteCount)
        #expect(message.text.hasSuffix("can't delete)"))
    }

    @Test(arguments: [
        (400, AnswerSamples.data([AnswerSamples.refusal("\"\(id)\"")]), "absent"),
        (207, AnswerSamples.data([AnswerSamples.refusal("\"5\"")]), "?"),
        (
            400, AnswerSamples.whole("INVALID_DATA", details: #"{"resource_path_index":1}"#),
            "refused parent"
        ),
        (404, AnswerSamples.whole("INVALID_DATA"), "refused item absent"),
        (400, AnswerSamples.whole("INVALID_MODULE"), "refused kind permanently"),
        (404, AnswerSamples.whole("INVALID_URL_PATTERN"), "refused kind permanently"),
        (401, AnswerSamples.whole("OAUTH_SCOPE_MISMATCH"), "refused kind permanently"),
        (403, AnswerSamples.whole("NO_PERMISSION"), "refused kind perhaps"),
        (500, AnswerSamples.whole("INTERNAL_ERROR"), "unclear"),
        (400, AnswerSamples.whole("INVALID_REQUEST_METHOD"), "refused call"),
        (400, AnswerSamples.whole("AUTHORIZATION_FAILED"), "refused kind perhaps"),
        (204, "", "unclear"),
    ])
    func `Zoho's errors`(status: Int, body: String, expected: String) {
        #expect(Self.classify(status, body).word == expected)
    }
}
