import JobModel
package import ManifestReading
import ZohoAPI

/// Turns the rows of a manifest into work items and reports all faults.
///
/// Rows arrive in blocks, in order; `finish` sorts, merges duplicates and applies the rules that
/// concern several rows. A row costs 16 bytes until then (`ItemColumns`), 12 more while it is
/// sorted (`ItemSorting`), plus some 20 bytes per distinct parent. Anything else is reread from the
/// snapshot when needed.
///
/// Use a planner from one thread at a time. It depends on nothing but the rows: equal manifests
/// give equal plans, and shuffled rows give the same items.
///
/// If you add a rule, put it into a file under `Rules/`, decide whether `--skip-invalid` may skip
/// its findings, and test its text and its limits.
package final class Planner {
    let settings: PlanningSettings
    let columns: ManifestColumns
    let kinds: KindTable
    let linkFields: LinkFieldRule
    let updates = UpdateDigests()
    var updateRows = UpdateRows()
    let recordIDs = IDColumn()
    let relatedIDs = IDColumn()
    var diagnostics = DiagnosticList()
    var rowLines = RowLines()
    /// Number of the last row seen. The reader omits rows with structural faults but counts them.
    var rowCount = 0
    /// Rows with a fault of their own; ascending.
    var invalidRows: [UInt32] = []
    /// The rows that are one item each: Creator jobs and deleted parents.
    var wholeRows = WholeRowItems()
    /// Columns whose absence was reported; once per CSV file.
    var reportedMissing: [KnownColumn] = []
    var isJSON = false

    let operationSource: CellSource
    let moduleSource: CellSource
    let relatedListSource: CellSource
    let recordIDSource: CellSource
    let relatedIDSource: CellSource
    let sources: CellSources
    /// Indices of columns that CRM operations do not use but that look like restrictions; usually
    /// none.
    let restrictingColumns: [Int]
    private let defaultText: UnsafeMutablePointer<UInt8>
    let scratch = RowScratch()

    /// - Parameters:
    ///   - columns: The manifest's columns, as the reader found them.
    ///   - manifestDefaults: The `defaults` of a JSON manifest; those of `settings` win over them.
    package init(
        settings: PlanningSettings, columns: ManifestColumns,
        manifestDefaults: [ColumnDefault] = []
    ) {
        self.settings = settings
        self.columns = columns
        kinds = KindTable(addedPairs: settings.addedPairs)
        linkFields = LinkFieldRule(columns: columns)

        let defaults = settings.defaults + manifestDefaults
        let byteCount = defaults.reduce(0) { $0 + $1.text.utf8.count }
        let text = UnsafeMutablePointer<UInt8>.allocate(capacity: byteCount + 1)
        text.initialize(repeating: 0, count: byteCount + 1)
        defaultText = text
        var place = 0
        var cells: [(column: KnownColumn, cell: Cell)] = []
        for entry in defaults {
            let start = place
            for byte in entry.text.utf8 {
                text[place] = byte
                place += 1
            }
            cells.append((entry.column, Cell(bytes: text + start, count: place - start)))
        }
        func source(_ column: KnownColumn) -> CellSource {
            CellSource(
                index: columns.index(of: column) ?? -1,
                fallback: cells.first { $0.column == column }?.cell
                    ?? Cell(bytes: UnsafePointer(text), count: -1))
        }
        operationSource = source(.operation)
        moduleSource = source(.module)
        relatedListSource = source(.relatedList)
        recordIDSource = source(.recordID)
        relatedIDSource = source(.relatedID)
        sources = CellSources(source)
        restrictingColumns = ForeignColumnRule.ofCRM.compactMap { columns.index(of: $0) }
        for finding in linkFields.headerFindings {
            diagnostics.append(
                Diagnostic(at: SourcePosition(line: 1, column: 1), finding.message))
        }
    }

    deinit {
        defaultText.deallocate()
    }

    /// Consumes the next rows: blocks in row order, each row once.
    package func consume(_ block: RowBlock) {
        let count = block.rowCount
        guard count > 0 else { return }
        precondition(
            block.columnCount == columns.names.count && Int(block.firstRow) > rowCount
                && block.cellStarts.count == count * block.columnCount
                && block.cellEnds.count == block.cellStarts.count,
            "the block at row \(block.firstRow) has other columns or is out of order")
        rowLines.note(block)
        rowCount = Int(block.firstRow) + count - 1
        isJSON = !block.cellTypes.isEmpty
        scratch.reserve(count)
        block.text.withUnsafeBufferPointer { text in
            block.cellStarts.withUnsafeBufferPointer { starts in
                block.cellEnds.withUnsafeBufferPointer { ends in
                    block.cellTypes.withUnsafeBufferPointer { types in
                        guard let starts = starts.baseAddress, let ends = ends.baseAddress else {
                            return
                        }
                        // A block with only empty cells has no text.
                        let view = BlockView(
                            text: text.baseAddress ?? UnsafePointer(defaultText), starts: starts,
                            ends: ends, types: isJSON ? types.baseAddress : nil,
                            columnCount: block.columnCount)
                        consumeRows(of: view, in: block)
                    }
                }
            }
        }
    }
}

/// Consecutive valid rows of one kind within a block, as columns.
final class RowScratch {
    private(set) var parents: UnsafeMutablePointer<UInt64>
    private(set) var related: UnsafeMutablePointer<UInt64>
    private(set) var rows: UnsafeMutablePointer<UInt32>
    private var capacity = 0
    var count = 0

    init() {
        parents = .allocate(capacity: 1)
        related = .allocate(capacity: 1)
        rows = .allocate(capacity: 1)
    }

    deinit {
        parents.deallocate()
        related.deallocate()
        rows.deallocate()
    }

    /// Reserves `count` rows; discards the previous content.
    func reserve(_ count: Int) {
        guard count > capacity else { return }
        parents.deallocate()
        related.deallocate()
        rows.deallocate()
        parents = .allocate(capacity: count)
        related = .allocate(capacity: count)
        rows = .allocate(capacity: count)
        capacity = count
    }
}
