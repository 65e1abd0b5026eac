package import JobModel

extension RowBlock {
    /// Where a cell starts in the file: a quoted one at its opening quote, an absent one where its
    /// row starts.
    ///
    /// - Parameters:
    ///   - row: 0-based, within this block.
    ///   - column: 0-based.
    /// - Complexity: O(the row's length); meant for diagnostics.
    package func position(row: Int, column: Int) -> SourcePosition {
        let index = row * columnCount + column
        if !cellLines.isEmpty {
            return SourcePosition(line: Int(cellLines[index]), column: Int(cellColumns[index]))
        }
        // Unescaping moves bytes only within a cell, so every cell still starts at its offset. A
        // line break in an earlier cell moved left by one for each quote before it.
        var line = Int(rowLines[row])
        var lineStart = Int(rowStarts[row])
        for cell in (row * columnCount)..<index {
            let start = Int(cellStarts[cell])
            var quoteCount = 0
            for offset in start..<Int(cellEnds[cell]) {
                if text[offset] == 0x22 { quoteCount += 1 }
                guard text[offset] == 0x0A else { continue }
                line += 1
                lineStart = offset + quoteCount + 1
            }
        }
        let start = Int(cellStarts[index])
        let isQuoted = start > Int(rowStarts[row]) && text[start - 1] == 0x22
        return SourcePosition(line: line, column: start - (isQuoted ? 1 : 0) - lineStart + 1)
    }

    /// Where a row starts in the file.
    package func position(row: Int) -> SourcePosition {
        SourcePosition(
            line: Int(rowLines[row]), column: rowColumns.isEmpty ? 1 : Int(rowColumns[row]))
    }

    /// Whether a cell is missing; absent is not empty.
    package func isAbsent(row: Int, column: Int) -> Bool {
        cellStarts[row * columnCount + column] == RowBlock.absent
    }

    /// The bytes of a cell; nil if absent. For many cells, index the arrays directly.
    package func bytes(row: Int, column: Int) -> ArraySlice<UInt8>? {
        let index = row * columnCount + column
        guard cellStarts[index] != RowBlock.absent else { return nil }
        return text[Int(cellStarts[index])..<Int(cellEnds[index])]
    }

    /// The text of a cell; nil when it is absent. The reader has checked that it is UTF-8.
    package func string(row: Int, column: Int) -> String? {
        bytes(row: row, column: column).map { String(decoding: $0, as: UTF8.self) }
    }

    /// The bytes of a row as in the file: a JSON item from `{` to `}`; nil for CSV, whose quotes
    /// are already unescaped.
    package func rawItem(row: Int) -> ArraySlice<UInt8>? {
        guard !cellTypes.isEmpty else { return nil }
        let start = Int(rowStarts[row])
        return text[start..<(start + Int(rowByteCounts[row]))]
    }
}
