import JobModel
import ManifestReading
import ZohoAPI

/// The loop over a block's rows. The common row, of the same kind as the one before it and without
/// a fault, costs three comparisons of bytes and the reading of two ids.
extension Planner {
    func consumeRows(of view: BlockView, in block: RowBlock) {
        let count = block.rowCount
        let absent = Cell(bytes: view.text, count: -1)
        var previous = (operation: absent, module: absent, relatedList: absent)
        var previousTarget: KindTable.Target?
        var runIndex = -1
        var runIsUpdate = false
        for rowIndex in 0..<count {
            let base = rowIndex &* view.columnCount
            let row = block.firstRow &+ UInt32(truncatingIfNeeded: rowIndex)
            let operation = view.cell(operationSource, base)
            let module = view.cell(moduleSource, base)
            let relatedList = view.cell(relatedListSource, base)
            if previousTarget == nil || !relatedList.equals(previous.relatedList)
                || !module.equals(previous.module) || !operation.equals(previous.operation)
            {
                previous = (operation, module, relatedList)
                previousTarget =
                    kinds.knownTarget(operation, module, relatedList)
                    ?? resolve(operation, module, relatedList, rowIndex, view, block)
            }
            switch previousTarget {
            case .items(let index):
                if index != runIndex {
                    flush(runIndex, in: block)
                    runIndex = index
                    runIsUpdate = kinds.columns[index].kind.operation == .update
                }
            case .notPlanned(let index):
                notPlannedRows[index] += 1
                continue
            case nil:
                invalidRows.append(row)
                continue
            }
            let parent = RecordIDRule.id(in: view.cell(recordIDSource, base))
            let related = RecordIDRule.id(in: view.cell(relatedIDSource, base))
            if parent == 0 || related == 0 {
                reportIDs(rowIndex, view, block)
                invalidRows.append(row)
                continue
            }
            if runIsUpdate {
                guard
                    noteLinkFields(kinds.columns[runIndex].kind, rowIndex, view, block)
                else {
                    invalidRows.append(row)
                    continue
                }
            }
            let place = scratch.count
            scratch.parents[place] = parent
            scratch.related[place] = related
            scratch.rows[place] = row
            scratch.count = place &+ 1
        }
        flush(runIndex, in: block)
    }

    /// Moves the rows gathered so far into the columns of their kind.
    private func flush(_ index: Int, in block: RowBlock) {
        let count = scratch.count
        guard count > 0 else { return }
        scratch.count = 0
        let columns = kinds.columns[index]
        let firstNewParent = columns.index.count
        let lastRow = scratch.rows[count - 1]
        columns.append(
            parents: scratch.parents, related: scratch.related, rows: scratch.rows, count: count)
        // Only a parent that is new to its kind can be new to the sample.
        if columns.index.count > firstNewParent {
            note(scratch.parents, count, of: recordIDSource, for: recordIDs, in: block)
        }
        note(scratch.related, count, of: relatedIDSource, for: relatedIDs, in: block)
        recordIDs.noteSizes(scratch.parents, count: count, lastRow: lastRow)
        relatedIDs.noteSizes(scratch.related, count: count, lastRow: lastRow)
    }

    private func note(
        _ ids: UnsafePointer<UInt64>, _ count: Int, of source: CellSource, for column: IDColumn,
        in block: RowBlock
    ) {
        let sample = column.sample
        for offset in 0..<count where sample.wants(ids[offset]) {
            let rowIndex = Int(scratch.rows[offset] - block.firstRow)
            sample.add(
                ids[offset], at: block.position(row: rowIndex, column: max(source.index, 0)))
        }
    }

    /// The target of cells that were never accepted yet; nil, with findings reported, when a rule
    /// is broken.
    @inline(never)
    private func resolve(
        _ operationCell: Cell, _ moduleCell: Cell, _ relatedListCell: Cell, _ rowIndex: Int,
        _ view: BlockView, _ block: RowBlock
    ) -> KindTable.Target? {
        let base = rowIndex * view.columnCount
        func fault(_ finding: Finding, _ source: CellSource) {
            report(
                finding, at: block.position(row: rowIndex, column: max(source.index, 0)),
                row: block.firstRow + UInt32(rowIndex))
        }
        func text(_ cell: Cell, _ source: CellSource, _ column: KnownColumn) -> [UInt8]? {
            if cell.isAbsent {
                reportMissing(column, source, rowIndex, block)
                return nil
            }
            let type = view.type(ofColumn: source.index, base)
            guard type == .text || source.index < 0 else {
                fault(
                    Finding(
                        "\"\(column.rawValue)\" is \(SafeText.quoted(bytes: cell.array)); it is "
                            + "a name and must be a JSON string"), source)
                return nil
            }
            return cell.array
        }
        func checked<Value>(
            _ source: CellSource, _ body: () throws(Finding) -> Value
        ) -> Value? {
            do {
                return try body()
            } catch {
                fault(error, source)
                return nil
            }
        }

        guard let operationText = text(operationCell, operationSource, .operation),
            let operation = checked(
                operationSource,
                { () throws(Finding) in try OperationRule.operation(in: operationText) })
        else { return nil }
        guard operation == .delink || operation == .update else {
            guard let index = Operation.allCases.firstIndex(of: operation) else { return nil }
            return remember(.notPlanned(index), operationCell, moduleCell, relatedListCell)
        }
        let module = text(moduleCell, moduleSource, .module).flatMap { bytes in
            checked(moduleSource) { () throws(Finding) in
                try NameRule.name(in: bytes, column: "module", known: kinds.knownNames)
            }
        }
        let relatedList = text(relatedListCell, relatedListSource, .relatedList).flatMap { bytes in
            checked(relatedListSource) { () throws(Finding) in
                try NameRule.name(in: bytes, column: "related_list", known: kinds.knownNames)
            }
        }
        guard let module, let relatedList,
            let isAdded = checked(
                relatedListSource,
                { () throws(Finding) in
                    try kinds.isAddedByConfiguration(
                        RelatedListName(module: module, relatedList: relatedList),
                        operation: operation)
                })
        else {
            // What else is wrong with the row is said in the same run.
            reportIDs(rowIndex, view, block)
            return nil
        }
        let kind = RelationKind(operation: operation, module: module, relatedList: relatedList)
        let index = kinds.columnsIndex(of: kind, isAddedByConfiguration: isAdded)
        return remember(.items(index), operationCell, moduleCell, relatedListCell)
    }

    private func remember(
        _ target: KindTable.Target, _ operation: Cell, _ module: Cell, _ relatedList: Cell
    ) -> KindTable.Target {
        kinds.remember(
            operation: operation, module: module, relatedList: relatedList, target: target)
        return target
    }

    /// Reports whichever of the row's two ids is missing or faulty.
    @inline(never)
    private func reportIDs(_ rowIndex: Int, _ view: BlockView, _ block: RowBlock) {
        let base = rowIndex * view.columnCount
        let ends = [(recordIDSource, KnownColumn.recordID), (relatedIDSource, .relatedID)]
        for (source, column) in ends {
            let cell = view.cell(source, base)
            if cell.isAbsent {
                reportMissing(column, source, rowIndex, block)
            } else if RecordIDRule.id(in: cell) == 0 {
                report(
                    RecordIDRule.fault(in: cell.array, column: column.rawValue),
                    at: block.position(row: rowIndex, column: max(source.index, 0)),
                    row: block.firstRow + UInt32(rowIndex))
            }
        }
    }

    /// Reports a cell that neither the row nor a default has; for a CSV file, whose rows all lack
    /// it, once.
    private func reportMissing(
        _ column: KnownColumn, _ source: CellSource, _ rowIndex: Int, _ block: RowBlock
    ) {
        if !isJSON {
            guard !reportedMissing.contains(column) else { return }
            reportedMissing.append(column)
        }
        let position =
            isJSON
            ? block.position(row: rowIndex, column: 0) : SourcePosition(line: 1, column: 1)
        report(
            MissingColumnRule.finding(column, isJSON: isJSON), at: position,
            row: block.firstRow + UInt32(rowIndex))
    }

    /// Checks an update's link fields and notes what they come to; false, with findings reported,
    /// when they break a rule.
    @inline(never)
    private func noteLinkFields(
        _ kind: RelationKind, _ rowIndex: Int, _ view: BlockView, _ block: RowBlock
    ) -> Bool {
        let row = block.firstRow + UInt32(rowIndex)
        do {
            let digest = try linkFields.digest(
                of: kind, view, base: rowIndex * view.columnCount, fields: fieldsSource,
                isJSON: isJSON)
            updates.append(row: row, digest: digest)
            updateRows.append(
                row: row, offset: block.rowOffsets[rowIndex],
                byteCount: block.rowByteCounts[rowIndex])
            return true
        } catch {
            report(
                error, at: block.position(row: rowIndex, column: error.column ?? 0), row: row)
            return false
        }
    }
}
