// GET /crm/{v}/{module}/{id}/{list}[/{related id}]: the current relations, with the link's fields.
// Sources: the v7 and v8 pages "Get Related Records"; the v2 page's paging.
//
// - v2 takes no `fields`; from v3 on they are mandatory, at most 50 names, and only they are sent
//   beside the id.
// - Sorted by id, highest first; `sort_order=asc` turns it.
// - `ids` selects (documented for v7 and v8, accepted in all).
// - An empty result is 204 with no body.
// - From v3 on, `page` leads to the first 2,000 records, `page_token` further.

import JSONText

extension Organisation {
    /// The most field names of a request (the service's cap since v3).
    static let maximumFieldNames = 50

    mutating func readRelated(_ module: ModuleName, _ target: CRMTarget) -> Answer {
        do throws(RefusalError) {
            guard let listName = target.listName else {
                preconditionFailure("a reading call at \(module) names no list")
            }
            let parameters = try readParameters(target)
            let fields = try fieldNames(parameters, isMandatory: target.version > 2)
            if target.namesAttachments {
                return try readAttachments(module, target, parameters)
            }
            switch RelatedList(module: module, name: listName) {
            case .unknown: throw RefusalError(.unknownList)
            case .children:
                // Children are not seeded, so the list is empty.
                _ = try existingParent(module, target)
                counts.note(.readRelated)
                return .noContent
            case .relation(let pair):
                guard case .relating(let parent) = module else {
                    preconditionFailure(
                        "module \(module) has no relations and has the list of \(pair)")
                }
                return try readRelations(pair, parent, target, parameters, fields)
            }
        } catch {
            return refuse(error.refusal)
        }
    }

    private mutating func readRelations(
        _ pair: RelationPair, _ parent: CRMModule, _ target: CRMTarget, _ parameters: FormText,
        _ fields: [String]?
    ) throws(RefusalError) -> Answer {
        let parentID = try existingParent(.relating(parent), target)
        func relation(_ id: UInt64) -> Relation {
            Relation(pair: pair, module: parent, parent: parentID, related: id)
        }
        var ids: [UInt64]
        if target.hasRelated {
            guard let id = target.relatedID else {
                throw RefusalError(.invalidRelatedID(at: .resourcePathIndex(3)))
            }
            guard world.holds(relation(id)) else {
                if settings.style.hidesMissingID, world.holdsEnds(relation(id)) {
                    counts.note(.readRelated)
                    return .noContent
                }
                throw RefusalError(missingRelated)
            }
            ids = [id]
        } else {
            switch target.requestedIDs(maximum: Self.maximumIDs) {
            case .missing: ids = world.related(to: parentID, parent, pair)
            case .ids(let named):
                ids = Set(named).sorted(by: >).filter { world.holds(relation($0)) }
            case .malformed: throw RefusalError(.unparsable)
            case .tooMany: throw RefusalError(.tooManyIDs)
            }
        }
        counts.note(.readRelated)
        return try page(of: ids, target, parameters) { id, writer in
            writer.member("id", string: String(id))
            for field in world.fields(of: relation(id))
            where fields?.contains(field.key) ?? true {
                writer.member(field.key, value: field.value)
            }
        }
    }

    /// GET /crm/{v}/{module}/{id}: the record itself, or 204 if it does not exist. `fields` is
    /// optional in every version.
    mutating func readRecord(_ module: ModuleName, _ target: CRMTarget) -> Answer {
        do throws(RefusalError) {
            let fields = try fieldNames(try readParameters(target), isMandatory: false)
            guard let id = target.parentID else { throw RefusalError(.invalidRecordID) }
            counts.note(.readRecord)
            guard world.showsRecord(module, id) else { return .noContent }
            var writer = JSONWriter()
            writer.beginObject()
            writer.key("data")
            writer.beginArray()
            writer.beginObject()
            writer.member("id", string: String(id))
            for field in ["Created_Time", "Modified_Time"] where fields?.contains(field) ?? true {
                writer.member(field, string: "2023-10-31T18:10:23+05:30")
            }
            writer.endObject()
            writer.endArray()
            writer.endObject()
            return .whole(Reply(status: 200, body: writer.bytes))
        } catch {
            return refuse(error.refusal)
        }
    }

    /// Writes one page of a list of records, or answers 204 if it has none.
    func page(
        of ids: [UInt64], _ target: CRMTarget, _ parameters: FormText,
        _ write: (UInt64, inout JSONWriter) -> Void
    ) throws(RefusalError) -> Answer {
        let paging = try Paging(parameters, takesToken: target.version > 2)
        if target.version > 2, paging.tokenOffset == nil,
            paging.page * paging.perPage > Paging.maximumPagedRecords
        {
            throw RefusalError(.tooManyPages)
        }
        let isRising = parameters["sort_order"] == "asc"
        let part = paging.part(of: isRising ? ids.reversed() : ids)
        if part.items.isEmpty { return .noContent }
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("data")
        writer.beginArray()
        for id in part.items {
            writer.beginObject()
            write(id, &writer)
            writer.endObject()
        }
        writer.endArray()
        if target.hasRelated {
            // OpenAPI 3.1 describes `info` for lists alone.
            writer.endObject()
            return .whole(Reply(status: 200, body: writer.bytes))
        }
        writer.key("info")
        writer.beginObject()
        writer.member("per_page", integer: paging.perPage)
        writer.member("count", integer: part.items.count)
        writer.member("page", integer: paging.page)
        if target.version > 2 {
            writer.member(
                "next_page_token", value: part.hasMore ? .string(paging.nextToken) : .null)
            writer.member("previous_page_token", value: .null)
            writer.member("page_token_expiry", value: .null)
        }
        writer.member("more_records", bool: part.hasMore)
        writer.endObject()
        writer.endObject()
        return .whole(Reply(status: 200, body: writer.bytes))
    }

    func readParameters(_ target: CRMTarget) throws(RefusalError) -> FormText {
        guard let parameters = target.parameters else { throw RefusalError(.unparsable) }
        return parameters
    }

    /// The names in `fields`, or nil if there are none and none are needed.
    func fieldNames(
        _ parameters: FormText, isMandatory: Bool
    ) throws(RefusalError) -> [String]? {
        let names = (parameters["fields"] ?? "").split(separator: ",").map(String.init)
        if names.isEmpty {
            if isMandatory { throw RefusalError(.missingParameter("fields")) }
            return nil
        }
        guard names.count <= Self.maximumFieldNames else {
            throw RefusalError(.invalidParameter("fields"))
        }
        return names
    }
}

extension Answer {
    /// 204: an empty result.
    static let noContent = Answer.whole(Reply(status: 204, body: []))
}
