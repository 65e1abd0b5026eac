import JobModel
import Testing
import ZohoAPI

struct TokenExchangeTests {
    static let client = TokenClient(id: "1000.A B", secret: "s+&=é%")

    @Test func `a refresh is a form, encoded, and never a query`() {
        let request = TokenExchange.request(
            .refreshToken("1000.r/x"), client: Self.client, path: "/oauth/v2/token")
        #expect(request.service == .accounts)
        #expect(request.method == .post)
        #expect(request.target == "/oauth/v2/token")
        #expect(
            request.headers == [HTTPHeader("Content-Type", "application/x-www-form-urlencoded")])
        #expect(
            String(decoding: request.body, as: UTF8.self)
                == "grant_type=refresh_token&client_id=1000.A%20B"
                + "&client_secret=s%2B%26%3D%C3%A9%25&refresh_token=1000.r%2Fx")
    }

    @Test func `a grant code takes a redirect only where one is given`() {
        func form(_ redirect: String?) -> String {
            let request = TokenExchange.request(
                .authorisationCode("c", redirectURI: redirect),
                client: TokenClient(id: "i", secret: "s"), path: "/clientoauth/v2/7/token")
            #expect(request.target == "/clientoauth/v2/7/token")
            return String(decoding: request.body, as: UTF8.self)
        }
        #expect(form(nil) == "grant_type=authorization_code&client_id=i&client_secret=s&code=c")
        #expect(form("http://x/y").hasSuffix("&code=c&redirect_uri=http%3A%2F%2Fx%2Fy"))
    }

    static func classify(_ status: Int, _ body: String) -> TokenExchangeResult {
        TokenExchange.classify(AnswerSamples.answer(status, body))
    }

    @Test func `the documented answer gives token, life, domain and scopes`() {
        #expect(
            Self.classify(
                200,
                #"{"access_token":"1000.a.b","api_domain":"https://www.zohoapis.eu","#
                    + #""scope":"ZohoCRM.modules.ALL ZohoCreator.report.DELETE","#
                    + #""token_type":"Bearer","expires_in":3600}"#)
                == .issued(
                    IssuedToken(
                        accessToken: "1000.a.b", lifetime: .seconds(3_600),
                        apiDomain: "https://www.zohoapis.eu",
                        scopes: ["ZohoCRM.modules.ALL", "ZohoCreator.report.DELETE"])))
        #expect(
            Self.classify(
                200,
                #"{"access_token":"a","refresh_token":"r","scope":"x.y,z","expires_in":"3600"}"#)
                == .issued(
                    IssuedToken(
                        accessToken: "a", lifetime: .seconds(3_600), refreshToken: "r",
                        scopes: ["x.y", "z"])))
    }

    @Test(arguments: [
        (#""expires_in":3600"#, 3_600), (#""expires_in_sec":3600,"expires_in":3600000"#, 3_600),
        (#""expires_in":3600000"#, 3_600), (#""expires_in_sec":"1800""#, 1_800), ("\"a\":1", 3_600),
        (#""expires_in":0"#, 3_600), (#""expires_in":-1"#, 3_600), (#""expires_in":"soon""#, 3_600),
        (#""expires_in":3.6e3"#, 3_600), (#""expires_in":86400"#, 86_400),
        (#""expires_in":18446744073709551615"#, 86_400),
        (#""expires_in_sec":99999999,"expires_in":1"#, 86_400),
    ])
    func `the lifetime is in seconds or milliseconds`(members: String, seconds: Int) {
        #expect(
            Self.classify(200, "{\"access_token\":\"a\",\(members)}")
                == .issued(IssuedToken(accessToken: "a", lifetime: .seconds(seconds))))
    }

    @Test(arguments: ["invalid_client", "invalid_client_secret", "invalid_code", "brand_new"])
    func `an error is refused with HTTP 200 as with 400`(code: String) {
        for status in [200, 400, 401] {
            #expect(
                Self.classify(status, "{\"error\":\"\(code)\",\"access_token\":\"a\"}")
                    == .refused(ServiceMessage(status: status, code: code, text: "")))
        }
    }

    @Test func `Access Denied and 429 are a lock-out of at least ten minutes`() {
        let body =
            #"{"error_description":"You have made too many requests continuously. Please try again "#
            + #"after some time.","error":"Access Denied","status":"failure"}"#
        let said =
            "You have made too many requests continuously. Please try again after some time."
        for status in [400, 200] {
            #expect(
                Self.classify(status, body)
                    == .lockedOut(
                        ServiceMessage(status: status, code: "Access Denied", text: said),
                        retryAfter: .seconds(600)))
        }
        var answer = AnswerSamples.answer(429, "")
        answer.retryAfterSeconds = 900
        #expect(
            TokenExchange.classify(answer)
                == .lockedOut(
                    ServiceMessage(status: 429, code: "", text: ""), retryAfter: .seconds(900)))
        answer.retryAfterSeconds = -1
        #expect(
            TokenExchange.classify(answer)
                == .lockedOut(
                    ServiceMessage(status: 429, code: "", text: ""), retryAfter: .seconds(600)))
    }

    @Test func `anything else is unclear, and shows nothing of the answer`() {
        let bodies = [
            "", "<html>SECRET", "{}", "[]", "null", #"{"access_token":""}"#,
            #"{"access_token":null,"x":"SECRET"}"#, #"{"access_token":7}"#,
            #"{"access_token":"SECRET X"}"#, #"{"access_token":"SECRET\r\nHost: x"}"#,
            #"{"access_token":"SECRETé"}"#, "{\"access_token\":\"SECRET",
            "{\"access_token\":\"" + String(repeating: "S", count: 4_097) + "\"}",
        ]
        for body in bodies {
            for status in [200, 201, 302, 500, 503, 0] {
                guard case .unclear(let message) = Self.classify(status, body) else {
                    Issue.record("\(status) \(body)")
                    continue
                }
                #expect(!message.text.contains("SECRET") && message.text.utf8.count < 100)
            }
        }
        guard case .unclear = Self.classify(400, #"{"access_token":"a"}"#),
            case .unclear = Self.classify(500, #"{"error":"invalid_client"}"#)
        else {
            Issue.record("a token with 400, an error with 500")
            return
        }
    }

    @Test func `a secret that is cut at the end of an error word is hidden too`() {
        let secret = "1000.s3cretpart"
        let padding = String(repeating: "x", count: 90)
        let body = "{\"error\":\"\(padding)\(secret)\"}"
        #expect(
            TokenExchange.classify(
                HTTPAnswer(status: 400, body: Array(body.utf8)), hiding: [secret])
                == .refused(ServiceMessage(status: 400, code: "error", text: "")))
    }

    /// Found by fuzzing: with a joiner behind it, its last letter is another character.
    @Test(arguments: ["\u{200D}", "\u{301}", "\u{FE0F}", "\r\n"])
    func `a secret is hidden whatever follows it`(mark: String) {
        let secret = "1000.s3cretpart"
        let words = "no \(secret)\(mark)x"
        let body =
            #"{"error":"\#(words)","error_description":"\#(words)"}"#
            .replacing("\r\n", with: #"\r\n"#)
        #expect(
            TokenExchange.classify(
                HTTPAnswer(status: 400, body: Array(body.utf8)), hiding: [secret])
                == .refused(ServiceMessage(status: 400, code: "error", text: "")))
    }

    @Test func `an error that is a number is cut as a word is`() {
        let digits = String(repeating: "1", count: 120)
        let body = "{\"error\":\(digits)}"
        #expect(
            TokenExchange.classify(HTTPAnswer(status: 400, body: Array(body.utf8)))
                == .refused(ServiceMessage(status: 400, code: String(digits.prefix(100)), text: ""))
        )
    }

    @Test func `a server that repeats what was sent is not quoted`() {
        let answer = AnswerSamples.answer(
            400, #"{"error":"bad 1000.one","error_description":"client 1000.two is unknown"}"#)
        #expect(
            TokenExchange.classify(answer, hiding: ["1000.one", "1000.two", ""])
                == .refused(ServiceMessage(status: 400, code: "error", text: "")))
        // Such a short text is not a secret and occurs everywhere.
        #expect(
            TokenExchange.classify(answer, hiding: ["b", "client"])
                == .refused(
                    ServiceMessage(
                        status: 400, code: "bad 1000.one", text: "client 1000.two is unknown")))
    }

    @Test func `no secret is in a description`() {
        let token = IssuedToken(
            accessToken: "SECRET", lifetime: .seconds(60), refreshToken: "SECRET")
        var dumped = ""
        dump(token, to: &dumped)
        dump(Self.client, to: &dumped)
        dump(TokenGrant.refreshToken("SECRET"), to: &dumped)
        dump(TokenExchangeResult.issued(token), to: &dumped)
        let shown =
            "\(token) \(String(reflecting: token)) \(Self.client) \(TokenExchangeResult.issued(token)) "
            + "\(TokenGrant.authorisationCode("SECRET", redirectURI: nil)) "
            + String(reflecting: TokenGrant.refreshToken("SECRET"))
        #expect(!(shown + dumped).contains("SECRET"))
        #expect(!(shown + dumped).contains("s+&="))
    }
}

struct TokenScopesTests {
    private func scopes(_ operation: Operation, _ module: String, _ list: String) -> [[String]] {
        TokenScopes.needs(of: AnswerSamples.kind(operation, module: module, list: list)).map(
            \.anyOf)
    }

    @Test func `each operation needs what its document says`() {
        #expect(
            scopes(.delink, "Campaigns", "Leads") == [
                [
                    "ZohoCRM.modules.campaigns.DELETE", "ZohoCRM.modules.campaigns.WRITE",
                    "ZohoCRM.modules.campaigns.ALL", "ZohoCRM.modules.DELETE",
                    "ZohoCRM.modules.WRITE", "ZohoCRM.modules.ALL",
                ]
            ])
        #expect(
            scopes(.update, "Price_Books", "Products")[0].first
                == "ZohoCRM.modules.pricebooks.UPDATE")
        #expect(
            scopes(.discoverDeleted, "Potentials", "X")[0].first == "ZohoCRM.modules.deals.READ")
        #expect(
            scopes(.deleteAttachment, "My_Module", "Attachments").map { $0[0] }
                == ["ZohoCRM.modules.custom.DELETE", "ZohoCRM.modules.attachments.DELETE"])
    }

    @Test func `needs are met by any of their spellings, and named once`() {
        let needs = TokenScopes.needs(
            of: [
                AnswerSamples.kind(.delink, list: "Leads"),
                AnswerSamples.kind(.delink, list: "Contacts"),
                AnswerSamples.kind(.deleteAttachment, module: "Leads", list: "Attachments"),
            ], hasCreatorJobs: true, usesExplicitIDs: true)
        #expect(needs.count == 5)
        #expect(TokenScopes.missing(needs, granted: []) == needs)
        #expect(
            TokenScopes.missing(
                needs, granted: ["zohocrm.modules.all", "ZohoCreator.report.DELETE"]
            ).map { $0.anyOf[0] }
                == ["ZohoCRM.modules.attachments.DELETE", "ZohoCreator.report.READ"])
        #expect(
            TokenScopes.missing(
                needs,
                granted: [
                    "ZohoCRM.modules.ALL", "ZohoCRM.modules.attachments.ALL",
                    "ZohoCreator.report.ALL",
                ]) == [])
    }
}
