extension ErrorCatalogue {
    /// ServiceFacts: Delink (D), Update (U), Attachment (A), Deleted parent (R), and Zoho's OpenAPI
    /// files (O).
    static let crm: [CatalogueEntry] = [
        // D U A R
        crm(
            "INVALID_DATA", .data, [400, 404, 202, 207],
            "an id, a related list's name or a field's value is not valid, "
                + "or the relation does not exist",
            "check the record ids and the related list's API name; a relation that is gone already "
                + "is reported as absent"),
        // D U A R
        crm(
            "INVALID_MODULE", .kindPermanently, [400],
            "the module is unknown, hidden from this user, or not supported by the API",
            "use the module's API name (Setup, APIs and SDKs) and a user whose profile shows its "
                + "tab"
        ),
        // R; newer versions of D
        crm(
            "NOT_SUPPORTED", .kindPermanently, [400],
            "the API does not offer this for the module or list",
            "do these by hand or with another operation; nothing more of this kind is sent"),
        // D U A R
        crm(
            "INVALID_URL_PATTERN", .kindPermanently, [404],
            "the service has nothing at this address",
            "check the API domain and the API version in the configuration"),
        // D U A R
        crm(
            "OAUTH_SCOPE_MISMATCH", .kindPermanently, [401, 403],
            "the access token lacks the scope for this",
            "make a grant with ZohoCRM.modules.ALL, or ZohoCRM.modules.{module}.DELETE to remove, "
                + ".UPDATE to update, .READ to discover (attachments: "
                + "ZohoCRM.modules.attachments.DELETE as well); refreshing does not help"),
        // D U A R
        crm(
            "NO_PERMISSION", .kindIfRepeated, [403],
            "the user behind the token may not do this",
            "ask the CRM administrator for the permission to change these records"),
        // D U A R
        crm(
            "AUTHORIZATION_FAILED", .kindIfRepeated, [400],
            "the user behind the token lacks the privilege for related records",
            "ask the CRM administrator for the privilege"),
        // D U A R
        crm(
            "INVALID_REQUEST_METHOD", .item, [400],
            "the service does not accept this HTTP method at this address",
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
            "MANDATORY_NOT_FOUND", .item, [202, 207, 400],
            "a field or parameter that must be there is missing",
            "add the field, for example list_price for a price book; the module's fields list "
                + "which are mandatory"),
        // R
        crm(
            "REQUIRED_PARAM_MISSING", .item, [400],
            "a parameter that must be there is missing",
            "add the column, for example fields for discover-deleted"),
        // O
        crm(
            "LIMIT_EXCEEDED", .data, [400],
            "more ids in one call than the service accepts (100)",
            "lower the number of ids a call carries in the configuration"),
        crm(
            "DUPLICATE_DATA", .item, [202, 207, 400],
            "the record holds a value that must be unique and is in use",
            "change the value in the row"),
        crm(
            "CANNOT_BE_UPDATED", .item, [400],
            "the record or relation is locked against changes",
            "see in CRM whether the record is locked or in an approval"),
        crm(
            "DOWNLOAD_NOT_ALLOWED", .item, [400],
            "the attachment is a link, which has no content to download",
            "open the link itself; deleting it is not affected"),
        crm(
            "DISCRETE_PAGINATION_LIMIT_EXCEEDED", .item, [400],
            "more than 2,000 related records, which the paged form can't reach",
            "the children after the first 2,000 are not listed; look for them in CRM by their "
                + "lookup field"),
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
        // An older form, with the word in `error`.
        crm(
            "429", .throttled, [429],
            "the concurrency limit or the day's credits are used up",
            "relsweep pauses and sends fewer at once; if it stays, start again later"),
        crm(
            "RATE_LIMIT_EXCEEDED", .throttled, [429],
            "too many calls in a short time",
            "relsweep pauses and sends fewer at once; if it stays, start again later"),
    ]

    /// The token endpoint answers errors with HTTP 200 as well as 400, in a member `error`.
    static let accounts: [CatalogueEntry] = [
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
}
