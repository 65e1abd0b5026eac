// PUT /crm/v2/{module}/{id}/{list}[/{related id}] with {"data":[{"id":"…","Member_Status":"…"},…]}:
// creates relations, and sets the fields of those that are there. Sources:
// Zoho's page "Update" (ServiceFacts), and the v8 spec where a line says so.
//
// - Elements are checked one by one in every style: Zoho's page gives INVALID_DATA and
//   MANDATORY_NOT_FOUND of an element with HTTP 202, which is the v2 style's status as soon as one
//   element failed; the v8 spec says 207 for some and 400 for all.
// - A failed element names its place (`api_name`, `json_path`) and no id (v8 spec).
// - What else an element holds are the link's fields, kept as sent and read back by a GET of the
//   list; numbers stay the text that came.
// - `list_price` is mandatory between products and price books (v8 spec) and must be a number.
// - The single form takes one element. An id in it must be that of the path. It may be absent (the
//   document's samples, OpenAPI 3.0), but not in the style `v8-strict` (OpenAPI 3.1 requires it).
// - A call costs one credit for every ten elements begun, the dearer of the two readings.

import JSONText

extension Organisation {
    mutating func updateRelations(
        _ pair: RelationPair, _ parent: CRMModule, _ target: CRMTarget, _ request: HTTPRequest
    ) -> Answer {
        let items: [JSONValue]
        let parentID: UInt64
        do throws(RefusalError) {
            items = try updateItems(target, request)
            parentID = try existingParent(.relating(parent), target)
        } catch {
            return refuse(error.refusal)
        }
        counts.note(target.hasRelated ? .updateOne : .update)
        pay((items.count + 9) / 10 - 1)
        var elements: [Element] = []
        var failureCount = 0
        for (index, item) in items.enumerated() {
            do throws(ElementError) {
                let related = try relatedID(item, index, target, pair, parent)
                try checkFields(item, index, pair)
                noteUpdate(
                    Relation(pair: pair, module: parent, parent: parentID, related: related), item)
                elements.append(
                    settings.style == .strict ? .recordUpdated(related) : .relationAdded(related))
            } catch {
                failureCount += 1
                elements.append(error.element)
            }
        }
        let status = Self.status(failureCount, of: items.count)
        let isDoubtful = settings.style == .v2 && failureCount > 0
        return .elements(status: isDoubtful ? 202 : status, elements)
    }

    /// A failed element thrown by a helper.
    private struct ElementError: Error {
        var element: Element

        static func invalid(_ index: Int, _ field: StaticString) -> ElementError {
            ElementError(
                element: Element(
                    code: "INVALID_DATA", message: "invalid data", isSuccess: false, id: nil,
                    path: (index, field)))
        }

        static func missing(_ index: Int, _ field: StaticString) -> ElementError {
            ElementError(
                element: Element(
                    code: "MANDATORY_NOT_FOUND", message: "required field not found",
                    isSuccess: false, id: nil, path: (index, field)))
        }
    }

    /// The elements of the body, or why the request is refused.
    private func updateItems(
        _ target: CRMTarget, _ request: HTTPRequest
    ) throws(RefusalError) -> [JSONValue] {
        if target.hasRelated {
            guard let id = target.relatedID, holdsRelated(id, target) else {
                throw RefusalError(missingRelated)
            }
        }
        let tree: JSONValue
        do throws(JSONError) {
            tree = try JSONTree.parse(request.body)
        } catch {
            throw RefusalError(.unparsable)
        }
        guard let items = tree["data"]?.array, !items.isEmpty else {
            throw RefusalError(.missingData)
        }
        guard items.count <= (target.hasRelated ? 1 : Self.maximumIDs) else {
            throw RefusalError(.tooMuchData(maximum: target.hasRelated ? 1 : Self.maximumIDs))
        }
        return items
    }

    private func holdsRelated(_ id: UInt64, _ target: CRMTarget) -> Bool {
        guard let list = target.listName else { return false }
        return world.holdsRecord(ModuleName(list), id)
    }

    /// The record that an element names, by the path or by its own `id`: digits as a string or as a
    /// number, never by way of a floating-point number.
    private func relatedID(
        _ item: JSONValue, _ index: Int, _ target: CRMTarget, _ pair: RelationPair,
        _ parent: CRMModule
    ) throws(ElementError) -> UInt64 {
        guard item.object != nil else { throw .invalid(index, "id") }
        let other = pair.first == parent ? pair.second : pair.first
        guard let value = item["id"] else {
            guard let id = target.relatedID, settings.style != .strict else {
                throw .missing(index, "id")
            }
            return id
        }
        guard let digits = value.string ?? value.number?.text,
            let id = CRMTarget.id(Array(digits.utf8)[...]),
            target.relatedID == nil || target.relatedID == id,
            world.holdsRecord(.relating(other), id)
        else { throw .invalid(index, "id") }
        return id
    }

    private func checkFields(
        _ item: JSONValue, _ index: Int, _ pair: RelationPair
    ) throws(ElementError) {
        switch pair {
        case .productsPriceBooks:
            guard let price = item["list_price"] else { throw .missing(index, "list_price") }
            guard price.number != nil else { throw .invalid(index, "list_price") }
        case .campaignsLeads, .campaignsContacts:
            if let status = item["Member_Status"], status.string == nil {
                throw .invalid(index, "Member_Status")
            }
        case .productsLeads, .productsAccounts, .productsContacts, .productsDeals:
            break
        }
    }

    private mutating func noteUpdate(_ relation: Relation, _ item: JSONValue) {
        let (flags, wasPresent) = world.relate(relation)
        world.setFields(item.object?.members ?? [], of: relation)
        noteTouch(flags)
        if wasPresent {
            counts.relationsUpdated += 1
        } else {
            counts.relationsAdded += 1
        }
    }
}
