import Testing
import ZohoAPI

@Suite struct CheckRequestTests {
    private func judge(
        _ status: Int, _ body: String, _ request: CheckRequest = .organisation
    ) -> CheckRequest.Verdict {
        request.judge(HTTPAnswer(status: status, body: Array(body.utf8)))
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
            judge(200, #"{"org":[{"company_name":"Zylker","id":"36523"}]}"#)
                == .taken(organisation: "Zylker (36523)"))
        #expect(judge(200, #"{"modules":[]}"#, .modules) == .taken(organisation: nil))
        #expect(judge(401, #"{"code":"OAUTH_SCOPE_MISMATCH"}"#) == .taken(organisation: nil))
        #expect(judge(403, #"{"code":"NO_PERMISSION"}"#) == .taken(organisation: nil))
    }

    @Test(arguments: ["INVALID_TOKEN", "AUTHENTICATION_FAILURE", ""])
    func `a 401 is a refusal`(code: String) {
        guard case .refused(let remark) = judge(401, "{\"code\":\"\(code)\"}") else {
            Issue.record("not refused")
            return
        }
        #expect(remark.code == code)
    }

    @Test(arguments: [
        (404, #"{"code":"INVALID_URL_PATTERN"}"#), (200, "<html>"), (200, "{}"), (500, ""),
        (302, ""), (200, #"{"modules":[]}"#),
    ])
    func `what says nothing of the token proves nothing`(status: Int, body: String) {
        guard case .unclear = judge(status, body) else {
            Issue.record("believed")
            return
        }
    }
}
