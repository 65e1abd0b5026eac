import JSONText
import JobModel

/// Decides what an answer means for the call it answers. Total: whatever the bytes are, there is a
/// judgement, and what is not understood is never a success.
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
    /// What the answer means for the call.
    package static func judge(_ answer: HTTPAnswer, for content: CallContent) -> Judgement {
        let judgement = read(answer, for: content)
        return content.kind.operation == .deleteAttachment
            ? AttachmentAnswer.explained(judgement) : judgement
    }

    private static func read(_ answer: HTTPAnswer, for content: CallContent) -> Judgement {
        let mayHaveElements = mayHaveElements(answer)
        if mayHaveElements, let elements = PlainAnswer.elements(of: answer.body) {
            return judge(elements, answer, content)
        }
        let body = readBody(answer)
        if answer.status == 429 { return Judgement(readThrottled(answer, body)) }
        guard isReadable(answer) else { return .unclear(remark(answer, body)) }
        guard let body else {
            // HTTP itself says of a 401 that the request was not carried out.
            return answer.status == 401
                ? .unauthorised(remark(answer, nil)) : .unclear(remark(answer, nil))
        }

        switch body["data"] {
        case .array(let elements) where !elements.isEmpty || body["code"] == nil:
            return mayHaveElements
                ? judge(elements.map(AnswerElement.init), answer, content)
                : .unclear(remark(answer, body))
        case .object, .string, .number, .bool: return .unclear(remark(answer, body))
        case nil, .null, .array: return judgeWhole(answer, body, content)
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

    private static func judge(
        _ elements: [AnswerElement], _ answer: HTTPAnswer, _ content: CallContent
    ) -> Judgement {
        .items(ElementMatching(content: content, status: answer.status).verdicts(of: elements))
    }

    /// A body without elements speaks of the whole call.
    private static func judgeWhole(
        _ answer: HTTPAnswer, _ body: JSONObject, _ content: CallContent
    ) -> Judgement {
        Judgement(
            readWhole(answer, body) { remark, errorClass in
                switch errorClass {
                case .data: whom(answer, remark, body["details"], content)
                case _ where answer.status == 404: .parent
                default:
                    isAboutOneElement(remark.code, body["details"], content) ? .someItem : .call
                }
            })
    }

    /// What a body without elements says, by its code's class.
    ///
    /// - Parameter whom: Whom a refusal speaks of that is neither about the kind nor about the
    ///   token; the class is nil
    ///   for a code that nobody told us of.
    static func readWhole(
        _ answer: HTTPAnswer, _ body: JSONObject, whom: (Remark, ErrorClass?) -> Refusal
    ) -> WholeAnswer {
        let remark = remark(answer, body)
        let code = body["code"]
        let isSaidToFail = body["status"]?.string == "error"
        // Creator's codes are numbers, come without a status, and with HTTP 200 too.
        let isRefusal =
            answer.status >= 400
            ? body["status"] == nil || isSaidToFail
            : isSaidToFail || code?.number != nil
        guard !remark.code.isEmpty, remark.code != successCode, isRefusal else {
            return answer.status == 401 && remark.code.isEmpty
                ? .unauthorised(remark) : .unclear(remark)
        }
        let errorClass = ErrorCatalogue.entry(for: remark.code)?.errorClass
        switch errorClass {
        case .throttled: return readThrottled(answer, body)
        case .unauthorised: return .unauthorised(remark)
        case .outOfCalls: return .outOfCalls(remark)
        case .transient: return .unclear(remark)
        case .kindForGood: return .refused(remark, .kindForGood)
        case .kindPerhaps: return .refused(remark, .kindPerhaps)
        // Nobody told us of this code, but any 401 was refused before execution.
        case nil where answer.status == 401: return .unauthorised(remark)
        case .data, .item, .nothingToDo, nil: return .refused(remark, whom(remark, errorClass))
        }
    }

    /// Whether a refused update of several speaks of a field, which can only be one element's: the
    /// others must not fail with it.
    private static func isAboutOneElement(
        _ code: String, _ details: JSONValue?, _ content: CallContent
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
    private static func whom(
        _ answer: HTTPAnswer, _ remark: Remark, _ details: JSONValue?, _ content: CallContent
    ) -> Refusal {
        let isSingle = content.related.count == 1
        switch exactNumber(details?["resource_path_index"]) {
        case 0: return .kindForGood
        case 1: return .parent
        case 2: return .kindForGood
        case 3 where isSingle:
            return .item(
                remark.code == "INVALID_DATA" && isRemoval(content.kind.operation)
                    ? .absent : .failed)
        // "Parent or related record not found" (Zoho's OpenAPI files): gone either way.
        case nil where isSingle && answer.status == 404 && remark.code == "INVALID_DATA":
            return .item(isRemoval(content.kind.operation) ? .absent : .failed)
        default: return isSingle ? .item(.failed) : .someItem
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

    static func remark(_ answer: HTTPAnswer, _ body: JSONObject?) -> Remark {
        let code = body.map { word($0["code"]) } ?? ""
        let words =
            body?["message"]?.string ?? body?["description"]?.string ?? body?["error_info"]?.string
        return Remark(
            status: answer.status, code: code,
            said: words.map { SafeText.sanitised($0) } ?? SafeText.sanitised(bytes: answer.body))
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
