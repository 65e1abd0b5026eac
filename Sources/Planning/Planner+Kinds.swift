import JobModel
import ManifestReading
import ZohoAPI

/// Resolves the cells operation, module and related_list when first seen.
extension Planner {
    /// The target of cells not accepted before; nil, with findings reported, if a rule is violated.
    @inline(never)
    func resolve(_ place: RowPlace) -> KindTable.Target? {
        guard let operationText = text(.operation, place),
            let operation = checked(
                .operation, place,
                { () throws(Finding) in try OperationRule.operation(in: operationText) })
        else { return nil }
        let target: KindTable.Target?
        switch operation {
        case .delink, .update: target = relationTarget(operation, place)
        case .deleteAttachment: target = attachmentTarget(place)
        case .discoverDeleted: target = deletedTarget(place)
        case .deleteCreatorRecords: target = .creatorJobs
        }
        guard let target else { return nil }
        kinds.remember(
            operation: place.cell(sources[.operation]), module: place.cell(sources[.module]),
            relatedList: place.cell(sources[.relatedList]), target: target)
        return target
    }

    private func relationTarget(
        _ operation: Operation, _ place: RowPlace
    ) -> KindTable.Target? {
        let module = name(.module, known: kinds.knownNames, place)
        let relatedList = name(.relatedList, known: kinds.knownNames, place)
        guard let module, let relatedList,
            let isAdded = checked(
                .relatedList, place,
                { () throws(Finding) in
                    try kinds.isAddedByConfiguration(
                        RelatedListName(module: module, relatedList: relatedList),
                        operation: operation)
                })
        else {
            // Report the row's other faults in the same pass.
            _ = recordID(.recordID, place)
            _ = recordID(.relatedID, place)
            return nil
        }
        let kind = RelationKind(operation: operation, module: module, relatedList: relatedList)
        return .items(kinds.columnsIndex(of: kind, isAddedByConfiguration: isAdded))
    }

    private func attachmentTarget(_ place: RowPlace) -> KindTable.Target? {
        let module = module(of: .deleteAttachment, place)
        var list = place.cell(sources[.relatedList]).array
        if place.cell(sources[.relatedList]).isAbsent { list = [] }
        let relatedList = checked(.relatedList, place) { () throws(Finding) in
            try AttachmentListRule.list(in: list)
        }
        guard let module, let relatedList else {
            _ = recordID(.recordID, place)
            _ = recordID(.relatedID, place)
            return nil
        }
        let kind = RelationKind(
            operation: .deleteAttachment, module: module, relatedList: relatedList)
        return .items(kinds.columnsIndex(of: kind, isAddedByConfiguration: false))
    }

    private func deletedTarget(_ place: RowPlace) -> KindTable.Target? {
        let module = module(of: .discoverDeleted, place)
        let relatedList = name(
            .relatedList, known: ModuleRule.names(of: .discoverDeleted), place)
        guard let module, let relatedList else {
            _ = recordID(.recordID, place)
            return nil
        }
        return .deletedParents(
            kinds.deletedIndex(of: RelatedListName(module: module, relatedList: relatedList)))
    }

    private func name(
        _ column: KnownColumn, known: [String], _ place: RowPlace
    ) -> APIName? {
        guard let bytes = text(column, place) else { return nil }
        return checked(column, place) { () throws(Finding) in
            try NameRule.name(in: bytes, column: column.rawValue, known: known)
        }
    }

    /// The module of an operation whose page lists its own modules.
    private func module(of operation: Operation, _ place: RowPlace) -> APIName? {
        guard let module = name(.module, known: ModuleRule.names(of: operation), place) else {
            return nil
        }
        guard
            let status = checked(
                .module, place,
                { () throws(Finding) in try ModuleRule.status(of: module, operation: operation) })
        else { return nil }
        if case .custom(let near?) = status {
            diagnostics.append(
                Diagnostic(
                    .warning, at: place.position(sources[.module]),
                    "\"\(module)\" is taken for a custom module; if \"\(near)\" was meant, the "
                        + "service refuses all of its rows"))
        }
        return module
    }
}
