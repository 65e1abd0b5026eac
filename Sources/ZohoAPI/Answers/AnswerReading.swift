import JSONText
import JobModel

/// Classifies the answer to a call. Total: any bytes have a classification, and what is not
/// understood is never a success.
///
/// In this order:
///
///     429                                     throttled, or out of calls: see `readThrottled`
///     5xx, 3xx, 1xx, 408, 413, 414, 431       unclear, whatever the body
///     cut off, no JSON object                 unclear (a 401 without a word: unauthorised)
///     `data` with 200, 202, 207 or 400        element by element: see `ElementMatching`
///     `data` with another status              unclear
///     a code                                  the whole call, by its class: see `ErrorCatalogue`
///     nothing of these                        unclear
///
/// `resource_path_index` counts the segments of the path after the version, from 0:
///
///     /crm/v2/Campaigns/3652397000000327001/Contacts/3652397000000925128
///             0         1                   2        3
///     /crm/v2/Campaigns/3652397000000327001/Contacts?ids=3652397000000925128,3652397000000649013
///             0         1                   2
///
/// so 1 is the parent's id even if the message says "the related id". A bulk call has no segment 3;
/// a larger index can only mean its related ids.
package enum AnswerReading {
    /// What the answer means for the call: one result for each of its related ids, in its order.
    package static func classify(
        _ answer: HTTPAnswer, for content: RelationContent
    ) -> Classification<[ItemResult]> {
        let classification = read(answer, for: content)
        return content.kind.operation == .deleteAttachment
            ? AttachmentAnswer.annotated(classification) : classification
    }

    private static func read(
        _ answer: HTTPAnswer, for content: RelationContent
    ) -> Classification<[ItemResult]> {
        let mayHaveElements = mayHaveElements(answer)
        if mayHaveElements, let elements = FastAnswerParser.elements(of: answer.body) {
            return classify(elements, answer, content)
        }
        let body = readBody(answer)
        if answer.status == 429 { return readThrottled(answer, body) }
        guard isReadable(answer) else { return .unclear(serviceMessage(answer, body)) }
        guard let body else {
            // By HTTP, a 401 means that the request was not executed.
            return answer.status == 401
                ? .unauthorised(serviceMessage(answer, nil)) : .unclear(serviceMessage(answer, nil))
        }

        switch body["data"] {
        case .array(let elements) where !elements.isEmpty || body["code"] == nil:
            return mayHaveElements
                ? classify(elements.map(AnswerElement.init), answer, content)
                : .unclear(serviceMessage(answer, body))
        case .object, .string, .number, .bool: return .unclear(serviceMessage(answer, body))
        case nil, .null, .array: return classifyWhole(answer, body, content)
        }
    }

    /// Statuses whose body is trusted: complete 2xx and 4xx answers, except those that a proxy may
    /// also send.
    static func isReadable(_ answer: HTTPAnswer) -> Bool {
        switch answer.status {
        case 408, 413, 414, 431: false
        case 200..<300, 400..<500: !answer.isCutOff
        default: false
        }
    }

    /// Elements are trusted with these statuses only.
    static func mayHaveElements(_ answer: HTTPAnswer) -> Bool {
        switch answer.status {
        case 200, 202, 207, 400: !answer.isCutOff
        default: false
        }
    }

    private static func classify(
        _ elements: [AnswerElement], _ answer: HTTPAnswer, _ content: RelationContent
    ) -> Classification<[ItemResult]> {
        .content(ElementMatching(content: content, status: answer.status).results(of: elements))
    }

    /// A body without elements is about the whole call.
    private static func classifyWhole(
        _ answer: HTTPAnswer, _ body: JSONObject, _ content: RelationContent
    ) -> Classification<[ItemResult]> {
        readWhole(answer, body) { message, errorClass in
            switch errorClass {
            case .data: refusalScope(answer, message, body["details"], content)
            case _ where answer.status == 404: .parent
            default:
                isAboutOneElement(message.code, body["details"], content)
                    ? .unidentifiedItem : .call
            }
        }
    }

    /// Classifies a body without elements by its code.
    ///
    /// - Parameter scope: The scope of a refusal that concerns neither the kind nor the
    ///   token; the class is nil for a code that is not in the catalogue.
    static func readWhole<Content>(
        _ answer: HTTPAnswer, _ body: JSONObject,
        scope: (ServiceMessage, ErrorClass?) -> RefusalScope
    ) -> Classification<Content> {
        let message = serviceMessage(answer, body)
        let code = body["code"]
        let isSaidToFail = body["status"]?.string == "error"
        // Creator's codes are numbers, come without a status, and with HTTP 200 too.
        let isRefusal =
            answer.status >= 400
            ? body["status"] == nil || isSaidToFail
            : isSaidToFail || code?.number != nil
        guard !message.code.isEmpty, message.code != successCode, isRefusal else {
            return answer.status == 401 && message.code.isEmpty
                ? .unauthorised(message) : .unclear(message)
        }
        let errorClass = ErrorCatalogue.entry(for: message.code)?.errorClass
        switch errorClass {
        case .throttled: return readThrottled(answer, body)
        case .unauthorised: return .unauthorised(message)
        case .outOfCalls: return .outOfCalls(message)
        case .transient: return .unclear(message)
        case .kindPermanently: return .refused(message, .kindPermanently)
        case .kindIfRepeated: return .refused(message, .kindIfRepeated)
        // An unknown code, but every 401 is refused before execution.
        case nil where answer.status == 401: return .unauthorised(message)
        case .data, .item, .nothingToDo, nil: return .refused(message, scope(message, errorClass))
        }
    }

    /// Whether the refusal of an update of several is about a field: that is one element's fault,
    /// and the others must not fail with it.
    private static func isAboutOneElement(
        _ code: String, _ details: JSONValue?, _ content: RelationContent
    ) -> Bool {
        guard content.kind.operation == .update, content.related.count > 1 else { return false }
        if let path = details?["json_path"]?.string,
            AnswerElement.Address.dataIndex(ofPath: path) != nil
        {
            return true
        }
        return ["MANDATORY_NOT_FOUND", "DUPLICATE_DATA", "CANNOT_BE_UPDATED"].contains(code)
    }

    /// What a refusal of the request's data applies to.
    private static func refusalScope(
        _ answer: HTTPAnswer, _ message: ServiceMessage, _ details: JSONValue?,
        _ content: RelationContent
    ) -> RefusalScope {
        let isSingle = content.related.count == 1
        switch exactNumber(details?["resource_path_index"]) {
        case 0: return .kindPermanently
        case 1: return .parent
        case 2: return .kindPermanently
        case 3 where isSingle:
            return .item(
                message.code == "INVALID_DATA" && isRemoval(content.kind.operation)
                    ? .absent : .failed)
        // "Parent or related record not found" (Zoho's OpenAPI files): either way the relation is
        // gone.
        case nil where isSingle && answer.status == 404 && message.code == "INVALID_DATA":
            return .item(isRemoval(content.kind.operation) ? .absent : .failed)
        default: return isSingle ? .item(.failed) : .unidentifiedItem
        }
    }

    /// Whether the operation's goal is already met if its object does not exist.
    static func isRemoval(_ operation: Operation) -> Bool {
        switch operation {
        case .delink, .deleteAttachment, .deleteCreatorRecords: true
        case .update, .discoverDeleted: false
        }
    }

    /// The code of all successes.
    static let successCode = "SUCCESS"

    /// Maximum length of an error code that is kept; the longest known one has 35 bytes.
    static let maximumCodeByteCount = 100

    /// The body's object; nil for anything else.
    static func readBody(_ answer: HTTPAnswer) -> JSONObject? {
        guard !answer.isCutOff else { return nil }
        do {
            return try JSONTree.parse(answer.body).object
        } catch {
            // Not JSON: a proxy's HTML page, a truncated body, a duplicate key. The caller shows
            // its beginning.
            return nil
        }
    }

    static func serviceMessage(_ answer: HTTPAnswer, _ body: JSONObject?) -> ServiceMessage {
        let code = body.map { word($0["code"]) } ?? ""
        let words =
            body?["message"]?.string ?? body?["description"]?.string ?? body?["error_info"]?.string
        return ServiceMessage(
            status: answer.status, code: code,
            text: words.map { SafeText.sanitised($0) } ?? SafeText.sanitised(bytes: answer.body))
    }

    /// A code or status as sanitised text (words in CRM, numbers in Creator).
    static func word(_ value: JSONValue?) -> String {
        switch value {
        case .string(let text):
            SafeText.sanitised(text, maximumByteCount: maximumCodeByteCount)
        case .number(let number):
            SafeText.sanitised(number.text, maximumByteCount: maximumCodeByteCount)
        default: ""
        }
    }

    /// A canonical integer, also as a string; never parsed as floating point.
    static func exactNumber(_ value: JSONValue?) -> UInt64? {
        switch value {
        case .number(let number): number.uint64
        case .string("0"): 0
        case .string(let text): RecordID(text)?.value
        default: nil
        }
    }
}
