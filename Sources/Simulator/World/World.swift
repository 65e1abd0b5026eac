import JSONText

/// Why a seed was rejected: the service has no such relation.
package enum WorldError: Error, Equatable, Sendable {
    /// No such module, or one without many-to-many relations.
    case unsupportedModule(String)
    /// The module has no many-to-many relation by that list.
    case unsupportedList(module: String, list: String)
    /// 0 is no id.
    case invalidID
}

/// The content of the simulated organisation and its history.
///
/// A relation is stored once, for both directions.
package struct World: Sendable {
    /// What exists without having been seeded.
    package enum Kind: Equatable, Sendable {
        /// Nothing: only seeded relations and records exist.
        case exact
        /// Everything: any record, and every supported relation until it is removed.
        case universal
    }

    /// What exists without having been seeded.
    package let kind: Kind
    var relations = RelationStore()
    /// Fields of relations, by entry; most have none.
    var linkFields: [Int: JSONObject] = [:]
    /// See `related(to:_:_:)`.
    var relationsOfRecord: [RelationSide: [UInt32]] = [:]
    var indexedRelationCount = 0
    var attachments = AttachmentStore()
    /// Parents in the recycle bin, and what was related to them.
    var deletedParents: Set<RecordName> = []
    var deletedLists: [ListName: DeletedList] = [:]
    /// Reports of Creator's applications, and the index of each.
    var reports: [CreatorReport] = []
    var reportPlaces: [CreatorReportName: Int] = [:]
    /// The organisation's custom modules.
    var customModules: Set<String> = []
    /// By `CRMModule.rawValue`; records at the ends of seeded relations, and seeded ones.
    private var records: [RecordSet]
    /// Records of modules without relations.
    private var plainRecords: Set<RecordName> = []
    var deletedRecords: Set<RecordName> = []
    /// Relations seeded for removal, and as bystanders.
    private(set) var seededCount = 0
    private(set) var bystanderCount = 0

    struct RecordName: Hashable, Sendable {
        var module: String
        var id: UInt64
    }

    /// An empty world.
    package init(_ kind: Kind) {
        self.kind = kind
        records = Array(repeating: RecordSet(), count: CRMModule.allCases.count)
    }

    /// Reserves space for this number of relations.
    package mutating func reserveRelations(_ count: Int) {
        relations.reserve(count)
    }

    /// Seeds a relation as a manifest writes it, from either end, and both its records.
    ///
    /// Seeding again has no effect, except that a manifest's relation is no longer a bystander.
    /// - Parameter bystander: true for one that no call may touch; the ledger counts it apart.
    package mutating func addRelation(
        module: String, id: UInt64, list: String, relatedID: UInt64, bystander: Bool = false
    ) throws(WorldError) {
        guard let parent = CRMModule(name: module) else {
            throw .unsupportedModule(module)
        }
        guard let other = CRMModule(name: list),
            let pair = RelationPair(module: parent, list: other)
        else { throw .unsupportedList(module: module, list: list) }
        guard id != 0, relatedID != 0 else { throw .invalidID }
        let relation = Relation(pair: pair, module: parent, parent: id, related: relatedID)
        let seeded: RelationStore.Flags =
            bystander ? [.present, .seeded, .bystander] : [.present, .seeded]
        let (entry, isNew) = relations.entry(of: relation, orInsert: seeded)
        if isNew {
            if bystander { bystanderCount += 1 } else { seededCount += 1 }
            if kind == .exact {
                records[Int(parent.rawValue)].insert(id)
                records[Int(other.rawValue)].insert(relatedID)
            }
        } else if !bystander, relations.flags[entry].contains(.bystander) {
            relations.setFlags(seeded, at: entry)
            bystanderCount -= 1
            seededCount += 1
        }
    }

    /// Seeds a record that may have no relation.
    ///
    /// - Throws: `unsupportedModule` for a name that is no module.
    package mutating func addRecord(module: String, id: UInt64) throws(WorldError) {
        guard id != 0 else { throw .invalidID }
        switch ModuleName(module) {
        case .relating(let module): records[Int(module.rawValue)].insert(id)
        case .plain(let name): plainRecords.insert(RecordName(module: name, id: id))
        case .unsupported, .unknown: throw .unsupportedModule(module)
        }
    }

    /// Seeds a record of any module; an unknown one becomes a custom module.
    mutating func addRecord(customised module: String, id: UInt64) throws(WorldError) {
        if ModuleName(module) == .unknown {
            guard !module.isEmpty else { throw .unsupportedModule(module) }
            customModules.insert(module)
            plainRecords.insert(RecordName(module: module, id: id))
        } else {
            try addRecord(module: module, id: id)
        }
    }

    /// The name by which records of a module are filed: `Deals` for `Potentials`.
    func recordsName(_ module: String) -> String {
        CRMModule(name: module)?.name ?? module
    }

    /// Whether the relation exists now.
    func holds(_ relation: Relation) -> Bool {
        if let entry = relations.entry(of: relation) {
            return relations.flags[entry].contains(.present)
        }
        return kind == .universal
            && (deletedRecords.isEmpty
                || (!isDeleted(relation.pair.first.name, relation.first)
                    && !isDeleted(relation.pair.second.name, relation.second)))
    }

    /// Whether the record exists now.
    func holdsRecord(_ module: ModuleName, _ id: UInt64) -> Bool {
        guard let name = module.recordsName, !isDeleted(name, id) else { return false }
        if kind == .universal { return true }
        switch module {
        case .relating(let module): return records[Int(module.rawValue)].contains(id)
        default: return plainRecords.contains(RecordName(module: name, id: id))
        }
    }

    /// Whether both records of a relation exist now, related or not.
    func holdsEnds(_ relation: Relation) -> Bool {
        holdsRecord(.relating(relation.pair.first), relation.first)
            && holdsRecord(.relating(relation.pair.second), relation.second)
    }

    /// Whether a GET of the record finds it. Children of one-to-many lists are not seeded: they
    /// exist until they are deleted.
    func showsRecord(_ module: ModuleName, _ id: UInt64) -> Bool {
        if case .plain(let name) = module, RelatedList.childModules.contains(name) {
            return !isDeleted(name, id)
        }
        return holdsRecord(module, id)
    }

    func isDeleted(_ module: String, _ id: UInt64) -> Bool {
        !deletedRecords.isEmpty && deletedRecords.contains(RecordName(module: module, id: id))
    }

    /// Removes a relation that exists. Returns its previous flags.
    mutating func remove(_ relation: Relation) -> RelationStore.Flags {
        let (entry, _) = relations.entry(of: relation, orInsert: .present)
        let before = relations.flags[entry]
        precondition(before.contains(.present), "\(relation) was removed and did not exist")
        relations.setFlags(before.subtracting(.present), at: entry)
        relations.countRemoval(at: entry)
        return before
    }

    /// Counts a removal request for a missing relation.
    mutating func noteRefusal(_ relation: Relation) {
        let (entry, _) = relations.entry(of: relation, orInsert: [])
        relations.countRefusal(at: entry)
    }

    /// Creates a relation or sets its link fields. Returns whether it existed before.
    mutating func relate(_ relation: Relation) -> (flags: RelationStore.Flags, wasPresent: Bool) {
        let wasPresent = holds(relation)
        let (entry, _) = relations.entry(of: relation, orInsert: [])
        let before = relations.flags[entry]
        relations.setFlags(before.union([.present, .updated]), at: entry)
        return (before, wasPresent)
    }

    /// Deletes a record and all its relations. Returns the flags of the lost relations.
    ///
    /// - Complexity: O(relations): this accident is one that the simulator must show.
    mutating func deleteRecord(_ module: String, _ id: UInt64) -> [RelationStore.Flags] {
        deletedRecords.insert(RecordName(module: module, id: id))
        guard let relating = CRMModule(name: module) else { return [] }
        var lost: [RelationStore.Flags] = []
        for entry in 0..<relations.count where relations.flags[entry].contains(.present) {
            let relation = relations.relation(at: entry)
            guard
                (relation.pair.first == relating && relation.first == id)
                    || (relation.pair.second == relating && relation.second == id)
            else { continue }
            let flags = relations.flags[entry]
            lost.append(flags)
            relations.setFlags(
                flags.subtracting(.present).union(.lostWithRecord), at: entry)
        }
        return lost
    }
}
