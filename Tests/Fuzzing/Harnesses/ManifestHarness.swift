import JSONText
import JobModel
import ManifestReading

/// Chunk boundaries have no effect; omitted rows are reported with a position in the file; every
/// row can be reread alone and round-trips.
enum ManifestHarness {
    private struct Row: Equatable {
        var number: UInt32
        var line: UInt32
        var offset: UInt64
        var byteCount: UInt32
        var cells: [[UInt8]?]
        var types: [RowBlock.CellType]
        var positions: [SourcePosition] = []
    }

    private struct Reading: Equatable {
        var rows: [Row] = []
        var columns: ManifestColumns?
        var defaults: [ColumnDefault] = []
        var diagnostics = DiagnosticList()
        var rowCount = 0
        var faultyRowCount = 0
        var isStopped = false
        var lastRowIsUnterminated = false

        init(_ bytes: [UInt8], _ format: ManifestFormat, isCut: Bool = false) {
            var reader = ManifestReader(format: format)
            if isCut {
                InputSplit.cut(bytes) { add(reader.push($0)) }
            } else {
                add(reader.push(bytes))
            }
            add(reader.finish())
            columns = reader.columns
            defaults = reader.defaults
            diagnostics = reader.diagnostics
            rowCount = reader.rowCount
            faultyRowCount = reader.faultyRowCount
            isStopped = reader.isStopped
            lastRowIsUnterminated = reader.lastRowIsUnterminated
        }

        private mutating func add(_ blocks: [RowBlock]) {
            for block in blocks {
                for index in 0..<block.rowCount { rows.append(row(of: block, index)) }
            }
        }
    }

    static func check(_ bytes: [UInt8], _ format: ManifestFormat) throws(BrokenInvariant) {
        let whole = Reading(bytes, format)
        let isCut = InputSplit.isTried(on: bytes)
        if isCut {
            let cut = Reading(bytes, format, isCut: true)
            try require(cut == whole, "cut, \(cut) is not \(whole)")
        }
        try checkDiagnostics(whole, bytes)
        try require(
            whole.rows.count + whole.faultyRowCount == whole.rowCount,
            "\(whole.rows.count) rows and \(whole.faultyRowCount) faulty are \(whole.rowCount)")
        guard let columns = whole.columns, !isCut else { return }
        for row in whole.rows { try checkText(of: row, bytes, format) }
        for row in whole.rows.prefix(8) { try checkAlone(row, bytes, format, columns) }
        try checkWrittenAgain(whole.rows, format, columns)
    }

    /// The reason for ending or omitting is reported with a line.
    private static func checkDiagnostics(
        _ whole: Reading, _ bytes: [UInt8]
    ) throws(BrokenInvariant) {
        let lines = 1 + bytes.count { $0 == 0x0A || $0 == 0x0D }
        var errors = 0
        for diagnostic in whole.diagnostics.kept {
            if diagnostic.severity == .error { errors += 1 }
            try TextInvariants.checkHarmless(diagnostic.message)
            guard let position = diagnostic.position else { continue }
            try require(
                (1...lines).contains(Int(position.line)) && position.column >= 1
                    && Int(position.column) <= bytes.count + 1,
                "\(diagnostic) is beyond the file")
        }
        let isSilent = errors == 0 && whole.diagnostics.errorCount == 0
        try require(
            !isSilent || (whole.faultyRowCount == 0 && !whole.isStopped),
            "rows are missing, and nothing is said")
    }

    /// What a row says of its place, and what it may hold.
    private static func checkText(
        of row: Row, _ bytes: [UInt8], _ format: ManifestFormat
    ) throws(BrokenInvariant) {
        let end = row.offset + UInt64(row.byteCount)
        try require(end <= UInt64(bytes.count), "row \(row.number) ends behind the file")
        let text = bytes[Int(row.offset)..<Int(end)]
        if format != .csv {
            try require(
                text.first == UInt8(ascii: "{") && text.last == UInt8(ascii: "}"),
                "row \(row.number) is no object at its stated position")
        }
        for cell in row.cells {
            guard let cell else { continue }
            try require(String(validating: cell, as: UTF8.self) != nil, "a cell is no UTF-8")
            try require(format != .csv || !cell.contains(0), "a cell holds NUL")
        }
    }

    private static func checkAlone(
        _ row: Row, _ bytes: [UInt8], _ format: ManifestFormat, _ columns: ManifestColumns
    ) throws(BrokenInvariant) {
        let reader = RowReader(format: format, columns: columns)
        let block = reader.row(
            row.number, line: row.line, offset: row.offset,
            bytes: Array(bytes[Int(row.offset)...]), isEndOfFile: true)
        guard let block else { throw BrokenInvariant("row \(row.number) cannot be read alone") }
        var alone = Self.row(of: block, 0)
        // Of JSON, columns of positions count from the item's start.
        alone.positions = row.positions
        try require(alone == row, "alone \(alone) is not \(row)")
    }

    private static func checkWrittenAgain(
        _ rows: [Row], _ format: ManifestFormat, _ columns: ManifestColumns
    ) throws(BrokenInvariant) {
        guard !rows.isEmpty else { return }
        var text: [UInt8] = []
        if format == .csv {
            text += csvLine(columns.names.map { Array($0.utf8) })
            for row in rows { text += csvLine(row.cells.map { $0 ?? [] }) }
        } else {
            for row in rows { text += jsonLine(row, columns) }
        }
        let again = Reading(text, format == .csv ? .csv : .jsonLines)
        try require(
            again.rows.map(\.cells) == rows.map(\.cells)
                && again.rows.map(\.types) == rows.map(\.types),
            "written again, \(rows) became \(again)")
        try require(again.columns == columns, "written again, \(columns) became \(again)")
    }

    private static func csvLine(_ cells: [[UInt8]]) -> [UInt8] {
        var line: [UInt8] = []
        for (index, cell) in cells.enumerated() {
            if index > 0 { line.append(UInt8(ascii: ",")) }
            line.append(UInt8(ascii: "\""))
            for byte in cell {
                if byte == UInt8(ascii: "\"") { line.append(byte) }
                line.append(byte)
            }
            line.append(UInt8(ascii: "\""))
        }
        return line + [0x0A]
    }

    private static func jsonLine(_ row: Row, _ columns: ManifestColumns) -> [UInt8] {
        var members: [[UInt8]] = []
        for (index, cell) in row.cells.enumerated() {
            guard let cell else { continue }
            let key = JSONWriter.text(of: .string(columns.names[index])) + ":"
            // Everything except text is returned as written.
            let value =
                row.types[index] == .text
                ? Array(JSONWriter.text(of: .string(String(decoding: cell, as: UTF8.self))).utf8)
                : cell
            members.append(Array(key.utf8) + value)
        }
        return Array("{".utf8) + members.joined(separator: Array(",".utf8)) + Array("}\n".utf8)
    }

    private static func row(of block: RowBlock, _ index: Int) -> Row {
        let cells = (0..<block.columnCount).map { index * block.columnCount + $0 }
        return Row(
            number: block.firstRow + UInt32(index), line: block.rowLines[index],
            offset: block.rowOffsets[index], byteCount: block.rowByteCounts[index],
            cells: cells.map { cell in
                block.cellStarts[cell] == RowBlock.absent
                    ? nil
                    : Array(block.text[Int(block.cellStarts[cell])..<Int(block.cellEnds[cell])])
            },
            types: block.cellTypes.isEmpty ? [] : cells.map { block.cellTypes[$0] },
            positions: (0..<block.columnCount).map { block.position(row: index, column: $0) })
    }
}
