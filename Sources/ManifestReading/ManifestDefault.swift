package import JobModel

/// One member of a JSON manifest's `defaults`: it supplies an absent key, never an empty value.
package struct ManifestDefault: Equatable, Sendable {
    package var column: KnownColumn
    /// As a cell of a block would hold it: a number's own text, the raw text of `fields`.
    package var text: String
    package var type: RowBlock.CellType
    /// Where the value stands.
    package var position: SourcePosition

    package init(
        column: KnownColumn, text: String, type: RowBlock.CellType, position: SourcePosition
    ) {
        self.column = column
        self.text = text
        self.type = type
        self.position = position
    }
}
