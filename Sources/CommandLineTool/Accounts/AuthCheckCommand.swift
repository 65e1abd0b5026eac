internal import Chunking
internal import JSONText
internal import JobModel
internal import Reporting
internal import Running
internal import ZohoAPI

/// `relsweep auth check [MANIFEST]`
///
/// In order: credentials, token, API, scopes. Checks after a failed one are skipped, since they
/// would fail for the same reason.
struct AuthCheckCommand {
    private let context: CommandContext

    init(_ context: CommandContext) { self.context = context }

    func run() throws(ToolFailure) -> ExitStatus {
        // Report manifest errors before sending anything.
        let needs = try needs()
        let endpoints = try context.endpoints()
        var findings = AuthCheckResults()
        findings.note(
            "credentials", .good, kindText(endpoints))
        let account = try AccountTokens(context, endpoints)
        defer { account.tokens.flush() }
        switch token(account.tokens) {
        case .unavailable(let problem):
            let error = RunningError(problem)
            findings.note("token", .bad, error.text)
            findings.exit = error.exit
        case .ready(let token):
            findings.note("token", .good, tokenText(account.credentialKind, token))
            let words = SecretRedactor(context.credentials.secrets + [token.secret])
            let isTaken = show(token, to: endpoints, account.tokens, words, &findings)
            noteDomain(account.tokens, endpoints, isTaken: isTaken, &findings)
            if isTaken { noteScopes(needs, account.tokens, &findings) }
        }
        return report(findings)
    }

    // MARK: Credentials and token

    private func kindText(_ endpoints: ServiceEndpoints) -> String {
        switch context.credentials.kind {
        case .accessToken: "an access token, which cannot be renewed"
        case .refreshToken: "a refresh token of \(endpoints.accounts.host)"
        case .incomplete: ""
        }
    }

    private func token(_ tokens: any AccessTokens) -> TokenAnswer {
        if let token = tokens.current() { return .ready(token) }
        let console = context.console
        tokens.watch(TokenWatch(noticed: { console.notice(NoticeText.text($0).text) }))
        return BlockingWait.value { completion in
            tokens.refresh(refusedGeneration: 0, completion: completion)
        }
    }

    private func tokenText(_ way: Credentials.Kind, _ token: AccessToken) -> String {
        way == .refreshToken
            ? "the accounts server granted an access token (number \(token.generation))"
            : "as given"
    }

    // MARK: The API

    /// Whether the API accepts the token; a refused one is renewed once, as in a run.
    private func show(
        _ token: AccessToken, to endpoints: ServiceEndpoints, _ tokens: any AccessTokens,
        _ words: SecretRedactor, _ findings: inout AuthCheckResults
    ) -> Bool {
        let host = endpoints.apiDomain.host
        var token = token
        var isSecond = false
        while true {
            switch ask(token, endpoints) {
            case .success(.accepted(let organisation)):
                tokens.accepted(generation: token.generation)
                findings.note(
                    "api", .good,
                    "\(host) accepts it"
                        + (organisation.map { ": \(words.redacted("\($0)"))" } ?? "")
                )
                return true
            case .success(.refused(let message)):
                if isSecond {
                    tokens.refusedPermanently(generation: token.generation)
                } else {
                    let answer: TokenAnswer = BlockingWait.value { completion in
                        tokens.refresh(
                            refusedGeneration: token.generation, completion: completion)
                    }
                    if case .ready(let newer) = answer {
                        token = newer
                        isSecond = true
                        continue
                    }
                }
                findings.note(
                    "api", .bad,
                    words.redacted(
                        "\(host) refuses the token (HTTP \(message.status), \(message.code)): it "
                            + "has expired or was revoked, or the account is in another data "
                            + "centre (RELSWEEP_DATA_CENTER, RELSWEEP_API_DOMAIN)"))
                findings.exit = .credentials
                return false
            case .success(.unclear(let message)):
                findings.note(
                    "api", .bad,
                    words.redacted(
                        "\(host) gave no answer that proves anything (HTTP \(message.status)"
                            + (message.code.isEmpty ? "" : ", \(message.code)") + ")"))
                findings.exit = .unreachable
                return false
            case .failure(let failure):
                findings.note("api", .bad, words.redacted("\(host): \(failure.message)"))
                findings.exit = .unreachable
                return false
            }
        }
    }

    /// The first request with a clear answer.
    private func ask(
        _ token: AccessToken, _ endpoints: ServiceEndpoints
    ) -> Result<CheckRequest.TokenStatus, TransportFailure> {
        var last: Result<CheckRequest.TokenStatus, TransportFailure> = .failure(
            TransportFailure(.notSent, "nothing was asked"))
        for question in CheckRequest.allCases {
            let result: Result<HTTPAnswer, TransportFailure> = BlockingWait.value {
                completion in
                SingleRequest.send(
                    question.request(context.settings.profile),
                    authorization: "Zoho-oauthtoken \(token.secret)",
                    settings: context.settings.transport(endpoints), completion: completion)
            }
            switch result {
            case .success(let answer):
                let verdict = question.classify(answer)
                guard case .unclear = verdict else { return .success(verdict) }
                last = .success(verdict)
            case .failure(let failure): return .failure(failure)
            }
        }
        return last
    }

    // MARK: Domain and scopes

    private func noteDomain(
        _ tokens: any AccessTokens, _ endpoints: ServiceEndpoints, isTaken: Bool,
        _ findings: inout AuthCheckResults
    ) {
        let reported = (tokens as? RefreshingTokens)?.grant.apiDomain ?? ""
        let configured = endpoints.apiDomain.description
        if reported.isEmpty {
            findings.note(
                "domain", isTaken ? .good : .unknown,
                isTaken
                    ? "\(configured) is the account's" : "the accounts server does not report it")
        } else if reported == configured {
            findings.note("domain", .good, "\(configured), as the accounts server reports")
        } else if isTaken {
            findings.note(
                "domain", .good, "\(configured); the accounts server reports \(reported)")
        } else {
            findings.note(
                "domain", .bad,
                "the settings say \(configured), the accounts server \(reported): set "
                    + "RELSWEEP_API_DOMAIN or RELSWEEP_DATA_CENTER accordingly")
        }
    }

    /// The scopes needed by the manifest's calls; empty without a manifest.
    private func needs() throws(ToolFailure) -> [ScopeNeed] {
        guard context.arguments.operand != nil else { return [] }
        let outcome = try PlanCommand.plan(context, source: context.source)
        for line in DiagnosticsText(outcome.diagnostics, path: outcome.path).lines {
            context.console.print([line], outcome.stopsRun ? .error : .warning)
        }
        if outcome.stopsRun {
            throw .running(
                RunningError(
                    .manifestInvalid(path: outcome.path, DiagnosticList()),
                    "\(outcome.path): run would refuse this manifest; nothing was asked"))
        }
        // Include both directions: a run falls back to the written one if the other is refused.
        var kinds: [RelationKind] = outcome.summary.estimate.byKind.map(\.kind)
        kinds += outcome.items.groups.map(\.kind)
        kinds += outcome.items.deletedParents.map(\.kind)
        var distinct: [RelationKind] = []
        for kind in kinds where !distinct.contains(kind) { distinct.append(kind) }
        distinct.removeAll { $0.operation == .deleteCreatorRecords }
        var profile = context.settings.profile
        profile.childModules = context.settings.manifest.childModules
        return TokenScopes.needs(
            of: distinct, profile: profile, hasCreatorJobs: !outcome.items.creatorJobs.isEmpty)
    }

    private func noteScopes(
        _ needs: [ScopeNeed], _ tokens: any AccessTokens, _ findings: inout AuthCheckResults
    ) {
        let granted = (tokens as? RefreshingTokens)?.grant.scopes ?? []
        for need in needs {
            let recommended = need.anyOf.first ?? ""
            if granted.isEmpty {
                findings.note(
                    "scope", .unknown,
                    "\(recommended) is needed for \(need.purpose); the accounts server does not "
                        + "report the scopes, and reading cannot prove this one")
            } else if need.isMet(by: granted) {
                findings.note("scope", .good, "\(recommended) or wider, for \(need.purpose)")
            } else {
                findings.note(
                    "scope", .bad,
                    "\(recommended) is missing, for \(need.purpose): make a grant code with it, "
                        + "then relsweep auth exchange")
                findings.exit = .credentials
            }
        }
    }

    // MARK: The result

    private func report(_ findings: AuthCheckResults) -> ExitStatus {
        context.arguments.has(\.output.json)
            ? Tool.printJSON(findings.json + "\n", findings.exit)
            : Tool.printLines(findings.lines(width: context.width), findings.exit)
    }
}

/// The findings, one per line.
struct AuthCheckResults {
    enum State: String {
        case good = "ok"
        case bad = "failed"
        case unknown = "unknown"
    }

    private var results: [(what: String, state: State, text: String)] = []
    var exit = ExitStatus.done

    mutating func note(_ what: String, _ state: State, _ text: String) {
        results.append((what, state, SafeText.sanitised(text, maximumByteCount: 2_000)))
    }

    /// A table with word-wrapped texts.
    func lines(width: Int) -> [String] {
        let whatWidth = (results.map(\.what.count).max() ?? 0) + 2
        let textColumn = whatWidth + 9
        return results.flatMap { finding in
            let label =
                Self.padded(finding.what, whatWidth) + Self.padded(finding.state.rawValue, 9)
            let wrapped = TextLayout.wrapped(finding.text, width: max(30, width - textColumn))
            return wrapped.enumerated().map { index, line in
                (index == 0 ? label : String(repeating: " ", count: textColumn)) + line
            }
        }
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    /// `{"version":1,"checks":[{"check":"token","state":"ok","text":"…"}],"exit":0}`
    var json: String {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("version", integer: 1)
        writer.key("checks")
        writer.beginArray()
        for finding in results {
            writer.beginObject()
            writer.member("check", string: finding.what)
            writer.member("state", string: finding.state.rawValue)
            writer.member("text", string: finding.text)
            writer.endObject()
        }
        writer.endArray()
        writer.member("exit", integer: exit.rawValue)
        writer.endObject()
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}
