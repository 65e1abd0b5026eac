import JSONText
import JobModel

/// Reads one page of what was related to a deleted parent (ServiceFacts: Deleted parent).
///
///     GET /crm/v8/{module}/deleted/{id}/{list}?fields=Owner,Parent_Id&page=1&per_page=200
///
/// Read-only; a page in doubt is requested again. The parent must still be in the recycle bin.
package enum DeletedPageRequest {
    /// The request of a page.
    ///
    /// Traps on fields that planning rejects, and on a page below 1.
    package static func request(
        for content: PageContent, profile: ServiceProfile = .init()
    ) -> APIRequest {
        APIRequest(
            service: .crm, method: .get, target: ServiceURL.target(of: content, profile: profile))
    }

    /// Default fields; `id` is always returned.
    package static let defaultFields = "id"

    /// Maximum names in `fields` (v8 allows 50 for related records).
    package static let maximumFieldCount = 50

    /// Why a text is not a valid `fields` parameter (lower case, no full stop); nil if it is.
    ///
    /// Comma-separated API names without spaces: `Owner,Parent_Id`, `$member_info`,
    /// `Owner.name`.
    package static func fault(inFields text: String) -> String? {
        let names = text.utf8.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
        if names.count > maximumFieldCount {
            return "\(names.count) fields, at most \(maximumFieldCount) are possible"
        }
        for name in names where !isField(name) {
            return "\(SafeText.quoted(bytes: name)) is no API name of a field; "
                + "expected names with commas between them, like Owner,Modified_Time"
        }
        return nil
    }

    private static func isField(_ name: Substring.UTF8View) -> Bool {
        let plain = name.first == UInt8(ascii: "$") ? name.dropFirst() : name
        return plain.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
            .allSatisfy { APIName.isValid($0) }
    }
}

/// One page of the records that were related to a deleted parent.
package struct PageResult: Equatable, Sendable {
    /// In the answer's order, without duplicates. A later page may repeat some if records change
    /// meanwhile.
    package var children: [PageChild]
    /// Whether there is another page; nil if the answer does not say and the page is full.
    package var moreRecords: Bool?
    /// HTTP status; 204 means no records.
    package var status: Int

    package init(children: [PageChild], moreRecords: Bool?, status: Int = 200) {
        self.children = children
        self.moreRecords = moreRecords
        self.status = status
    }

    /// The children's ids, in the answer's order.
    package var ids: [UInt64] { children.map(\.id) }
}

/// A record that was related to a deleted parent.
package struct PageChild: Hashable, Sendable {
    package var id: UInt64
    /// The record as compact JSON; numbers and member order as received.
    package var record: String

    package init(id: UInt64, record: String) {
        self.id = id
        self.record = record
    }
}

/// Pages of deleted parents (ServiceFacts: Deleted parent).
///
///     {"data":[{"id":"…",…},…],"info":{"page":1,"per_page":200,"count":2,"more_records":false,…}}
///     204 without a body                   none
///
/// A page is accepted whole or not at all. One with an unreadable child id or the wrong page
/// number, or an empty one that announces more, is requested again.
extension AnswerReading {
    /// What the answer to a page of a deleted parent means.
    package static func classify(
        _ answer: HTTPAnswer, for content: PageContent
    ) -> Classification<PageResult> {
        if answer.status == 204, answer.body.isEmpty, !answer.isCutOff {
            return .content(PageResult(children: [], moreRecords: false, status: 204))
        }
        let body = readBody(answer)
        let message = serviceMessage(answer, body)
        if answer.status == 429 { return readThrottled(answer, body) }
        guard isReadable(answer) else { return .unclear(message) }
        guard let body else {
            return answer.status == 401 ? .unauthorised(message) : .unclear(message)
        }
        if case .array(let records)? = body["data"] {
            guard answer.status == 200, body["code"] == nil || !records.isEmpty,
                let page = page(records, body["info"], content)
            else { return .unclear(message) }
            return .content(page)
        }
        // The path has {module}/deleted/{id}/{list}: segments 0 to 3.
        return readWhole(answer, body) { _, _ in
            switch exactNumber(body["details"]?["resource_path_index"]) {
            case 0, 3: .kindPermanently
            default: .parent
            }
        }
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
        // If the answer does not say, a full page may have a successor; requesting it is harmless.
        let isFull = records.count >= DeletedParent.recordsPerPage
        let moreRecords = bool(info?["more_records"]) ?? (isFull ? nil : false)
        if records.isEmpty, moreRecords != false { return nil }
        return PageResult(children: children, moreRecords: moreRecords)
    }
}

extension ServiceURL {
    /// The target of a page of `discover-deleted`.
    ///
    ///     /crm/v8/Leads/deleted/2423488000000552938/Campaigns?fields=Owner&page=1&per_page=200
    ///
    /// A `GET` is harmless; it is verified anyway.
    package static func target(of content: PageContent, profile: ServiceProfile = .init()) -> String
    {
        let parent = content.parent
        precondition(parent.id != 0, "row \(parent.row) names the deleted record 0")
        precondition(content.page >= 1, "page \(content.page) was requested; pages count from 1")
        precondition(
            ServiceProfile.isUsableVersion(profile.deletedRecordsVersion),
            "the API version is \"\(profile.deletedRecordsVersion)\", not one like v2 or v2.1")
        precondition(
            DeletedPageRequest.fault(inFields: parent.fields) == nil,
            "the fields \"\(parent.fields)\" of row \(parent.row) were not checked by planning")
        return "/crm/\(profile.deletedRecordsVersion)/\(parent.module.text)/deleted/\(parent.id)/"
            + "\(parent.relatedList.text)?fields=\(parent.fields)&page=\(content.page)"
            + "&per_page=\(DeletedParent.recordsPerPage)"
    }
}
