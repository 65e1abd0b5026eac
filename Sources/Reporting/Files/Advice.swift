package import JobModel
internal import ZohoAPI

/// Advice for failed items, based on Zoho's documentation.
package enum Advice {
    /// nil for successes and unknown codes.
    package static func text(for outcome: Outcome?) -> String? {
        guard let outcome, outcome.kind == .failed || outcome.kind == .blocked else { return nil }
        return text(for: outcome.code)
    }

    /// nil for unknown codes.
    package static func text(for code: String) -> String? {
        ErrorCatalogue.entry(for: code)?.resolution
    }
}
