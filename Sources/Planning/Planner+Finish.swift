import JobModel
import ManifestReading

/// What can be judged only when every row was seen.
extension Planner {
    /// Ends planning. The planner is spent afterwards.
    ///
    /// - Parameter lastRowIsUnterminated: The file ended without a line end after its last row.
    package func finish(lastRowIsUnterminated: Bool = false) -> PlanningResult {
        checkIDColumns(lastRowIsUnterminated: lastRowIsUnterminated)

        let columns = kinds.columns.filter { $0.rowCount > 0 }.sorted { $0.kind < $1.kind }
        let rowCounts = columns.map(\.rowCount)
        var merging = RelationMerging(
            groups: columns.map { ItemSorting.group($0) }, updates: updates, rowCount: rowCount)
        merging.run()

        var items = WorkItems()
        items.rowCount = rowCount
        items.updateRows = updateRows
        let mergedCounts = merging.mergedCounts
        let duplicates = (merging.duplicates + wholeRows.duplicates).sorted()
        let contradictions =
            merging.contradictions.map {
                RowContradiction(
                    row: $0.row, laterRow: $0.laterRow,
                    subject: .relation($0.change, later: $0.laterChange))
            } + wholeRows.contradictions
        let excluded = reportContradictions(contradictions).map {
            Planner.includingDuplicates($0, from: duplicates)
        }
        items.groups = merging.removeGroups()
        items.creatorJobs = wholeRows.creatorJobs
        items.deletedParents = wholeRows.deletedParents
        if let excluded {
            for index in items.groups.indices {
                items.groups[index].filter { !excluded.contains($0) }
            }
            items.creatorJobs.removeAll { excluded.contains($0.row) }
            items.deletedParents.removeAll { excluded.contains($0.row) }
        }
        warnOfProduction(items.creatorJobs)
        let numbers = items.groups.indices.map { index in
            PlanningResult.KindNumbers(
                kind: items.groups[index].kind, rows: rowCounts[index],
                parents: items.groups[index].parents.count,
                items: items.groups[index].rows.count, duplicates: mergedCounts[index],
                isAddedByConfiguration: items.groups[index].isAddedByConfiguration)
        }
        items.groups.removeAll { $0.rows.isEmpty }
        resolveDuplicates(duplicates, excluded: excluded, into: &items)
        return result(items, numbers)
    }

    private func result(
        _ items: WorkItems, _ numbers: [PlanningResult.KindNumbers]
    ) -> PlanningResult {
        // Where more is wrong than values, the share says nothing new.
        if settings.skipsInvalid, diagnostics.unskippableCount == 0,
            let finding = SkippedShareRule.finding(
                skipped: items.skippedRows.count, rows: rowCount)
        {
            diagnostics.append(Diagnostic(at: nil, finding.message))
        }
        let stopsRun =
            settings.skipsInvalid ? diagnostics.unskippableCount > 0 : diagnostics.errorCount > 0
        let operations = Operation.allCases.compactMap { operation in
            let whole: Int
            switch operation {
            case .deleteCreatorRecords: whole = wholeRows.creatorRowCount
            case .discoverDeleted: whole = wholeRows.deletedRowCount
            case .delink, .update, .deleteAttachment: whole = 0
            }
            let rows = kinds.columns.reduce(whole) { sum, columns in
                columns.kind.operation == operation ? sum + columns.rowCount : sum
            }
            return rows > 0 ? PlanningResult.OperationRows(operation: operation, rows: rows) : nil
        }
        return PlanningResult(
            items: items, diagnostics: diagnostics, kinds: numbers, operations: operations,
            linkFields: LinkFields(
                rule: linkFields, columns: columns,
                defaultFields: sources[.fields].fallback.isAbsent
                    ? nil : sources[.fields].fallback.array),
            rowLines: rowLines, stopsRun: stopsRun)
    }

    /// Production is named aloud, whatever else the plan shows: those are the records that people
    /// work with, and no document tells of a way to get deleted ones back.
    private func warnOfProduction(_ jobs: [CreatorJob]) {
        var reports: [String] = []
        // For membership only.
        var known: Set<String> = []
        var count = 0
        for job in jobs where job.environment == .production {
            count += 1
            let report = SafeText.quoted("\(job.owner)/\(job.app)/\(job.report)")
            if known.insert(report).inserted { reports.append(report) }
        }
        guard count > 0 else { return }
        let named = reports.prefix(Planner.maximumReportsNamed).joined(separator: ", ")
        let more = reports.count - min(reports.count, Planner.maximumReportsNamed)
        diagnostics.append(
            Diagnostic(
                .warning, at: nil,
                "PRODUCTION: \(count) \(count == 1 ? "row deletes" : "rows delete") records of "
                    + "Creator's production data, in \(named)"
                    + (more > 0 ? " and \(more) more" : "")))
    }

    private static let maximumReportsNamed = 10

    private func checkIDColumns(lastRowIsUnterminated: Bool) {
        let idColumns = [
            (recordIDs, KnownColumn.recordID, recordIDSource),
            (relatedIDs, .relatedID, relatedIDSource),
        ]
        for (column, name, source) in idColumns {
            if lastRowIsUnterminated, source.index == columns.names.count - 1,
                Int(column.lastRow) == rowCount,
                let finding = TruncatedLastLineRule.finding(
                    last: column.last, smallestOther: column.smallestBeforeLast, column: name)
            {
                let line = rowLines.line(ofRow: column.lastRow) ?? 1
                diagnostics.append(
                    Diagnostic(at: SourcePosition(line: line, column: 1), finding.message))
            }
            let findings = DamagedIDRule.findings(
                in: column.sample.ids, isComplete: column.sample.isComplete, column: name)
            for (finding, position) in findings {
                diagnostics.append(Diagnostic(at: position, finding.message))
            }
        }
    }

    /// Reports them, and returns all rows that can't be items then: those, and the rows with a
    /// fault of their own.
    private func reportContradictions(
        _ contradictions: [RowContradiction]
    ) -> RowSet? {
        guard !contradictions.isEmpty else { return nil }
        var excluded = RowSet(rowCount: rowCount)
        for row in invalidRows { excluded.insert(row) }
        let ordered = contradictions.sorted { ($0.laterRow, $0.row) < ($1.laterRow, $1.row) }
        for contradiction in ordered {
            excluded.insert(contradiction.row)
            excluded.insert(contradiction.laterRow)
            let finding = contradiction.finding(
                earlierLine: rowLines.line(ofRow: contradiction.row) ?? 0)
            let line = rowLines.line(ofRow: contradiction.laterRow) ?? 1
            diagnostics.append(
                Diagnostic(
                    at: SourcePosition(line: line, column: 1), finding.message,
                    skippableRow: contradiction.laterRow))
        }
        return excluded
    }

    /// Rows that say the same as an excluded row are excluded with it, whichever of them carries
    /// the item: of three rows on one relation, two alike and one not, none can be believed.
    ///
    /// - Parameter duplicates: Ascending by the later row; carriers are earlier rows.
    private static func includingDuplicates(_ excluded: RowSet, from duplicates: [UInt64]) -> RowSet
    {
        var closed = excluded
        for pair in duplicates.reversed() where closed.contains(row(of: pair)) {
            closed.insert(carrier(of: pair))
        }
        for pair in duplicates where closed.contains(carrier(of: pair)) {
            closed.insert(row(of: pair))
        }
        return closed
    }

    /// Leads each duplicate to the row that carries its item in the end.
    private func resolveDuplicates(
        _ duplicates: [UInt64], excluded: RowSet?, into items: inout WorkItems
    ) {
        items.duplicateRows.reserveCapacity(duplicates.count)
        items.duplicateOf.reserveCapacity(duplicates.count)
        for pair in duplicates where excluded?.contains(Planner.row(of: pair)) != true {
            var carrier = Planner.carrier(of: pair)
            // A carrier is an earlier row, so it is settled already if it is a duplicate itself.
            if let place = items.duplicateRows.index(ofAscending: carrier, by: { $0 }) {
                carrier = items.duplicateOf[place]
            }
            items.duplicateRows.append(Planner.row(of: pair))
            items.duplicateOf.append(carrier)
        }
        items.skippedRows = excluded?.rows ?? invalidRows
    }

    private static func row(of pair: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: pair >> 32) }

    private static func carrier(of pair: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: pair) }
}
