package import JobModel

/// How a run reacts to a code.
package enum ErrorClass: String, CaseIterable, Sendable {
    /// A transient service error: retried, in doubt.
    case transient
    /// Too many calls: refused before execution; retried after a pause at no cost to the retry
    /// budget.
    case throttled
    /// The access token was refused before execution: renewed once, then retried.
    case unauthorised
    /// The daily calls are used up: refused before execution; the run pauses.
    case outOfCalls
    /// Part of the request is wrong: the parent, list or related record named by
    /// `resource_path_index`.
    case data
    /// All calls of the kind would be refused: stop it at once.
    case kindPermanently
    /// The same, if it happens at two parents without a success in between.
    case kindIfRepeated
    /// The item (or the items of the call) fails.
    case item
    /// There was nothing to do: not a failure.
    case nothingToDo
}

/// One code of the service.
package struct CatalogueEntry: Equatable, Sendable {
    package var code: String
    package var service: Service
    package var errorClass: ErrorClass
    /// HTTP statuses it is known to come with; empty if no source says.
    package var statuses: [Int]
    /// Our description; lower case, no full stop.
    package var meaning: String
    /// What a person can do about it, after Zoho's resolutions.
    package var resolution: String
}

/// Every code on the API pages that relsweep uses, and others known from elsewhere, with what to
/// do.
///
/// An unknown code is an item failure, shown as received. Codes decide; messages differ between
/// pages and service versions and are only displayed.
///
/// If you add a code, also add it to the table in `ErrorCatalogueTests`.
package enum ErrorCatalogue {
    /// The entry of a code; nil for an unknown one.
    ///
    /// CRM codes are words, Creator codes numbers: they cannot collide.
    package static func entry(for code: String) -> CatalogueEntry? {
        places[code].map { entries[$0] }
    }

    /// The class of a code; an unknown one is an item failure.
    package static func errorClass(of code: String) -> ErrorClass {
        entry(for: code)?.errorClass ?? .item
    }

    /// All entries: CRM, then accounts, then Creator.
    package static let entries: [CatalogueEntry] = crm + accounts + creator

    // Lookups only; never iterated, because its order differs between processes.
    private static let places: [String: Int] = Dictionary(
        uniqueKeysWithValues: entries.enumerated().map { ($1.code, $0) })

    static func crm(
        _ code: String, _ errorClass: ErrorClass, _ statuses: [Int], _ meaning: String,
        _ resolution: String
    ) -> CatalogueEntry {
        CatalogueEntry(
            code: code, service: .crm, errorClass: errorClass, statuses: statuses,
            meaning: meaning, resolution: resolution)
    }

    static func account(
        _ code: String, _ errorClass: ErrorClass, _ statuses: [Int], _ meaning: String,
        _ resolution: String
    ) -> CatalogueEntry {
        CatalogueEntry(
            code: code, service: .accounts, errorClass: errorClass, statuses: statuses,
            meaning: meaning, resolution: resolution)
    }

    static func creator(
        _ code: String, _ errorClass: ErrorClass, _ statuses: [Int], _ meaning: String,
        _ resolution: String
    ) -> CatalogueEntry {
        CatalogueEntry(
            code: code, service: .creator, errorClass: errorClass, statuses: statuses,
            meaning: meaning, resolution: resolution)
    }
}
