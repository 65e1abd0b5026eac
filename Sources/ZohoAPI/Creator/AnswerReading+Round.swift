import JSONText
import JobModel

/// Answers of Creator (Zoho's page "Delete Records - v2.1").
///
///     {"result":[{"code":3000,"data":{"ID":"…"},"message":"…"},
///                {"code":3001,"data":{"ID":"…"},"error":["…"]}],
///      "code":3000,"more_records":true}
///     {"code":2894,"description":"…"}      {"code":3960,"message":"…"}   with 200 as well as 4xx
///
/// The outer code 3000 says that the request was carried out and nothing of its records: each
/// element has a code of its own. A code other than that without elements speaks of the whole
/// request; where nothing says that it was refused, it may have been carried out, and is unclear.
extension AnswerReading {
    /// What the answer to a Creator round means.
    package static func classify(_ answer: HTTPAnswer, for content: RoundContent) -> RoundJudgement
    {
        let body = readBody(answer)
        guard let body, isReadable(answer), mayHaveElements(answer),
            let elements = resultElements(of: body),
            !elements.isEmpty || word(body["code"]) == creatorSuccessCode
        else {
            if let body, isReadable(answer), isNothingMatched(answer, body) {
                return .nothingMatched
            }
            return RoundJudgement(readCreatorWhole(answer, body))
        }
        switch word(body["code"]) {
        case "", creatorSuccessCode, creatorFailureCode:
            var records = RoundElements(
                answer, moreRecords: bool(body["more_records"]), explicitIDs: content.explicitIDs)
            for element in elements { records.add(element) }
            return .round(records.result)
        default:
            // Elements of a request that was refused: nobody can say which is true.
            return .unclear(serviceMessage(answer, body))
        }
    }

    /// What the answer to a listing before a pinned round means.
    ///
    /// Ids that the criteria should have left out are left out here; of more than 200, the first
    /// 200 count.
    package static func classify(_ answer: HTTPAnswer, for content: ListingContent)
        -> ListingJudgement
    {
        if answer.status == 204, answer.body.isEmpty { return .nothingMatched }
        let body = readBody(answer)
        guard let body, isReadable(answer), (200..<300).contains(answer.status),
            word(body["code"]) == creatorSuccessCode
        else {
            if let body, isReadable(answer), isNothingMatched(answer, body) {
                return .nothingMatched
            }
            return ListingJudgement(readCreatorWhole(answer, body))
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
        if records.isEmpty { return .nothingMatched }
        // All of them are to be left out: the service does not understand the criteria as it was
        // meant.
        if ids.isEmpty { return .unclear(serviceMessage(answer, body)) }
        return .listed(Array(ids.prefix(CreatorJob.recordsPerRound)))
    }

    static let creatorSuccessCode = "3000"
    static let creatorFailureCode = "3001"

    /// The elements of `result`; nil where it is none.
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

    /// A body that speaks of the whole request.
    private static func readCreatorWhole(_ answer: HTTPAnswer, _ body: JSONObject?) -> WholeAnswer {
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

    /// A truth value, also one in quotes.
    static func bool(_ value: JSONValue?) -> Bool? {
        switch value {
        case .bool(let truth): truth
        case .string("true"): true
        case .string("false"): false
        default: nil
        }
    }
}

/// Gathers what the elements of a round's answer say of records.
private struct RoundElements {
    private enum Status: Equatable {
        case deleted, failed(FailedRecord), contradicted
    }

    private let answer: HTTPAnswer
    private let moreRecords: Bool?
    private let explicitIDs: Set<UInt64>?
    /// In the answer's order.
    private var records: [(id: UInt64, standing: Status)] = []
    /// Only looked up.
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

    /// The words of a failed element: `error` as text, list or object, else `message` or
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
