import JobModel

/// Texts that no message may contain, including those from servers: servers have been seen to
/// repeat what they were sent.
package struct SecretRedactor: Sendable, CustomStringConvertible, CustomReflectable {
    private let secrets: [String]

    package init(_ secrets: [String]) { self.secrets = secrets }

    /// Replaces each secret by `(secret)`; texts too short to be secrets are ignored.
    package func redacted(_ text: String) -> String {
        secrets.reduce(text) { text, secret in
            guard SafeText.repeats(text, secret: secret) else { return text }
            let bytes = Array(text.utf8).replacing(
                Array(secret.utf8), with: Array("(secret)".utf8))
            return String(decoding: bytes, as: UTF8.self)
        }
    }

    package var description: String { "secrets (not shown)" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
