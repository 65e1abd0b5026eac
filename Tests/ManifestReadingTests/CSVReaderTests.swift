import JobModel
import ManifestReading
import Testing

/// A manifest and the expected result, for all chunk boundaries.
struct CSVCase: Sendable, CustomTestStringConvertible {
    var name: String
    var input: [UInt8]
    var cells: [[String]]
    var diagnostics: [String]

    init(_ name: String, _ input: String, _ cells: [[String]], _ diagnostics: [String] = []) {
        self.init(name, Array(input.utf8), cells, diagnostics)
    }

    init(_ name: String, _ input: [UInt8], _ cells: [[String]], _ diagnostics: [String] = []) {
        self.name = name
        self.input = input
        self.cells = cells
        self.diagnostics = diagnostics
    }

    var testDescription: String { name }
}

private func bytes(_ parts: any Sequence<UInt8>...) -> [UInt8] {
    parts.reduce(into: []) { bytes, part in for byte in part { bytes.append(byte) } }
}

private let head = "record_id,related_id,note\n"
private let stray =
    "a quote within an unquoted cell: put the whole cell in quotes, and double the quotes within it"

private let wellFormed: [CSVCase] = [
    CSVCase("rows", head + "1,2,a\n3,4,b\n", [["1", "2", "a"], ["3", "4", "b"]]),
    CSVCase("no newline at the end", head + "1,2,a", [["1", "2", "a"]]),
    CSVCase(
        "CRLF", "record_id,related_id,note\r\n1,2,a\r\n3,4,\r\n",
        [["1", "2", "a"], ["3", "4", ""]]),
    CSVCase("CRLF and LF mixed", head + "1,2,a\r\n3,4,b\n", [["1", "2", "a"], ["3", "4", "b"]]),
    CSVCase(
        "a byte order mark", bytes([0xEF, 0xBB, 0xBF], (head + "1,2,a\n").utf8), [["1", "2", "a"]]),
    CSVCase("header names in any case", "Record_ID,RELATED_ID,Note\n1,2,a\n", [["1", "2", "a"]]),
    CSVCase("quoted commas", head + "1,2,\"a,b\"\n", [["1", "2", "a,b"]]),
    CSVCase("quoted quotes", head + "1,\"2\",\"\"\"a\"\"b\"\"\"\n", [["1", "2", "\"a\"b\""]]),
    CSVCase(
        "quoted newlines", head + "1,2,\"a\nb\r\nc\"\n3,4,d\n",
        [["1", "2", "a\nb\r\nc"], ["3", "4", "d"]]),
    CSVCase("a quoted carriage return", head + "1,2,\"a\rb\"\n", [["1", "2", "a\rb"]]),
    CSVCase("empty cells", head + ",,\n\"\",\"\",\"\"\n", [["", "", ""], ["", "", ""]]),
    CSVCase("an empty quoted cell at the very end", head + "1,2,\"\"", [["1", "2", ""]]),
    CSVCase(
        "a quoted cell before CRLF", head + "1,2,\"a\"\r\n3,4,b",
        [["1", "2", "a"], ["3", "4", "b"]]),
    CSVCase(
        "blank lines", "\n\r\n" + head + "\n1,2,a\n\r\n\n3,4,b\n\n\r\n",
        [["1", "2", "a"], ["3", "4", "b"]]),
    CSVCase("spaces are kept", head + " 1 , 2, \n", [[" 1 ", " 2", " "]]),
    CSVCase("text that is no ASCII", head + "1,2,Größe 日本 👋\n", [["1", "2", "Größe 日本 👋"]]),
    CSVCase(
        "a quoted header", "\"record_id\",related_id,\"my \"\"note\"\"\"\n1,2,a\n",
        [["1", "2", "a"]]),
    CSVCase("one column", "record_id\n1\n\n2\n\"\"\n", [["1"], ["2"], [""]]),
]

private let damaged: [CSVCase] = [
    CSVCase(
        "an empty file", "", [],
        [
            "m: error: the file is empty: expected a header row (operation, module, record_id, "
                + "related_list, related_id) and a row for each relation"
        ]),
    CSVCase(
        "only blank lines", "\n\r\n", [],
        [
            "m: error: the file is empty: expected a header row (operation, module, record_id, "
                + "related_list, related_id) and a row for each relation"
        ]),
    CSVCase(
        "only a header", head, [], ["m: warning: the file has a header row and no data rows"]),
    CSVCase(
        "only a header, no newline", "record_id,related_id", [],
        ["m: warning: the file has a header row and no data rows"]),
    CSVCase(
        "too few cells", head + "1,2\n3,4,b\n5\n", [["3", "4", "b"]],
        [
            "m:2:1: error: the row has 2 cells, expected 3 as in the header: write a comma for each empty cell",
            "m:4:1: error: the row has 1 cell, expected 3 as in the header: write a comma for each empty cell",
        ]),
    CSVCase(
        "too many cells", head + "1,2,a,\"b\"\n3,4,b\n", [["3", "4", "b"]],
        [
            "m:2:7: error: the row has 4 cells, expected 3 as in the header: put cells that hold commas in quotes"
        ]),
    CSVCase(
        "a NUL byte", head + "1,2,a\n1,\0,2,3\n3,4,b\n", [["1", "2", "a"], ["3", "4", "b"]],
        [
            "m:3:3: error: a NUL byte at offset 34: the file is damaged or no text, export it again as UTF-8"
        ]),
    CSVCase(
        "a NUL byte within quotes", head + "1,2,\"a\n\0\"\n3,4,b\n", [["3", "4", "b"]],
        [
            "m:3:1: error: a NUL byte at offset 33: the file is damaged or no text, export it again as UTF-8"
        ]),
    CSVCase(
        "invalid UTF-8",
        bytes(head.utf8, "1,2,caf".utf8, [0xE9], "\n3,4,ö\n5,6,".utf8, [0xC3, 0x28], "\n".utf8),
        [["3", "4", "ö"]],
        [
            "m:2:8: error: invalid UTF-8 at byte offset 33 (found E9): save the file as UTF-8",
            "m:4:5: error: invalid UTF-8 at byte offset 46 (found C3 28): save the file as UTF-8",
        ]),
    CSVCase(
        "UTF-8 cut short at the end", bytes(head.utf8, "1,2,".utf8, [0xE2, 0x82]), [],
        ["m:2:5: error: invalid UTF-8 at byte offset 30 (found E2 82): save the file as UTF-8"]),
    CSVCase(
        "an unclosed quote", head + "1,2,a\n3,\"4,b\n5,6,c\n", [["1", "2", "a"]],
        [
            "m:3:3: error: the quote that opens here is never closed: close it, or double it if it belongs to the text"
        ]),
    CSVCase(
        "an unclosed quote behind a quoted newline", head + "\"1\n\",\"x\"\"\ny\",\"", [],
        [
            "m:4:4: error: the quote that opens here is never closed: close it, or double it if it belongs to the text"
        ]),
    CSVCase(
        "an unclosed quote in the header", "record_id,\"note\n1,2\n", [],
        [
            "m:1:11: error: the quote that opens here is never closed: close it, or double it if it belongs to the text"
        ]),
    CSVCase(
        "stray quotes", head + "1,2,a\"b\"\n3,4,b\n\"5\",6 ,c\"\n", [["3", "4", "b"]],
        ["m:2:6: error: " + stray, "m:4:9: error: " + stray]),
    CSVCase(
        "text after a closing quote ends the reading", head + "1,2,a\n3,4,\"b\"c\n5,6,\n",
        [["1", "2", "a"]],
        [
            "m:3:8: error: found \"c\" after a closing quote, expected a comma or the end of the line: double the quotes "
                + "within a quoted cell; reading stopped here"
        ]),
    CSVCase(
        "a lone carriage return", head + "1,2,a\rb\n3,4,c\n5,6,d\r", [["3", "4", "c"]],
        [
            "m:2:6: error: a carriage return without a line feed at offset 31: end lines with LF or CRLF, or put the cell in quotes",
            "m:4:6: error: a carriage return without a line feed at offset 45: end lines with LF or CRLF, or put the cell in quotes",
        ]),
    CSVCase(
        "UTF-16", bytes([0xFF, 0xFE], "r\0e\0".utf8), [],
        ["m: error: the file is UTF-16: save it as UTF-8"]),
    CSVCase(
        "a workbook", "PK\u{3}\u{4}rest", [],
        ["m: error: the file is a ZIP archive or an Excel workbook: export it as CSV"]),
    CSVCase(
        "of one row only the first fault is said", head + "1,\"2\"\"\",a\"\0,x,y\n", [],
        ["m:2:10: error: " + stray]),
]

@Suite(.timeLimit(.minutes(20))) struct CSVReaderTests {
    @Test(arguments: wellFormed + damaged)
    func `cells and diagnostics are the same however the file is cut`(of example: CSVCase) {
        let whole = Reading(example.input, .csv)
        #expect(whole.cells == example.cells)
        #expect(whole.diagnostics == example.diagnostics)
        for cutting in ReaderInput.all {
            #expect(Reading(example.input, .csv, cutting: cutting) == whole, "\(cutting)")
        }
    }

    @Test func `positions are exact behind quoted newlines and doubled quotes`() {
        let text = head + "\"a\"\"\n\"\"b\",\"c\"\"\",d\n1,\"2\r\n\",\"3\"\n"
        for cutting in ReaderInput.all {
            let reading = Reading(Array(text.utf8), .csv, cutting: cutting)
            #expect(reading.cells == [["a\"\n\"b", "c\"", "d"], ["1", "2\r\n", "3"]])
            #expect(
                reading.rows.map(\.cellPositions) == [
                    ["2:1", "3:6", "3:12"], ["4:1", "4:3", "5:3"],
                ])
            #expect(reading.rows.map(\.position) == ["2:1", "4:1"])
            #expect(reading.rows.map(\.offset) == [26, 44])
            #expect(reading.rows.map(\.byteCount) == [17, 11])
        }
    }

    @Test func `a byte order mark counts as bytes of the file and not as a column`() {
        let reading = Reading(bytes([0xEF, 0xBB, 0xBF], "record_id,nope\"\n".utf8), .csv)
        #expect(reading.diagnostics == ["m:1:15: error: " + stray])
        let rows = Reading(bytes([0xEF, 0xBB, 0xBF], "record_id\n7\n".utf8), .csv).rows
        #expect(rows.map(\.offset) == [13])
    }

    @Test func `rows that are left out keep their numbers`() {
        let reading = Reading(Array("record_id\n1\n2,\n3\n".utf8), .csv)
        #expect(reading.rows.map(\.number) == [1, 3])
        #expect(reading.rowCount == 3)
        #expect(reading.faultyRowCount == 1)
    }

    @Test(arguments: [("1\n", false), ("1", true), ("\"1\"", true), ("\"1\"\r\n", false)])
    func `a last row without a line end is reported`(row: String, isUnterminated: Bool) {
        let reading = Reading(Array(("record_id\n" + row).utf8), .csv)
        #expect(reading.cells == [["1"]])
        #expect(reading.lastRowIsUnterminated == isUnterminated)
    }

    @Test func `cells of ids end at 256 bytes and others at 64 KiB`() {
        let header = "record_id,note\n"
        for (id, note, expected) in [
            (256, 65536, []), (257, 1, ["m:2:1: error: the cell \"record_id\" has 257 bytes, "]),
            (1, 65537, ["m:2:3: error: the cell \"note\" has 65537 bytes, "]),
        ] as [(Int, Int, [String])] {
            let row =
                String(repeating: "1", count: id) + "," + String(repeating: "x", count: note)
            let reading = Reading(Array((header + row + "\n2,b\n").utf8), .csv)
            #expect(reading.rows.count == (expected.isEmpty ? 2 : 1))
            #expect(reading.diagnostics.count == expected.count)
            for (diagnostic, start) in zip(reading.diagnostics, expected) {
                #expect(diagnostic.hasPrefix(start))
            }
        }
    }

    @Test(arguments: [ReaderInput.whole, .seeded(1), .seeded(2)])
    func `a row past 1 MiB ends the reading where its quote opened`(cutting: ReaderInput) {
        let limit = 1 << 20
        let long = String(repeating: "x\n", count: limit / 2)
        let message =
            "the row is longer than 1048576 bytes: a quote may be missing that closes this "
            + "cell; reading stopped here"
        for (input, place) in [
            ("1,\"" + long + "\"", "2:3"), ("1,\"" + long, "2:3"),
            ("1,\"a\n\",\"" + long + "\"z", "3:3"),
            ("1," + long.filter { $0 == "x" } + long.filter { $0 == "x" }, "2:1"),
        ] {
            let reading = Reading(
                Array(("record_id,note,b\n" + input + "\n2,b,\n").utf8), .csv, cutting: cutting)
            #expect(reading.diagnostics == ["m:\(place): error: " + message])
            #expect(reading.isStopped)
            #expect(reading.rows.isEmpty)
        }
        let row = "\"" + String(repeating: "x", count: limit - 2) + "\""
        for (input, isFine) in [(row, true), (row + "\r", true), (row + ",", false)] {
            let reading = Reading(
                Array(("record_id\n" + input + "\n2\n").utf8), .csv, cutting: cutting)
            #expect(reading.isStopped != isFine)
        }
    }

    @Test func `a file of a million rows comes in blocks of thousands, none of them large`() {
        var reader = ManifestReader(format: .csv)
        var text = Array("operation,module,record_id,related_list,related_id\n".utf8)
        for row in 0..<40_000 {
            text += Array("delink,Campaigns,\(3_652_397_000_000_327_001 + row),Leads,77\n".utf8)
        }
        let blocks = reader.push(text) + reader.finish()
        #expect(blocks.map(\.rowCount).reduce(0, +) == 40_000)
        #expect(blocks.map(\.firstRow).first == 1)
        #expect(blocks.allSatisfy { $0.text.count < 3 << 20 })
        #expect(blocks.count == 2)
        #expect(
            blocks.last?.string(row: (blocks.last?.rowCount ?? 0) - 1, column: 2)
                == "3652397000000367000")
        #expect(reader.diagnostics == DiagnosticList())
    }

    @Test func `a million faulty rows fill no memory and are counted`() {
        let reading = Reading(
            Array(("record_id\n" + String(repeating: "1,2\n", count: 300)).utf8), .csv)
        #expect(reading.diagnostics.count == DiagnosticList.maximumKept)
        #expect(reading.faultyRowCount == 300)
    }
}
