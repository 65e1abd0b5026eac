package import JobModel
internal import Journaling
internal import ManifestReading
package import Running
package import SystemCalls

/// The files of a run's directory that people read: functions of its journal and its snapshot
/// alone, written anew after every start of the run.
package struct RunReports: Sendable {
    private let report: RunReport
    private let duplicateRows: [UInt32]
    private let duplicateOf: [UInt32]
    private let skippedRows: [UInt32]

    /// - Parameters:
    ///   - duplicateRows: Ascending, with the row that carries each one's item in `duplicateOf`.
    ///   - skippedRows: Ascending.
    package init(
        _ report: RunReport, duplicateRows: [UInt32], duplicateOf: [UInt32], skippedRows: [UInt32]
    ) {
        self.report = report
        self.duplicateRows = duplicateRows
        self.duplicateOf = duplicateOf
        self.skippedRows = skippedRows
    }

    /// Writes the files; each is whole or as it was before.
    ///
    /// - Returns: distinct failures with how many items have them, the most frequent first.
    package func write() throws(SystemError) -> [(outcome: Outcome, count: Int)] {
        let directory = RunDirectory(path: report.directory)
        var outcomes = RowOutcomes()
        try readJournal(directory, &outcomes)
        let failed = try writeTables(directory, outcomes)
        let html = HTMLReport(
            summary: RunSummary(report), header: report.header, text: report.text,
            outcomes: Array(zip(outcomes.outcomes, outcomes.counts)).filter { $0.1 > 0 }
                .map { (outcome: $0.0, count: $0.1) },
            failedRows: failed.shown, failedRowCount: failed.count)
        try FileSystem.replace(directory.htmlReportPath, with: Array(html.html.utf8))
        let summary = RunSummary(report).json + "\n"
        try FileSystem.replace(directory.summaryPath, with: Array(summary.utf8))
        return failures(outcomes)
    }

    /// Reads the journal once, for the rows' outcomes and for the records of Creator rows.
    private func readJournal(
        _ directory: RunDirectory, _ outcomes: inout RowOutcomes
    ) throws(SystemError) {
        var records = try CreatorRecordsFile(directory.creatorRecordsPath)
        let journal: RecoveredJournal
        do throws(SystemError) {
            journal = try JournalFile.read(report.journal) {
                outcomes.apply($1)
                records.take($1)
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

    /// Names of the files that an earlier start wrote.
    package static func present(in directory: RunDirectory) throws(SystemError) -> [String] {
        let found = try FileSystem.list(directory.path)
        return names(in: directory).filter { found.contains($0) }
    }

    private static func names(in directory: RunDirectory) -> [String] {
        [
            directory.resultsPath, directory.failedPath, directory.creatorRecordsPath,
            directory.discoveredPath, directory.summaryPath, directory.htmlReportPath,
        ].map { FileSystem.name(of: $0) }
    }

    /// `results.csv` and `failed.csv` in one pass over the snapshot.
    private func writeTables(
        _ directory: RunDirectory, _ outcomes: RowOutcomes
    ) throws(SystemError) -> (shown: [HTMLReport.FailedRow], count: Int) {
        guard let format = ManifestFormat(word: report.header.manifestFormat) else {
            preconditionFailure("broken belief: a journal names a format that its snapshot has")
        }
        let rows = try SnapshotRows(
            path: directory.snapshotPath(format: report.header.manifestFormat), format: format)
        var cells = ResultCells(format: format)
        if format != .csv {
            cells.setDefaults(
                try rows.forEach { (_, _, bytes, _) throws(SystemError) in cells.learn(bytes) })
        }
        let results = try ReportFile(directory.resultsPath)
        let failed = try ReportFile(directory.failedPath)
        var shown: [HTMLReport.FailedRow] = []
        var failedCount = 0
        var duplicates = DuplicateCursor(rows: duplicateRows, of: duplicateOf)
        var skipped = DuplicateCursor(rows: skippedRows, of: skippedRows)
        var hasHeader = false
        do throws(SystemError) {
            try rows.forEach { (number, line, bytes, offset) throws(SystemError) in
                if !hasHeader {
                    hasHeader = true
                    cells.open(try rows.opening(before: offset))
                    try results.append {
                        CSVField.appendNeutralised(cells.header[...], to: &$0)
                        $0 += Array(ResultColumns.header.utf8) + cells.lineEnd
                    }
                    try failed.append { $0 += cells.header + cells.lineEnd }
                }
                let duplicateOf = duplicates.target(of: number)
                let carrier = duplicateOf ?? number
                let row = ResultColumns.Row(
                    row: number, line: line, outcome: outcomes.outcome(ofRow: carrier),
                    call: outcomes.call(ofRow: carrier),
                    isSkipped: skipped.target(of: number) != nil, duplicateOf: duplicateOf)
                try results.append {
                    cells.appendNeutralised(bytes, to: &$0)
                    ResultColumns.append(row, to: &$0)
                    $0 += cells.lineEnd
                }
                guard row.isFailed, duplicateOf == nil else { return }
                failedCount += 1
                try failed.append {
                    cells.append(bytes, to: &$0)
                    $0 += cells.lineEnd
                }
                if shown.count < HTMLReport.maximumRows {
                    let text = bytes.prefix(HTMLReport.maximumRowByteCount)
                    shown.append(
                        HTMLReport.FailedRow(
                            line: line, text: String(decoding: text, as: UTF8.self),
                            word: row.word, outcome: row.outcome))
                }
            }
            try results.finish()
            try failed.finish()
        } catch {
            results.discard()
            failed.discard()
            throw error
        }
        return (shown, failedCount)
    }
}

/// The user's own cells in our CSV files: the very bytes of a CSV manifest, a column a key of a
/// JSON one.
private struct ResultCells {
    private let isCSV: Bool
    private var columns = JSONRowColumns()
    private(set) var header: [UInt8] = []
    private(set) var lineEnd: [UInt8] = [0x0A]

    init(format: ManifestFormat) { isCSV = format == .csv }

    mutating func learn(_ object: ArraySlice<UInt8>) { columns.learn(object) }

    mutating func setDefaults(_ defaults: [(key: String, text: String)]) {
        columns.setDefaults(defaults)
    }

    /// Takes what stands before the first row: of a CSV manifest, its header line.
    mutating func open(_ opening: [UInt8]) {
        guard isCSV else {
            header = columns.header
            return
        }
        var bytes = opening[...]
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes = bytes.dropFirst(3) }
        if bytes.suffix(2).elementsEqual([0x0D, 0x0A]) { lineEnd = [0x0D, 0x0A] }
        while let last = bytes.last, last == 0x0A || last == 0x0D { bytes.removeLast() }
        header = Array(bytes)
    }

    /// As the manifest has it: the row can be run again.
    func append(_ row: ArraySlice<UInt8>, to bytes: inout [UInt8]) {
        if isCSV { bytes += row } else { columns.append(row, to: &bytes) }
    }

    /// For spreadsheets: no cell of the manifest is a formula.
    func appendNeutralised(_ row: ArraySlice<UInt8>, to bytes: inout [UInt8]) {
        var cells: [UInt8] = []
        append(row, to: &cells)
        CSVField.appendNeutralised(cells[...], to: &bytes)
    }
}

/// Walks ascending rows beside a walk over all rows.
private struct DuplicateCursor {
    private let rows: [UInt32]
    private let targets: [UInt32]
    private var index = 0

    init(rows: [UInt32], of targets: [UInt32]) {
        self.rows = rows
        self.targets = targets
    }

    /// What belongs to `row`; rows are asked for in ascending order.
    mutating func target(of row: UInt32) -> UInt32? {
        while index < rows.count, rows[index] < row { index += 1 }
        return index < rows.count && rows[index] == row ? targets[index] : nil
    }
}
