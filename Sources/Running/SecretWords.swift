import JobModel

/// Texts that no message may hold, whoever said them: servers have been seen to repeat what they
/// were sent.
package struct SecretWords: Sendable, CustomStringConvertible, CustomReflectable {
    private let secrets: [String]

    /// What is too short to be a secret is passed over.
    package init(_ secrets: [String]) {
        self.secrets = secrets.filter { $0.utf8.count >= SafeText.minimumSecretByteCount }
    }

    /// The text with `(secret)` in the place of each.
    package func redacted(_ text: String) -> String {
        secrets.reduce(text) { $0.replacing($1, with: "(secret)") }
    }

    package var description: String { "secrets (not shown)" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
