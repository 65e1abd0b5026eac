// Parents in the recycle bin and the children that were related to them, which can be read as
// Zoho's page "Deleted parent" (ServiceFacts) says.

/// The children of one list of one deleted parent.
struct DeletedList: Sendable {
    /// Highest id first.
    var children: [UInt64]
    /// Whether children with a relation to the parent are listed only as long as it exists.
    var isLinked: Bool
}

extension World {
    /// A list of a record.
    struct ListName: Hashable, Sendable {
        var module: String
        var id: UInt64
        var list: String
    }

    /// Seeds a record in the recycle bin, and the records that were related to it.
    ///
    /// The children exist, the parent does not: calls that name it as a record are refused. With a
    /// pair that can be delinked, each child still has its relation to the parent, seeded, so that
    /// a clean-up in the child's direction has something to remove; once it is removed, the
    /// child is no longer listed. Calling it again for the same list adds children.
    ///
    /// - Parameters:
    ///   - module: the parent's module.
    ///   - list: the related list, which a module of many-to-many relations is named after.
    ///   - linked: false seeds no relations.
    package mutating func addDeletedParent(
        module: String, id: UInt64, list: String, children: [UInt64], linked: Bool = true
    ) throws(WorldError) {
        guard id != 0, !children.contains(0) else { throw .invalidID }
        switch ModuleName(module) {
        case .unsupported: throw .unsupportedModule(module)
        case .relating, .plain: break
        case .unknown: customModules.insert(module)
        }
        let parentName = recordsName(module)
        deletedRecords.insert(RecordName(module: parentName, id: id))
        deletedParents.insert(RecordName(module: parentName, id: id))
        var isLinked = false
        if linked, let parent = CRMModule(name: module), let other = CRMModule(name: list),
            RelationPair(module: parent, list: other) != nil
        {
            isLinked = true
            for child in children {
                try addRelation(module: list, id: child, list: module, relatedID: id)
            }
        }
        let name = ListName(module: parentName, id: id, list: list)
        var held = deletedLists[name] ?? DeletedList(children: [], isLinked: isLinked)
        held.children = Set(held.children).union(children).sorted(by: >)
        deletedLists[name] = held
    }

    /// The children listed now, highest id first, or nil if that list was not seeded.
    func deletedChildren(_ name: ListName) -> [UInt64]? {
        guard let held = deletedLists[name] else { return nil }
        guard held.isLinked, let parent = CRMModule(name: name.module),
            let other = CRMModule(name: name.list),
            let pair = RelationPair(module: parent, list: other)
        else { return held.children }
        return held.children.filter { child in
            let relation = Relation(pair: pair, module: parent, parent: name.id, related: child)
            guard let entry = relations.entry(of: relation) else { return true }
            return relations.flags[entry].contains(.present)
        }
    }

    /// Removes the child with the highest id from a list, or inserts a new one before it, so that
    /// pages shift.
    mutating func moveChildren(_ name: ListName, adds: Bool) {
        guard var held = deletedLists[name] else { return }
        if !adds {
            if !held.children.isEmpty { held.children.removeFirst() }
        } else if let highest = held.children.first, highest < .max {
            held.children.insert(highest + 1, at: 0)
        }
        deletedLists[name] = held
    }
}
