import JSONText
import JobModel

/// Decides what an answer means for the call it answers. Total: whatever the bytes are, there is a
/// classification, and what is not understood is never a success.
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
/// so that 1 is the parent's id even where the message speaks of "the related id". A bulk call has
/// no segment 3; an index past its segments can only mean its related ids.
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
            // HTTP itself says of a 401 that the request was not carried out.
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

    /// Statuses whose body may be believed: 2xx and 4xx, whole, except those that whoever stands
    /// before the service answers as well.
    static func isReadable(_ answer: HTTPAnswer) -> Bool {
        switch answer.status {
        case 408, 413, 414, 431: false
        case 200..<300, 400..<500: !answer.isCutOff
        default: false
        }
    }

    /// Elements are believed with these statuses only.
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

    /// A body without elements speaks of the whole call.
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

    /// What a body without elements says, by its code's class.
    ///
    /// - Parameter scope: Whom a refusal speaks of that is neither about the kind nor about the
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
        // Nobody told us of this code, but any 401 was refused before execution.
        case nil where answer.status == 401: return .unauthorised(message)
        case .data, .item, .nothingToDo, nil: return .refused(message, scope(message, errorClass))
        }
    }

    /// Whether a refused update of several speaks of a field, which can only be one element's: the
    /// others must not fail with it.
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

    /// Whom a refusal of the request's data speaks of.
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
        // "Parent or related record not found" (Zoho's OpenAPI files): gone either way.
        case nil where isSingle && answer.status == 404 && message.code == "INVALID_DATA":
            return .item(isRemoval(content.kind.operation) ? .absent : .failed)
        default: return isSingle ? .item(.failed) : .unidentifiedItem
        }
    }

    /// Whether what the operation asks for is so already when its object is not there.
    static func isRemoval(_ operation: Operation) -> Bool {
        switch operation {
        case .delink, .deleteAttachment, .deleteCreatorRecords: true
        case .update, .discoverDeleted: false
        }
    }

    /// The code of every success.
    static let successCode = "SUCCESS"

    /// An error's longest code that is kept; the longest known has 35 bytes.
    static let maximumCodeByteCount = 100

    /// The body's object; nil for anything else.
    static func readBody(_ answer: HTTPAnswer) -> JSONObject? {
        guard !answer.isCutOff else { return nil }
        do {
            return try JSONTree.parse(answer.body).object
        } catch {
            // No JSON: an HTML page of a proxy, a body cut short, a doubled key. The caller shows
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

    /// A code or status as text, sanitised: CRM's are words, Creator's numbers.
    static func word(_ value: JSONValue?) -> String {
        switch value {
        case .string(let text):
            SafeText.sanitised(text, maximumByteCount: maximumCodeByteCount)
        case .number(let number):
            SafeText.sanitised(number.text, maximumByteCount: maximumCodeByteCount)
        default: ""
        }
    }

    /// A number of canonical digits, also where it stands in quotes. Never through floating point.
    static func exactNumber(_ value: JSONValue?) -> UInt64? {
        switch value {
        case .number(let number): number.uint64
        case .string("0"): 0
        case .string(let text): RecordID(text)?.value
        default: nil
        }
    }
}
