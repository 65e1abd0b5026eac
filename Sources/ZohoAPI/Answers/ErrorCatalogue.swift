package import JobModel

/// What a code asks of a runner.
package enum ErrorClass: String, CaseIterable, Sendable {
    /// A fault of the service that passes: asked again, in doubt.
    case transient
    /// Too many calls: refused before execution, asked again after a pause, no retry spent.
    case throttled
    /// The access token was refused before execution: one refresh, then asked again.
    case unauthorised
    /// The day's calls are used up: refused before execution, the run pauses.
    case outOfCalls
    /// Something in the request is wrong, and `resource_path_index` says what: parent, list or
    /// related record.
    case data
    /// Every later call of the kind would be refused alike: the kind stops at once.
    case kindPermanently
    /// The same, if it happens at two parents with no success between.
    case kindIfRepeated
    /// The item (or the items of the call) fails.
    case item
    /// Nothing was there to be done: no failure.
    case nothingToDo
}

/// One code of the service.
package struct CatalogueEntry: Equatable, Sendable {
    package var code: String
    package var service: Service
    package var errorClass: ErrorClass
    /// HTTP statuses it is known to come with; empty where no source says.
    package var statuses: [Int]
    /// What happened, in our words: lower case, no full stop.
    package var meaning: String
    /// What a person can do about it, after Zoho's resolutions.
    package var resolution: String
}

/// Every code that the five API documents name, and those known from elsewhere, with what to do
/// about them.
///
/// A code that is not here is an item failure, shown as it came. Codes decide; messages vary
/// between Zoho's pages and the service's own versions and are only shown.
///
/// If you add a code, also add it to the table in `ErrorCatalogueTests`.
package enum ErrorCatalogue {
    /// The entry of a code; nil for one that nobody told us of.
    ///
    /// The numbers of Creator and the words of CRM never meet, so the code is enough.
    package static func entry(for code: String) -> CatalogueEntry? {
        places[code].map { entries[$0] }
    }

    /// The class of a code; an unknown one is an item failure.
    package static func errorClass(of code: String) -> ErrorClass {
        entry(for: code)?.errorClass ?? .item
    }

    /// All entries: CRM, then accounts, then Creator.
    package static let entries: [CatalogueEntry] = crm + accounts + creator

    // Only looked up, never iterated: its order differs in every process.
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
