import JobModel
import Testing
import ZohoAPI

/// Malformed answers: no crash, and no unfounded success.
@Suite(.timeLimit(.minutes(20))) struct AdversarialAnswerTests {
    static let statuses = [
        0, 100, 199, 200, 201, 202, 204, 206, 207, 299, 300, 301, 302, 304, 307, 308, 399, 400, 401,
        403, 404, 405, 408, 409, 413, 414, 422, 429, 451, 499, 500, 502, 503, 504, 520, 599, 999,
        -1,
        .max, .min,
    ]

    static var bodies: [[UInt8]] {
        let id = "\"\(AnswerSamples.first)\""
        var texts = [
            "", " ", "null", "true", "0", "\"\"", "[]", "{}", "[[]]", #"{"data":[null]}"#,
            #"{"data":[[]]}"#, #"{"data":[{}]}"#, #"{"data":[{"code":null}]}"#,
            #"{"data":[{"code":1,"status":2,"details":3,"message":4}]}"#, #"{"data":{},"code":{}}"#,
            #"{"code":[],"status":"error"}"#, #"{"code":"","status":"error"}"#,
            #"{"code":"INVALID_DATA","details":[],"status":"error"}"#,
            #"{"code":"INVALID_DATA","details":{"resource_path_index":-1},"status":"error"}"#,
            #"{"code":"INVALID_DATA","details":{"resource_path_index":99999999999999999999}}"#,
            #"{"data":[],"data":[]}"#, #"{"data":"#, "<html>", "SUCCESS", "\u{FEFF}", "\u{FEFF}{}",
            "{\"data\":[\(AnswerSamples.success(id))]",
            "{\"data\":[\(AnswerSamples.success(id)),]}",
            "{\"data\":[\(AnswerSamples.success(id))]}x",
            "{\"data\":[\(AnswerSamples.success(id))]}\0",
            "{\"data\":[{\"code\":\"SUCCESS\",\"code\":\"SUCCESS\",\"status\":\"success\"}]}",
            String(repeating: "[", count: 10_000),
            String(repeating: "[", count: 10_000) + String(repeating: "]", count: 10_000),
            "{\"data\":" + String(repeating: "[", count: 10_000)
                + String(repeating: "]", count: 10_000) + "}",
            String(repeating: "{\"a\":", count: 10_000),
            "\"" + String(repeating: "a", count: 2 << 20) + "\"",
            "{\"code\":\"" + String(repeating: "A", count: 2 << 20) + "\",\"status\":\"error\"}",
        ]
        texts.append("{\"data\":[" + String(repeating: "{},", count: 50_000) + "{}]}")
        var bodies = texts.map { Array($0.utf8) }
        bodies.append([0xFF, 0xFE, 0x00])
        bodies.append([0xEF, 0xBB])
        bodies.append(Array("{\"data\":[\"".utf8) + [0xC3, 0x28] + Array("\"]}".utf8))
        bodies.append([UInt8](repeating: 0, count: 2 << 20))
        return bodies
    }

    @Test func `no body of any status makes a success of nothing`() {
        let calls = [
            AnswerSamples.single, AnswerSamples.double,
            AnswerSamples.call([1, 2], operation: .update),
            AnswerSamples.call([1], operation: .deleteAttachment, list: "Attachments"),
        ]
        for body in Self.bodies {
            // Long bodies take their time: with the statuses that have a path of their own only.
            for status in body.count < 100_000 ? Self.statuses : [200, 400, 401, 500] {
                let answer = HTTPAnswer(status: status, body: body)
                for call in calls {
                    guard case .content(let verdicts) = AnswerReading.classify(answer, for: call)
                    else {
                        continue
                    }
                    #expect(verdicts.count == call.related.count)
                    for verdict in verdicts {
                        if case .unclear = verdict { continue }
                        Issue.record("\(verdict) of \(body.prefix(80)) with \(status)")
                    }
                }
            }
        }
    }

    @Test func `no body of any status makes a round, a listing, a page or a token of nothing`() {
        let job = CreatorRequestTests.job()
        for body in Self.bodies {
            for status in body.count < 100_000 ? Self.statuses : [200, 400, 401, 500] {
                let answer = HTTPAnswer(status: status, body: body)
                if case .content(let result) = AnswerReading.classify(
                    answer, for: RoundContent(job: job)), !result.nothingMatched
                {
                    Issue.record("\(result) of \(body.prefix(80)) with \(status)")
                }
                if case .content(let ids) = AnswerReading.classify(
                    answer, for: ListingContent(job: job)), !ids.isEmpty
                {
                    Issue.record("\(ids) of \(body.prefix(80)) with \(status)")
                }
                if case .content(let page) = AnswerReading.classify(
                    answer, for: DeletedPageRequestTests.content())
                {
                    // Of all of these, 204 without a body is the only way to say that there are
                    // none.
                    #expect(page.children.isEmpty && status == 204 && body.isEmpty)
                }
                if case .issued = TokenExchange.classify(answer) {
                    Issue.record("a token of \(body.prefix(80)) with \(status)")
                }
            }
        }
    }

    @Test func `a page cut anywhere is no page`() {
        let good = Array(#"{"data":[{"id":"7"},{"id":"8"}],"info":{"more_records":false}}"#.utf8)
        for length in 0..<good.count {
            let classification = AnswerReading.classify(
                HTTPAnswer(status: 200, body: Array(good.prefix(length))),
                for: DeletedPageRequestTests.content())
            #expect(PageAnswerTests.word(classification) == "unclear")
        }
    }

    @Test func `a good answer cut anywhere, or with any byte changed, succeeds for no other id`() {
        let good = Array(
            AnswerSamples.data([
                AnswerSamples.success("\"\(AnswerSamples.first)\""),
                AnswerSamples.refusal("\"\(AnswerSamples.second)\""),
            ]).utf8)
        #expect(
            AnswerReading.classify(HTTPAnswer(status: 207, body: good), for: AnswerSamples.double)
                .word
                == "removed,absent")
        for length in 0..<good.count {
            let cut = HTTPAnswer(status: 207, body: Array(good.prefix(length)))
            #expect(AnswerReading.classify(cut, for: AnswerSamples.double).word == "unclear")
        }
        for index in good.indices {
            for bit in 0..<8 {
                var changed = good
                changed[index] ^= 1 << bit
                let word = AnswerReading.classify(
                    HTTPAnswer(status: 207, body: changed), for: AnswerSamples.double
                ).word
                // The second item was never removed, whatever bit flips.
                #expect(!word.hasSuffix(",removed"), "\(String(decoding: changed, as: UTF8.self))")
            }
        }
    }

    @Test func `a cut-off answer is unclear, even where what is left makes sense`() {
        var answer = AnswerSamples.answer(
            200, AnswerSamples.data([AnswerSamples.success("\"\(AnswerSamples.first)\"")]))
        answer.isCutOff = true
        #expect(AnswerReading.classify(answer, for: AnswerSamples.single).word == "unclear")
    }
}
