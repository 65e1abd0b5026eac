import JSONText
import JobModel

/// What a round did, by its answer (ServiceFacts: Creator delete).
package struct RoundResult: Equatable, Sendable {
    /// Ids of the deleted records, in the answer's order, without duplicates.
    package var deleted: [UInt64]
    /// Records that were not deleted, in the answer's order, none twice.
    package var failed: [FailedRecord]
    /// Elements without a readable id or code, or contradicting each other: each may be a deleted
    /// record.
    package var unaccounted: Int
    /// The ids in `deleted` that were not among the explicit ids. Needs manual review.
    package var foreign: [UInt64]
    /// The value of `more_records`; nil if the answer has none (as in Zoho's sample).
    package var moreRecords: Bool?
    /// No record matches (3100); nothing was done.
    package var nothingMatched: Bool
    /// Elements that name a task (a page or report to open afterwards); ignored.
    package var taskCount: Int
    /// HTTP status of the answer.
    package var status: Int

    package init(
        deleted: [UInt64] = [], failed: [FailedRecord] = [], unaccounted: Int = 0,
        foreign: [UInt64] = [], moreRecords: Bool? = nil,
        nothingMatched: Bool = false, taskCount: Int = 0, status: Int = 200
    ) {
        self.deleted = deleted
        self.failed = failed
        self.unaccounted = unaccounted
        self.foreign = foreign
        self.moreRecords = moreRecords
        self.nothingMatched = nothingMatched
        self.taskCount = taskCount
        self.status = status
    }
}

/// A record that a round did not delete.
package struct FailedRecord: Hashable, Sendable {
    package var id: UInt64
    /// Creator's code, `3001` for example.
    package var code: String
    /// What `error`, `message` or `description` says, sanitised.
    package var message: String

    package init(id: UInt64, code: String, message: String) {
        self.id = id
        self.code = code
        self.message = message
    }

    /// Whether the record itself is refused, so that later rounds must exclude it; false for a
    /// transient error, after which the record may be tried again.
    package var isUndeletable: Bool {
        switch ErrorCatalogue.errorClass(of: code) {
        case .transient, .throttled, .unauthorised, .outOfCalls: false
        case .data, .kindPermanently, .kindIfRepeated, .item, .nothingToDo: true
        }
    }
}

/// Answers of Creator (Zoho's page Creator delete).
///
///     {"result":[{"code":3000,"data":{"ID":"…"},"message":"…"},
///                {"code":3001,"data":{"ID":"…"},"error":["…"]}],
///      "code":3000,"more_records":true}
///     {"code":2894,"description":"…"}      {"code":3960,"message":"…"}   with 200 as well as 4xx
///
/// The outer code 3000 means only that the request was executed; each element has its own code. Any
/// other code without elements is about the whole request. Unless it is a known refusal, the
/// request may have been executed: unclear.
extension AnswerReading {
    /// What the answer to a Creator round means. A refusal of the scope `.call` fails the job,
    /// `.kindPermanently` every Creator job.
    package static func classify(
        _ answer: HTTPAnswer, for content: RoundContent
    ) -> Classification<RoundResult> {
        let body = readBody(answer)
        guard let body, isReadable(answer), mayHaveElements(answer),
            let elements = resultElements(of: body),
            !elements.isEmpty || word(body["code"]) == creatorSuccessCode
        else {
            if let body, isReadable(answer), isNothingMatched(answer, body) {
                return .content(
                    RoundResult(moreRecords: false, nothingMatched: true, status: answer.status))
            }
            return readCreatorWhole(answer, body)
        }
        switch word(body["code"]) {
        case "", creatorSuccessCode, creatorFailureCode:
            var records = RoundElements(
                answer, moreRecords: bool(body["more_records"]), explicitIDs: content.explicitIDs)
            for element in elements { records.add(element) }
            return .content(records.result)
        default:
            // Elements together with a refusal contradict each other.
            return .unclear(serviceMessage(answer, body))
        }
    }

    /// What the answer to a listing before a pinned round means: the matching records, at most 200,
    /// in the answer's order; none where no record matches (3100).
    ///
    /// Ids that the criteria should have excluded are dropped; only the first 200 are used.
    package static func classify(
        _ answer: HTTPAnswer, for content: ListingContent
    ) -> Classification<[UInt64]> {
        if answer.status == 204, answer.body.isEmpty { return .content([]) }
        let body = readBody(answer)
        guard let body, isReadable(answer), (200..<300).contains(answer.status),
            word(body["code"]) == creatorSuccessCode
        else {
            if let body, isReadable(answer), isNothingMatched(answer, body) {
                return .content([])
            }
            return readCreatorWhole(answer, body)
        }
        guard let records = body["data"]?.array else {
            return .unclear(serviceMessage(answer, body))
        }
        let excluded = Set(content.excluded)
        var seen: Set<UInt64> = []
        var ids: [UInt64] = []
        for record in records {
            guard let id = recordID(record) else { return .unclear(serviceMessage(answer, body)) }
            if !excluded.contains(id), seen.insert(id).inserted { ids.append(id) }
        }
        if records.isEmpty { return .content([]) }
        // Every id is one that was excluded: the service did not apply the criteria as intended.
        if ids.isEmpty { return .unclear(serviceMessage(answer, body)) }
        return .content(Array(ids.prefix(CreatorJob.recordsPerRound)))
    }

    static let creatorSuccessCode = "3000"
    static let creatorFailureCode = "3001"

    /// The elements of `result`; nil if it is not an array.
    private static func resultElements(of body: JSONObject) -> [JSONValue]? {
        switch body["result"] {
        case .array(let elements): elements
        case .object(let element): [.object(element)]
        default: nil
        }
    }

    private static func isNothingMatched(_ answer: HTTPAnswer, _ body: JSONObject) -> Bool {
        (answer.status < 300 || answer.status == 400 || answer.status == 404)
            && ErrorCatalogue.errorClass(of: word(body["code"])) == .nothingToDo
    }

    /// A body about the whole request.
    private static func readCreatorWhole<Content>(
        _ answer: HTTPAnswer, _ body: JSONObject?
    ) -> Classification<Content> {
        let message = serviceMessage(answer, body)
        if answer.status == 429 { return readThrottled(answer, body) }
        guard isReadable(answer) else { return .unclear(message) }
        guard let body else {
            return answer.status == 401 ? .unauthorised(message) : .unclear(message)
        }
        let isDone = message.code == creatorSuccessCode || message.code == creatorFailureCode
        let isKnown = ErrorCatalogue.entry(for: message.code) != nil
        if isDone || (answer.status < 400 && !isKnown) { return .unclear(message) }
        return readWhole(answer, body) { _, _ in .call }
    }

    /// `ID` of a record: canonical digits, as string or number.
    static func recordID(_ record: JSONValue?) -> UInt64? {
        let id = exactNumber(record?["ID"])
        return id == 0 ? nil : id
    }

    /// A Boolean, also as a string.
    static func bool(_ value: JSONValue?) -> Bool? {
        switch value {
        case .bool(let truth): truth
        case .string("true"): true
        case .string("false"): false
        default: nil
        }
    }
}

/// Collects the per-record results of a round's answer.
private struct RoundElements {
    private enum Status: Equatable {
        case deleted, failed(FailedRecord), contradicted
    }

    private let answer: HTTPAnswer
    private let moreRecords: Bool?
    private let explicitIDs: Set<UInt64>?
    /// In the answer's order.
    private var records: [(id: UInt64, standing: Status)] = []
    /// Lookups only; never iterated.
    private var places: [UInt64: Int] = [:]
    private var unreadable = 0
    private var taskCount = 0

    init(_ answer: HTTPAnswer, moreRecords: Bool?, explicitIDs: [UInt64]?) {
        self.answer = answer
        self.moreRecords = moreRecords
        self.explicitIDs = explicitIDs.map { Set($0) }
    }

    mutating func add(_ element: JSONValue) {
        let code = AnswerReading.word(element["code"])
        if let tasks = element["tasks"], !tasks.isNull { taskCount += 1 }
        guard let id = AnswerReading.recordID(element["data"]), !code.isEmpty else {
            unreadable += 1
            return
        }
        let standing =
            code == AnswerReading.creatorSuccessCode
            ? Status.deleted
            : .failed(FailedRecord(id: id, code: code, message: Self.said(element)))
        guard let place = places[id] else {
            places[id] = records.count
            records.append((id: id, standing: standing))
            return
        }
        switch (records[place].standing, standing) {
        case (.deleted, .deleted), (.failed, .failed): break
        default: records[place].standing = .contradicted
        }
    }

    var result: RoundResult {
        var result = RoundResult(
            unaccounted: unreadable, moreRecords: moreRecords, taskCount: taskCount,
            status: answer.status)
        for (id, standing) in records {
            switch standing {
            case .deleted:
                result.deleted.append(id)
                if explicitIDs?.contains(id) == false { result.foreign.append(id) }
            case .failed(let record): result.failed.append(record)
            case .contradicted: result.unaccounted += 1
            }
        }
        return result
    }

    /// The message of a failed element: `error` (string, array or object), else `message` or
    /// `description`.
    private static func said(_ element: JSONValue) -> String {
        let words = [element["error"], element["message"], element["description"]]
            .map { text(of: $0) }.first { !$0.isEmpty }
        return SafeText.sanitised(words ?? "")
    }

    private static func text(of value: JSONValue?) -> String {
        switch value {
        case nil, .null: ""
        case .string(let text): text
        case .array(let parts): parts.map { text(of: $0) }.joined(separator: "; ")
        case .some(let other): JSONWriter.text(of: other)
        }
    }
}
