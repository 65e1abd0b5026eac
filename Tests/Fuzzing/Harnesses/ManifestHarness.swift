import JSONText
import JobModel
import ManifestReading

/// Any cutting gives the same; every row can be read again alone, and written and read again.
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
        var defaults: [ManifestDefault] = []
        var diagnostics = DiagnosticList()
        var rowCount = 0
        var faultyRowCount = 0
        var isStopped = false
        var lastRowIsUnterminated = false

        init(_ pieces: [[UInt8]], _ format: ManifestFormat) {
            var reader = ManifestReader(format: format)
            for piece in pieces { add(reader.push(piece)) }
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

    static func check(_ bytes: [UInt8], _ format: ManifestFormat) throws(BrokenPromise) {
        let whole = Reading([bytes], format)
        for cutting in Cutting.allCases {
            let cut = Reading(cutting.pieces(of: bytes), format)
            try promise(cut == whole, "\(cutting): \(cut) is not \(whole)")
        }
        try promise(
            whole.rows.count + whole.faultyRowCount == whole.rowCount,
            "\(whole.rows.count) rows and \(whole.faultyRowCount) faulty are \(whole.rowCount)")
        guard let columns = whole.columns else { return }
        for row in whole.rows { try checkText(of: row, bytes, format) }
        for row in whole.rows.prefix(8) { try checkAlone(row, bytes, format, columns) }
        try checkWrittenAgain(whole.rows, format, columns)
    }

    /// What a row says of its place, and what it may hold.
    private static func checkText(
        of row: Row, _ bytes: [UInt8], _ format: ManifestFormat
    ) throws(BrokenPromise) {
        let end = row.offset + UInt64(row.byteCount)
        try promise(end <= UInt64(bytes.count), "row \(row.number) ends behind the file")
        let text = bytes[Int(row.offset)..<Int(end)]
        if format != .csv {
            try promise(
                text.first == UInt8(ascii: "{") && text.last == UInt8(ascii: "}"),
                "row \(row.number) is no object where it says that it stands")
        }
        for cell in row.cells {
            guard let cell else { continue }
            try promise(String(validating: cell, as: UTF8.self) != nil, "a cell is no UTF-8")
            try promise(format != .csv || !cell.contains(0), "a cell holds NUL")
        }
    }

    private static func checkAlone(
        _ row: Row, _ bytes: [UInt8], _ format: ManifestFormat, _ columns: ManifestColumns
    ) throws(BrokenPromise) {
        let reader = RowReader(format: format, columns: columns)
        let block = reader.row(
            row.number, line: row.line, offset: row.offset,
            bytes: Array(bytes[Int(row.offset)...]), isEndOfFile: true)
        guard let block else { throw BrokenPromise("row \(row.number) cannot be read alone") }
        var alone = Self.row(of: block, 0)
        // Of JSON, columns of positions count from the item's start.
        alone.positions = row.positions
        try promise(alone == row, "alone \(alone) is not \(row)")
    }

    private static func checkWrittenAgain(
        _ rows: [Row], _ format: ManifestFormat, _ columns: ManifestColumns
    ) throws(BrokenPromise) {
        guard !rows.isEmpty else { return }
        var text: [UInt8] = []
        if format == .csv {
            text += csvLine(columns.names.map { Array($0.utf8) })
            for row in rows { text += csvLine(row.cells.map { $0 ?? [] }) }
        } else {
            for row in rows { text += jsonLine(row, columns) }
        }
        let again = Reading([text], format == .csv ? .csv : .jsonLines)
        try promise(
            again.rows.map(\.cells) == rows.map(\.cells)
                && again.rows.map(\.types) == rows.map(\.types),
            "written again, \(rows) became \(again)")
        try promise(again.columns == columns, "written again, \(columns) became \(again)")
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
            // All but texts are handed out as they stood.
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
