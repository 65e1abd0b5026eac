/// A value for every row whose manifest lacks the column or key, never for an empty cell: from the
/// `defaults` of a JSON manifest, or from `--operation`, `--module`, `--related-list`.
package struct ColumnDefault: Equatable, Sendable {
    package var column: KnownColumn
    /// In the form of a cell: a number's text, the raw text of `fields`.
    package var text: String
    package var type: RowBlock.CellType

    package init(_ column: KnownColumn, _ text: String, type: RowBlock.CellType = .text) {
        self.column = column
        self.text = text
        self.type = type
    }
}
