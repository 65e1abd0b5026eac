import JobModel
import ManifestReading
import ZohoAPI

/// The loop over a block's rows. A typical row (same kind as the previous one, no fault) costs
/// three byte comparisons and parsing two ids.
extension Planner {
    func consumeRows(of view: BlockView, in block: RowBlock) {
        let count = block.rowCount
        let absent = Cell(bytes: view.text, count: -1)
        var previous = (operation: absent, module: absent, relatedList: absent)
        var previousTarget: KindTable.Target?
        var runIndex = -1
        var runIsUpdate = false
        let hasNarrowingColumns = !restrictingColumns.isEmpty
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
                    ?? resolve(RowPlace(index: rowIndex, view: view, block: block))
            }
            switch previousTarget {
            case .items(let index):
                if index != runIndex {
                    flush(runIndex, in: block)
                    runIndex = index
                    runIsUpdate = kinds.columns[index].kind.operation == .update
                }
            case .deletedParents, .creatorJobs:
                // Ids are noted in the order of rows.
                flush(runIndex, in: block)
                runIndex = -1
                if !addWholeRow(
                    previousTarget, RowPlace(index: rowIndex, view: view, block: block))
                {
                    invalidRows.append(row)
                }
                continue
            case nil:
                invalidRows.append(row)
                continue
            }
            let parent = RecordIDRule.id(in: view.cell(recordIDSource, base))
            let related = RecordIDRule.id(in: view.cell(relatedIDSource, base))
            if parent == 0 || related == 0 {
                reportIDs(RowPlace(index: rowIndex, view: view, block: block))
                invalidRows.append(row)
                continue
            }
            if hasNarrowingColumns || runIsUpdate {
                guard areOptionalCellsValid(kinds.columns[runIndex].kind, rowIndex, view, block)
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

    /// Flushes the collected rows to the columns of their kind.
    private func flush(_ index: Int, in block: RowBlock) {
        let count = scratch.count
        guard count > 0 else { return }
        scratch.count = 0
        let columns = kinds.columns[index]
        let firstNewParent = columns.index.count
        let lastRow = scratch.rows[count - 1]
        columns.append(
            parents: scratch.parents, related: scratch.related, rows: scratch.rows, count: count)
        // A parent known to its kind is known to the sample.
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

    /// Reports whichever of the row's two ids is missing or faulty.
    @inline(never)
    private func reportIDs(_ place: RowPlace) {
        _ = recordID(.recordID, place)
        _ = recordID(.relatedID, place)
    }

    /// Checks the optional cells; false, with findings reported, if one violates a rule.
    @inline(never)
    private func areOptionalCellsValid(
        _ kind: RelationKind, _ rowIndex: Int, _ view: BlockView, _ block: RowBlock
    ) -> Bool {
        let base = rowIndex * view.columnCount
        let isNarrowed = restrictingColumns.contains {
            view.cell(atColumn: $0, base).count > 0
        }
        guard isNarrowed || kind.operation == .update else { return true }
        let place = RowPlace(index: rowIndex, view: view, block: block)
        guard isNarrowed else { return noteLinkFields(kind, place) }
        return !reportForeign(ForeignColumnRule.ofCRM, operation: kind.operation, place)
    }

    /// Checks an update's link fields and records their digest; false, with findings reported, if
    /// they violate a rule.
    private func noteLinkFields(_ kind: RelationKind, _ place: RowPlace) -> Bool {
        let fields = sources[.fields]
        do throws(Finding) {
            if isJSON, !place.isAbsent(fields), place.type(fields) != .structure {
                throw LinkFieldRule.noObject(
                    place.cell(fields).array, column: fields.index)
            }
            let digest = try linkFields.digest(
                of: kind, place.view, base: place.base, fields: fields, isJSON: isJSON)
            updates.append(row: place.row, digest: digest)
            updateRows.append(
                row: place.row, offset: place.block.rowOffsets[place.index],
                byteCount: place.block.rowByteCounts[place.index])
            return true
        } catch {
            report(
                error, at: place.block.position(row: place.index, column: error.column ?? 0),
                row: place.row)
            return false
        }
    }
}
