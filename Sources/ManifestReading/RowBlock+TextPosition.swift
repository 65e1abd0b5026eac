package import JobModel

extension RowBlock {
    /// The position in the file of a byte of a cell's text. Converts the offset that a parser of
    /// the text reports: doubled quotes and escapes are counted as written.
    ///
    /// - Parameters:
    ///   - row: 0-based, within this block.
    ///   - column: 0-based.
    ///   - byte: 0-based, within the cell's text; its count means the text's end.
    /// - Returns: The start of the cell, if it is absent or not a text.
    /// - Complexity: O(the row's length); meant for diagnostics.
    package func position(row: Int, column: Int, byte: Int) -> SourcePosition {
        let start = position(row: row, column: column)
        guard let cell = bytes(row: row, column: column) else { return start }
        let before = cell.prefix(byte)
        guard cellTypes.isEmpty else {
            guard cellTypes[row * columnCount + column] == .text else { return start }
            return jsonPosition(row: row, start, after: before.count)
        }
        let isQuoted =
            cell.startIndex > Int(rowStarts[row]) && text[cell.startIndex - 1] == 0x22
        guard isQuoted else {
            return SourcePosition(line: start.line, column: start.column + before.count)
        }
        var place = SourcePosition(line: start.line, column: start.column + 1)
        for byte in before {
            switch byte {
            case 0x0A: place = SourcePosition(line: place.line + 1, column: 1)
            // Every quote within a quoted cell is doubled in the file.
            case 0x22: place.column += 2
            default: place.column += 1
            }
        }
        return place
    }

    /// The position `byteCount` bytes into the string that starts at `start`; escapes count as
    /// written.
    private func jsonPosition(
        row: Int, _ start: SourcePosition, after byteCount: Int
    ) -> SourcePosition {
        guard let item = rawItem(row: row) else { return start }
        var index = item.startIndex
        var line = Int(rowLines[row])
        var column = Int(rowColumns[row])
        while index < item.endIndex, (line, column) < (start.line, start.column) {
            if item[index] == 0x0A {
                line += 1
                column = 1
            } else {
                column += 1
            }
            index += 1
        }
        guard index < item.endIndex, item[index] == 0x22 else { return start }
        let first = index
        index += 1
        var count = 0
        while count < byteCount, index < item.endIndex {
            let escape = RowBlock.escape(at: index, in: item)
            count += escape.decoded
            index += escape.written
        }
        return SourcePosition(line: start.line, column: start.column + index - first)
    }

    /// The length in bytes of the character at `index`, in the JSON string and in the decoded text.
    /// Each byte of a character without an escape counts by itself.
    private static func escape(
        at index: Int, in item: ArraySlice<UInt8>
    ) -> (written: Int, decoded: Int) {
        guard item[index] == UInt8(ascii: "\\"), index + 1 < item.endIndex else { return (1, 1) }
        guard item[index + 1] == UInt8(ascii: "u") else { return (2, 1) }
        let digits = String(decoding: item[(index + 2)...].prefix(4), as: UTF8.self)
        switch UInt32(digits, radix: 16) ?? 0 {
        case 0..<0x80: return (6, 1)
        case 0x80..<0x800: return (6, 2)
        // The first half of a pair; the reader has seen that the second one follows.
        case 0xD800..<0xDC00: return (12, 4)
        default: return (6, 3)
        }
    }
}
