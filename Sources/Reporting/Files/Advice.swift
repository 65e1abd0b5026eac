package import JobModel
internal import ZohoAPI

/// What a person can do about a failed item, after the service's documents.
package enum Advice {
    /// nil for what did not fail, and for codes that nobody told us of.
    package static func text(for outcome: Outcome?) -> String? {
        guard let outcome, outcome.kind == .failed || outcome.kind == .blocked else { return nil }
        return text(for: outcome.code)
    }

    /// nil for codes that nobody told us of.
    package static func text(for code: String) -> String? {
        ErrorCatalogue.entry(for: code)?.resolution
    }
}
