import Testing
import ZohoAPI

@Suite struct CheckRequestTests {
    private func classify(
        _ status: Int, _ body: String, _ request: CheckRequest = .organisation
    ) -> CheckRequest.TokenStatus {
        request.classify(HTTPAnswer(status: status, body: Array(body.utf8)))
    }

    @Test func `nothing but reading is asked`() {
        for request in CheckRequest.allCases {
            #expect(request.request(ServiceProfile()).method == .get)
            #expect(request.request(ServiceProfile()).body.isEmpty)
        }
        #expect(CheckRequest.organisation.request(ServiceProfile()).target == "/crm/v2/org")
    }

    @Test func `a token is taken where its owner is known`() {
        #expect(
            classify(200, #"{"org":[{"company_name":"Zylker","id":"36523"}]}"#)
                == .accepted(organisation: OrganisationIdentity(id: "36523", name: "Zylker")))
        #expect(classify(200, #"{"modules":[]}"#, .modules) == .accepted(organisation: nil))
        #expect(classify(401, #"{"code":"OAUTH_SCOPE_MISMATCH"}"#) == .accepted(organisation: nil))
        #expect(classify(403, #"{"code":"NO_PERMISSION"}"#) == .accepted(organisation: nil))
    }

    /// The id over all services before the CRM's own, as text or as a number; nothing else.
    @Test(
        arguments: [
            (#"{"id":"1","zgid":"2","company_name":"Zylker"}"#, "2"), (#"{"id":"1"}"#, "1"),
            (#"{"zgid":60012345678}"#, "60012345678"), (#"{"zgid":"","id":"1"}"#, nil),
            (#"{"zgid":"1e5"}"#, nil), (#"{"zgid":"1 2"}"#, nil), (#"{"zgid":null}"#, nil),
            (#"{"company_name":"Zylker"}"#, nil), ("[]", nil),
            (#"{"zgid":"123456789012345678901234567890123"}"#, nil),
        ] as [(String, String?)])
    func `an organisation is known by its digits`(value: String, id: String?) {
        let verdict = classify(200, #"{"org":[\#(value)]}"#)
        guard case .accepted(let organisation) = verdict else {
            Issue.record("\(verdict)")
            return
        }
        #expect(organisation?.id == id)
    }

    @Test(arguments: ["INVALID_TOKEN", "AUTHENTICATION_FAILURE", ""])
    func `a 401 is a refusal`(code: String) {
        guard case .refused(let message) = classify(401, "{\"code\":\"\(code)\"}") else {
            Issue.record("not refused")
            return
        }
        #expect(message.code == code)
    }

    @Test(arguments: [
        (404, #"{"code":"INVALID_URL_PATTERN"}"#), (200, "<html>"), (200, "{}"), (500, ""),
        (302, ""), (200, #"{"modules":[]}"#),
    ])
    func `what says nothing of the token proves nothing`(status: Int, body: String) {
        guard case .unclear = classify(status, body) else {
            Issue.record("believed")
            return
        }
    }
}
