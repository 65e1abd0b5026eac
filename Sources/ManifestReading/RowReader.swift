import JSONText

/// Reads single rows again, from the bytes of a snapshot: results, failures and doubts name rows by
/// number, and the columns of bulk data do not contain their other cells.
///
/// To go through all rows, use a `ManifestReader` a second time: its blocks hold every cell,
/// carried ones included, and for JSON the items as they were written (`rawItem(row:)`).
package struct RowReader: Sendable {
    package let format: ManifestFormat
    package let columns: ManifestColumns
    private let map: ColumnMap

    /// - Parameters:
    ///   - columns: the value of `ManifestReader.columns` for the file.
    ///   - columnMap: the same as then.
    package init(
        format: ManifestFormat, columns: ManifestColumns, columnMap: ColumnMap = ColumnMap()
    ) {
        self.format = format
        self.columns = columns
        map = columnMap
    }

    /// Reads one row.
    ///
    /// - Parameters:
    ///   - number: the row's number, for the block.
    ///   - line: the line on which it starts.
    ///   - offset: where in the file it starts: `RowBlock.rowOffsets`.
    ///   - bytes: the file's bytes from there on, any number of them; more than the row is fine.
    ///   - isEndOfFile: whether the file ends with `bytes`.
    /// - Returns: a block of the one row, or nil when `bytes` do not hold all of it: give more, up
    ///   to `maximumByteCount`; nil even then says that no row starts there. In JSON, columns of
    ///   positions count from the item's start.
    package func row(
        _ number: UInt32, line: UInt32, offset: UInt64, bytes: [UInt8], isEndOfFile: Bool
    ) -> RowBlock? {
        var blocks: [RowBlock] = []
        switch format {
        case .csv:
            var reader = CSVReader(columns: columns, atRow: number, line: line, offset: offset)
            bytes.withUnsafeBufferPointer { reader.push($0, into: &blocks) }
            if blocks.isEmpty, isEndOfFile { reader.finish(into: &blocks) }
        case .json, .jsonLines:
            bytes.withUnsafeBufferPointer {
                readItem($0, number, line: Int(line), offset: Int(offset), into: &blocks)
            }
        }
        guard let first = blocks.first, first.firstRow == number else { return nil }
        return first.firstRowOnly
    }

    private func readItem(
        _ bytes: UnsafeBufferPointer<UInt8>, _ number: UInt32, line: Int, offset: Int,
        into blocks: inout [RowBlock]
    ) {
        var tokens: [JSONToken] = []
        var tokenizer = JSONTokenizer()
        do throws(JSONError) {
            try tokenizer.feed(bytes, into: &tokens)
        } catch {
            // The fault may be after the item, which is not part of it; the tokens before show
            // whether the item is complete.
        }
        var rows = JSONRows(map: map, rowsBefore: number - 1)
        rows.append(bytes, at: UInt64(offset))
        for (index, token) in tokens.enumerated() {
            let position = TextPosition(
                line: line + token.position.line - 1, column: token.position.column,
                offset: offset + token.position.offset)
            if index == 0 {
                guard token.kind == .beginObject else { return }
                rows.begin(at: position)
            } else if rows.consume(JSONToken(token.kind, at: position)) {
                rows.end(at: position)
                break
            }
        }
        rows.emitCompleteRows(into: &blocks)
    }
}

extension RowBlock {
    /// The block without all rows but its first.
    fileprivate var firstRowOnly: RowBlock {
        var block = self
        let surplus = rowCount - 1
        block.cellStarts.removeLast(surplus * columnCount)
        block.cellEnds.removeLast(surplus * columnCount)
        block.rowLines.removeLast(surplus)
        block.rowOffsets.removeLast(surplus)
        block.rowByteCounts.removeLast(surplus)
        block.rowStarts.removeLast(surplus)
        if !cellTypes.isEmpty {
            block.cellTypes.removeLast(surplus * columnCount)
            block.cellLines.removeLast(surplus * columnCount)
            block.cellColumns.removeLast(surplus * columnCount)
            block.rowColumns.removeLast(surplus)
        }
        return block
    }
}
