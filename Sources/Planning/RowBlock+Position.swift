import JobModel
import ManifestReading

extension RowBlock {
    func position(row: Int, column: Int) -> SourcePosition {
        SourcePosition(
            line: Int(rowLines[row]),
            column: Int(cellStarts[row * columnCount + column]) - Int(cellStarts[row * columnCount])
                + 1
                + column)
    }
}
