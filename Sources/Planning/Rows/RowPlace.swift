import JobModel
import ManifestReading

/// One row under the eyes of rules that read more of it than the common row's five cells.
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

    /// Whether the row itself, not a default, has something in a column.
    func isFilled(_ source: CellSource) -> Bool {
        source.index >= 0 && view.cell(atColumn: source.index, base).count > 0
    }

    /// Whether the row itself, a default aside, lacks a cell.
    func isAbsent(_ source: CellSource) -> Bool {
        source.index < 0 || view.cell(atColumn: source.index, base).isAbsent
    }

    /// The JSON type of what a row or its default has; defaults count as text.
    func type(_ source: CellSource) -> RowBlock.CellType {
        if isAbsent(source) { return .text }
        return view.type(ofColumn: source.index, base)
    }

    /// Where a cell stands, or a byte of its text; a default's cell, where the row starts.
    func position(_ source: CellSource, byte: Int? = nil) -> SourcePosition {
        let column = max(source.index, 0)
        guard let byte, source.index >= 0 else {
            return block.position(row: index, column: column)
        }
        return block.position(row: index, column: column, byte: byte)
    }
}
