import JSONText
import JobModel

/// Turns CSV bytes into row blocks: header, strict cell counts, UTF-8, cell sizes, positions.
///
/// A fault of a single row (cell count, invalid UTF-8, NUL, a stray quote, a cell that is too long)
/// is reported, the row is omitted, and reading continues. A fault that makes later cell boundaries
/// a guess (text after a closing quote, an unclosed quote, a row over its limit) ends reading.
/// Neither can be skipped: the file is not what its author intended.
struct CSVReader: ManifestFormatReader {
    /// Maximum bytes by which a block grows.
    static let pieceByteCount = 1 << 20

    let map: ColumnMap
    private(set) var columns: ManifestColumns?
    private(set) var diagnostics = DiagnosticList()
    /// Data rows seen, faulty ones included.
    private(set) var rowCount: UInt32 = 0
    /// Data rows omitted because of structural faults.
    private(set) var faultyRowCount = 0
    /// Reading has ended because of a fault or the row limit.
    private(set) var isStopped = false

    private var tokenizer = CSVTokenizer()
    private var text: [UInt8] = []
    /// Where `text` starts in the file.
    private var textOffset: UInt64
    /// Maximum bytes per cell, by column; at least 256.
    private var cellLimits: [Int] = []
    private var firstLine: UInt32 = 1

    var defaults: [ColumnDefault] { [] }
    var lastRowIsUnterminated: Bool { tokenizer.lastRowIsUnterminated }

    /// - Parameters:
    ///   - map: what `--column` says.
    ///   - offset: where in the file the bytes start, behind a byte order mark.
    init(map: ColumnMap, offset: UInt64 = 0) {
        self.map = map
        textOffset = offset
    }

    /// A reader that starts at a data row, of a file whose columns are known.
    init(columns: ManifestColumns, atRow row: UInt32, line: UInt32, offset: UInt64) {
        map = ColumnMap()
        textOffset = offset
        self.columns = columns
        cellLimits = columns.meanings.map(CSVReader.limit(of:))
        rowCount = row - 1
        firstLine = line
    }

    /// Consumes the next bytes and appends blocks of the completed rows.
    mutating func push(_ bytes: UnsafeBufferPointer<UInt8>, into blocks: inout [RowBlock]) {
        var start = 0
        while start < bytes.count, !isStopped {
            let end = min(bytes.count, start + CSVReader.pieceByteCount)
            text.append(contentsOf: bytes[start..<end])
            text.withUnsafeBufferPointer { tokenizer.scan($0) }
            emitCompleteRows(into: &blocks)
            start = end
        }
    }

    /// Handles the end of the file.
    mutating func finish(into blocks: inout [RowBlock]) {
        guard !isStopped else { return }
        text.withUnsafeBufferPointer { tokenizer.finish($0) }
        emitCompleteRows(into: &blocks)
        guard !isStopped else { return }
        if columns == nil {
            diagnostics.append(
                Diagnostic(
                    at: nil,
                    "the file is empty: expected a header row (operation, module, record_id, "
                        + "related_list, related_id) and a row for each relation"))
        } else if rowCount == 0 {
            diagnostics.append(
                Diagnostic(.warning, at: nil, "the file has a header row and no data rows"))
        }
    }

    // MARK: Rows

    private mutating func emitCompleteRows(into blocks: inout [RowBlock]) {
        guard !tokenizer.rows.isEmpty || tokenizer.isStopped else { return }
        isStopped = tokenizer.isStopped
        var first = 0
        if columns == nil, !tokenizer.rows.isEmpty {
            guard readHeader() else { return }
            first = 1
        }
        let end = min(tokenizer.rows.count, first + Int(ManifestReader.maximumRows - rowCount))
        let faulty = checkRows(first..<end)
        if end < tokenizer.rows.count { stopAtRowLimit() }
        let consumed = tokenizer.rowStart
        var tail: [UInt8] = []
        tail.reserveCapacity(text.count - consumed + CSVReader.pieceByteCount)
        tail.append(contentsOf: text[consumed...])
        appendBlocks(of: first..<end, without: faulty, to: &blocks)
        rowCount += UInt32(end - first)
        faultyRowCount += faulty.count
        // Unescaping does not change positions in the text.
        text.withUnsafeBufferPointer { tokenizer.forget($0) }
        text = tail
        textOffset += UInt64(consumed)
    }

    private mutating func appendBlocks(
        of rows: Range<Int>, without faulty: [Int], to blocks: inout [RowBlock]
    ) {
        guard let columns, rows.count > faulty.count else { return }
        var cells = tokenizer.cells
        undoQuotes(&cells)
        var start = rows.lowerBound
        for stop in faulty + [rows.upperBound] {
            if stop > start {
                blocks.append(block(of: start..<stop, cells, columns.names.count, rows.lowerBound))
            }
            start = stop + 1
        }
    }

    /// Unescapes doubled quotes in place; cells keep their offsets.
    private mutating func undoQuotes(_ cells: inout [CSVTokenizer.Cell]) {
        let complete = Int(tokenizer.rows.last?.cellsEnd ?? 0)
        for index in tokenizer.escapedCells where index < complete {
            var from = Int(cells[index].start)
            var to = from
            while from < Int(cells[index].end) {
                if text[from] == 0x22 { from += 1 }
                text[to] = text[from]
                to += 1
                from += 1
            }
            cells[index].end = UInt32(to)
        }
    }

    private func block(
        of range: Range<Int>, _ cells: [CSVTokenizer.Cell], _ columnCount: Int, _ firstOfText: Int
    ) -> RowBlock {
        let firstCell =
            range.lowerBound == 0 ? 0 : Int(tokenizer.rows[range.lowerBound - 1].cellsEnd)
        let cellRange = firstCell..<(firstCell + range.count * columnCount)
        var block = RowBlock(
            columnCount: columnCount,
            firstRow: rowCount + UInt32(range.lowerBound - firstOfText) + 1)
        block.text = text
        // Use buffers: array slices are several times slower here.
        cells.withUnsafeBufferPointer { cells in
            let cells = UnsafeBufferPointer(rebasing: cells[cellRange])
            block.cellStarts = cells.map { $0.start }
            block.cellEnds = cells.map { $0.end }
        }
        tokenizer.rows.withUnsafeBufferPointer { rows in
            let rows = UnsafeBufferPointer(rebasing: rows[range])
            block.rowStarts = rows.map { $0.start }
            block.rowByteCounts = rows.map { $0.end - $0.start }
            block.rowLines = rows.map { $0.line &+ firstLine &- 1 }
            block.rowOffsets = rows.map { textOffset + UInt64($0.start) }
        }
        return block
    }

    // MARK: Checking

    /// Reports faulty rows and returns them, ascending.
    private mutating func checkRows(_ range: Range<Int>) -> [Int] {
        var found: [(row: Int, offset: Int, message: String)] = []
        for fault in tokenizer.violations
        where fault.row >= range.lowerBound && (fault.row < range.upperBound || isStopped) {
            found.append(
                (fault.row, fault.offset, CSVErrorText.message(of: fault, text, textOffset)))
        }
        if tokenizer.hasNonASCII { findInvalidUTF8(range, &found) }
        findWrongCells(range, &found)
        guard !found.isEmpty else { return [] }
        // One fault per row: the first one, and the one that ended reading.
        found.sort { ($0.row, $0.offset) < ($1.row, $1.offset) }
        var faulty: [Int] = []
        for finding in found {
            let isNew = faulty.last != finding.row
            let endsReading = isStopped && finding.row == tokenizer.rows.count
            guard isNew || endsReading else { continue }
            diagnostics.append(
                Diagnostic(at: position(of: finding.offset, row: finding.row), finding.message))
            if isNew { faulty.append(finding.row) }
        }
        return faulty.filter { $0 < range.upperBound }
    }

    private func findWrongCells(
        _ range: Range<Int>, _ found: inout [(row: Int, offset: Int, message: String)]
    ) {
        guard let expected = columns?.names.count else { return }
        // Do not count the cells of a damaged row.
        let damaged = Set(found.map(\.row))
        let rows = tokenizer.rows
        var cellsStart = range.lowerBound == 0 ? 0 : Int(rows[range.lowerBound - 1].cellsEnd)
        for index in range {
            let row = rows[index]
            let cellsEnd = Int(row.cellsEnd)
            if !damaged.isEmpty, damaged.contains(index) {
                cellsStart = cellsEnd
                continue
            }
            if cellsEnd - cellsStart != expected {
                let surplus = cellsEnd - cellsStart > expected
                let offset =
                    surplus ? start(ofCell: cellsStart + expected, row) : Int(row.start)
                let message = CSVErrorText.wrongCellCount(cellsEnd - cellsStart, expected)
                found.append((index, offset, message))
            } else if row.end - row.start > CSVReader.smallestCellLimit {
                for column in 0..<expected {
                    let cell = tokenizer.cells[cellsStart + column]
                    let count = Int(cell.end - cell.start)
                    guard count > cellLimits[column] else { continue }
                    let name = SafeText.quoted(columns?.names[column] ?? "")
                    let message = CSVErrorText.longCell(count, cellLimits[column], name)
                    found.append((index, start(ofCell: cellsStart + column, row), message))
                    break
                }
            }
            cellsStart = cellsEnd
        }
    }

    private func findInvalidUTF8(
        _ range: Range<Int>, _ found: inout [(row: Int, offset: Int, message: String)]
    ) {
        guard !range.isEmpty else { return }
        let rows = tokenizer.rows
        var row = range.lowerBound
        text.withUnsafeBufferPointer { text in
            let end = Int(rows[range.upperBound - 1].end)
            while row < range.upperBound {
                let start = Int(rows[row].start)
                let part = UnsafeBufferPointer(rebasing: text[start..<end])
                guard let invalid = UTF8Check.firstInvalid(part) else { return }
                // Line ends are ASCII, so the fault is inside a row, or in a line that was
                // otherwise blank.
                row = rows[row...].firstIndex { Int($0.end) > start + invalid } ?? row
                let bytes = text[(start + invalid)..<min(Int(rows[row].end), start + invalid + 4)]
                let message = CSVErrorText.invalidUTF8(textOffset + UInt64(start + invalid), bytes)
                found.append((row, start + invalid, message))
                row += 1
            }
        }
    }

    // MARK: Header

    /// Parses the header row; false if that is impossible and reading has ended.
    private mutating func readHeader() -> Bool {
        let header = tokenizer.rows[0]
        var found: [(row: Int, offset: Int, message: String)] = []
        for fault in tokenizer.violations where fault.row == 0 {
            found.append((0, fault.offset, CSVErrorText.message(of: fault, text, textOffset)))
        }
        if tokenizer.hasNonASCII { findInvalidUTF8(0..<1, &found) }
        let cells = tokenizer.cells[..<Int(header.cellsEnd)]
        for (index, cell) in cells.enumerated()
        where cell.end - cell.start > ManifestReader.maximumNameByteCount {
            let message = CSVErrorText.longCell(
                Int(cell.end - cell.start), ManifestReader.maximumNameByteCount,
                "\(index + 1) of the header")
            found.append((0, start(ofCell: index, header), message))
        }
        found.sort { $0.offset < $1.offset }
        if let first = found.first {
            diagnostics.append(Diagnostic(at: position(of: first.offset, row: 0), first.message))
            isStopped = true
            return false
        }
        let escaped = Set(tokenizer.escapedCells)
        let names = cells.enumerated().map { index, cell in
            let name = String(decoding: text[Int(cell.start)..<Int(cell.end)], as: UTF8.self)
            guard escaped.contains(index) else { return name }
            return CSVErrorText.undoubled(name)
        }
        let reading = HeaderParser(names: names, map: map)
        for finding in reading.problems {
            let offset = finding.column.map { start(ofCell: $0, header) } ?? Int(header.start)
            // Positions are computed from the row's start, so only for findings that are kept.
            let isShown = diagnostics.kept.count < DiagnosticList.maximumKept
            let place = isShown ? position(of: offset, row: 0) : nil
            diagnostics.append(Diagnostic(at: place, finding.message))
        }
        columns = reading.columns
        cellLimits = reading.columns.meanings.map(CSVReader.limit(of:))
        return true
    }

    // MARK: Places and limits

    private static let smallestCellLimit = UInt32(ManifestReader.maximumNameByteCount)

    private static func limit(of meaning: ColumnMeaning) -> Int {
        ManifestReader.maximumByteCount(of: meaning)
    }

    private mutating func stopAtRowLimit() {
        isStopped = true
        diagnostics.append(
            Diagnostic(
                at: nil,
                "more than \(ManifestReader.maximumRows) rows: split the manifest into several"))
    }

    /// Where a cell starts, its opening quote included.
    private func start(ofCell index: Int, _ row: CSVTokenizer.Row) -> Int {
        let start = Int(tokenizer.cells[index].start)
        return start > Int(row.start) && text[start - 1] == 0x22 ? start - 1 : start
    }

    /// A position in a row before unescaping.
    private func position(of offset: Int, row: Int) -> SourcePosition {
        let isComplete = row < tokenizer.rows.count
        var line = Int(isComplete ? tokenizer.rows[row].line : tokenizer.rowLine)
        var lineStart = isComplete ? Int(tokenizer.rows[row].start) : tokenizer.rowStart
        for index in lineStart..<max(lineStart, offset) where text[index] == 0x0A {
            line += 1
            lineStart = index + 1
        }
        return SourcePosition(
            line: line + Int(firstLine) - 1, column: offset - lineStart + 1)
    }
}
