import JSONText
import ZohoAPI

/// An answer as Zoho's pages define it, parsed by the checkers' own reader: coarser than the
/// product's, and sharing no code with it.
struct SeenAnswer {
    /// The classification of an answer.
    enum Class: Equatable {
        /// 429 or an equivalent code: refused before execution.
        case throttled
        /// 401 and its codes: refused before execution.
        case unauthorised
        /// Not an answer of the service: 5xx, 3xx, 408, an HTML page, JSON without `code` or
        /// `data`, truncated.
        case fault
        /// Daily calls used up.
        case outOfCalls
        /// `data`, or `result` of a round.
        case elements
        /// A code for the whole call.
        case refused
        /// Empty result (204, 3100).
        case empty
    }

    let answer: HTTPAnswer
    let value: JSONValue?
    /// Computed once, because every checker uses it.
    private(set) var seenClass = Class.fault

    init(_ answer: HTTPAnswer) {
        self.answer = answer
        var value: JSONValue?
        if !answer.isCutOff, answer.body.first == 0x7B {
            do throws(JSONError) { value = try JSONTree.parse(answer.body) } catch { value = nil }
        }
        self.value = value
        seenClass = readClass()
    }

    var status: Int { answer.status }
    /// `X-API-CREDITS-REMAINING`.
    var credits: Int? { answer.creditsRemaining }

    /// `code` of the whole answer: a word of the CRM's or a number of Creator's.
    var code: String {
        value?["code"]?.string ?? value?["code"]?.number.map(\.text) ?? ""
    }

    /// Elements of `data` or `result`.
    var elements: [JSONValue] { value?["data"]?.array ?? value?["result"]?.array ?? [] }

    /// A 429 whose words name the credits of a day.
    private var namesDay: Bool {
        let words = value?["message"]?.string ?? value?["error_info"]?.string ?? ""
        return words.contains("24 hour")
    }

    private func readClass() -> Class {
        let status = answer.status
        if status == 429 { return namesDay ? .outOfCalls : .throttled }
        if status >= 500 || (300..<400).contains(status) || status == 408 { return .fault }
        if [413, 414, 431].contains(status) { return .refused }
        if status == 204 { return .empty }
        guard let value else { return status == 401 ? .unauthorised : .fault }
        switch code {
        case "TOO_MANY_REQUESTS", "RATE_LIMIT_EXCEEDED", "2955": return .throttled
        case "INVALID_TOKEN", "AUTHENTICATION_FAILURE", "1030": return .unauthorised
        case "4000": return .outOfCalls
        case "3100": return .empty
        case "INTERNAL_ERROR": return .fault
        default: break
        }
        if value["data"] != nil || value["result"] != nil { return .elements }
        if code.isEmpty { return status == 401 ? .unauthorised : .fault }
        return .refused
    }

    /// The service gave a clear answer.
    var isClear: Bool {
        switch seenClass {
        // A round may delete nothing, and says so; an answer of the CRM has an element per record.
        case .elements: !elements.isEmpty || value?["result"] != nil
        case .refused, .empty: true
        case .throttled, .unauthorised, .fault, .outOfCalls: false
        }
    }

    /// Ids of elements that say that something was done, and of none that says otherwise.
    var successes: Set<UInt64> {
        var successes: Set<UInt64> = []
        var others: Set<UInt64> = []
        for element in elements {
            guard let id = element["details"]?["id"]?.string.flatMap({ UInt64($0) }) else {
                continue
            }
            if element["code"]?.string == "SUCCESS" {
                successes.insert(id)
            } else {
                others.insert(id)
            }
        }
        return successes.subtracting(others)
    }

    /// An element says that something was done.
    var hasSuccess: Bool { elements.contains { $0["code"]?.string == "SUCCESS" } }

    /// A success among the elements says that a record was deleted.
    var saysRecordDeleted: Bool {
        elements.contains {
            $0["code"]?.string == "SUCCESS" && $0["message"]?.string == "record deleted"
        }
    }

    /// `details.resource_path_index` of a refusal of the whole call.
    var pathIndex: Int? {
        value?["details"]?["resource_path_index"]?.number.flatMap { Int($0.text) }
    }

    /// The pause that the service asks for, in seconds: a header field or `details`, or the
    /// simulated service's own value for a date.
    var pauseSeconds: Int? {
        let wait = value?["details"]?["retry_after"] ?? value?["details"]?["meant"]
        let text = wait?.number?.text ?? wait?.string ?? ""
        // A huge number is longer than a run waits.
        let isHuge = text.count > 18 && text.allSatisfy(\.isNumber)
        let body = isHuge ? 86_400 : Int(text)
        guard let header = answer.retryAfterSeconds else { return body }
        return max(header, body ?? header)
    }
}
