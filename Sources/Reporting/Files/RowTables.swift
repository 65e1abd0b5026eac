internal import ManifestReading
internal import Running
internal import SystemCalls

/// `results.csv` with every row, and the file of the rows that failed, written row by row.
struct RowTables {
    private let results: ReportFile
    private let failed: ReportFile
    /// The columns of a JSON manifest in `results.csv`; nil for CSV, which has its own.
    private let keys: JSONRowColumns?
    private var isOpen = false
    private var own: [UInt8] = []
    /// The first failed rows, for the HTML report.
    private(set) var shown: [HTMLReport.FailedRow] = []
    private(set) var failedCount = 0

    init(results: String, failed: String, keys: JSONRowColumns?) throws(SystemError) {
        self.results = try ReportFile(results)
        do throws(SystemError) {
            self.failed = try ReportFile(failed)
        } catch {
            self.results.discard()
            throw error
        }
        self.keys = keys
    }

    /// Writes the headers, the first time.
    mutating func open(_ excerpt: ManifestExcerpt, columns: [String]) throws(SystemError) {
        if isOpen { return }
        isOpen = true
        let names = ResultColumns.carried(keys?.keys ?? columns)
        try results.append {
            var header: [UInt8] = []
            CSVField.append(names, to: &header)
            CSVField.appendNeutralised(header[...], to: &$0)
            $0 += Array(ResultColumns.header.utf8).dropFirst(names.isEmpty ? 1 : 0)
            $0 += excerpt.lineEnding
        }
        try failed.append { $0 += excerpt.header }
    }

    mutating func append(
        _ row: ResultColumns.Row, _ rows: SnapshotBlock, _ index: Int, _ excerpt: ManifestExcerpt
    ) throws(SystemError) {
        own.removeAll(keepingCapacity: true)
        excerpt.append(rows, index, to: &own)
        let isFailed = row.isFailed && row.duplicateOf == nil
        if isFailed {
            try failed.append { $0 += own + excerpt.lineEnding }
            failedCount += 1
            if shown.count < HTMLReport.maximumRows {
                let text = rows.bytes(index).prefix(HTMLReport.maximumRowByteCount)
                shown.append(
                    HTMLReport.FailedRow(
                        line: row.line, text: String(decoding: text, as: UTF8.self),
                        word: row.word, outcome: row.outcome))
            }
        }
        if let keys {
            let object = own
            own.removeAll(keepingCapacity: true)
            keys.append(object[...], to: &own)
        }
        try results.append {
            CSVField.appendNeutralised(own[...], to: &$0)
            ResultColumns.append(row, to: &$0)
            $0 += excerpt.lineEnding
        }
    }

    /// Renames both files into place; the caller syncs the directory once for all files.
    func finish() throws(SystemError) {
        try results.finish()
        try failed.finish()
    }

    /// Removes what was written, after a failure.
    func discard() {
        results.discard()
        failed.discard()
    }
}
