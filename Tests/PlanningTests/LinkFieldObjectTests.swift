import JobModel
import ManifestReading
import Planning
import Testing

/// The body of an update, built from the reread row.
struct LinkFieldObjectTests {
    /// The objects of all update rows, each read again by its position alone.
    static func objects(_ manifest: ManifestText) throws -> [String] {
        let result = manifest.plan()
        #expect(result.messages == [])
        var reader = ManifestReader(format: manifest.format)
        let bytes = Array(manifest.text.utf8)
        _ = reader.push(bytes)
        _ = reader.finish()
        let again = RowReader(format: manifest.format, columns: try #require(reader.columns))
        return try result.items.updateRows.rows.map { row in
            let place = try #require(result.items.updateRows.position(ofRow: row))
            let end = Int(place.offset) + Int(place.byteCount)
            let block = try #require(
                again.row(
                    row, line: 1, offset: place.offset,
                    bytes: Array(bytes[Int(place.offset)..<end]), isEndOfFile: true))
            return String(decoding: try result.linkFields.object(of: block, row: 0), as: UTF8.self)
        }
    }

    @Test(arguments: [
        "50.56", "50.560", "1234567890123456789", "0.1000000000000000055511151231257827", "-0",
        "1e5", "1E-05", "3652397000000327001.50",
    ])
    func `numbers stay byte for byte as written`(number: String) throws {
        let csv = ManifestText(
            header: ManifestText.header + ",field:list_price:number",
            ["update,Products,1,Price_Books,2,\(number)"])
        #expect(try Self.objects(csv) == ["{\"list_price\":\(number)}"])
        let json = ManifestText(
            .json,
            "[{\"operation\":\"update\",\"module\":\"Products\",\"record_id\":1,"
                + "\"related_list\":\"Price_Books\",\"related_id\":2,"
                + "\"fields\":{\"list_price\": \(number)}}]")
        #expect(try Self.objects(json) == ["{\"list_price\": \(number)}"])
    }

    @Test func `CSV fields are in the header's order, with their types; empty ones are absent`()
        throws
    {
        let objects = try Self.objects(
            ManifestText(
                header: ManifestText.header
                    + ",field:Z,field:A:boolean,note,field:M:json,field:N:number",
                [
                    #"update,Campaigns,1,Leads,2,"say ""hi""\ ä",true,x,"{""b"": [1.0, null]}",7"#,
                    "update,Campaigns,1,Leads,3,,false,x,,", "delink,Campaigns,1,Leads,9,,,,,",
                    "update,Campaigns,1,Leads,4,,,x,,", "update,Campaigns,1,Leads,5,007,,,[],",
                ]))
        #expect(
            objects == [
                #"{"Z":"say \"hi\"\\ ä","A":true,"M":{"b": [1.0, null]},"N":7}"#, #"{"A":false}"#,
                "{}", #"{"Z":"007","M":[]}"#,
            ])
    }

    @Test func `a JSON object is passed on as written, a default one where there is none`()
        throws
    {
        let text = #"""
            {"defaults": {"operation": "update", "module": "Campaigns", "record_id": "1",
                          "related_list": "Leads", "fields": {"Member_Status": "Active"}},
             "items": [{"related_id": 2},
                       {"related_id": 3, "fields": { "B" : "\u0041",
                          "A":[1.50] }},
                       {"related_id": 4, "fields": {}}]}
            """#
        #expect(
            try Self.objects(ManifestText(.json, text)) == [
                #"{"Member_Status": "Active"}"#,
                "{ \"B\" : \"\\u0041\",\n              \"A\":[1.50] }", "{}",
            ])
    }

    @Test func `positions are those of valid update rows alone`() {
        let result = ManifestText(
            header: ManifestText.header + ",field:A:number",
            [
                "delink,Campaigns,1,Leads,1,", "update,Campaigns,1,Leads,2,1",
                "update,Campaigns,1,Leads,3,x", "update,Campaigns,1,Leads,4,\"2\"",
            ]
        ).plan()
        let rows = result.items.updateRows
        #expect(rows.rows == [2, 4])
        #expect(rows.byteCounts == [28, 30])
        #expect(rows.position(ofRow: 4)?.offset == rows.offsets[1])
        for row in [0, 1, 3, 5] as [UInt32] { #expect(rows.position(ofRow: row) == nil) }
    }

    @Test func `a row that planning would not have accepted is a fault`() throws {
        let header = ManifestText.header + ",field:A:number"
        let planned = ManifestText(header: header, ["update,Campaigns,1,Leads,2,1"]).plan()
        var reader = ManifestReader(format: .csv)
        let bytes = Array((header + "\nupdate,Campaigns,1,Leads,2,1x\n").utf8)
        let block = try #require((reader.push(bytes) + reader.finish()).first)
        #expect(throws: LinkFields.Problem.self) {
            try planned.linkFields.object(of: block, row: 0)
        }
    }

    @Test(arguments: ["null", "\"\""])
    func `an empty price is no price`(price: String) {
        let result = ManifestText(
            .json,
            "[{\"operation\":\"update\",\"module\":\"Products\",\"record_id\":1,"
                + "\"related_list\":\"Price_Books\",\"related_id\":2,"
                + "\"fields\":{\"list_price\": \(price)}}]"
        ).plan()
        #expect(result.diagnostics.errorCount == 1)
        #expect(result.messages.first?.contains("needs the link field \"list_price\"") == true)
    }

    @Test(arguments: [#""Owner,Name""#, #""{\"A\":1}""#, "5", "true", "[1]", #""""#])
    func `fields of an update are an object, not a text`(fields: String) {
        let result = ManifestText(
            .json,
            "[{\"operation\":\"update\",\"module\":\"Campaigns\",\"record_id\":1,"
                + "\"related_list\":\"Leads\",\"related_id\":2,\"fields\":\(fields)}]"
        ).plan()
        #expect(result.diagnostics.errorCount == 1)
        #expect(result.messages.first?.contains("an update's link fields are an object") == true)
    }
}
