package import JSONText

/// A child deleted by a DELETE on a one-to-many list, as in the request.
package struct DeletedChild: Equatable, Sendable {
    /// The parent's module, as in the URL.
    package var module: String
    /// The parent.
    package var id: UInt64
    /// The list, as in the URL.
    package var list: String
    /// The child that is gone.
    package var relatedID: UInt64
}

/// A deleted record.
package struct DeletedRecord: Equatable, Sendable {
    /// Its module.
    package var module: String
    /// Its id.
    package var id: UInt64
}

/// Statistics.
package struct LedgerCounts: Equatable, Sendable {
    /// The kinds of accepted calls.
    package enum CallKind: String, CaseIterable, Sendable {
        /// A DELETE of relations with `ids`.
        case delink
        /// A DELETE of one relation, named in the path.
        case delinkOne
        /// A PUT of relations.
        case update
        /// A PUT of one relation, named in the path.
        case updateOne
        /// A DELETE on a one-to-many list.
        case deleteChildren
        /// A DELETE of records.
        case deleteRecords
        /// A DELETE of one attachment, named in the path.
        case deleteAttachment
        /// A DELETE of attachments with `ids`.
        case deleteAttachments
        /// A GET of what is related.
        case readRelated
        /// A GET of one record.
        case readRecord
        /// A GET of the organisation or of its users.
        case profile
        /// A GET of what was related to a deleted parent.
        case discover
        /// A deletion in Creator, by criteria or of one record.
        case creatorDelete
        /// A GET of a report's records, or of one.
        case creatorRead
        /// A GET of the settings.
        case metadata
        /// Refused before execution: token, URL, permissions, ids, parent.
        case refused
    }

    /// Requests of the CRM and of Creator; those of the accounts server are not counted.
    package var calls = 0
    /// By kind; calls that were not executed because of a limit or a fault are not counted.
    package var callsByKind: [CallKind: Int] = [:]
    /// Answers by status, in the order of first sight; resets and hangs have none.
    package var answersByStatus: [StatusCount] = []
    /// Injected faults.
    package var faults: [FaultPlan.Kind: Int] = [:]
    /// Calls reset in place of an answer.
    package var resets = 0
    /// Calls never answered.
    package var hangs = 0
    /// Calls answered 429 by a limit of the organisation, not by a fault.
    package var refusedByLimit = 0
    /// Maximum concurrent CRM calls; refused calls count at their arrival.
    package var maximumActiveCalls = 0
    /// The most CRM calls that came within any 60 seconds, refused ones included.
    package var maximumCallsPerMinute = 0
    /// Credits used, those before the start included.
    package var creditsUsed = 0
    /// Relations removed by requests; one that was added again and removed again counts twice.
    package var relationsRemoved = 0
    /// Of these, how many a manifest had seeded.
    package var seededRemovals = 0
    /// Of these, unseeded ones.
    package var unseededRemovals = 0
    /// Requests for the removal of a relation that was not there, counted by relation.
    package var alreadyGone = 0
    /// Ids named twice in one request, answered as removed though the first did it (v2 style).
    package var repeatedInRequest = 0
    /// Relations created by updates.
    package var relationsAdded = 0
    /// Relations that were there already when an update set their fields.
    package var relationsUpdated = 0
    /// Relations lost because a record was deleted.
    package var relationsLostWithRecords = 0
    /// Changes of bystander relations: removed, updated, lost. Must be 0.
    package var bystanderChanges = 0
    /// Children that DELETEs on one-to-many lists deleted. Must be empty.
    package var deletedChildren: [DeletedChild] = []
    /// Attachments deleted.
    package var attachmentsDeleted = 0
    /// Of these, unseeded ones.
    package var unseededAttachmentsDeleted = 0
    /// Of these, bystanders. Must be 0.
    package var bystanderAttachmentsDeleted = 0
    /// Requests for the deletion of an attachment that was not there, counted by attachment.
    package var attachmentsAlreadyGone = 0
    /// What happened in Creator.
    package var creator = CreatorCounts()
    /// What happened at the accounts server.
    package var accounts = AccountsCounts()
    /// Children of deleted parents that answers listed, each as often as it was listed.
    package var deletedChildrenListed = 0
    /// Records deleted. Must be empty.
    package var deletedRecords: [DeletedRecord] = []

    /// How many answers had one status.
    package struct StatusCount: Equatable, Sendable {
        /// The HTTP status.
        package var status: Int
        /// How many answers had it.
        package var count: Int
    }

    mutating func note(_ kind: CallKind) {
        callsByKind[kind, default: 0] += 1
    }

    mutating func note(_ fault: FaultPlan.Kind) {
        faults[fault, default: 0] += 1
    }

    mutating func noteStatus(_ status: Int) {
        // There are few statuses: a search costs less than a hash.
        for index in answersByStatus.indices where answersByStatus[index].status == status {
            answersByStatus[index].count += 1
            return
        }
        answersByStatus.append(StatusCount(status: status, count: 1))
    }
}

/// The actual effects in the organisation, regardless of its answers.
package struct Ledger: Sendable {
    /// The numbers.
    package let counts: LedgerCounts
    /// The style of refusing that was set.
    package let style: AnswerStyle
    /// What exists now, so that another simulator can continue from it.
    package let world: World

    /// The state of a relation in canonical form: the parent is the module named first on the
    /// delink page (Campaigns, Products).
    package struct RelationHistory: Equatable, Sendable {
        /// `Campaigns` or `Products`.
        package var module: String
        /// The record of that module.
        package var id: UInt64
        /// The other end's module.
        package var list: String
        /// The record at the other end.
        package var relatedID: UInt64
        /// How often a request removed it.
        package var removals: Int
        /// How often a request asked for that when it was not there.
        package var alreadyGone: Int
        /// Whether it exists now.
        package var isPresent: Bool
        /// Whether it was seeded by a manifest.
        package var isSeeded: Bool
        /// Whether it was seeded as one that no call may touch.
        package var isBystander: Bool
    }

    /// Relations that a manifest seeded.
    package var seededCount: Int { world.seededCount }
    /// Attachments that a manifest seeded, and how many of them still exist.
    package var seededAttachments: (count: Int, remaining: Int) { world.attachments.seeded }
    /// The link fields of a relation now, named from either end; empty if it has none.
    package func linkFields(
        module: String, id: UInt64, list: String, relatedID: UInt64
    ) -> [(name: String, value: JSONValue)] {
        guard let parent = CRMModule(name: module), let other = CRMModule(name: list),
            let pair = RelationPair(module: parent, list: other)
        else { return [] }
        let relation = Relation(pair: pair, module: parent, parent: id, related: relatedID)
        return world.fields(of: relation).map { (name: $0.key, value: $0.value) }
    }

    /// Manifest relations that exist and that an update has set the fields of, or made.
    ///
    /// - Complexity: O(relations).
    package var seededUpdatedCount: Int {
        world.relations.flags.count {
            $0.contains([.seeded, .present, .updated]) && !$0.contains(.bystander)
        }
    }

    /// Whether a file is attached to a record now.
    package func hasAttachment(module: String, id: UInt64, attachmentID: UInt64) -> Bool {
        world.holdsAttachment(
            .init(module: world.recordsName(module), parent: id, id: attachmentID))
    }

    /// Bystander relations.
    package var bystanderCount: Int { world.bystanderCount }

    /// Manifest relations that still exist.
    ///
    /// - Complexity: O(relations).
    package var seededRemaining: Int {
        var count = 0
        for flags in world.relations.flags
        where flags.contains([.seeded, .present]) && !flags.contains(.bystander) {
            count += 1
        }
        return count
    }

    /// Every relation that a request removed, updated or missed, or that was lost with a record, in
    /// the order in which the simulator first heard of them (seeding included).
    package var touchedRelations: [RelationHistory] {
        world.relations.flags.indices.compactMap { entry in
            let store = world.relations
            let isTouched =
                store.removals[entry] > 0 || store.refusals[entry] > 0
                || !store.flags[entry].isDisjoint(with: [.updated, .lostWithRecord])
            return isTouched ? history(entry) : nil
        }
    }

    /// The state of a relation, in either direction; nil if unknown.
    package func history(
        module: String, id: UInt64, list: String, relatedID: UInt64
    ) -> RelationHistory? {
        guard let parent = CRMModule(name: module), let other = CRMModule(name: list),
            let pair = RelationPair(module: parent, list: other)
        else { return nil }
        let relation = Relation(pair: pair, module: parent, parent: id, related: relatedID)
        return world.relations.entry(of: relation).map(history)
    }

    private func history(_ entry: Int) -> RelationHistory {
        let relation = world.relations.relation(at: entry)
        let flags = world.relations.flags[entry]
        return RelationHistory(
            module: relation.pair.first.name, id: relation.first, list: relation.pair.second.name,
            relatedID: relation.second, removals: Int(world.relations.removals[entry]),
            alreadyGone: Int(world.relations.refusals[entry]), isPresent: flags.contains(.present),
            isSeeded: flags.contains(.seeded) && !flags.contains(.bystander),
            isBystander: flags.contains(.bystander))
    }
}

extension Ledger {
    /// Effects that a clean-up of the seeded items must not have: changed bystanders, removed
    /// unseeded relations and attachments, deleted children and records, relations lost with them.
    ///
    /// Without a manifest nothing is seeded, and every removal counts here.
    package var unwantedEffectCount: Int {
        counts.bystanderChanges + counts.unseededRemovals + counts.deletedChildren.count
            + counts.deletedRecords.count + counts.relationsLostWithRecords
            + counts.creator.bystandersDeleted + counts.bystanderAttachmentsDeleted
            + counts.unseededAttachmentsDeleted
    }
}
