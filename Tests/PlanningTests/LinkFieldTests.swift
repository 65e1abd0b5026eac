import JobModel
import ManifestReading
import Planning
import Testing

struct LinkFieldTests {
    static let header = ManifestText.header

    @Test(arguments: [
        ("number", "50.560"), ("number", "-0"), ("number", "1e5"), ("number", ""),
        ("boolean", "true"), ("boolean", "false"), ("json", "{\"\"a\"\":[1,null]}"),
        ("string", "anything at all"),
    ])
    func `a link field that is of its type is accepted`(type: String, value: String) {
        let result = ManifestText(
            header: Self.header + ",field:A:\(type)",
            ["update,Campaigns,1,Leads,2,\"\(value)\""]
        ).plan()
        #expect(result.messages == [])
        #expect(result.items.itemCount == 1)
    }

    @Test(arguments: [
        ("number", "1,5"), ("number", "01"), ("number", "+1"), ("number", ".5"),
        ("number", "0x1"), ("number", "NaN"), ("number", " 1"), ("boolean", "TRUE"),
        ("boolean", "1"), ("json", "{"), ("json", "{\"\"a\"\":1,\"\"a\"\":2}"),
        ("json", "\u{FEFF}1"), ("json", "\u{FEFF}"),
    ])
    func `a link field that is not of its type is a fault of its cell`(type: String, value: String)
    {
        let result = ManifestText(
            header: Self.header + ",field:A:\(type)",
            ["update,Campaigns,1,Leads,2,\"\(value)\""]
        ).plan()
        #expect(result.diagnostics.errorCount == 1)
        #expect(result.diagnostics.kept.first?.position == SourcePosition(line: 2, column: 28))
        #expect(result.diagnostics.kept.first?.skippableRow == 1)
        #expect(result.items.skippedRows == [1])
    }

    /// A document may begin with one; a value within a document may not.
    @Test func `a byte order mark within a JSON cell is reported by name`() {
        let result = ManifestText(
            header: Self.header + ",field:A:json",
            ["update,Campaigns,1,Leads,2,[1]", "update,Campaigns,1,Leads,3,\u{FEFF}[1]"]
        ).plan()
        #expect(
            result.messages == [
                "3:28: the link field \"A\" begins with a byte order mark (U+FEFF): remove it, JSON "
                    + "has none within a value"
            ])
    }

    @Test func `price books need a price, from either end`() {
        let message =
            "needs the link field \"list_price\" (as the column \"field:list_price:number\", or in "
            + "\"fields\")"
        let header = Self.header + ",field:list_price:number"
        let result = ManifestText(
            header: header,
            [
                "update,Products,1,Price_Books,2,", "update,Price_Books,1,Products,3,",
                "update,Products,1,Price_Books,4,50.56", "update,Products,1,Leads,5,",
                "delink,Products,1,Price_Books,6,",
            ]
        ).plan()
        #expect(
            result.messages == [
                "2:1: an update of \"Products/Price_Books\" " + message,
                "3:1: an update of \"Price_Books/Products\" " + message,
            ])
        #expect(result.items.itemCount == 3)
    }

    @Test func `updates with the same fields are one, with different fields a contradiction`() {
        let header = Self.header + ",field:Member_Status,field:A:number"
        let same = ManifestText(
            header: header,
            ["update,Campaigns,1,Leads,2,Active,1", "update,Leads,2,Campaigns,1,Active,1"]
        ).plan()
        #expect(same.messages == [])
        #expect(same.items.duplicateRows == [2])
        for other in ["Active,", "Active,1.0", "active,1", ",1"] {
            let different = ManifestText(
                header: header,
                ["update,Campaigns,1,Leads,2,Active,1", "update,Campaigns,1,Leads,2,\(other)"]
            ).plan()
            #expect(
                different.messages == [
                    "3:1: the update of Campaigns/1/Leads/2 sets other link fields than the "
                        + "update of Campaigns/1/Leads/2 at line 2; what needs an order is two "
                        + "manifests; keep one of the rows"
                ])
            #expect(different.items.skippedRows == [1, 2])
        }
    }

    @Test func `fields of a JSON object are the same in any order`() {
        func row(_ fields: String) -> [KnownColumn: ObjectRows.Value] {
            [
                .operation: .text("update"), .module: .text("Campaigns"), .recordID: .text("1"),
                .relatedList: .text("Leads"), .relatedID: .text("2"), .fields: .structure(fields),
            ]
        }
        let same = ObjectRows([row(#"{"a":1,"b":"x"}"#), row(#"{ "b": "x", "a": 1 }"#)]).plan()
        #expect(same.messages == [])
        #expect(same.items.duplicateRows == [2])
        #expect(
            ObjectRows([row(#"{"a":1}"#), row(#"{"a":"1"}"#)]).plan().diagnostics.errorCount == 1)
        for bad in ["[1]", "5", #"{"a b":1}"#, #"{"id":"7"}"#] {
            let result = ObjectRows([row(bad)]).plan()
            #expect(result.diagnostics.errorCount == 1)
            #expect(result.diagnostics.kept.first?.position?.column == 14)
        }
    }

    @Test func `the id is no link field`() {
        let result = ManifestText(
            header: Self.header + ",field:id", ["update,Campaigns,1,Leads,2,1"]
        ).plan()
        #expect(
            result.messages == [
                "1:1: \"id\" is no link field: the related record is named in \"related_id\""
            ])
        #expect(result.diagnostics.unskippableCount == 1)
        #expect(result.stopsRun)
    }
}
