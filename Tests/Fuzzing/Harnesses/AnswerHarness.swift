import JSONText
import JobModel
import ZohoAPI

/// An answer that is not understood is never a success: the first byte selects a status, the second
/// the call, the rest is the body.
///
/// - An item is done only if an element with its id says so, or one that can mean no other item,
///   and none contradicts: checked by the general parser alone.
/// - A body that lost its last byte is no success.
/// - Surrounding white space and another spelling of a key have no effect, so the fast and the
///   general parser agree.
/// - The stored part of the answer's text can be shown.
enum AnswerHarness {
    static let statuses = [200, 202, 207, 400, 401, 403, 404, 429, 500, 302, 204, 201, 0, 999]
    static let related: [UInt64] = [3_652_397_000_000_925_128, 3_652_397_000_000_649_013, 7]

    private static func name(_ text: String) -> APIName {
        guard let name = APIName(text) else {
            preconditionFailure("\(text) is no API name")
        }
        return name
    }

    private static let calls: [RelationContent] = [
        (.delink, [related[0]]), (.delink, related), (.update, [related[1]]), (.update, related),
        (.deleteAttachment, [related[0]]), (.deleteAttachment, related),
    ].map { operation, related in
        RelationContent(
            kind: RelationKind(
                operation: operation, module: name("Campaigns"), relatedList: name("Leads")),
            parent: 3_652_397_000_000_327_001, related: related)
    }

    private static let job = CreatorJob(
        row: 1, owner: "o", app: "a", report: "r", criteria: "Status == \"Open\"",
        environment: .production)
    private static let page = PageContent(
        parent: DeletedParent(
            row: 1, module: name("Leads"), id: 5, relatedList: name("Campaigns"), fields: "id"),
        page: 1)

    static func check(_ bytes: [UInt8]) throws(BrokenInvariant) {
        guard bytes.count >= 2 else { return }
        let body = Array(bytes.dropFirst(2))
        let answer = HTTPAnswer(
            status: statuses[Int(bytes[0] & 0x7F) % statuses.count], body: body,
            isCutOff: bytes[0] >= 0xF8)
        let subject = Int(bytes[1]) % (calls.count + 4)
        switch subject {
        case 0..<calls.count: try check(answer, calls[subject])
        case calls.count: try checkRound(answer, explicitIDs: nil)
        case calls.count + 1: try checkRound(answer, explicitIDs: related)
        case calls.count + 2: try checkListing(answer)
        default: try checkPage(answer)
        }
    }

    // MARK: Calls

    private static func check(_ answer: HTTPAnswer, _ call: RelationContent) throws(BrokenInvariant)
    {
        let classification = AnswerReading.classify(answer, for: call)
        for other in alike(answer) {
            let again = AnswerReading.classify(other, for: call)
            try require(
                withoutWords(again) == withoutWords(classification),
                "\(classification), spelled otherwise \(again)")
        }
        switch classification {
        case .content(let verdicts):
            try require(verdicts.count == call.related.count, "\(verdicts.count) verdicts")
            for (id, verdict) in zip(call.related, verdicts) {
                try check(verdict, of: id, answer, call)
            }
            try AnswerOracle(answer.body, call).check(verdicts)
            if let torn = torn(answer), case .content = AnswerReading.classify(torn, for: call) {
                throw BrokenInvariant("without its last byte it speaks of items")
            }
        case .throttled(let message, _), .unauthorised(let message), .unclear(let message),
            .outOfCalls(let message), .refused(let message, _):
            try check(message)
        }
    }

    private static func check(
        _ verdict: ItemResult, of id: UInt64, _ answer: HTTPAnswer, _ call: RelationContent
    ) throws(BrokenInvariant) {
        let outcome: Outcome
        switch verdict {
        case .unclear(let message): return try check(message)
        case .outcome(let found), .recordDeleted(let found): outcome = found
        }
        try TextInvariants.checkSafe(outcome.message)
        try require(
            !answer.isCutOff && [200, 202, 207, 400].contains(answer.status),
            "\(outcome) of status \(answer.status)")
        switch outcome.kind {
        case .failed: return
        case .removed, .updated, .deleted, .absent: break
        case .listed, .blocked, .unknown: throw BrokenInvariant("an element says \(outcome)")
        }
        let word = outcome.kind == .absent ? "INVALID_DATA" : "SUCCESS"
        try require(says(answer, word), "\(outcome) without \(word)")
        if call.related.count > 1, call.kind.operation == .delink || outcome.kind == .absent {
            try require(says(answer, String(id)), "\(outcome) of \(id), which it does not name")
        }
    }

    // MARK: Rounds, listings, pages

    private static func checkRound(
        _ answer: HTTPAnswer, explicitIDs: [UInt64]?
    ) throws(BrokenInvariant) {
        let content = RoundContent(job: job, explicitIDs: explicitIDs)
        let classification = AnswerReading.classify(answer, for: content)
        switch classification {
        case .content(let result) where result.nothingMatched:
            try require(says(answer, "3100"), "nothing matched without 3100")
            let nothing = RoundResult(
                moreRecords: false, nothingMatched: true, status: answer.status)
            try require(result == nothing, "nothing matched, and \(result)")
        case .content(let result):
            let named = result.deleted + result.failed.map(\.id)
            try checkIDs(named, answer)
            try require(result.unaccounted >= 0, "\(result.unaccounted) unaccounted")
            let foreign = explicitIDs.map { pins in result.deleted.filter { !pins.contains($0) } }
            try require(result.foreign == foreign ?? [], "foreign: \(result.foreign)")
            try require(!answer.isCutOff, "a cut answer names records")
            for record in result.failed {
                try TextInvariants.checkSafe(record.message)
                try TextInvariants.checkSafe(record.code)
            }
        case .throttled(let message, _), .unauthorised(let message), .unclear(let message),
            .outOfCalls(let message), .refused(let message, _):
            return try check(message)
        }
        for other in alike(answer) {
            let again = AnswerReading.classify(other, for: content)
            try require(again == classification, "\(classification), spelled otherwise \(again)")
        }
        guard let torn = torn(answer) else { return }
        if case .content = AnswerReading.classify(torn, for: content) {
            throw BrokenInvariant("without its last byte it speaks of records")
        }
    }

    private static func checkListing(_ answer: HTTPAnswer) throws(BrokenInvariant) {
        switch AnswerReading.classify(answer, for: ListingContent(job: job, excluded: [related[0]]))
        {
        case .content(let ids) where ids.isEmpty:
            try require(
                answer.status == 204 || says(answer, "3100") || says(answer, "data"),
                "nothing matched without a reason")
        case .content(let ids):
            try checkIDs(ids, answer)
            try require(ids.count <= 200, "\(ids.count) records to pin")
            try require(!ids.contains(related[0]), "an excluded record is listed")
        case .throttled(let message, _), .unauthorised(let message), .unclear(let message),
            .outOfCalls(let message), .refused(let message, _):
            try check(message)
        }
    }

    private static func checkPage(_ answer: HTTPAnswer) throws(BrokenInvariant) {
        switch AnswerReading.classify(answer, for: page) {
        case .content(let result):
            try require([200, 204].contains(answer.status), "a page of \(answer.status)")
            try checkIDs(result.ids, answer)
            try require(
                result.moreRecords == false || !result.ids.isEmpty, "empty, and there are more")
            for child in result.children {
                do throws(JSONError) {
                    _ = try JSONTree.parse(Array(child.record.utf8))
                } catch {
                    throw BrokenInvariant("a child's record is no JSON: \(error)")
                }
            }
        case .throttled(let message, _), .unauthorised(let message), .unclear(let message),
            .outOfCalls(let message), .refused(let message, _):
            try check(message)
        }
    }

    // MARK: Words

    private static func checkIDs(_ ids: [UInt64], _ answer: HTTPAnswer) throws(BrokenInvariant) {
        try require(Set(ids).count == ids.count, "an id occurs twice in \(ids)")
        for id in ids {
            try require(id != 0 && says(answer, String(id)), "\(id) is not in the answer")
        }
    }

    private static func check(_ message: ServiceMessage) throws(BrokenInvariant) {
        try TextInvariants.checkSafe(message.text)
        try TextInvariants.checkSafe(message.code, maximumByteCount: 100)
    }

    /// Whether the body holds the word, or may hold it in escapes.
    static func says(_ answer: HTTPAnswer, _ word: String) -> Bool {
        answer.body.contains(UInt8(ascii: "\\"))
            || answer.body.firstRange(of: Array(word.utf8)) != nil
    }

    /// The answer without the last byte that is no white space.
    private static func torn(_ answer: HTTPAnswer) -> HTTPAnswer? {
        guard let last = answer.body.lastIndex(where: { $0 > 0x20 }) else { return nil }
        var torn = answer
        torn.body = Array(answer.body[..<last])
        return torn
    }

    /// Answers that say the same in other bytes.
    private static func alike(_ answer: HTTPAnswer) -> [HTTPAnswer] {
        guard let first = answer.body.first, first != 0xEF else { return [] }
        var spaced = answer
        spaced.body = [0x20] + answer.body + [0x0D, 0x0A]
        var escaped = answer
        escaped.body = replacing(Array("\"data\"".utf8), Array("\"d\\u0061ta\"".utf8), answer.body)
        return escaped.body == answer.body ? [spaced] : [spaced, escaped]
    }

    private static func replacing(_ old: [UInt8], _ new: [UInt8], _ bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        var rest = bytes[...]
        while let range = rest.firstRange(of: old) {
            result += rest[..<range.lowerBound] + new
            rest = rest[range.upperBound...]
        }
        return result + rest
    }

    /// An unreadable body is itself quoted: those words may differ.
    private static func withoutWords(
        _ classification: Classification<[ItemResult]>
    ) -> Classification<[ItemResult]> {
        switch classification {
        case .content: classification
        case .throttled(let message, let pause): .throttled(bare(message), retryAfter: pause)
        case .unauthorised(let message): .unauthorised(bare(message))
        case .unclear(let message): .unclear(bare(message))
        case .outOfCalls(let message): .outOfCalls(bare(message))
        case .refused(let message, let refusal): .refused(bare(message), refusal)
        }
    }

    private static func bare(_ message: ServiceMessage) -> ServiceMessage {
        ServiceMessage(status: message.status, code: message.code, text: "")
    }
}
