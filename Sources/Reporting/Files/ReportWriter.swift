internal import Execution
package import JobModel
internal import Journaling
internal import ManifestReading
package import Running
package import SystemCalls

/// The reports in a run's directory: pure functions of its journal and snapshot, rewritten after
/// every session.
package struct ReportWriter: Sendable {
    private let report: RunResult
    private let duplicateRows: [UInt32]
    private let duplicateOf: [UInt32]
    private let skippedRows: [UInt32]

    /// - Parameters:
    ///   - duplicateRows: Ascending, with the row that carries each one's item in `duplicateOf`.
    ///   - skippedRows: Ascending.
    package init(
        _ report: RunResult, duplicateRows: [UInt32], duplicateOf: [UInt32], skippedRows: [UInt32]
    ) {
        self.report = report
        self.duplicateRows = duplicateRows
        self.duplicateOf = duplicateOf
        self.skippedRows = skippedRows
    }

    /// Writes the files; each is either complete or unchanged.
    ///
    /// - Returns: distinct failures with how many items have them, the most frequent first.
    /// - Throws: `disk` (74), also if the snapshot is not the planned one.
    package func write() throws(RunningError) -> [(outcome: Outcome, count: Int)] {
        let directory = report.directory
        var outcomes = RowOutcomes()
        try onDisk { () throws(SystemError) in try readJournal(directory, &outcomes) }
        let failed = try writeTables(directory, outcomes)
        let html = HTMLReport(
            summary: RunSummary(report), header: report.header, text: report.ending.text,
            outcomes: Array(zip(outcomes.outcomes, outcomes.counts)).filter { $0.1 > 0 }
                .map { (outcome: $0.0, count: $0.1) },
            failedRows: failed.shown, failedRowCount: failed.count)
        let summary = RunSummary(report).json + "\n"
        try onDisk { () throws(SystemError) in
            try FileSystem.replace(directory.htmlReportPath, with: Array(html.html.utf8))
            try FileSystem.replace(directory.summaryPath, with: Array(summary.utf8))
        }
        return failures(outcomes)
    }

    /// Reads the journal once, for the rows' outcomes and for the records of Creator rows.
    private func readJournal(
        _ directory: RunDirectory, _ outcomes: inout RowOutcomes
    ) throws(SystemError) {
        var records = try CreatorRecordsFile(directory.creatorRecordsPath)
        let journal: RecoveredJournal
        do throws(SystemError) {
            journal = try JournalFile.read(report.directory.journalPath) {
                outcomes.apply($1)
                records.apply($1)
            }
        } catch {
            records.discard()
            throw error
        }
        guard !journal.run.rounds.isEmpty else {
            records.discard()
            return
        }
        try records.finish()
    }

    private func failures(_ outcomes: RowOutcomes) -> [(outcome: Outcome, count: Int)] {
        zip(outcomes.outcomes, outcomes.counts).enumerated()
            .filter { _, entry in
                entry.1 > 0 && [.failed, .blocked, .unknown].contains(entry.0.kind)
            }
            .sorted { ($1.element.1, $0.offset) < ($0.element.1, $1.offset) }
            .map { (outcome: $0.element.0, count: $0.element.1) }
    }

    /// Names of the files written by an earlier session.
    package static func present(of report: RunResult) throws(SystemError) -> [String] {
        let directory = report.directory
        let found = try FileSystem.list(directory.path)
        return [
            directory.resultsPath, directory.failedPath(format: report.header.manifestFormat),
            directory.creatorRecordsPath, directory.discoveredPath, directory.summaryPath,
            directory.htmlReportPath,
        ].map { FileSystem.name(of: $0) }.filter { found.contains($0) }
    }

    /// `results.csv` and the failed rows, in one pass over the snapshot; JSON needs a first pass to
    /// collect the keys.
    private func writeTables(
        _ directory: RunDirectory, _ outcomes: RowOutcomes
    ) throws(RunningError) -> (shown: [HTMLReport.FailedRow], count: Int) {
        var rows = try SnapshotRows(of: directory, report.header)
        var columns = JSONRowColumns()
        if rows.format != .csv { columns = try keys(of: rows) }
        var tables = try onDisk { () throws(SystemError) in
            try RowTables(
                results: directory.resultsPath,
                failed: directory.failedPath(format: report.header.manifestFormat),
                keys: rows.format == .csv ? nil : columns)
        }
        var duplicates = DuplicateCursor(rows: duplicateRows, targets: duplicateOf)
        var skipped = DuplicateCursor(rows: skippedRows, targets: skippedRows)
        do throws(RunningError) {
            while let blocks = try rows.next() {
                guard rows.columns != nil else { continue }
                let excerpt = rows.excerpt
                try onDisk { () throws(SystemError) in
                    try tables.open(excerpt, columns: rows.columns?.names ?? [])
                    for block in blocks {
                        for index in block.indices {
                            let number = block.number(index)
                            let duplicateOf = duplicates.target(of: number)
                            let carrier = duplicateOf ?? number
                            let row = ResultColumns.Row(
                                row: number, line: block.block.rowLines[index],
                                outcome: outcomes.outcome(ofRow: carrier),
                                call: outcomes.call(ofRow: carrier),
                                isSkipped: skipped.target(of: number) != nil,
                                duplicateOf: duplicateOf)
                            try tables.append(row, block, index, excerpt)
                        }
                    }
                }
            }
            guard rows.rowCount == report.planned.rows else {
                throw RunningError(
                    .disk,
                    "\(report.directory.path): the snapshot has \(rows.rowCount) rows and had "
                        + "\(report.planned.rows) when the run began; it was changed meanwhile")
            }
            try onDisk { () throws(SystemError) in try tables.finish() }
        } catch {
            tables.discard()
            throw error
        }
        return (tables.shown, tables.failedCount)
    }

    /// The keys of a JSON manifest's objects, read to their end: a CSV file has its columns first.
    private func keys(of start: SnapshotRows) throws(RunningError) -> JSONRowColumns {
        var rows = start
        var columns = JSONRowColumns()
        var object: [UInt8] = []
        while let blocks = try rows.next() {
            let excerpt = rows.excerpt
            for block in blocks {
                for index in block.indices {
                    object.removeAll(keepingCapacity: true)
                    excerpt.append(block, index, to: &object)
                    columns.collect(object[...])
                }
            }
        }
        return columns
    }
}

/// A cursor over ascending rows, in step with an iteration over all rows.
private struct DuplicateCursor {
    let rows: [UInt32]
    let targets: [UInt32]
    var index = 0

    /// What belongs to `row`; rows are asked for in ascending order.
    mutating func target(of row: UInt32) -> UInt32? {
        while index < rows.count, rows[index] < row { index += 1 }
        return index < rows.count && rows[index] == row ? targets[index] : nil
    }
}
