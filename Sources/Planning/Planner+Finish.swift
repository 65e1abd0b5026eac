import JobModel
import ManifestReading

/// Checks that need all rows.
extension Planner {
    /// Completes planning. The planner cannot be used afterwards.
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
        // With structural faults, the share of skipped rows adds nothing.
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

    /// Always warn about production: these are live records, and no documented API restores deleted
    /// ones.
    private func warnOfProduction(_ jobs: [CreatorJob]) {
        var reports: [String] = []
        // Lookups only; never iterated.
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

    /// Reports contradictions, and returns all rows that cannot be items: these and the rows with
    /// their own faults.
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

    /// A duplicate of an excluded row is excluded too: of three rows about one relation, two equal
    /// and one different, none is trusted.
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

    /// Maps each duplicate to the row that finally carries its item.
    private func resolveDuplicates(
        _ duplicates: [UInt64], excluded: RowSet?, into items: inout WorkItems
    ) {
        items.duplicateRows.reserveCapacity(duplicates.count)
        items.duplicateOf.reserveCapacity(duplicates.count)
        for pair in duplicates where excluded?.contains(Planner.row(of: pair)) != true {
            var carrier = Planner.carrier(of: pair)
            // The carrier is an earlier row and already resolved if it is itself a duplicate.
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
