import SystemCalls

// The caller: a request's token, its scopes and its expiry.

extension Organisation {
    /// The CRM's refusal of the request's token, or nil. Stores the token for later checks.
    ///
    /// `Authorization: Zoho-oauthtoken …`; `Bearer` is refused.
    mutating func tokenRefusal(_ request: HTTPRequest) -> CRMRefusal? {
        if isGoodToken(request) { return nil }
        counts.accounts.refusedTokens += 1
        switch settings.accounts.badTokenAnswer {
        case .invalidToken: return .invalidToken
        case .authenticationFailure: return .authenticationFailure
        }
    }

    private mutating func isGoodToken(_ request: HTTPRequest) -> Bool {
        let scheme: StaticString = "Zoho-oauthtoken "
        guard let value = request.value(named: "authorization"),
            value.count > scheme.utf8CodeUnitCount,
            value.starts(
                with: UnsafeBufferPointer(
                    start: scheme.utf8Start, count: scheme.utf8CodeUnitCount))
        else { return false }
        let given = value.dropFirst(scheme.utf8CodeUnitCount)
        if let token = settings.token, given.elementsEqual(token.utf8) { return true }
        if settings.accounts.clients.isEmpty { return settings.token == nil }
        guard let issued = accounts.issued[String(decoding: given, as: UTF8.self)],
            now < issued.expires
        else { return false }
        caller = issued
        return true
    }

    /// Whether the token of this call has one scope of each group.
    private func hasScopes(_ groups: [[String]]) -> Bool {
        guard let scopes = caller?.scopes else { return true }
        return groups.allSatisfy { group in group.contains { scopes.contains($0) } }
    }

    /// `OAUTH_SCOPE_MISMATCH`, or nil. Sources: the sections "Scope" of Zoho's pages.
    mutating func scopeRefusal(_ target: CRMTarget, _ operation: CRMOperation) -> CRMRefusal? {
        if caller?.scopes == nil { return nil }
        let kinds: [String] =
            switch operation {
            case .delink: ["ALL", "WRITE", "DELETE"]
            case .update: ["ALL", "WRITE", "UPDATE"]
            case .deleteRecord, .deleteAttachment: ["ALL", "DELETE"]
            case .read: ["ALL", "READ"]
            }
        // `Price_Books` is `pricebooks` in a scope; a module of an account's own is `custom`.
        let name = world.recordsName(target.moduleName)
        var modules = [name.lowercased().filter { $0 != "_" }, name.lowercased()]
        if world.customModules.contains(name) { modules.append("custom") }
        var first = kinds.map { "ZohoCRM.modules.\($0)" }
        for module in modules { first += kinds.map { "ZohoCRM.modules.\(module).\($0)" } }
        var groups = [first]
        if target.namesAttachments {
            groups.append(kinds.map { "ZohoCRM.modules.attachments.\($0)" })
        }
        return refuseScopes(groups)
    }

    /// The same for `/org` and `/users`.
    mutating func profileScopeRefusal(_ name: String) -> CRMRefusal? {
        refuseScopes([["ZohoCRM.\(name).ALL", "ZohoCRM.\(name).READ"]])
    }

    /// The same for `/settings/{name}`.
    mutating func settingsScopeRefusal(_ name: String) -> CRMRefusal? {
        refuseScopes([
            [
                "ZohoCRM.settings.ALL", "ZohoCRM.settings.\(name).ALL",
                "ZohoCRM.settings.\(name).READ",
            ]
        ])
    }

    private mutating func refuseScopes(_ groups: [[String]]) -> CRMRefusal? {
        if hasScopes(groups) { return nil }
        counts.accounts.refusedScopes += 1
        return .scopeMismatch
    }

    /// The same for Creator, whose documents name one scope per operation.
    mutating func creatorScopeRefusal(isDeletion: Bool) -> CreatorRefusal? {
        if hasScopes([["ZohoCreator.report.\(isDeletion ? "DELETE" : "READ")"]]) { return nil }
        counts.accounts.refusedScopes += 1
        return .scopeMismatch
    }

    /// `X-ACCESSTOKEN-RESET: 2024-08-01T19:21:19+08:00`: when the caller's token expires, as
    /// captured answers of the CRM show it.
    func tokenResetLine() -> [UInt8] {
        guard let caller, settings.accounts.sendsTokenReset else { return [] }
        let milliseconds = settings.epochMilliseconds + caller.expires / 1_000_000
        let offset = settings.accounts.zoneOffsetSeconds
        let time = CivilTime(milliseconds: milliseconds, offsetSeconds: offset)
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let minutes = abs(offset) / 60
        let zone = "\(offset < 0 ? "-" : "+")\(two(minutes / 60)):\(two(minutes % 60))"
        let text =
            "\(time.year)-\(two(time.month))-\(two(time.day))T"
            + "\(two(time.hour)):\(two(time.minute)):\(two(time.second))\(zone)"
        return Array("X-ACCESSTOKEN-RESET: \(text)\r\n".utf8)
    }
}
