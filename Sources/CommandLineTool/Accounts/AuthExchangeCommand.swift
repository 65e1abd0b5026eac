internal import JSONText
internal import JobModel
internal import Reporting
internal import Running
internal import SystemCalls
internal import ZohoAPI

/// `relsweep auth exchange`
struct AuthExchangeCommand {
    private let context: CommandContext

    init(_ context: CommandContext) { self.context = context }

    func run() throws(ToolFailure) -> ExitStatus {
        let client = try client()
        let output = context.settings[\.files.output]
        guard output != nil || context.settings[\.files.print] else {
            throw .argument(
                .conflict(
                    "where shall the refresh token go? --output FILE writes it to a file of mode "
                        + "0600, --print shows it"), context.command)
        }
        let endpoints = try context.endpoints()
        let code = try grantCode()
        guard let output else {
            let token = try exchange(code, client, endpoints)
            return report(token, at: nil, endpoints)
        }
        // Check before using the code, which is single-use.
        let file = try newFile(output)
        let token: IssuedToken
        do throws(ToolFailure) {
            token = try exchange(code, client, endpoints)
        } catch {
            file.discard()
            throw error
        }
        let place: String
        do throws(SystemError) {
            place = try file.write(token.refreshToken ?? "")
        } catch {
            throw .running(
                RunningError(
                    .disk, "\(error): the refresh token is lost; make a new grant code"))
        }
        if place != output {
            context.console.warning(
                "another process created \(output) meanwhile: the refresh token is in \(place)")
        }
        return report(token, at: place, endpoints)
    }

    private func newFile(_ path: String) throws(ToolFailure) -> NewSecretFile {
        do throws(SystemError) {
            return try NewSecretFile(path, replaces: context.settings[\.files.force])
        } catch  where error.alreadyExists {
            throw .running(
                RunningError(
                    .usage,
                    "\(path) is there already: name another file, or replace it with --force; the "
                        + "grant code was not used"))
        } catch {
            throw .running(RunningError(.disk, "\(error); the grant code was not used"))
        }
    }

    private func client() throws(ToolFailure) -> TokenClient {
        let credentials = context.credentials
        guard let id = credentials.clientID, let secret = credentials.clientSecret else {
            let missing = [Credentials.Name.clientID, .clientSecret]
                .filter { credentials[$0] == nil }.map(\.variable)
            throw .running(
                RunningError(
                    .credentials,
                    "a grant code belongs to a client: set \(missing.joined(separator: " and "))"))
        }
        return TokenClient(id: id, secret: secret)
    }

    // MARK: The code

    /// From a file, the terminal or standard input; errors never repeat it.
    private func grantCode() throws(ToolFailure) -> String {
        let limit = Credentials.maximumByteCount + 2
        let bytes: [UInt8]?
        do throws(SystemError) {
            if let path = context.settings[\.files.codeFile], path != "-" {
                bytes = try FileSystem.read(path, limit: limit)
            } else if ProcessFacts.isTerminal(0) {
                bytes = try SecretPrompt.ask("grant code (not shown): ", maximumByteCount: limit)
            } else {
                bytes = try OpenFile.standardInput().readAll(limit: limit)
            }
        } catch {
            // Omit the path: it may be the code itself.
            throw .running(
                RunningError(.usage, "the grant code can't be read: \(error.reason)"))
        }
        guard let bytes else {
            throw .running(RunningError(.stopped, "cancelled; the grant code was not used"))
        }
        let code = SecretFile.trimmed(bytes)
        guard Credentials.isPlain(code) else {
            throw .running(RunningError(.usage, "the grant code " + Credentials.notPlain))
        }
        return code
    }

    // MARK: The exchange

    private func exchange(
        _ code: String, _ client: TokenClient, _ endpoints: ServiceEndpoints
    ) throws(ToolFailure) -> IssuedToken {
        let service = CurlAccountsService(
            .authorisationCode(code, redirectURI: nil), client: client,
            settings: context.settings.transport(endpoints))
        let host = endpoints.accounts.host
        let words = SecretRedactor([code, client.secret] + context.credentials.secrets)
        let outcome: Result<TokenExchangeResult, TransportFailure> = BlockingWait.value {
            completion in
            service.exchange(within: CurlAccountsService.maximumTimeout, completion: completion)
        }
        switch outcome {
        case .success(.issued(let token)):
            guard token.refreshToken != nil else {
                throw .running(
                    RunningError(
                        .credentials,
                        "\(host) gave an access token and no refresh token: the code is not one of "
                            + "a self client, or it asked for online access only"))
            }
            return token
        case .success(.refused(let message)):
            let entry = ErrorCatalogue.entry(for: message.code)
            let meaning = entry.map { ": \($0.meaning); \($0.resolution)" } ?? ""
            throw .running(
                RunningError(
                    .credentials,
                    words.redacted(
                        "\(host) refused the grant code (\(Self.text(message)))\(meaning); a "
                            + "client or code of another data centre looks like a wrong one")))
        case .success(.lockedOut(let message, let wait)):
            throw .running(
                RunningError(
                    .throttledTokens,
                    words.redacted(
                        "\(host) locks this client out (\(Self.text(message))); try again in "
                            + "\(wait.components.seconds / 60) minutes, with a new grant code")))
        case .success(.unclear(let message)):
            throw .running(
                RunningError(
                    .accountsUnreachable,
                    words.redacted("\(host) gave no usable answer (\(Self.text(message)))")))
        case .failure(let failure):
            throw .running(
                RunningError(
                    .accountsUnreachable,
                    words.redacted(
                        "\(host): \(failure.message)"
                            + (failure.leavesDoubt ? "; the grant code may be used up" : ""))))
        }
    }

    private static func text(_ message: ServiceMessage) -> String {
        [message.status > 0 ? "HTTP \(message.status)" : "", message.code, message.text]
            .filter { !$0.isEmpty }.joined(separator: ", ")
    }

    // MARK: The result

    private func report(
        _ token: IssuedToken, at place: String?, _ endpoints: ServiceEndpoints
    ) -> ExitStatus {
        let isPrinted = context.settings[\.files.print]
        if context.arguments.has(\.output.json) {
            var writer = JSONWriter()
            writer.beginObject()
            writer.member("version", integer: 1)
            if let place { writer.member("file", string: place) }
            if isPrinted { writer.member("refreshToken", string: token.refreshToken ?? "") }
            writer.member("accounts", string: endpoints.accounts.description)
            if let domain = token.apiDomain { writer.member("apiDomain", string: domain) }
            writer.key("scopes")
            writer.beginArray()
            for scope in token.scopes { writer.string(scope) }
            writer.endArray()
            writer.endObject()
            return Tool.printJSON(String(decoding: writer.bytes, as: UTF8.self) + "\n", .done)
        }
        if let place {
            context.console.information([
                "the refresh token is in \(place), mode 0600; with systemd: "
                    + "LoadCredential=relsweep-refresh-token:\(place)"
            ])
        }
        if let domain = token.apiDomain {
            context.console.information(["the account's API domain is \(domain)"])
        }
        if !token.scopes.isEmpty {
            context.console.information(["scopes: " + token.scopes.joined(separator: " ")])
        }
        return isPrinted ? Tool.printResult((token.refreshToken ?? "") + "\n", .done) : .done
    }
}
