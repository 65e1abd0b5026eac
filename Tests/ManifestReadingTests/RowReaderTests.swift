import JobModel
import ManifestReading
import Testing

struct RowReaderTests {
    private static let csv =
        "record_id,related_id,note\r\n1,2,\"a\"\"\nb\"\r\n\r\n3,4,c\n5,6,\"d\"\"e\""
    private static let json =
        "{\"items\":[{\"record_id\":1,\"app\":\"\\n\"},\n  {\"record_id\":\"2\",\"x\":[{}]} , {\"module\":\"m\"}]}"
    private static let jsonLines =
        "{\"record_id\":1}\n{\"app\":\"\\\"\",\"a\":{}}\r\n\n{\"module\":\"m\"}"

    @Test(arguments: [
        (ManifestFormat.csv, csv), (.json, json), (.jsonLines, jsonLines),
    ])
    func `every row is found again by its place`(format: ManifestFormat, text: String) throws {
        let bytes = Array(text.utf8)
        var reader = ManifestReader(format: format)
        let blocks = reader.push(bytes) + reader.finish()
        let again = RowReader(format: format, columns: try #require(reader.columns))
        #expect(blocks.map(\.rowCount).reduce(0, +) == 3)
        for block in blocks {
            for row in 0..<block.rowCount {
                let rest = Array(bytes[Int(block.rowOffsets[row])...])
                let found = try #require(
                    again.row(
                        block.firstRow + UInt32(row), line: block.rowLines[row],
                        offset: block.rowOffsets[row], bytes: rest, isEndOfFile: true))
                #expect(found.rowCount == 1)
                #expect(found.firstRow == block.firstRow + UInt32(row))
                #expect(found.rowLines[0] == block.rowLines[row])
                #expect(found.rowOffsets == [block.rowOffsets[row]])
                #expect(found.rowByteCounts == [block.rowByteCounts[row]])
                for column in 0..<block.columnCount {
                    let cell = block.string(row: row, column: column)
                    #expect(found.string(row: 0, column: column) == cell)
                    #expect(
                        found.position(row: 0, column: column).line
                            == block.position(row: row, column: column).line)
                }
            }
        }
    }

    @Test(arguments: [
        (ManifestFormat.csv, "1,2,\"a,b\"\n"), (.json, "{\"record_id\":\"1\"}"),
        (.jsonLines, "{\"record_id\":\"1\"}"),
    ])
    func `an incomplete row needs more bytes`(format: ManifestFormat, row: String) throws {
        var reader = ManifestReader(format: .csv)
        _ = reader.push(Array("record_id,related_id,note\n".utf8))
        let columns =
            format == .csv
            ? try #require(reader.columns)
            : try #require(ManifestReader(format: format).columns)
        let again = RowReader(format: format, columns: columns)
        let bytes = Array(row.utf8)
        for count in 0...bytes.count {
            let found = again.row(
                9, line: 3, offset: 70, bytes: Array(bytes[..<count]), isEndOfFile: false)
            #expect((found != nil) == (count == bytes.count))
        }
    }
}
