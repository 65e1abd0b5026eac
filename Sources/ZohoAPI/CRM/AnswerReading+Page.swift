import JSONText
import JobModel

/// Pages of deleted parents (document "Get Related Records of a Deleted Record").
///
///     {"data":[{"id":"…",…},…],"info":{"page":1,"per_page":200,"count":2,"more_records":false,…}}
///     204 without a body                   none
///
/// A page is taken whole or not at all: a child without a readable id, another page's number, or an
/// empty page that says there are more is asked for again, never passed over.
extension AnswerReading {
    /// What the answer to a page of a deleted parent means.
    package static func classify(_ answer: HTTPAnswer, for content: PageContent) -> PageJudgement {
        if answer.status == 204, answer.body.isEmpty, !answer.isCutOff {
            return .page(PageResult(children: [], moreRecords: false, status: 204))
        }
        let body = readBody(answer)
        let message = serviceMessage(answer, body)
        if answer.status == 429 { return PageJudgement(readThrottled(answer, body)) }
        guard isReadable(answer) else { return .unclear(message) }
        guard let body else {
            return answer.status == 401 ? .unauthorised(message) : .unclear(message)
        }
        if case .array(let records)? = body["data"] {
            guard answer.status == 200, body["code"] == nil || !records.isEmpty,
                let page = page(records, body["info"], content)
            else { return .unclear(message) }
            return .page(page)
        }
        // The path has {module}/deleted/{id}/{list}: segments 0 to 3.
        return PageJudgement(
            readWhole(answer, body) { _, _ in
                switch exactNumber(body["details"]?["resource_path_index"]) {
                case 0, 3: .kindPermanently
                default: .parent
                }
            })
    }

    private static func page(
        _ records: [JSONValue], _ info: JSONValue?, _ content: PageContent
    ) -> PageResult? {
        if let message = info?["page"], message != .null,
            exactNumber(message) != UInt64(exactly: content.page)
        {
            return nil
        }
        var children: [PageChild] = []
        children.reserveCapacity(records.count)
        var seen: Set<UInt64> = []
        for record in records {
            guard let id = exactNumber(record["id"]), id != 0 else { return nil }
            guard seen.insert(id).inserted else { continue }
            children.append(PageChild(id: id, record: JSONWriter.text(of: record)))
        }
        // Where the answer does not say, a full page may have a successor, and asking for it
        // changes nothing.
        let isFull = records.count >= DeletedParent.recordsPerPage
        let moreRecords = bool(info?["more_records"]) ?? (isFull ? nil : false)
        if records.isEmpty, moreRecords != false { return nil }
        return PageResult(children: children, moreRecords: moreRecords)
    }
}
