package import JSONText

// The fields of a relation itself: `Member_Status` of a campaign's member, `list_price` of a
// product in a price book. They belong to the relation, so both directions read the same.

extension World {
    /// Sets the link fields of a seeded relation, named from either end, as they are before the
    /// first call; fields that are there already are replaced.
    ///
    /// - Throws: what `addRelation` throws; a relation that was not seeded is seeded.
    package mutating func setLinkFields(
        module: String, id: UInt64, list: String, relatedID: UInt64,
        _ fields: [(name: String, value: JSONValue)]
    ) throws(WorldError) {
        guard let parent = CRMModule(name: module) else { throw .unsupportedModule(module) }
        guard let other = CRMModule(name: list),
            let pair = RelationPair(module: parent, list: other)
        else { throw .unsupportedList(module: module, list: list) }
        let relation = Relation(pair: pair, module: parent, parent: id, related: relatedID)
        if relations.entry(of: relation) == nil {
            try addRelation(module: module, id: id, list: list, relatedID: relatedID)
        }
        setFields(fields.map { (key: $0.name, value: $0.value) }, of: relation)
    }

    /// Sets fields of a relation; `id` is not one. A null removes a field.
    mutating func setFields(
        _ fields: [(key: String, value: JSONValue)], of relation: Relation
    ) {
        guard fields.contains(where: { $0.key != "id" }),
            let entry = relations.entry(of: relation)
        else { return }
        var held = linkFields[entry]?.members ?? []
        for field in fields where field.key != "id" {
            let index = held.firstIndex { $0.key == field.key }
            switch (index, field.value.isNull) {
            case (let index?, true): held.remove(at: index)
            case (let index?, false): held[index].value = field.value
            case (nil, true): break
            case (nil, false): held.append(field)
            }
        }
        linkFields[entry] = held.isEmpty ? nil : JSONObject(held)
    }

    /// The link fields of a relation, in the order in which they were first set.
    func fields(of relation: Relation) -> [(key: String, value: JSONValue)] {
        relations.entry(of: relation).flatMap { linkFields[$0]?.members } ?? []
    }

    /// The records at the other end of `parent`'s relations, highest id first, as the service sorts
    /// a list by default; records in the recycle bin are not shown. In a universal world only
    /// relations that were mentioned before.
    ///
    /// - Complexity: O(relations) once, then O(relations of the record) and their sorting.
    mutating func related(to parent: UInt64, _ module: CRMModule, _ pair: RelationPair) -> [UInt64]
    {
        indexRelations()
        var found: [UInt64] = []
        let isForward = pair.first == module
        for entry in relationsOfRecord[RelationSide(pair: pair, isFirst: isForward, id: parent)]
            ?? []
        where relations.flags[Int(entry)].contains(.present) {
            let id = isForward ? relations.seconds[Int(entry)] : relations.firsts[Int(entry)]
            if !isDeleted((isForward ? pair.second : pair.first).name, id) { found.append(id) }
        }
        found.sort(by: >)
        return found
    }

    /// Brings the index of relations by record up to date. It is built at the first read, because
    /// a clean-up of a million relations does not need it.
    private mutating func indexRelations() {
        for entry in indexedRelationCount..<relations.count {
            let relation = relations.relation(at: entry)
            let first = RelationSide(pair: relation.pair, isFirst: true, id: relation.first)
            let second = RelationSide(pair: relation.pair, isFirst: false, id: relation.second)
            relationsOfRecord[first, default: []].append(UInt32(entry))
            relationsOfRecord[second, default: []].append(UInt32(entry))
        }
        indexedRelationCount = relations.count
    }

    /// One end of relations of one pair.
    struct RelationSide: Hashable, Sendable {
        var pair: RelationPair
        var isFirst: Bool
        var id: UInt64
    }
}
