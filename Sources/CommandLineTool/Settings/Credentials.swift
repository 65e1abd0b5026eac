/// The secrets of a run. Their texts are never printed, logged, journalled or put into an error.
package struct Credentials: Sendable, CustomStringConvertible, CustomDebugStringConvertible {
    package var accessToken: String?
    package var refreshToken: String?
    package var clientID: String?
    package var clientSecret: String?

    /// Bytes that a secret may have.
    package static let maximumByteCount = 4_096

    package init() {}

    /// From the environment, else from systemd credentials. Never from arguments, never from the
    /// configuration.
    package init(_ surroundings: Settings.Surroundings) throws(SettingsError) {
        accessToken = try Credentials.secret("RELSWEEP_ACCESS_TOKEN", surroundings)
        refreshToken = try Credentials.secret("RELSWEEP_REFRESH_TOKEN", surroundings)
        clientID = try Credentials.secret("RELSWEEP_CLIENT_ID", surroundings)
        clientSecret = try Credentials.secret("RELSWEEP_CLIENT_SECRET", surroundings)
    }

    /// `RELSWEEP_CLIENT_SECRET` → `relsweep-client-secret`.
    package static func fileName(of variable: String) -> String {
        String(variable.lowercased().map { $0 == "_" ? "-" : $0 })
    }

    private static func secret(
        _ variable: String, _ surroundings: Settings.Surroundings
    ) throws(SettingsError) -> String? {
        if let text = surroundings.variable(variable), !text.isEmpty {
            // What is sent in a header must not be able to end it.
            guard isPlain(text) else { throw .variable(variable, .refused(reason: notPlain)) }
            return text
        }
        if let (text, path) = try surroundings.credential(fileName(of: variable)) {
            guard !text.isEmpty, isPlain(text) else { throw .credential(path: path, notPlain) }
            return text
        }
        return nil
    }

    private static func isPlain(_ text: String) -> Bool {
        text.utf8.count <= maximumByteCount && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
    }

    private static let notPlain =
        "must be one word of printable ASCII characters, without spaces or line breaks, of at most "
        + "\(maximumByteCount) bytes"

    package var description: String { "credentials (not shown)" }
    package var debugDescription: String { description }
}
