import JobModel
import ManifestReading
import Testing

/// A marker `^` within a cell's text is looked for in the file, and must be found there.
struct TextPositionTests {
    @Test(arguments: [
        (ManifestFormat.csv, "app,criteria\na,x^y\n", 2, 4),
        (.csv, "app,criteria\na,\"x^y\"\n", 2, 5),
        (.csv, "app,criteria\n\"\"\"\",\"a==\"\"b\"\" ^y\"\n", 2, 16),
        (.csv, "app,criteria\n\"l\nm\",\"a\n\"\"b^\"\n", 4, 4),
        (.csv, "criteria\r\n\"^\"\r\n", 2, 2),
        (.json, #"[{"criteria":"x^y"}]"#, 1, 16),
        (.json, "[\n {\"app\": \"1\",\n  \"criteria\": \"x==\\\"y\\\" ^\"}]", 3, 25),
        (.json, #"[{"criteria":"\u0041\u00e4\u20ac\ud83d\ude00^"}]"#, 1, 45),
        (.json, #"[{"criteria":"ä\n^"}]"#, 1, 19),
        (.jsonLines, "{}\n{\"criteria\":\"\\\\^\"}\n", 2, 16),
    ])
    func `a byte of a cell's text is found in the file`(
        format: ManifestFormat, text: String, line: Int, column: Int
    ) throws {
        var reader = ManifestReader(format: format)
        let blocks = reader.push(Array(text.utf8)) + reader.finish()
        #expect(reader.diagnostics.kept == [])
        let index = try #require(reader.columns?.index(of: .criteria))
        let block = try #require(blocks.last)
        let row = block.rowCount - 1
        let cell = try #require(block.bytes(row: row, column: index))
        let byte = try #require(cell.firstIndex(of: UInt8(ascii: "^"))) - cell.startIndex
        #expect(
            block.position(row: row, column: index, byte: byte)
                == SourcePosition(line: line, column: column))
        // And the file has it there.
        let lines = text.utf8.split(
            separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        #expect(Array(lines[line - 1])[column - 1] == UInt8(ascii: "^"))
    }

    @Test func `a place past the text's end is its end, and numbers have one place`() throws {
        var reader = ManifestReader(format: .json)
        let blocks = reader.push(Array(#"[{"criteria":"ab","max_records":55}]"#.utf8))
        let block = try #require((blocks + reader.finish()).first)
        let columns = try #require(reader.columns)
        let criteria = try #require(columns.index(of: .criteria))
        let maximum = try #require(columns.index(of: .maximumRecords))
        #expect(block.position(row: 0, column: criteria, byte: 99).column == 17)
        #expect(block.position(row: 0, column: maximum, byte: 1).column == 33)
        let module = try #require(columns.index(of: .module))
        #expect(
            block.position(row: 0, column: module, byte: 1)
                == block.position(row: 0, column: module))
    }

    @Test func `skip_workflow may be a list, as Zoho has it`() throws {
        let text = "[{\"skip_workflow\": [\"form_workflow\"]}, {\"criteria\": [1]}]"
        var reader = ManifestReader(format: .json)
        let blocks = reader.push(Array(text.utf8)) + reader.finish()
        let index = try #require(reader.columns?.index(of: .skipWorkflow))
        #expect(blocks.first?.string(row: 0, column: index) == "[\"form_workflow\"]")
        #expect(blocks.first?.cellTypes[index] == .structure)
        #expect(
            reader.diagnostics.kept.map(\.message) == [
                "key \"criteria\" holds an array, expected a string"
            ])
    }
}
