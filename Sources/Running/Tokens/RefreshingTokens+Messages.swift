import JobModel
import ZohoAPI

// What people are told. No text holds a secret, whoever said it.

extension RefreshingTokens {
    /// After a second refusal by the API.
    var refusedAdvice: String {
        "\(setup.apiHost) refused a fresh access token of \(setup.accountsHost): most likely the "
            + "account lives in another data centre (RELSWEEP_DATA_CENTER, RELSWEEP_API_DOMAIN and "
            + "RELSWEEP_ACCOUNTS_URL must be of the same), or the refresh token belongs to another "
            + "edition (production, sandbox, developer); no further token is asked for during ten "
            + "minutes, unless the credentials change"
    }

    func credentialsAdvice(_ message: ServiceMessage) -> String {
        let entry = ErrorCatalogue.entry(for: message.code)
        let meaning = entry.map { ": \($0.meaning); \($0.resolution)" } ?? ""
        return redacted(
            "the accounts server \(setup.accountsHost) refused the credentials "
                + "(\(RefreshingTokens.text(message)))\(meaning); a client or token of another "
                + "data centre looks like a wrong one: check RELSWEEP_DATA_CENTER and "
                + "RELSWEEP_ACCOUNTS_URL; it is not asked again during ten minutes, unless the "
                + "credentials change")
    }

    static func text(_ message: ServiceMessage) -> String {
        let words = [
            message.status > 0 ? "HTTP \(message.status)" : "", message.code, message.text,
        ]
        return SafeText.sanitised(words.filter { !$0.isEmpty }.joined(separator: ", "))
    }

    func redacted(_ text: String) -> String { setup.secrets.redacted(text) }
}
