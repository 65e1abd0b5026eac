extension Organisation {
    /// The most ids that one request may name.
    static let maximumIDs = 100

    /// Steps 5 and 6: validates and executes a call.
    mutating func perform(_ request: HTTPRequest) -> Answer {
        pay(1)
        guard let target = CRMTarget(request) else { return refuse(.invalidURL) }
        if let refusal = tokenRefusal(request) { return refuse(refusal) }
        if let name = target.settingsName { return metadata(name, target, request) }
        if let name = target.profileName { return profile(name, target, request) }
        let module = moduleName(target)
        switch module {
        case .unknown: return refuse(.unknownModule)
        case .unsupported:
            return refuse(target.namesDeletedParent ? .notSupported : .unsupportedModule)
        case .relating, .plain: break
        }
        if target.namesDeletedParent { return discover(module, target, request) }
        guard let operation = CRMOperation(request.method, target) else {
            return refuse(.invalidMethod)
        }
        if let refusal = rightRefusal(target, operation) { return refuse(refusal) }
        switch operation {
        case .update, .delink, .deleteRecord: break
        case .deleteAttachment: return deleteAttachments(module, target)
        case .read where target.listName == nil: return readRecord(module, target)
        case .read: return readRelated(module, target)
        }
        guard let listName = target.listName else { return deleteRecords(module, target) }
        let isUpdate = operation == .update
        switch RelatedList(module: module, name: listName) {
        case .unknown:
            return refuse(.unknownList)
        case .relation(let pair):
            guard case .relating(let parent) = module else {
                preconditionFailure("module \(module) has no relations and has the list of \(pair)")
            }
            return isUpdate
                ? updateRelations(pair, parent, target, request)
                : delink(pair, parent, target)
        case .children(let childModule):
            // An update of children (PUT …/notes) is not simulated.
            return isUpdate
                ? refuse(.unknownList)
                : deleteChildren(module, childModule, target)
        }
    }

    /// The module in the URL, custom ones included.
    private func moduleName(_ target: CRMTarget) -> ModuleName {
        let name = target.moduleName
        let module = ModuleName(name)
        return module == .unknown && world.customModules.contains(name) ? .plain(name) : module
    }

    mutating func refuse(_ refusal: CRMRefusal) -> Answer {
        counts.note(.refused)
        return .refused(refusal)
    }

    mutating func rightRefusal(_ target: CRMTarget, _ operation: CRMOperation) -> CRMRefusal? {
        if let refusal = scopeRefusal(target, operation) { return refusal }
        if settings.refusedRights.isEmpty { return nil }
        let module = target.moduleName
        let list = target.namesDeletedParent ? target.deletedParentList : target.listName
        for right in settings.refusedRights
        where right.module == module && (right.list == nil || right.list == list)
            && counts.calls > right.callsBefore
        {
            switch right.answer {
            case .scopeMismatch: return .scopeMismatch
            case .noPermission: return .noPermission(operation, module: module)
            case .authorizationFailed: return .authorizationFailed(operation)
            }
        }
        return nil
    }

    /// The ids that a DELETE names, or why it is refused.
    func namedIDs(_ target: CRMTarget) throws(RefusalError) -> [UInt64] {
        if target.hasRelated {
            guard let id = target.relatedID else {
                throw RefusalError(.invalidRelatedID(at: .resourcePathIndex(3)))
            }
            return [id]
        }
        switch target.requestedIDs(maximum: Self.maximumIDs) {
        case .missing: throw RefusalError(.missingIDs)
        case .tooMany: throw RefusalError(.tooManyIDs)
        case .malformed: throw RefusalError(.unparsable)
        case .ids(let ids): return ids
        }
    }

    /// A refusal thrown by a helper.
    struct RefusalError: Error {
        var refusal: CRMRefusal

        init(_ refusal: CRMRefusal) {
            self.refusal = refusal
        }
    }

    /// The parent's id if that record exists, or why the request is refused.
    func existingParent(_ module: ModuleName, _ target: CRMTarget) throws(RefusalError) -> UInt64 {
        if let id = target.parentID, world.holdsRecord(module, id) { return id }
        switch settings.style {
        case .v2: throw RefusalError(.invalidRelatedID(at: .resourcePathIndex(1)))
        case .v8, .v8Deleted: throw RefusalError(.missingRecord)
        case .v8NotFound, .strict: throw RefusalError(.missingRecordUnnamed)
        }
    }

    /// The refusal of an unknown related id in the path.
    var missingRelated: CRMRefusal {
        settings.style.hidesMissingID
            ? .missingRecordUnnamed : .invalidRelatedID(at: .resourcePathIndex(3))
    }

    /// `DELETE /crm/v2/{module}/{id}/{list}`: removes relations.
    private mutating func delink(
        _ pair: RelationPair, _ parent: CRMModule, _ target: CRMTarget
    ) -> Answer {
        let ids: [UInt64]
        let parentID: UInt64
        do throws(RefusalError) {
            ids = try namedIDs(target)
            parentID = try existingParent(.relating(parent), target)
        } catch {
            return refuse(error.refusal)
        }
        counts.note(target.hasRelated ? .delinkOne : .delink)
        let relations = ids.map {
            Relation(pair: pair, module: parent, parent: parentID, related: $0)
        }
        if let refusal = wholeRefusal(relations, target) { return .refused(refusal) }
        var elements: [Element] = []
        elements.reserveCapacity(ids.count)
        var failureCount = 0
        for (id, relation) in zip(ids, relations) {
            if world.holds(relation) {
                noteRemoval(world.remove(relation))
                elements.append(
                    settings.style.saysRecordDeleted ? .recordDeleted(id) : .relationRemoved(id))
            } else if settings.style == .v2 {
                // All relations existed before: the id is a duplicate.
                counts.repeatedInRequest += 1
                elements.append(.relationRemoved(id))
            } else {
                noteMissing(relation)
                failureCount += 1
                elements.append(.relationNotFound(id))
            }
        }
        return .elements(status: Self.status(failureCount, of: ids.count), elements)
    }

    /// 200 if all went well, 400 if nothing did, 207 in between (v8 spec).
    static func status(_ failureCount: Int, of count: Int) -> Int {
        failureCount == 0 ? 200 : failureCount == count ? 400 : 207
    }

    /// The refusal of a whole delink because of some ids; nothing is done. In v2 one id without a
    /// relation suffices. If missing ids are not named, it takes a missing related record, or a
    /// missing relation named in the path.
    private mutating func wholeRefusal(_ relations: [Relation], _ target: CRMTarget) -> CRMRefusal?
    {
        let style = settings.style
        guard style == .v2 || style.hidesMissingID else { return nil }
        let missing = relations.filter { !world.holds($0) }
        let refuses =
            style == .v2 || target.hasRelated
            ? !missing.isEmpty : missing.contains { !world.holdsEnds($0) }
        guard refuses else { return nil }
        for relation in missing { noteMissing(relation) }
        if style.hidesMissingID { return .missingRecordUnnamed }
        return .invalidRelatedID(at: target.hasRelated ? .resourcePathIndex(3) : .none)
    }

    private mutating func noteRemoval(_ flags: RelationStore.Flags) {
        counts.relationsRemoved += 1
        noteTouch(flags)
        if flags.contains(.bystander) { return }
        if flags.contains(.seeded) {
            counts.seededRemovals += 1
        } else {
            counts.unseededRemovals += 1
        }
    }

    private mutating func noteMissing(_ relation: Relation) {
        counts.alreadyGone += 1
        world.noteRefusal(relation)
    }

    /// Counts a change of a bystander, of any kind.
    mutating func noteTouch(_ flags: RelationStore.Flags) {
        if flags.contains(.bystander) { counts.bystanderChanges += 1 }
    }

    /// The same URL on a one-to-many list: the children are deleted permanently.
    ///
    /// Children are not seeded: any child of an existing parent exists until deleted, so that this
    /// accident is always visible.
    private mutating func deleteChildren(
        _ module: ModuleName, _ childModule: String, _ target: CRMTarget
    ) -> Answer {
        let ids: [UInt64]
        let parentID: UInt64
        do throws(RefusalError) {
            ids = try namedIDs(target)
            parentID = try existingParent(module, target)
        } catch {
            return refuse(error.refusal)
        }
        counts.note(.deleteChildren)
        if target.hasRelated, world.isDeleted(childModule, ids[0]) {
            return .refused(
                settings.style.answersByElement && !settings.style.hidesMissingID
                    ? .childNotDeleted : missingRelated)
        }
        return deleteEach(ids) { organisation, id in
            guard !organisation.world.isDeleted(childModule, id) else { return false }
            organisation.counts.deletedChildren.append(
                DeletedChild(
                    module: target.moduleName, id: parentID, list: target.listName ?? "",
                    relatedID: id))
            organisation.noteDeletion(childModule, id)
            return true
        }
    }

    /// `DELETE /crm/v2/{module}/{id}` and `DELETE /crm/v2/{module}?ids=`: the request of a client
    /// that lost the list from its URL. The records are deleted.
    private mutating func deleteRecords(_ module: ModuleName, _ target: CRMTarget) -> Answer {
        guard let name = module.recordsName else {
            preconditionFailure("module \(module) has no records")
        }
        var ids: [UInt64] = []
        do throws(RefusalError) {
            if target.hasParent {
                ids = [try existingParent(module, target)]
            } else {
                ids = try namedIDs(target)
            }
        } catch {
            return refuse(error.refusal)
        }
        counts.note(.deleteRecords)
        return deleteEach(ids) { organisation, id in
            guard organisation.world.holdsRecord(module, id) else { return false }
            organisation.counts.deletedRecords.append(DeletedRecord(module: name, id: id))
            organisation.noteDeletion(name, id)
            return true
        }
    }

    mutating func deleteEach(
        _ ids: [UInt64], _ delete: (inout Organisation, UInt64) -> Bool
    ) -> Answer {
        var elements: [Element] = []
        var failureCount = 0
        for id in ids {
            let isDeleted = delete(&self, id)
            elements.append(isDeleted ? .recordDeleted(id) : .recordNotDeleted(id))
            if !isDeleted { failureCount += 1 }
        }
        return .elements(status: Self.status(failureCount, of: ids.count), elements)
    }

    private mutating func noteDeletion(_ module: String, _ id: UInt64) {
        for flags in world.deleteRecord(module, id) {
            counts.relationsLostWithRecords += 1
            noteTouch(flags)
        }
    }
}
