import JobModel
import Testing

@testable import ZohoAPI

/// Most answers are read by the fast parser. A byte order mark forces the general parser:
struct PlainAnswerTests {
    private static let calls = [
        AnswerSamples.double, AnswerSamples.single,
        AnswerSamples.call([AnswerSamples.first, AnswerSamples.second], operation: .update),
    ]

    private func expectAgreement(_ body: [UInt8]) {
        for call in Self.calls {
            let plain = AnswerReading.classify(HTTPAnswer(status: 207, body: body), for: call)
            let tree = AnswerReading.classify(
                HTTPAnswer(status: 207, body: [0xEF, 0xBB, 0xBF] + body), for: call)
            guard case .content = plain else {
                // What is shown of a body that is not understood begins with its mark.
                #expect(plain.word == tree.word, "\(String(decoding: body, as: UTF8.self))")
                continue
            }
            #expect(plain == tree, "\(String(decoding: body, as: UTF8.self))")
        }
    }

    /// The tree would read them too, in ten times the time.
    @Test func `what nearly all answers are like is read without a tree`() throws {
        let text =
            #" {"data":[{"code":"SUCCESS","details":{"id":"7"},"message":"a b","status":"success"},"#
            + #"{"status":"error","message":"c !~","details":{"id":18446744073709551615},"#
            + #""code":"A"}, {"code":"","details":{"id":10},"message":"","status":"odd"}]} "#
        let elements = try #require(FastAnswerParser.elements(of: Array(text.utf8)))
        #expect(
            elements == [
                AnswerElement(code: "SUCCESS", status: .success, message: "a b", address: .id(7)),
                AnswerElement(code: "A", status: .error, message: "c !~", address: .id(.max)),
                AnswerElement(code: "", status: .neither, message: "", address: .id(10)),
            ])
    }

    @Test(arguments: [
        #"{"data":[{"code":"SUCCESS","details":{"id":"7"},"message":"","status":"success"}]}"#,
        #" { "data" : [ { "code" : "A" , "details" : { "id" : 7 } , "message" : "m" , "status" : "error" } ] } "#,
        #"{"data":[{"status":"success","message":"x","details":{"id":7},"code":"SUCCESS"}]}"#,
        #"{"data":[{"code":"SUCCESS","details":{"id":7.0},"message":"","status":"success"}]}"#,
        #"{"data":[{"code":"SUCCESS","details":{"id":7e0},"message":"","status":"success"}]}"#,
        #"{"data":[{"code":"SUCCESS","details":{"id":07},"message":"","status":"success"}]}"#,
        #"{"data":[{"code":"SUCCESS","details":{"id":"07"},"message":"","status":"success"}]}"#,
        #"{"data":[{"code":"SUCCESS","details":{"id":"7 "},"message":"","status":"success"}]}"#,
        #"{"data":[{"code":"SUCCESS","details":{"id":"0"},"message":"","status":"success"}]}"#,
        #"{"data":[{"code":"","details":{"id":"7"},"message":"","status":""}]}"#,
        #"{"data":[{"code":"SUCCESS","code":"X","details":{"id":"7"},"message":"","status":"success"}]}"#,
        #"{"data":[{"code":"A","details":{"id":"7"},"message":"a\u0041","status":"error"}]}"#,
        #"{"data":[{"code":"A","details":{"id":"7"},"message":"  a  b ","status":"error"}]}"#,
        #"{"data":[{"code":"A","details":{"id":"7"},"message":"m","status":"error"},]}"#,
        #"{"data":[{"code":"A","details":{"id":"7"},"message":"m","status":"error"}],"info":{}}"#,
        #"{"data":[]}"#, #"{"data":[{}]}"#,
    ])
    func `both ways of reading agree on forms at the edge`(text: String) {
        let body = Array(text.utf8)
        for call in [AnswerSamples.call([7]), AnswerSamples.call([7, 8])] {
            let plain = AnswerReading.classify(HTTPAnswer(status: 200, body: body), for: call)
            let tree = AnswerReading.classify(
                HTTPAnswer(status: 200, body: [0xEF, 0xBB, 0xBF] + body), for: call)
            #expect(plain.word == tree.word)
            if case .content = plain { #expect(plain == tree) }
        }
    }

    @Test func `both ways of reading agree whatever byte is changed, left out or doubled`() {
        let good = Array(
            AnswerSamples.data([
                AnswerSamples.success("\"\(AnswerSamples.first)\""),
                AnswerSamples.refusal("\(AnswerSamples.second)"),
            ]).utf8)
        expectAgreement(good)
        for index in good.indices {
            for bit in 0..<8 {
                var changed = good
                changed[index] ^= 1 << bit
                expectAgreement(changed)
            }
            var shorter = good
            shorter.remove(at: index)
            expectAgreement(shorter)
            var longer = good
            longer.insert(good[index], at: index)
            expectAgreement(longer)
        }
    }

    @Test func `a hundred elements are read in any order`() {
        let ids = (0..<100).map { 3_652_397_000_000_000_000 + $0 * 7 as UInt64 }
        let call = AnswerSamples.call(ids)
        var elements = ids.enumerated().map { index, id in
            index % 3 == 0 ? AnswerSamples.refusal("\"\(id)\"") : AnswerSamples.success("\"\(id)\"")
        }
        let expected = ids.indices.map { $0 % 3 == 0 ? "absent" : "removed" }
            .joined(separator: ",")
        for _ in 0..<2 {
            #expect(
                AnswerReading.classify(
                    AnswerSamples.answer(207, AnswerSamples.data(elements)), for: call
                ).word
                    == expected)
            elements.reverse()
            elements.swapAt(3, 77)
        }
    }
}
