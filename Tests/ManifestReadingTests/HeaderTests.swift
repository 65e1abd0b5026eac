import JobModel
import ManifestReading
import Testing

struct HeaderTests {
    @Test(.timeLimit(.minutes(20)))
    func `a header of very many columns costs time for each column, not for each pair`() {
        let names = (0..<50_000).map { "column_number_\($0)" }
        let doubled = Array(repeating: "one_name", count: 20_000)
        let quoted = Array(repeating: "\"a \"\"b\"\"\"", count: 20_000)
        for header in [["record_id"] + names, doubled + ["record_id"], quoted + ["record_id"]] {
            let reading = Reading(Array((header.joined(separator: ",") + "\n").utf8), .csv)
            #expect(reading.columns?.names.count == header.count)
            #expect(reading.diagnostics.count <= DiagnosticList.maximumKept)
        }
    }

    @Test func `known columns, link fields and own columns are distinguished`() throws {
        let columns = try #require(
            Reading(
                Array(
                    "Operation,MODULE,record_id,field:list_price:number,Field:City,Name,id\n".utf8),
                .csv
            ).columns)
        let price = try #require(APIName("list_price"))
        let city = try #require(APIName("City"))
        #expect(
            columns.meanings == [
                .known(.operation), .known(.module), .known(.recordID),
                .linkField(name: price, type: .number), .linkField(name: city, type: .string),
                .carried, .carried,
            ])
        #expect(columns.names[0] == "Operation")
        #expect(columns.index(of: .recordID) == 2)
        #expect(columns.index(of: .relatedID) == nil)
    }

    @Test(arguments: [
        (
            "record_id,enviroment", "1:11",
            "column \"enviroment\" looks like a misspelt \"environment\": rename it to \"environment\", or if it is a column of your own, keep it with --column carry=\"enviroment\""
        ),
        (
            "record_id,Related Id", "1:11",
            "column \"Related Id\" looks like a misspelt \"related_id\": rename it to \"related_id\", or if it is a column of your own, keep it with --column carry=\"Related Id\""
        ),
        (
            "record_id,ap", "1:11",
            "column \"ap\" looks like a misspelt \"app\": rename it to \"app\", or if it is a column of your own, keep it with --column carry=\"ap\""
        ),
        (
            "record_id,feild:City", "1:11",
            "column \"feild:City\" looks like a misspelt \"field:API_Name\": rename it to \"field:City\", or if it is a column of your own, keep it with --column carry=\"feild:City\""
        ),
        (
            "record_id,field:City:nubmer", "1:11",
            "column \"field:City:nubmer\" has the type \"nubmer\", expected string, number, boolean, json, meant \"number\"?"
        ),
        (
            "record_id,field:", "1:11",
            "column \"field:\": \"\" is no API name of a field; one is a letter or \"_\", then letters, digits and \"_\", 100 at most"
        ),
        (
            "record_id,field:a:string:b", "1:11",
            "column \"field:a:string:b\" has 4 parts, expected field:API_Name or field:API_Name:type"
        ),
        ("record_id,,x", "1:11", "a column without a name: name it in the header, or remove it"),
        (
            "record_id,x,Record_ID", "1:13",
            "two columns are named \"record_id\": columns 1 and 3; rename or remove one of them"
        ),
        (
            "record_id,Name,name", "1:16",
            "two columns are named \"name\": columns 2 and 3; rename or remove one of them"
        ),
        (
            "record_id,field:A,field:A:number", "1:19",
            "two columns are named \"field:A\": columns 2 and 3 (\"field:A\" and \"field:A:number\"); rename or remove one of them"
        ),
        (
            "delink,Campaigns,3652397000000327001", "1:1",
            "the header row is missing: the first row holds data, \"delink\" for one; put the column names first (operation, module, record_id, related_list, related_id)"
        ),
        (
            "Campaigns,3652397000000327001", "1:11",
            "the header row is missing: the first row holds data, \"3652397000000327001\" for one; put the column names first (operation, module, record_id, related_list, related_id)"
        ),
        (
            "Campaign Id,Lead Id", "",
            "the header row has no column that is known (\"Campaign Id\", \"Lead Id\"): name the columns operation, module, record_id, related_list, related_id, or map them, as in --column record_id=\"Campaign Id\""
        ),
        (
            "operation;module;record_id", "1:1",
            "cells seem to be separated by semicolons: export with commas"
        ),
    ])
    func `a header's errors are reported, each at its column`(
        header: String, place: String, message: String
    ) {
        let reading = Reading(Array((header + "\n").utf8), .csv)
        let expected = place.isEmpty ? "m:1:1: error: \(message)" : "m:\(place): error: \(message)"
        #expect(reading.diagnostics.first == expected)
        #expect(reading.diagnostics.count == 2)  // and the warning that there are no rows
    }

    @Test func `a map gives foreign headers a meaning and keeps own columns`() throws {
        let map = try ColumnMap(arguments: [
            "record_id=Campaign Id", "related_id=LEAD id", "carry=Mobile",
            "field:list_price:number=Price",
        ])
        let reading = Reading(
            Array("campaign id,Lead Id,Mobile,Price,Other one\n1,2,3,4,5\n".utf8), .csv, map: map)
        let price = try #require(APIName("list_price"))
        #expect(reading.diagnostics.isEmpty)
        #expect(
            reading.columns?.meanings == [
                .known(.recordID), .known(.relatedID), .carried,
                .linkField(name: price, type: .number), .carried,
            ])
    }

    /// Found by fuzzing: "=" and the mark are one Character, which led to two findings.
    @Test func `a mapped header may begin with a combining mark`() throws {
        let map = try ColumnMap(arguments: ["record_id=\u{301}Id"])
        #expect(map.entries.map(\.header) == ["\u{301}Id"])
        #expect(map.entries.map(\.argument) == ["record_id=\u{301}Id"])
        let upper = try ColumnMap(arguments: ["Record_ID=\u{301}Id"])
        #expect(upper.entries.map(\.meaning) == map.entries.map(\.meaning))
        #expect(throws: ColumnMap.Problem.self) { try ColumnMap(arguments: ["record_id\u{301}"]) }
    }

    @Test func `a map that fits no column, or one that is there already, is an error`() throws {
        let map = try ColumnMap(arguments: ["record_id=Campaign Id", "module=Kind"])
        let reading = Reading(
            Array("record_id,Campaign Id\n1,2\n".utf8), .csv, map: map)
        #expect(
            reading.diagnostics == [
                "m:1:11: error: two columns are named \"record_id\": columns 1 and 2 (\"record_id\" and "
                    + "\"Campaign Id\"); rename or remove one of them",
                "m:1:1: error: --column module=\"Kind\" names a column that is not there: the header has "
                    + "\"record_id\", \"Campaign Id\"",
            ])
    }

    @Test(arguments: [
        (
            ["record_id"],
            "\"record_id\" has no \"=\": write it as record_id=\"Campaign Id\""
        ),
        (["record_id="], "the header after the \"=\" is missing"),
        (
            ["recrd_id=A"],
            "column \"recrd_id\" looks like a misspelt \"record_id\": rename it to \"record_id\", or if it is a column of your own, keep it with --column carry=\"recrd_id\""
        ),
        (["record_id=A", "module=a"], "--column names the header \"a\" twice"),
        (["record_id=A", "RECORD_ID=B"], "--column names two headers for record_id"),
    ])
    func `arguments of a map are checked`(arguments: [String], message: String) {
        #expect(throws: ColumnMap.Problem(message: message)) {
            try ColumnMap(arguments: arguments)
        }
    }

    @Test(arguments: [
        ("a.csv", ManifestFormat.csv), ("/x.y/B.JSON", .json), ("c.jsonl", .jsonLines),
        ("d.ndjson", .jsonLines),
        ("e.txt", nil), ("csv", nil), ("", nil), ("x.", nil),
    ])
    func `the format follows from the extension`(path: String, format: ManifestFormat?) {
        #expect(ManifestFormat(path: path) == format)
    }
}
