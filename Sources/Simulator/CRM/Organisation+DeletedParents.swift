// GET /crm/v8/{module}/deleted/{id}/{list}?fields=…: the records that were related to a record in
// the recycle bin. Source: Zoho's page "Deleted parent" (ServiceFacts).
//
// - v7 and v8 only: the SDKs of older versions do not have it. An older version is a wrong URL.
// - `fields` is mandatory. Children have the keys of Zoho's sample, of which a request names those
//   that it needs; names that a record does not have are left out, as the sample shows with its
//   `Parent_Id`.
// - `$member_info` comes unasked for members of a campaign, as in the sample.
// - Highest id first (chosen). `page_token` is no documented parameter and is refused, though
//   answers carry `next_page_token` while there is more (the v8 spec's shape).

import JSONText

extension Organisation {
    mutating func discover(
        _ module: ModuleName, _ target: CRMTarget, _ request: HTTPRequest
    ) -> Answer {
        guard target.version >= 7 else { return refuse(.invalidURL) }
        guard request.method == .get || request.method == .head else {
            return refuse(.wrongReadMethod)
        }
        if let refusal = rightRefusal(target, .read) { return refuse(refusal) }
        do throws(RefusalError) {
            return try readDeletedList(module, target)
        } catch {
            return refuse(error.refusal)
        }
    }

    private mutating func readDeletedList(
        _ module: ModuleName, _ target: CRMTarget
    ) throws(RefusalError) -> Answer {
        let parameters = try readParameters(target)
        let fields = try fieldNames(parameters, isMandatory: true) ?? []
        let paging = try Paging(parameters, takesToken: false)
        if let maximum = settings.maximumDeletedParentPages, paging.page > maximum {
            throw RefusalError(.tooManyPages)
        }
        guard let moduleName = module.recordsName else {
            preconditionFailure("module \(module) has no records")
        }
        let list = target.deletedParentList
        guard let id = target.deletedParentID,
            world.deletedParents.contains(.init(module: moduleName, id: id))
        else { throw RefusalError(.unknownDeletedParent) }
        let name = World.ListName(module: moduleName, id: id, list: list)
        let children = world.deletedChildren(name)
        if children == nil, RelatedList(module: module, name: list) == .unknown {
            throw RefusalError(.unknownDeletedList)
        }
        counts.note(.discover)
        listedDeletedParent = name
        let part = paging.part(of: children ?? [])
        if part.items.isEmpty { return .noContent }
        counts.deletedChildrenListed += part.items.count
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("data")
        writer.beginArray()
        let hasMembers = Self.hasMembers(module, list)
        for child in part.items { write(child, fields, hasMembers, &writer) }
        writer.endArray()
        writer.key("info")
        writer.beginObject()
        writer.member("per_page", integer: paging.perPage)
        writer.member("next_page_token", value: part.hasMore ? .string(paging.nextToken) : .null)
        writer.member("count", integer: part.items.count)
        writer.member("page", integer: paging.page)
        writer.member("previous_page_token", value: .null)
        writer.member("page_token_expiry", value: .null)
        writer.member("more_records", bool: part.hasMore)
        writer.endObject()
        writer.endObject()
        return .whole(Reply(status: 200, body: writer.bytes))
    }

    /// Whether the list is one of campaign members, which carry the link's own record.
    private static func hasMembers(_ module: ModuleName, _ list: String) -> Bool {
        switch module {
        case .relating(.campaigns): list == "Leads" || list == "Contacts"
        case .relating(.leads), .relating(.contacts): list == "Campaigns"
        default: false
        }
    }

    private func write(
        _ child: UInt64, _ fields: [String], _ hasMembers: Bool, _ writer: inout JSONWriter
    ) {
        let time = "2023-10-31T18:10:23+05:30"
        writer.beginObject()
        for field in ["Owner", "Created_By", "Modified_By"] where fields.contains(field) {
            writer.key(field)
            writer.beginObject()
            writer.member("name", string: "Patricia")
            writer.member("id", string: "2423488000000483001")
            writer.member("email", string: "patricia@example.com")
            writer.endObject()
        }
        for field in ["Created_Time", "Modified_Time"] where fields.contains(field) {
            writer.member(field, string: time)
        }
        if fields.contains("$editable") { writer.member("$editable", bool: true) }
        if hasMembers {
            writer.key("$member_info")
            writer.beginObject()
            writer.member("Modified_Time", string: time)
            writer.member("Created_Time", string: time)
            // The link's own id, never equal to the child's, to catch clients that confuse them.
            writer.member("id", string: String(SeededGenerator.scrambled(child) >> 4 | 1))
            writer.endObject()
        }
        writer.member("id", string: String(child))
        writer.endObject()
    }
}
