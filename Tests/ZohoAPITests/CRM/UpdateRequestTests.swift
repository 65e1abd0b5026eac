import JobModel
import Testing
import ZohoAPI

@Suite(.timeLimit(.minutes(20)))
struct UpdateRequestTests {
    private func body(_ items: [(UInt64, String)]) -> String {
        String(
            decoding: UpdateRequest.body(
                items.map { (id: $0.0, fields: Array($0.1.utf8)) }),
            as: UTF8.self)
    }

    @Test func `Zoho's sample input is the body of several`() {
        #expect(
            body([
                (3_652_397_000_000_327_001, #"{"Member_Status":"Active"}"#),
                (3_652_397_000_001_854_001, #"{"Member_Status":"Planning"}"#),
            ])
                == #"{"data":[{"id":"3652397000000327001","Member_Status":"Active"},"#
                + #"{"id":"3652397000001854001","Member_Status":"Planning"}]}"#)
    }

    @Test func `a single id is in the body too`() {
        #expect(
            body([(7, #"{"list_price":50.56}"#)])
                == #"{"data":[{"id":"7","list_price":50.56}]}"#)
        #expect(body([(7, "{}")]) == #"{"data":[{"id":"7"}]}"#)
    }

    @Test(arguments: [
        (#"{"list_price":50.560}"#, #"{"id":"18446744073709551615","list_price":50.560}"#),
        (#"{"n":3652397000000327001}"#, #"{"id":"18446744073709551615","n":3652397000000327001}"#),
        (#"{"n":1E400,"m":-0.0}"#, #"{"id":"18446744073709551615","n":1E400,"m":-0.0}"#),
        (#"{"t":"é\u00e9\"}"}"#, #"{"id":"18446744073709551615","t":"é\u00e9\"}"}"#),
        ("{}", #"{"id":"18446744073709551615"}"#),
        ("{ \n}", "{\"id\":\"18446744073709551615\" \n}"),
        (#"{ "a" : null }"#, #"{"id":"18446744073709551615", "a" : null }"#),
    ])
    func `fields pass byte for byte, after the id`(fields: String, element: String) {
        #expect(body([(.max, fields)]) == "{\"data\":[\(element)]}")
    }

    @Test func `the request names the rows whose fields are still to come`() {
        let call = AnswerSamples.call(
            [AnswerSamples.first, AnswerSamples.second], operation: .update)
        #expect(
            APIRequest(for: call, rows: [12, 4])
                == APIRequest(
                    service: .crm, method: .put,
                    target: "/crm/v2/Campaigns/3652397000000327001/Contacts",
                    bodyItems: [
                        BodyItem(row: 12, id: AnswerSamples.first),
                        BodyItem(row: 4, id: AnswerSamples.second),
                    ]))
    }

    @Test func `what is no object, an id of 0, and rows that don't fit end the process`() async {
        await #expect(processExitsWith: .failure) {
            _ = UpdateRequest.body([(id: 1, fields: Array("[]".utf8))])
        }
        await #expect(processExitsWith: .failure) {
            _ = UpdateRequest.body([(id: 0, fields: Array("{}".utf8))])
        }
        await #expect(processExitsWith: .failure) {
            _ = UpdateRequest.body([])
        }
        await #expect(processExitsWith: .failure) {
            _ = APIRequest(for: AnswerSamples.call([1, 2], operation: .update), rows: [1])
        }
    }
}

@Suite(.timeLimit(.minutes(20)))
struct AttachmentRequestTests {
    static func call(_ ids: [UInt64]) -> RelationContent {
        RelationContent(
            kind: AnswerSamples.kind(.deleteAttachment, module: "Leads", list: "Attachments"),
            parent: 2_883_756_000_000_261_075, related: ids)
    }

    @Test func `one attachment is deleted as in Zoho's sample`() {
        #expect(
            APIRequest(for: Self.call([2_883_756_000_000_261_017]))
                == APIRequest(
                    service: .crm, method: .delete,
                    target: "/crm/v2/Leads/2883756000000261075/Attachments/2883756000000261017"))
    }

    @Test func `several go in one call only where the setting says so`() async {
        var profile = ServiceProfile()
        profile.sendsAttachmentsInBulk = true
        #expect(
            APIRequest(for: Self.call([1, 2]), profile: profile).target
                == "/crm/v2/Leads/2883756000000261075/Attachments?ids=1,2")
        await #expect(processExitsWith: .failure) {
            _ = APIRequest(for: AttachmentRequestTests.call([1, 2]))
        }
    }
}
