/// A refusal of a whole request, as Zoho's pages word it.
struct CRMRefusal {
    enum Details {
        case none
        /// Which segment of the path is bad, counted from 0 at the module.
        case resourcePathIndex(Int)
        case missingParameter(StaticString)
        /// Of the request's body.
        case field(StaticString, maximumLength: Int?)
        case limit(Int, StaticString)
        case permission(String)
        case retryAfter(RetryAfterText)
    }

    var status: Int
    var code: StaticString
    var message: StaticString
    var details = Details.none
}

// Texts of Zoho's page "Delink" (ServiceFacts), "Possible Errors", unless a line says otherwise.
extension CRMRefusal {
    static let unknownModule = CRMRefusal(
        status: 400, code: "INVALID_MODULE",
        message: "The module name given seems to be invalid", details: .resourcePathIndex(0))
    static let unsupportedModule = CRMRefusal(
        status: 400, code: "INVALID_MODULE",
        message: "The given module is not supported in API", details: .resourcePathIndex(0))
    static let invalidURL = CRMRefusal(
        status: 404, code: "INVALID_URL_PATTERN",
        message: "Please check if the URL trying to access is a correct one")
    static let invalidMethod = CRMRefusal(
        status: 400, code: "INVALID_REQUEST_METHOD",
        message: "The http request method type is not a valid one")
    static let scopeMismatch = CRMRefusal(
        status: 401, code: "OAUTH_SCOPE_MISMATCH", message: "Unauthorized")
    static let unparsable = CRMRefusal(
        status: 400, code: "UNABLE_TO_PARSE_DATA_TYPE",
        message: "either the request body or parameters is in wrong format")
    static let internalError = CRMRefusal(
        status: 500, code: "INTERNAL_ERROR", message: "Internal Server Error")
    /// v8 spec: the list's segment is bad.
    static let unknownList = CRMRefusal(
        status: 400, code: "INVALID_DATA",
        message: "The relation/related name given seems to be invalid",
        details: .resourcePathIndex(2))
    /// v8 spec.
    static let missingIDs = CRMRefusal(
        status: 400, code: "MANDATORY_NOT_FOUND", message: "required parameter not found",
        details: .missingParameter("ids"))
    /// v8 spec.
    static let tooManyIDs = CRMRefusal(
        status: 400, code: "LIMIT_EXCEEDED",
        message: "Limit Exceeded, You cannot give more than 100 record ids",
        details: .limit(100, "ids"))
    /// v8 spec; the v2 document speaks of a related id instead.
    static let missingRecord = CRMRefusal(
        status: 404, code: "INVALID_DATA", message: "The record does not exist",
        details: .resourcePathIndex(1))
    /// Zoho's OpenAPI descriptions, "Parent or related record not found": it does not say which.
    static let missingRecordUnnamed = CRMRefusal(
        status: 404, code: "INVALID_DATA", message: "The record does not exist")
    /// Assumption: the answer to a malformed record id is not documented.
    static let invalidRecordID = CRMRefusal(
        status: 400, code: "INVALID_DATA", message: "the id given seems to be invalid",
        details: .resourcePathIndex(1))
    /// v8 spec: the answer for a child that does not exist.
    static let childNotDeleted = CRMRefusal(
        status: 400, code: "INVALID_DATA", message: "record not deleted",
        details: .resourcePathIndex(3))
    /// Observed text for a bad token.
    static let invalidToken = CRMRefusal(
        status: 401, code: "INVALID_TOKEN", message: "invalid oauth token")
    /// The other observed code.
    static let authenticationFailure = CRMRefusal(
        status: 401, code: "AUTHENTICATION_FAILURE", message: "Authentication failed")
    /// v8 spec, attachments; the other body of a 429.
    static let rateLimitExceeded = CRMRefusal(
        status: 429, code: "RATE_LIMIT_EXCEEDED",
        message: "API rate limit exceeded. Please retry after some time")

    /// Of an update without elements; Zoho's page words it so for a field of an element.
    static let missingData = CRMRefusal(
        status: 400, code: "MANDATORY_NOT_FOUND", message: "required field not found",
        details: .field("data", maximumLength: nil))

    /// The answer of other bulk calls; not documented for this one.
    static func tooMuchData(maximum: Int) -> CRMRefusal {
        CRMRefusal(
            status: 400, code: "INVALID_DATA", message: "invalid data",
            details: .field("data", maximumLength: maximum))
    }

    /// A related id that names no relation: at index 3 of a single URL; an id in `ids` has no
    /// index.
    static func invalidRelatedID(at details: Details) -> CRMRefusal {
        CRMRefusal(
            status: 400, code: "INVALID_DATA",
            message: "the related id given seems to be invalid", details: details)
    }

    /// v8 spec; `retryAfterSeconds` is there in one of its examples only.
    static func tooManyRequests(retryAfterSeconds: Int64?) -> CRMRefusal {
        CRMRefusal(
            status: 429, code: "TOO_MANY_REQUESTS",
            message: "Rate limit exceeded. Please retry after the specified time.",
            details: retryAfterSeconds.map { .retryAfter(RetryAfterText(seconds: $0)) } ?? .none)
    }

    /// A 429 of a fault. Zoho names credits, concurrency and sub-concurrency as causes; the wording
    /// is an assumption.
    static func throttled(_ fault: FaultPlan.Kind, _ wait: RetryAfterText?) -> CRMRefusal {
        var refusal =
            fault == .rateLimitExceeded
            ? rateLimitExceeded : tooManyRequests(retryAfterSeconds: nil)
        switch fault {
        case .creditsUsedUp:
            refusal.message = "The number of API credits for the 24 hour period is exceeded."
        case .tooManyActive:
            refusal.message = "The concurrency limit of the user for the app is exceeded."
        case .tooManySubActive:
            refusal.message = "The sub-concurrency limit of the API is exceeded."
        default:
            break
        }
        refusal.details = wait.map { .retryAfter($0) } ?? .none
        return refusal
    }

    static func noPermission(_ operation: CRMOperation, module: String) -> CRMRefusal {
        let (permission, message): (String, StaticString) =
            switch operation {
            case .update: ("Crm_Implied_Edit_", "Permission denied to update records")
            case .delink, .deleteRecord:
                ("Crm_Implied_Delete_", "Permission denied to delete records")
            case .deleteAttachment:
                ("Crm_Implied_Delete_", "Permission denied to delete attachment")
            case .read: ("Crm_Implied_View_", "Permission denied to read related records")
            }
        return CRMRefusal(
            status: 403, code: "NO_PERMISSION", message: message,
            details: .permission(permission + module))
    }

    static func authorizationFailed(_ operation: CRMOperation) -> CRMRefusal {
        let message: StaticString =
            switch operation {
            case .update: "User does not have sufficient privilege to update related records data"
            case .delink, .deleteRecord:
                "User does not have sufficient privilege to delete related records data"
            case .deleteAttachment: "User does not have sufficient privilege to delete attachments"
            case .read: "User does not have sufficient privilege to read related records data"
            }
        return CRMRefusal(status: 400, code: "AUTHORIZATION_FAILED", message: message)
    }
}

// Texts of Zoho's page "Deleted parent" (ServiceFacts).
extension CRMRefusal {
    static let notSupported = CRMRefusal(
        status: 400, code: "NOT_SUPPORTED", message: "The given module is not supported.",
        details: .resourcePathIndex(0))
    static let wrongReadMethod = CRMRefusal(
        status: 400, code: "INVALID_REQUEST_METHOD", message: "The request method is incorrect.")
    static let unknownDeletedList = CRMRefusal(
        status: 400, code: "INVALID_DATA", message: "The relation name given seems to be invalid.",
        details: .resourcePathIndex(3))
    static let unknownDeletedParent = CRMRefusal(
        status: 400, code: "INVALID_DATA", message: "Given ID of the record seems to be invalid",
        details: .resourcePathIndex(2))

    static func missingParameter(_ name: StaticString) -> CRMRefusal {
        CRMRefusal(
            status: 400, code: "REQUIRED_PARAM_MISSING",
            message: "One of the expected parameter is missing", details: .missingParameter(name))
    }

    /// Assumption: the answer to an invalid parameter is not documented.
    static func invalidParameter(_ name: StaticString) -> CRMRefusal {
        CRMRefusal(
            status: 400, code: "INVALID_DATA", message: "invalid data",
            details: .missingParameter(name))
    }

    /// The v8 spec's notes: past 2,000 records only `page_token` leads on.
    static let tooManyPages = CRMRefusal(
        status: 400, code: "DISCRETE_PAGINATION_LIMIT_EXCEEDED",
        message: "You can only get the first 2000 records without using page_token param",
        details: .missingParameter("page"))
}

/// One element of `data`.
struct Element {
    var code: StaticString
    var message: StaticString
    var isSuccess: Bool
    /// The id in the answer; nil omits it.
    var id: UInt64?
    /// Errors of an update name the place in the request's body, and no id.
    var path: (index: Int, field: StaticString)?

    static func relationRemoved(_ id: UInt64) -> Element {
        Element(code: "SUCCESS", message: "relation removed", isSuccess: true, id: id)
    }

    static func recordDeleted(_ id: UInt64) -> Element {
        Element(code: "SUCCESS", message: "record deleted", isSuccess: true, id: id)
    }

    static func relationAdded(_ id: UInt64) -> Element {
        Element(code: "SUCCESS", message: "relation added", isSuccess: true, id: id)
    }

    static func recordUpdated(_ id: UInt64) -> Element {
        Element(code: "SUCCESS", message: "record updated", isSuccess: true, id: id)
    }

    static func relationNotFound(_ id: UInt64) -> Element {
        Element(code: "INVALID_DATA", message: "relation not found", isSuccess: false, id: id)
    }

    static func recordNotDeleted(_ id: UInt64) -> Element {
        Element(code: "INVALID_DATA", message: "record not deleted", isSuccess: false, id: id)
    }
}
