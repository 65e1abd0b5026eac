import JobModel
import ManifestReading

/// A row, for rules that read more than the five common cells.
struct RowPlace {
    /// 0-based, within the block.
    var index: Int
    var view: BlockView
    var block: RowBlock

    /// Index of the row's first cell.
    var base: Int { index * view.columnCount }
    /// 1-based number of the row in the manifest.
    var row: UInt32 { block.firstRow + UInt32(index) }

    func cell(_ source: CellSource) -> Cell { view.cell(source, base) }

    /// Whether the row itself, defaults aside, has a non-empty value in a column.
    func isFilled(_ source: CellSource) -> Bool {
        source.index >= 0 && view.cell(atColumn: source.index, base).count > 0
    }

    /// Whether the row itself, a default aside, lacks a cell.
    func isAbsent(_ source: CellSource) -> Bool {
        source.index < 0 || view.cell(atColumn: source.index, base).isAbsent
    }

    /// The JSON type of the row's or the default's value; defaults count as text.
    func type(_ source: CellSource) -> RowBlock.CellType {
        if isAbsent(source) { return .text }
        return view.type(ofColumn: source.index, base)
    }

    /// The position of a cell or of a byte in it; for a default, the start of the row.
    func position(_ source: CellSource, byte: Int? = nil) -> SourcePosition {
        let column = max(source.index, 0)
        guard let byte, source.index >= 0 else {
            return block.position(row: index, column: column)
        }
        return block.position(row: index, column: column, byte: byte)
    }
}
