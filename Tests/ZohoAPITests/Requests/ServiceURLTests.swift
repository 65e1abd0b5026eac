import JobModel
import Testing
import ZohoAPI

@Suite(.timeLimit(.minutes(20)))
struct ServiceURLTests {
    @Test func `several ids are in the query with raw commas, as in Zoho's sample`() {
        #expect(
            ServiceURL.target(of: AnswerSamples.double)
                == "/crm/v2/Campaigns/3652397000000327001/Contacts"
                + "?ids=3652397000000925128,3652397000000649013")
    }

    @Test func `one id takes the single form`() {
        #expect(
            ServiceURL.target(of: AnswerSamples.single)
                == "/crm/v2/Campaigns/3652397000000327001/Contacts/3652397000000925128")
    }

    @Test func `an update of several has its ids in the body, and one of one in the path`() {
        let both = AnswerSamples.call(
            [AnswerSamples.first, AnswerSamples.second], operation: .update)
        #expect(ServiceURL.target(of: both) == "/crm/v2/Campaigns/3652397000000327001/Contacts")
        #expect(
            ServiceURL.target(of: AnswerSamples.call([7], operation: .update))
                == "/crm/v2/Campaigns/3652397000000327001/Contacts/7")
    }

    @Test func `a delink is a DELETE without a body or headers of its own`() {
        #expect(
            APIRequest(for: AnswerSamples.single)
                == APIRequest(
                    service: .crm, method: .delete,
                    target: "/crm/v2/Campaigns/3652397000000327001/Contacts/3652397000000925128"))
    }

    @Test func `the announced length is the length`() {
        let ids: [UInt64] = [1, 22, 333, .max, 4_294_967_296, 10, 99, 100]
        for count in 1...ids.count {
            for operation in [Operation.delink, .update] {
                let call = AnswerSamples.call(Array(ids.prefix(count)), operation: operation)
                #expect(
                    ServiceURL.byteCount(
                        kind: call.kind, parent: call.parent, ids: call.related)
                        == ServiceURL.target(of: call).utf8.count)
            }
        }
    }

    @Test func `a hundred ids of 20 digits fit a URL, and a hundred and one ids make no call`() {
        let ids = (0..<101).map { UInt64.max - $0 }
        let count = ServiceURL.leadingIDCount(
            kind: AnswerSamples.kind(), parent: AnswerSamples.parent, ids: ids[...])
        #expect(count == 100)
        let call = AnswerSamples.call(Array(ids.prefix(count)))
        #expect(ServiceURL.target(of: call).utf8.count <= ServiceProfile().maximumTargetByteCount)
    }

    @Test(arguments: [(209, 7), (210, 8), (0, 1), (60, 1), (4_000, 100)])
    func `a chunk never exceeds the URL's length, except with one id`(length: Int, expected: Int) {
        var profile = ServiceProfile()
        profile.maximumTargetByteCount = length
        let kind = AnswerSamples.kind()
        let ids = (0..<300).map { 3_652_397_000_000_000_000 + $0 as UInt64 }
        let count = ServiceURL.leadingIDCount(
            kind: kind, parent: AnswerSamples.parent, ids: ids[100...], profile: profile)
        #expect(count == expected)
        let taken = ids[100..<100 + count]
        if count > 1 {
            #expect(
                ServiceURL.byteCount(kind: kind, parent: AnswerSamples.parent, ids: taken) <= length
            )
            _ = ServiceURL.target(of: AnswerSamples.call(Array(taken)), profile: profile)
        }
    }

    @Test func `no ids, an id of 0, a parent of 0 and too many ids end the process`() async {
        await #expect(processExitsWith: .failure) {
            _ = ServiceURL.target(of: AnswerSamples.call([]))
        }
        await #expect(processExitsWith: .failure) {
            _ = ServiceURL.target(of: AnswerSamples.call([1, 0]))
        }
        await #expect(processExitsWith: .failure) {
            var call = AnswerSamples.single
            call.parent = 0
            _ = ServiceURL.target(of: call)
        }
        await #expect(processExitsWith: .failure) {
            _ = ServiceURL.target(of: AnswerSamples.call(Array(1...101)))
        }
        await #expect(processExitsWith: .failure) {
            var profile = ServiceProfile()
            profile.crmVersion = "v2/Leads"
            _ = ServiceURL.target(of: AnswerSamples.single, profile: profile)
        }
        await #expect(processExitsWith: .failure) {
            _ = ServiceURL.target(of: AnswerSamples.call([1], operation: .deleteAttachment))
        }
    }

    @Test(arguments: [
        ("v2", true), ("v2.1", true), ("v8", true), ("v10", true), ("", false), ("v", false),
        ("2", false), ("v2.", false), ("v2/..", false), ("v2.1.3", false), ("V2", false),
    ])
    func `a version is v and a number`(version: String, isUsable: Bool) {
        var profile = ServiceProfile()
        profile.crmVersion = version
        #expect(profile.hasUsableVersion == isUsable)
    }
}
