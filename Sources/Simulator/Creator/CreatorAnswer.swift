import JSONText

/// A refusal of a whole Creator call: a number and a text.
///
/// Texts from Zoho's status code pages if known. The key differs: `description` with statuses other
/// than 200 (observed), `message` in the pages' tables, used here with 200, so that clients are
/// tested with both.
struct CreatorRefusal: Error, Equatable {
    var status: Int
    var code: Int
    var text: String

    var reply: Reply {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("code", integer: code)
        writer.member(status == 200 ? "message" : "description", string: text)
        writer.endObject()
        return Reply(status: status, body: writer.bytes)
    }

    static let invalidURL = Self(status: 404, code: 1000, text: "Invalid API URL format.")
    static let invalidToken = Self(
        status: 401, code: 1030,
        text: "Authorization Failure. The access token is either invalid or has expired. "
            + "Please check your Zoho Account for more information.")
    /// Chosen: Zoho's pages do not document the answer to a missing scope.
    static let scopeMismatch = Self(status: 401, code: 2945, text: "INVALID_OAUTHSCOPE")
    static let malformedJSON = Self(
        status: 400, code: 1038, text: "The JSON in the request is not well formed.")
    static let tooManyCalls = Self(
        status: 429, code: 2955, text: "You have reached your API call limit for a minute.")
    static let noCallsLeft = Self(
        status: 200, code: 4000,
        text: "Account's Developer API limit has been reached. "
            + "Please upgrade to execute more REST API calls.")
    static let tooManyRecords = Self(
        status: 200, code: 3960,
        text: "A maximum of 200 records can be processed per request. Include the "
            + "\"process_until_limit\" parameter to process the first 200 records.")
    static let noRecords = Self(
        status: 404, code: 3100, text: "No records found for the given criteria.")
    static let noApplicationRight = Self(
        status: 403, code: 2933, text: "You do not have permission to access this application.")
    static let noDeletionRight = Self(
        status: 403, code: 2896, text: "You do not have permission to delete records.")
    static let noViewRight = Self(
        status: 403, code: 2898, text: "You do not have permission to view records.")
    static let noRight = Self(
        status: 403, code: 1130, text: "API access is disabled for the user.")
    static let noUser = Self(status: 404, code: 1040, text: "There is no such user.")

    static func missing(_ name: String) -> Self {
        Self(
            status: 401, code: 1000,
            text: "A mandatory parameter - '\(name)' is either absent or has been used twice. "
                + "Please check and try again.")
    }

    static func noOwner(_ name: String) -> Self {
        Self(status: 404, code: 1040, text: "No account owner named \"\(name)\" found.")
    }

    static func noApplication(_ name: String) -> Self {
        Self(status: 404, code: 2892, text: "No application named \"\(name)\" found.")
    }

    static func noReport(_ name: String) -> Self {
        Self(status: 404, code: 2894, text: "No report named \"\(name)\" found.")
    }

    /// Assumption, for all invalid values: 3020 is known as a 400, its exact meaning is not.
    static func invalid(_ reason: String) -> Self {
        Self(status: 400, code: 3020, text: "Invalid request: \(reason).")
    }
}

/// The result of one record of a round.
struct CreatorElement: Equatable {
    /// The id in the answer; nil omits it.
    var id: UInt64?
    /// False for 3001 and 2955.
    var isDeleted: Bool
    /// 2955.
    var isBusy = false
    /// What the form redirects to, if the client asked for it.
    var redirection: [String]?
}

/// The answer to a deletion by criteria.
struct CreatorRound: Equatable {
    var elements: [CreatorElement]
    /// nil omits `more_records`, as without `process_until_limit`.
    var hasMore: Bool?

    var reply: Reply {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("result")
        writer.beginArray()
        for element in elements {
            writer.beginObject()
            writer.member("code", integer: element.isDeleted ? 3000 : element.isBusy ? 2955 : 3001)
            writer.key("data")
            writer.beginObject()
            if let id = element.id { writer.member("ID", string: String(id)) }
            writer.endObject()
            if element.isDeleted {
                writer.member("message", string: "Record Deleted Successfully!")
                if let redirection = element.redirection {
                    writer.key("tasks")
                    writer.beginObject()
                    writer.key("openurl")
                    writer.beginObject()
                    writer.member("type", string: redirection[0])
                    writer.member("url", string: redirection[1])
                    writer.endObject()
                    writer.endObject()
                }
            } else {
                writer.member("error", value: ["Failed to Delete Data."])
            }
            writer.endObject()
        }
        writer.endArray()
        // 3000 whatever happened to the records (Zoho's sample).
        writer.member("code", integer: 3000)
        if let hasMore { writer.member("more_records", bool: hasMore) }
        writer.endObject()
        return Reply(status: 200, body: writer.bytes)
    }
}

/// An element that a fault can modify.
protocol DistortableElement {
    /// The id in the answer.
    var id: UInt64? { get set }
    /// Replaces the success message.
    mutating func reportRecordDeleted()
    /// Replaces the id by a foreign one.
    mutating func replaceID(_ id: UInt64)
}

extension Element: DistortableElement {
    mutating func reportRecordDeleted() {
        if isSuccess { message = "record deleted" }
    }

    mutating func replaceID(_ id: UInt64) {
        self.id = id
        path = nil
    }
}

extension CreatorElement: DistortableElement {
    /// Creator's answer has it anyway.
    mutating func reportRecordDeleted() {}

    mutating func replaceID(_ id: UInt64) { self.id = id }
}
