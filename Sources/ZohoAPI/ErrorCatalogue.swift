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
    case kindForGood
    /// The same, if it happens at two parents with no success between.
    case kindPerhaps
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
    /// What a person can do about it, after the documents' resolutions.
    package var resolution: String
}

/// Every code that the five API documents name, and those known from elsewhere, with what to do
/// about them.
///
/// A code that is not here is an item failure, shown as it came. Codes decide; messages vary
/// between the documents and the service's own versions and are only shown.
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

    /// Documents "Delink Related Records" (D), "Update Related Records" (U), "Delete an Attachment"
    /// (A), "Get Related Records of a Deleted Record" (R), and Zoho's OpenAPI files (O).
    private static let crm: [CatalogueEntry] = [
        // D U A R
        crm(
            "INVALID_DATA", .data, [400, 404, 202],
            "an id, a related list's name or a field's value is not valid, "
                + "or the relation does not exist",
            "check the record ids and the related list's API name; a relation that is gone already "
                + "is reported as absent"),
        // D U A R
        crm(
            "INVALID_MODULE", .kindForGood, [400],
            "the module is unknown, hidden from this user, or not supported by the API",
            "use the module's API name (Setup, APIs and SDKs) and a user whose profile shows its tab"
        ),
        // R; newer versions of D
        crm(
            "NOT_SUPPORTED", .kindForGood, [400],
            "the API does not offer this for the module or list",
            "do these by hand or with another operation; nothing more of this kind is sent"),
        // D U A R
        crm(
            "INVALID_URL_PATTERN", .kindForGood, [404],
            "the service has nothing at this address",
            "check the API domain and the API version in the configuration"),
        // D U A R
        crm(
            "OAUTH_SCOPE_MISMATCH", .kindForGood, [401, 403],
            "the access token lacks the scope for this",
            "make a grant with ZohoCRM.modules.ALL, or ZohoCRM.modules.{module}.DELETE to remove, "
                + ".UPDATE to update, .READ to discover (attachments: "
                + "ZohoCRM.modules.attachments.DELETE as well); refreshing does not help"),
        // D U A R
        crm(
            "NO_PERMISSION", .kindPerhaps, [403],
            "the user behind the token may not do this",
            "ask the CRM administrator for the permission to change these records"),
        // D U A R
        crm(
            "AUTHORIZATION_FAILED", .kindPerhaps, [400],
            "the user behind the token lacks the privilege for related records",
            "ask the CRM administrator for the privilege"),
        // D U A R
        crm(
            "INVALID_REQUEST_METHOD", .item, [400],
            "the service does not take this HTTP method at this address",
            "check the API domain and version; if they are right, report a bug in relsweep"),
        // D U A R
        crm(
            "INTERNAL_ERROR", .transient, [500],
            "a fault inside the service",
            "it is asked again by itself; if it stays, contact Zoho's support"),
        // D
        crm(
            "UNABLE_TO_PARSE_DATA_TYPE", .data, [400],
            "an id or parameter is not in the form the service expects",
            "check the record ids of the rows that failed"),
        // U; O for D
        crm(
            "MANDATORY_NOT_FOUND", .item, [202, 400],
            "a field or parameter that must be there is missing",
            "add the field, for example list_price for a price book; the module's fields list which "
                + "are mandatory"),
        // R
        crm(
            "REQUIRED_PARAM_MISSING", .item, [400],
            "a parameter that must be there is missing",
            "add the column, for example fields for discover-deleted"),
        // O
        crm(
            "LIMIT_EXCEEDED", .data, [400],
            "more ids in one call than the service takes (100)",
            "lower the number of ids a call carries in the configuration"),
        crm(
            "DUPLICATE_DATA", .item, [400],
            "the record holds a value that must be unique and is in use",
            "change the value in the row"),
        crm(
            "CANNOT_BE_UPDATED", .item, [400],
            "the record or relation is locked against changes",
            "see in CRM whether the record is locked or in an approval"),
        crm(
            "DISCRETE_PAGINATION_LIMIT_EXCEEDED", .item, [400],
            "more than 2,000 related records, which the paged form can't reach",
            "narrow what is asked for"),
        // Older and newer wordings of a refused token
        crm(
            "INVALID_TOKEN", .unauthorised, [401],
            "the access token is wrong, has expired, or belongs to another data centre",
            "it is refreshed by itself; if it stays, check the refresh token and the data centre"),
        crm(
            "AUTHENTICATION_FAILURE", .unauthorised, [401],
            "the access token is wrong or has expired",
            "it is refreshed by itself; if it stays, check the refresh token and the data centre"),
        crm(
            "TOO_MANY_REQUESTS", .throttled, [429],
            "the concurrency limit or the day's credits are used up",
            "relsweep pauses and sends fewer at once; if it stays, start again later"),
        crm(
            "RATE_LIMIT_EXCEEDED", .throttled, [429],
            "too many calls in a short time",
            "relsweep pauses and sends fewer at once; if it stays, start again later"),
    ]

    /// The token endpoint answers errors with HTTP 200 as well as 400, in a member `error`.
    private static let accounts: [CatalogueEntry] = [
        account(
            "invalid_client", .item, [200, 400],
            "the client id is unknown to this accounts host",
            "check the client id and the data centre: a client belongs to one"),
        account(
            "invalid_client_secret", .item, [200, 400],
            "the client secret is wrong", "check the client secret"),
        account(
            "invalid_code", .item, [200, 400],
            "the refresh token or grant code is wrong, revoked, used or expired",
            "make a new grant; a grant code lives some minutes and works once"),
        account(
            "Access Denied", .throttled, [400],
            "too many token exchanges; the lock-out lasts ten minutes, and longer if one goes on",
            "wait; share one state directory among the jobs of an account"),
    ]

    /// Zoho Creator, API 2.1 and its table of status codes. Codes are numbers there.
    private static let creator: [CatalogueEntry] = [
        creator(
            "1000", .item, [401, 404], "the address or a mandatory parameter is not right",
            "check owner, application and report, and the Creator URL in the configuration"),
        creator(
            "1030", .unauthorised, [401], "the access token is wrong or has expired",
            "it is refreshed by itself; if it stays, check the refresh token and the data centre"),
        creator(
            "1038", .item, [400], "the request's JSON is not well formed",
            "report a bug in relsweep"),
        creator(
            "1040", .item, [404], "there is no such account owner",
            "check the owner's name as Creator's own URLs show it"),
        creator(
            "1130", .kindForGood, [], "the API is switched off for this user",
            "ask the Creator administrator for API access"),
        creator(
            "2892", .item, [404], "there is no such application",
            "use the application's link name, not its label"),
        creator(
            "2893", .item, [404], "there is no such form",
            "use the form's link name, not its label"),
        creator(
            "2894", .item, [404], "there is no such report",
            "use the report's link name, not its label"),
        creator(
            "2896", .item, [403], "the user may not delete in this report",
            "ask the Creator administrator for the permission"),
        creator(
            "2897", .item, [403], "the user may not change records in this report",
            "ask the Creator administrator for the permission"),
        creator(
            "2898", .item, [403], "the user may not see this report",
            "ask the Creator administrator for the permission"),
        creator(
            "2899", .item, [403], "the user may not add records to this form",
            "ask the Creator administrator for the permission"),
        creator(
            "2933", .item, [403], "the user may not use this application",
            "ask the Creator administrator for the permission"),
        creator(
            "2945", .item, [], "the account's or the application's link name is wrong",
            "use the names in Creator's own URLs"),
        creator(
            "2955", .throttled, [429], "the calls of this minute are used up",
            "relsweep pauses; lower the calls a minute if it happens often"),
        creator(
            "3001", .item, [200], "this record was not deleted",
            "see in Creator which validation or workflow keeps it"),
        creator(
            "3020", .item, [400], "a value in the request is not valid", "check the criteria"),
        creator(
            "3060", .item, [], "a limit on the number of records is reached",
            "see the account's limits"),
        creator(
            "3100", .nothingToDo, [404], "no record matches the criteria", "nothing needs doing"),
        creator(
            "3830", .item, [], "the user may not use this file",
            "ask the Creator administrator for the permission"),
        creator("3910", .item, [], "there is no such item", "check the names in the row"),
        creator("3920", .item, [], "there is no such item", "check the names in the row"),
        creator("3930", .item, [], "there is no such item", "check the names in the row"),
        creator(
            "3950", .item, [200], "more than 200 records in one request",
            "report a bug in relsweep: it asks for rounds"),
        creator(
            "3960", .item, [200], "more than 200 records match, and none was deleted",
            "report a bug in relsweep: it asks for rounds"),
        creator(
            "3970", .item, [200], "more than 200 records in one request",
            "report a bug in relsweep: it asks for rounds"),
        creator(
            "4000", .outOfCalls, [200], "the account's API calls of the day are used up",
            "start again after midnight in the super admin's time zone"),
        creator(
            "8011", .item, [400], "a field's value has not the form that the field wants",
            "check the criteria"),
        creator(
            "8012", .item, [400], "a field's value has not the form that the field wants",
            "check the criteria"),
    ]

    private static func crm(
        _ code: String, _ errorClass: ErrorClass, _ statuses: [Int], _ meaning: String,
        _ resolution: String
    ) -> CatalogueEntry {
        CatalogueEntry(
            code: code, service: .crm, errorClass: errorClass, statuses: statuses,
            meaning: meaning, resolution: resolution)
    }

    private static func account(
        _ code: String, _ errorClass: ErrorClass, _ statuses: [Int], _ meaning: String,
        _ resolution: String
    ) -> CatalogueEntry {
        CatalogueEntry(
            code: code, service: .accounts, errorClass: errorClass, statuses: statuses,
            meaning: meaning, resolution: resolution)
    }

    private static func creator(
        _ code: String, _ errorClass: ErrorClass, _ statuses: [Int], _ meaning: String,
        _ resolution: String
    ) -> CatalogueEntry {
        CatalogueEntry(
            code: code, service: .creator, errorClass: errorClass, statuses: statuses,
            meaning: meaning, resolution: resolution)
    }
}
