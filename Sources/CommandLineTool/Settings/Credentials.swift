/// The secrets of a run. Never printed, logged, journalled or included in an error.
package struct Credentials: Sendable, CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    /// The source of a secret, highest precedence first.
    package enum Source: Int, Comparable, Sendable {
        case variable, credential, file

        package static func < (first: Source, second: Source) -> Bool {
            first.rawValue < second.rawValue
        }
    }

    /// A secret and its source.
    private struct Found: Sendable {
        var text: String
        var source: Source
    }

    private var found: [Name: Found] = [:]

    /// The kinds of secrets.
    package enum Name: String, CaseIterable, Sendable {
        case refreshToken = "RELSWEEP_REFRESH_TOKEN"
        case clientID = "RELSWEEP_CLIENT_ID"
        case clientSecret = "RELSWEEP_CLIENT_SECRET"
        case accessToken = "RELSWEEP_ACCESS_TOKEN"

        /// The environment variable.
        package var variable: String { rawValue }

        /// `RELSWEEP_CLIENT_ID` → `relsweep-client-id`.
        package var credential: String { Credentials.fileName(of: variable) }

        /// The option that a user might try to pass it with.
        var option: String { "--" + credential.dropFirst("relsweep-".count) }

        /// The configuration key that a user might try to store it under.
        var key: String {
            switch self {
            case .accessToken: "accessToken"
            case .refreshToken: "refreshToken"
            case .clientID: "clientId"
            case .clientSecret: "clientSecret"
            }
        }

        /// The setting that names a file with it.
        var file: KeyPath<SettingsTable, Setting<String?>> {
            switch self {
            case .accessToken: \.target.accessTokenFile
            case .refreshToken: \.target.refreshTokenFile
            case .clientID: \.target.clientIDFile
            case .clientSecret: \.target.clientSecretFile
            }
        }

        /// What the variable contains.
        var help: String {
            switch self {
            case .accessToken: "an access token instead; it cannot be renewed"
            case .refreshToken: "refresh token; needs the client id and secret"
            case .clientID: "id of the client that the refresh token was issued to"
            case .clientSecret: "secret of that client"
            }
        }
    }

    /// Maximum bytes of a secret.
    package static let maximumByteCount = 4_096

    package init() {}

    /// From the environment, else from systemd credentials, else from files named by the
    /// configuration. Never from arguments or from the configuration itself.
    ///
    /// - Parameter settings: nil = no files.
    package init(
        _ environment: Settings.Environment, settings: Settings? = nil
    ) throws(SettingsError) {
        for name in Name.allCases {
            found[name] = try Credentials.secret(name, environment, settings)
        }
    }

    package subscript(name: Name) -> String? { found[name]?.text }

    package var accessToken: String? { self[.accessToken] }
    package var refreshToken: String? { self[.refreshToken] }
    package var clientID: String? { self[.clientID] }
    package var clientSecret: String? { self[.clientSecret] }

    /// How a run obtains its access tokens.
    package enum Kind: Equatable, Sendable {
        /// A fixed access token, which cannot be renewed.
        case accessToken
        case refreshToken
        /// Missing secrets; empty = none is set.
        case incomplete([Name])
    }

    /// An access token is preferred to a refresh token, unless the refresh token's source has
    /// higher precedence.
    package var kind: Kind {
        let parts: [Name] = [.refreshToken, .clientID, .clientSecret]
        let missing = parts.filter { found[$0] == nil }
        if let access = found[.accessToken] {
            if missing.isEmpty, let refresh = found[.refreshToken], refresh.source < access.source {
                return .refreshToken
            }
            return .accessToken
        }
        if missing.isEmpty { return .refreshToken }
        return .incomplete(missing.count == parts.count ? [] : missing)
    }

    /// All texts to redact.
    package var secrets: [String] { Name.allCases.compactMap { self[$0] } }

    /// `RELSWEEP_CLIENT_SECRET` → `relsweep-client-secret`.
    package static func fileName(of variable: String) -> String {
        String(variable.lowercased().map { $0 == "_" ? "-" : $0 })
    }

    private static func secret(
        _ name: Name, _ environment: Settings.Environment, _ settings: Settings?
    ) throws(SettingsError) -> Found? {
        let variable = name.variable
        if let text = environment.variable(variable), !text.isEmpty {
            // A header value must not contain line breaks.
            guard isPlain(text) else { throw .variable(variable, .refused(reason: notPlain)) }
            return Found(text: text, source: .variable)
        }
        if let (text, path) = try environment.credential(name.credential) {
            guard isPlain(text) else { throw .credential(path: path, notPlain) }
            return Found(text: text, source: .credential)
        }
        if let path = settings?[name.file] {
            let text = try SecretFile.read(path)
            guard isPlain(text) else { throw .credential(path: path, notPlain) }
            return Found(text: text, source: .file)
        }
        return nil
    }

    /// Whether a text is a valid secret: one word of visible ASCII.
    package static func isPlain(_ text: String) -> Bool {
        (1...maximumByteCount).contains(text.utf8.count)
            && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
    }

    package static let notPlain =
        "must consist of 1 to \(maximumByteCount) printable ASCII characters without spaces or "
        + "line breaks"

    package var description: String { "credentials (not shown)" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
