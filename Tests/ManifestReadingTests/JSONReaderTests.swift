import JobModel
import ManifestReading
import Testing

/// A JSON manifest and its rows, each as the text of its keys that are there.
struct JSONCase: Sendable, CustomTestStringConvertible {
    var name: String
    var input: [UInt8]
    var rows: [[String: String]]
    var diagnostics: [String]

    init(
        _ name: String, _ input: String, _ rows: [[String: String]], _ diagnostics: [String] = []
    ) {
        self.init(name, bytes: Array(input.utf8), rows, diagnostics)
    }

    init(
        _ name: String, bytes: [UInt8], _ rows: [[String: String]], _ diagnostics: [String] = []
    ) {
        self.name = name
        self.input = bytes
        self.rows = rows
        self.diagnostics = diagnostics
    }

    var testDescription: String { name }

    func check(_ format: ManifestFormat) {
        let whole = Reading(input, format)
        #expect(whole.members == rows)
        #expect(whole.diagnostics == diagnostics)
        for cutting in ReaderInput.all {
            #expect(Reading(input, format, cutting: cutting) == whole, "\(cutting)")
        }
    }
}

extension Reading {
    /// Each row as the known keys it has.
    var members: [[String: String]] {
        rows.map { row in
            Dictionary(
                uniqueKeysWithValues: zip(KnownColumn.allCases, row.cells).compactMap {
                    column, cell in cell.map { (column.rawValue, $0) }
                })
        }
    }
}

private let nul = "the file is damaged or no text, export it again as UTF-8"
private let expected = "expected an array of objects, or {\"defaults\": {…}, \"items\": […]}"

private let documents: [JSONCase] = [
    JSONCase(
        "an array of objects", "[{\"module\": \"Leads\", \"record_id\": \"1\"},\n {}]",
        [["module": "Leads", "record_id": "1"], [:]]),
    JSONCase(
        "numbers keep their own text",
        "[{\"record_id\":3652397000000327001,\"related_id\":1e3,\"max_records\":50.560,\"owner\":-0}]",
        [
            [
                "record_id": "3652397000000327001", "related_id": "1e3", "max_records": "50.560",
                "owner": "-0",
            ]
        ]),
    JSONCase(
        "escapes",
        #"[{"module":"L\u0065ads","app":"a\"b","owner":"\"","criteria":"a\\b\n"},{"app":"x"}]"#,
        [
            ["module": "Leads", "app": "a\"b", "owner": "\"", "criteria": "a\\b\n"], ["app": "x"],
        ]),
    JSONCase(
        "booleans", "[{\"skip_workflow\":true,\"report\":false}]",
        [["skip_workflow": "true", "report": "false"]]),
    JSONCase(
        "fields keep their raw text",
        "[{\"fields\": {\"list_price\": 50.560, \"a\": [1, {\"b\": null}]},\"module\":\"x\"},{\"fields\":[ ]},{\"fields\":\"A,B\"}]",
        [
            ["fields": "{\"list_price\": 50.560, \"a\": [1, {\"b\": null}]}", "module": "x"],
            ["fields": "[ ]"], ["fields": "A,B"],
        ]),
    JSONCase(
        "other keys are carried",
        "[{\"Name\":{\"a\":[null]},\"module\":\"x\",\"note\":null,\"list\":[]}]",
        [["module": "x"]]),
    JSONCase("keys in any case", "[{\"Record_ID\":\"1\"}]", [["record_id": "1"]]),
    JSONCase("an empty string is not absent", "[{\"module\":\"\"}]", [["module": ""]]),
    JSONCase(
        "a byte order mark",
        bytes: [0xEF, 0xBB, 0xBF] + Array("[{\"module\":5,\"owner\":null}]".utf8), [],
        ["m:1:22: error: key \"owner\" is null: give it a value, or leave the key out"]),
    JSONCase(
        "an object with items",
        "{\"defaults\":{\"module\":\"M\"},\"items\":[{\"record_id\":\"1\"}]}",
        [["record_id": "1"]]),
    JSONCase("an empty file", "", [], ["m: error: the file is empty: " + expected]),
    JSONCase("only white space", " \n ", [], ["m: error: the file is empty: " + expected]),
    JSONCase("no items", "[]", [], ["m: warning: the file has no items"]),
    JSONCase("no items in an object", "{\"items\":[]}", [], ["m: warning: the file has no items"]),
    JSONCase(
        "no key items", "{\"defaults\":{}}", [],
        ["m: error: the key \"items\" is missing: " + expected]),
    JSONCase("a scalar", "5", [], ["m:1:1: error: found a number, " + expected]),
    JSONCase(
        "defaults behind items", "{\"items\":[{\"module\":\"x\"}],\n\"defaults\":{}}",
        [["module": "x"]],
        ["m:2:1: error: \"defaults\" must come before \"items\": move it there"]),
    JSONCase(
        "a misspelt outer key", "{\"default\":{}}", [],
        [
            "m:1:2: error: found the key \"default\" in the outer object, expected \"defaults\" or \"items\", meant \"defaults\"?"
        ]),
    JSONCase(
        "an item without its array", "{\"operation\":\"delink\"}\n", [],
        [
            "m:1:2: error: found the key \"operation\" in the outer object, expected \"items\": put a single item into an array, or use --format jsonl for one object a line"
        ]),
    JSONCase(
        "items that are none", "{\"items\":{}}", [],
        ["m:1:10: error: \"items\" is an object, expected an array of objects"]),
    JSONCase(
        "nested garbage among items", "[1,[{\"module\":[]}],{\"module\":\"x\"},null]",
        [["module": "x"]],
        [
            "m:1:2: error: the item is a number, expected an object",
            "m:1:4: error: the item is an array, expected an object",
            "m:1:35: error: the item is null, expected an object",
        ]),
    JSONCase(
        "nested garbage where a scalar is expected",
        "[{\"module\":{\"a\":1}},\n{\"record_id\":[\"1\"],\"module\":[]},{\"module\":\"x\"}]",
        [["module": "x"]],
        [
            "m:1:12: error: key \"module\" holds an object, expected a string",
            "m:2:14: error: key \"record_id\" holds an array, expected a string",
        ]),
    JSONCase(
        "a misspelt key is said once", "[{\"enviroment\":\"x\"},{\"enviroment\":\"x\"}]",
        [[:], [:]],
        [
            "m:1:3: error: key \"enviroment\" looks like a misspelt \"environment\": rename it to \"environment\", or if it is a column of your own, keep it with --column carry=\"enviroment\""
        ]),
    JSONCase(
        "a link field as a column", "[{\"field:City\":\"x\"}]", [[:]],
        [
            "m:1:3: error: key \"field:City\": in JSON, fields of an update belong in \"fields\": {\"City\": …}"
        ]),
    JSONCase(
        "a doubled key", "[{\"module\":\"a\"},{\"module\":\"a\",\"module\":\"b\"},{}]",
        [["module": "a"]],
        ["m:1:31: error: the key \"module\" occurs twice in the same object: keep one of them"]),
    JSONCase(
        "a key doubled in another case", "[{\"module\":\"a\",\"Module\":\"b\"},{}]", [[:]],
        ["m:1:16: error: key \"Module\" gives \"module\" a second time: keep one of them"]),
    JSONCase(
        "a NUL byte", "[{\"module\":\"a\0b\"}]", [],
        ["m:1:14: error: a NUL byte at offset 13: " + nul]),
    JSONCase("a NUL byte between", "[\0]", [], ["m:1:2: error: a NUL byte at offset 1: " + nul]),
    JSONCase(
        "an escaped NUL", "[{\"module\":\"a\\u0000\"}]", [],
        ["m:1:12: error: the value of \"module\" holds a NUL character: remove it"]),
    JSONCase(
        "invalid UTF-8",
        bytes: Array("[{\"module\":\"a\"},\n{\"x\":\"".utf8) + [0xE9] + Array("\"}]".utf8),
        [["module": "a"]], ["m:2:7: error: invalid UTF-8 at byte offset 23: save the file as UTF-8"]
    ),
    JSONCase(
        "an unclosed string", "[{\"module\":\"abc}]", [],
        ["m:1:12: error: the string that opens here is never closed"]),
    JSONCase(
        "a file cut short", "[{\"module\":\"abc\"},{\"module\"", [["module": "abc"]],
        ["m:1:28: error: the text ends here, expected \":\": is the file still being written?"]),
    JSONCase(
        "two values", "[{}] {}", [[:]],
        [
            "m:1:6: error: something follows after the end of the JSON value: one object a line is --format jsonl"
        ]),
    JSONCase(
        "a word and a number that are none", "[{\"module\":01}]", [],
        ["m:1:12: error: \"01\" is not a number by JSON's grammar: write it as a string"]),
]

private let lines: [JSONCase] = [
    JSONCase(
        "objects, CRLF, blank lines and no line end",
        "{\"module\":\"a\"}\r\n\n  \n{\"record_id\":7}",
        [["module": "a"], ["record_id": "7"]]),
    JSONCase(
        "a byte order mark", bytes: [0xEF, 0xBB, 0xBF] + Array("{\"module\":null}".utf8), [],
        ["m:1:11: error: key \"module\" is null: give it a value, or leave the key out"]),
    JSONCase(
        "an empty file", "", [], ["m: error: the file is empty: expected one JSON object a line"]),
    JSONCase(
        "only blank lines", "\n \r\n", [],
        ["m: error: the file is empty: expected one JSON object a line"]),
    JSONCase(
        "escapes on several lines",
        "{\"module\":\"\\u0061\"}\n{\"module\":\"b\",\"app\":\"\\\"\"}\n",
        [["module": "a"], ["module": "b", "app": "\""]]),
    JSONCase(
        "a line's fault leaves the next lines alone",
        "{\"module\":\"a\"\n{\"module\":\"b\"} {}\n[1]\n{\"module\":\"c\"}\n{\"a\":1,\"a\":2}\n{\"module\":nul}\n{\"module\":\"d\"}",
        [["module": "c"], ["module": "d"]],
        [
            "m:1:14: error: the line ends here, expected \",\" or \"}\": put each object on one line; if it spans several, use --format json",
            "m:2:16: error: something follows after the object: give each object a line of its own",
            "m:3:1: error: the line holds an array, expected an object",
            "m:5:8: error: the key \"a\" occurs twice in the same object: keep one of them",
            "m:6:11: error: found \"nul\", expected a value: put text in quotes",
        ]),
    JSONCase(
        "invalid UTF-8 and a NUL byte, each with its offset",
        bytes: Array("{}\n{\"x\":\"".utf8) + [0xC3, 0x28]
            + Array("\"}\n\0\n{\"app\":\"y\"}\n".utf8),
        [[:], ["app": "y"]],
        [
            "m:2:7: error: invalid UTF-8 at byte offset 9: save the file as UTF-8",
            "m:3:1: error: a NUL byte at offset 14: " + nul,
        ]),
]

@Suite(.timeLimit(.minutes(20))) struct JSONReaderTests {
    @Test(arguments: documents)
    func `a JSON document reads the same however it is cut`(of example: JSONCase) {
        example.check(.json)
    }

    @Test(arguments: lines)
    func `JSON Lines read the same however they are cut`(of example: JSONCase) {
        example.check(.jsonLines)
    }

    @Test func `an item is too deep at 64 levels, and ends the reading`() {
        let deep = String(repeating: "[", count: 63) + String(repeating: "]", count: 63)
        let reading = Reading(Array("[{\"fields\":\(deep)}]".utf8), .json)
        #expect(reading.diagnostics == ["m:1:74: error: nested more than 64 levels deep"])
        let fine = String(deep.dropFirst().dropLast())
        #expect(Reading(Array("[{\"fields\":\(fine)}]".utf8), .json).cells.count == 1)
    }

    @Test func `types and positions of values are known`() {
        let text =
            "[\n  {\"module\": \"a\",\n   \"record_id\": 1, \"fields\": {},\n\"skip_workflow\": true}]"
        for cutting in ReaderInput.all {
            let row = Reading(Array(text.utf8), .json, cutting: cutting).rows[0]
            func place(_ column: KnownColumn) -> String {
                row.cellPositions[KnownColumn.allCases.firstIndex(of: column) ?? 0]
            }
            func type(_ column: KnownColumn) -> RowBlock.CellType {
                row.types[KnownColumn.allCases.firstIndex(of: column) ?? 0]
            }
            #expect(row.position == "2:3")
            #expect(row.offset == 4)
            #expect(row.byteCount == UInt32(text.utf8.count - 5))
            #expect(place(.operation) == "2:3")
            #expect(place(.module) == "2:14")
            #expect(place(.recordID) == "3:17")
            #expect(place(.fields) == "3:30")
            #expect(place(.skipWorkflow) == "4:18")
            #expect(type(.module) == .text)
            #expect(type(.recordID) == .number)
            #expect(type(.fields) == .structure)
            #expect(type(.skipWorkflow) == .boolean)
        }
    }

    @Test func `defaults are known before the first row`() {
        let text =
            "{\"defaults\": {\"module\": \"L\\u0065ads\", \"record_id\": 70},\n\"items\": [{}]}"
        for cutting in ReaderInput.all {
            var reader = ManifestReader(format: .json)
            var seen: [ColumnDefault]?
            for piece in cutting.pieces(of: Array(text.utf8)) {
                if !reader.push(Array(piece)).isEmpty { seen = seen ?? reader.defaults }
            }
            #expect(reader.finish().isEmpty)
            #expect(
                seen == [
                    ColumnDefault(.module, "Leads"),
                    ColumnDefault(.recordID, "70", type: .number),
                ])
        }
    }

    @Test func `defaults of a wrong kind are errors, and so are unknown ones`() {
        let text = "{\"defaults\":{\"module\":[],\"colour\":\"red\"},\"items\":[{}]}"
        #expect(
            Reading(Array(text.utf8), .json).diagnostics == [
                "m:1:23: error: key \"module\" holds an array, expected a string",
                "m:1:26: error: \"defaults\" does not know \"colour\": it supplies only known columns",
            ])
    }

    @Test func `a map gives foreign keys a meaning`() throws {
        let map = try ColumnMap(arguments: ["record_id=Campaign Id", "carry=Mobile"])
        let text = "[{\"campaign id\":\"7\",\"Mobile\":\"1\"}]"
        let reading = Reading(Array(text.utf8), .json, map: map)
        #expect(reading.members == [["record_id": "7"]])
        #expect(reading.diagnostics.isEmpty)
        let unseen = Reading(Array("[{\"Mobile\":1}]".utf8), .json, map: map)
        #expect(
            unseen.diagnostics == [
                "m: error: --column record_id=\"Campaign Id\" names a column that is not there: no item has that key"
            ])
        let linkField = try ColumnMap(arguments: ["field:City=Town"])
        #expect(
            Reading(Array("[{\"Town\":1}]".utf8), .json, map: linkField).diagnostics.first
                == "m: error: --column field:City is for CSV: in JSON, fields of an update belong in "
                + "\"fields\": {\"City\": …}")
    }

    @Test func `values have the limits that cells have`() {
        for (count, isFine) in [(256, true), (257, false)] {
            let id = String(repeating: "1", count: count)
            let reading = Reading(Array("[{\"record_id\":\"\(id)\"}]".utf8), .json)
            #expect(reading.rows.count == (isFine ? 1 : 0))
            #expect(
                reading.diagnostics
                    == (isFine
                        ? []
                        : [
                            "m:1:15: error: the value of \"record_id\" has 257 bytes, at most 256 are allowed: shorten it"
                        ]))
        }
    }

    @Test(arguments: [ReaderInput.whole, .seeded(1), .seeded(2)])
    func `an item past 1 MiB ends the reading at its start`(cutting: ReaderInput) {
        let limit = 1 << 20
        let message =
            "the item is longer than 1048576 bytes: split it, or look for a missing bracket; "
            + "reading stopped here"
        // {"x":["…"]} around strings of 1,000 bytes.
        let string = "\"" + String(repeating: "y", count: 997) + "\","
        for (count, isFine) in [(1, true), (1048, true), (1049, false), (2000, false)] {
            let item = "{\"x\":[" + String(repeating: string, count: count) + "1]}"
            #expect((item.utf8.count <= limit) == isFine)
            for (text, format, place) in [
                ("[{},\n" + item + "]", ManifestFormat.json, "2:1"),
                ("{}\n" + item + "\n{}", .jsonLines, "2:1"),
            ] {
                let reading = Reading(Array(text.utf8), format, cutting: cutting)
                #expect(reading.isStopped != isFine)
                #expect(reading.diagnostics == (isFine ? [] : ["m:\(place): error: " + message]))
            }
        }
        let long = "[{},\n{\"x\":\"" + String(repeating: "y", count: 2 * limit)
        for text in [long, long + "\"}]", long + "\u{1}"] {
            let reading = Reading(Array(text.utf8), .json, cutting: cutting)
            #expect(reading.diagnostics == ["m:2:1: error: " + message])
        }
    }

    @Test func `items come as they were written, and are many`() {
        var text = "["
        for row in 0..<20_000 {
            text +=
                "\(row == 0 ? "" : ",\n"){\"record_id\": \(row), \"Name\": \"\\u0041\", \"app\":\"\\t\"}"
        }
        for cutting in [ReaderInput.whole, .seeded(3)] {
            var reader = ManifestReader(format: .json)
            var rows = 0
            for piece in cutting.pieces(of: Array((text + "]").utf8)) {
                for block in reader.push(Array(piece)) {
                    for row in 0..<block.rowCount {
                        let raw = block.rawItem(row: row).map {
                            String(decoding: $0, as: UTF8.self)
                        }
                        #expect(
                            raw
                                == "{\"record_id\": \(rows), \"Name\": \"\\u0041\", \"app\":\"\\t\"}"
                        )
                        #expect(block.string(row: row, column: 2) == "\(rows)")
                        #expect(block.string(row: row, column: 6) == "\t")
                        rows += 1
                    }
                }
            }
            #expect(rows == 20_000)
        }
    }
}
