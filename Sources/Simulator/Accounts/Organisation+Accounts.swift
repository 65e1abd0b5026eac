// The accounts server: POST /oauth/v2/token, POST /oauth/v2/token/revoke, and the same behind
// /clientoauth/v2/{portal} (vertical solutions). Sources: Zoho's pages on tokens; captured answers,
// where errors come with HTTP 200; users' reports of `Access Denied`, HTTP 400.
//
// The order in which a request is checked: path, method, client, secret, throttle, grant type, code
// or refresh token. Parameters are read from the query and from a form body; a JSON body
// is ignored and so leads to `invalid_client`, as observed.
//
// Assumptions: 405 for other methods; a missing parameter is invalid; an unknown grant type is
// `unsupported_grant_type` (RFC 6749); a failed exchange counts towards the throttle; a code of
// another client is `invalid_code`.

import JSONText

extension Organisation {
    mutating func accountsReply(_ request: HTTPRequest) -> Reply {
        counts.accounts.requests += 1
        let accountsSettings = settings.accounts
        let decision = accountsSettings.faults.decide(
            call: UInt64(counts.accounts.requests),
            length: request.target.count + request.body.count, &accounts.generator)
        var reply: Reply
        if let fault = decision.fault {
            counts.note(fault)
            if fault.preventsEffect {
                reply = Reply(fault, decision, .accounts, at: calendarSeconds)
            } else {
                reply = substitute(fault, exchange(request), decision, .accounts)
            }
        } else {
            reply = exchange(request)
        }
        reply.service = .accounts
        reply.omitsBody = request.method == .head
        reply.delayNanoseconds = settings.latencyNanoseconds + decision.delayNanoseconds
        decorate(&reply, decision)
        switch reply.delivery {
        case .reset: counts.resets += 1
        case .never: counts.hangs += 1
        case .whole, .chunked, .cut: break
        }
        return reply
    }

    private enum AccountsPath {
        case token, revocation
    }

    private mutating func exchange(_ request: HTTPRequest) -> Reply {
        guard let path = accountsPath(request) else {
            counts.accounts.failures += 1
            return Reply(status: 404, body: Array("Not Found".utf8), contentType: .html)
        }
        guard request.method == .post else {
            return failure("invalid_request", status: 405)
        }
        guard let parameters = accountsParameters(request) else { return failure("invalid_client") }
        switch path {
        case .token: return tokenReply(parameters, request)
        case .revocation:
            guard let token = parameters("token"), accounts.revoke(token) else {
                return failure("invalid_code")
            }
            counts.accounts.revocations += 1
            return json(["status": "success"])
        }
    }

    private func accountsPath(_ request: HTTPRequest) -> AccountsPath? {
        let path = request.head[request.target].prefix { $0 != 0x3F }
        let segments = path.split(separator: 0x2F, omittingEmptySubsequences: false).dropFirst()
            .map { String(decoding: $0, as: UTF8.self) }
        let rest: [String]
        if segments.starts(with: ["oauth", "v2"]) {
            rest = Array(segments.dropFirst(2))
        } else if segments.starts(with: ["clientoauth", "v2"]), segments.count > 3,
            segments[2] == settings.accounts.portal ?? segments[2]
        {
            rest = Array(segments.dropFirst(3))
        } else {
            return nil
        }
        switch rest {
        case ["token"]: return .token
        case ["token", "revoke"]: return .revocation
        default: return nil
        }
    }

    /// Finds a parameter by name, or nil if the request cannot be read.
    private func accountsParameters(_ request: HTTPRequest) -> ((String) -> String?)? {
        let target = request.head[request.target]
        let query = target.firstIndex(of: 0x3F).map { target[($0 + 1)...] } ?? []
        guard let inQuery = FormText(query) else { return nil }
        var inBody = FormText()
        let type = request.value(named: "content-type").map { String(decoding: $0, as: UTF8.self) }
        if type?.lowercased().hasPrefix("application/x-www-form-urlencoded") ?? true {
            guard let form = FormText(request.body[...]) else { return nil }
            inBody = form
        }
        return { name in
            let value = inBody[name] ?? inQuery[name]
            return value?.isEmpty ?? true ? nil : value
        }
    }

    private mutating func tokenReply(
        _ parameter: (String) -> String?, _ request: HTTPRequest
    ) -> Reply {
        let known = settings.accounts.clients
        guard let clientID = parameter("client_id"),
            known.isEmpty || known.contains(where: { $0.id == clientID })
        else { return failure("invalid_client") }
        guard let secret = parameter("client_secret"),
            known.isEmpty || known.contains(.init(id: clientID, secret: secret))
        else { return failure("invalid_client_secret") }
        let grantType = parameter("grant_type")
        let key = parameter(grantType == "authorization_code" ? "code" : "refresh_token")
        switch accounts.admit(key ?? "", at: now, settings.accounts) {
        case .admitted: break
        case .locked(let isNew):
            counts.accounts.throttled += 1
            if isNew { counts.accounts.lockOuts += 1 }
            return Self.accessDenied
        }
        switch grantType {
        case "refresh_token":
            guard let token = key, isGood(token, of: clientID) else {
                return failure("invalid_code")
            }
            return grantReply(token, request, tellsRefreshToken: false)
        case "authorization_code":
            guard let code = key, let token = refreshToken(for: code, of: clientID) else {
                return failure("invalid_code")
            }
            counts.accounts.codeExchanges += 1
            return grantReply(token, request, tellsRefreshToken: true)
        default:
            return failure("unsupported_grant_type")
        }
    }

    /// Whether the refresh token belongs to the client; without clients any does.
    private mutating func isGood(_ token: String, of clientID: String) -> Bool {
        if settings.accounts.clients.isEmpty { return true }
        return accounts.grant(token)?.clientID == clientID
    }

    private mutating func refreshToken(for code: String, of clientID: String) -> String? {
        if settings.accounts.clients.isEmpty { return accounts.freshToken() }
        guard let taken = accounts.redeem(code, of: clientID, at: now) else { return nil }
        return accounts.addGrant(clientID, scopes: taken.scopes, settings.accounts)
    }

    private mutating func grantReply(
        _ refreshToken: String, _ request: HTTPRequest, tellsRefreshToken: Bool
    ) -> Reply {
        counts.accounts.exchanges += 1
        let accessToken: String
        if settings.accounts.clients.isEmpty {
            accessToken = settings.token ?? accounts.freshToken()
        } else {
            accessToken = accounts.issue(refreshToken, at: now, settings.accounts)
        }
        let host = request.value(named: "host").map { String(decoding: $0, as: UTF8.self) }
        let lifetime = settings.accounts.tokenLifetimeNanoseconds
        var members: [(key: String, value: JSONValue)] = [("access_token", .string(accessToken))]
        if tellsRefreshToken { members.append(("refresh_token", .string(refreshToken))) }
        if settings.accounts.sendsScope {
            let scopes = accounts.grant(refreshToken)?.scopes ?? []
            members.append(("scope", .string(scopes.joined(separator: " "))))
        }
        members.append(
            ("api_domain", .string(settings.accounts.apiDomain ?? "http://\(host ?? "")")))
        members.append(("token_type", "Bearer"))
        let seconds = JSONValue.number(JSONNumber(lifetime / 1_000_000_000))
        switch settings.accounts.expiryStyle {
        case .seconds:
            members.append(("expires_in", seconds))
        case .milliseconds:
            members.append(("expires_in_sec", seconds))
            members.append(("expires_in", .number(JSONNumber(lifetime / 1_000_000))))
        }
        return json(.object(JSONObject(members)))
    }

    private func json(_ value: JSONValue, status: Int = 200) -> Reply {
        Reply(status: status, body: Array(JSONWriter.text(of: value).utf8))
    }

    /// Errors come with HTTP 200.
    private mutating func failure(_ error: String, status: Int = 200) -> Reply {
        counts.accounts.failures += 1
        return json(["error": .string(error)], status: status)
    }

    /// The observed answer to too many exchanges.
    static let accessDenied = Reply(
        status: 400,
        body: Array(
            (#"{"error_description":"You have made too many requests continuously. "#
                + #"Please try again after some time.","error":"Access Denied","#
                + #""status":"failure"}"#).utf8))
}
