import JobModel
import ManifestReading
import Planning
import Testing

struct RecordIDTests {
    @Test(
        arguments: [
            ("1", 1), ("9", 9), ("12345678", 12_345_678), ("123456789", 123_456_789),
            ("1234567890123456", 1_234_567_890_123_456),
            ("12345678901234567", 12_345_678_901_234_567),
            ("3652397000000327001", 3_652_397_000_000_327_001),
            ("9999999999999999999", 9_999_999_999_999_999_999),
            ("10000000000000000001", 10_000_000_000_000_000_001),
            ("18446744073709551614", .max - 1), ("18446744073709551615", .max),
            ("zcrm_3652397000000327001", 3_652_397_000_000_327_001), ("zcrm_7", 7),
        ] as [(String, UInt64)])
    func `canonical decimals are ids, with Zoho's export prefix or without`(
        text: String, id: UInt64
    ) {
        let result = ManifestText(["delink,Campaigns,\(text),Leads,\(text)"]).plan()
        #expect(result.messages == [])
        #expect(result.items.groups.first?.parents == [id])
        #expect(result.items.groups.first?.related == [id])
    }

    @Test func `every length of digits is read exactly`() {
        var lines: [String] = []
        var ids: [UInt64] = []
        var id: UInt64 = 0
        for digit in [1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 9, 8, 7, 6, 5, 4, 3, 2, 1] as [UInt64] {
            id = id * 10 + digit
            ids.append(id)
            lines.append("delink,Campaigns,1,Leads,\(id)")
        }
        #expect(ManifestText(lines).plan().items.groups.first?.related == ids)
    }

    static let faults: [(String, String)] = [
        ("", "column \"related_id\" is empty; every row needs an id there"),
        ("0", "\"0\" in column \"related_id\" is no record id; ids start at 1"),
        ("00", "\"00\" in column \"related_id\" is no record id; ids start at 1"),
        (
            "007",
            "\"007\" in column \"related_id\" starts with 0; record ids are written without "
                + "leading zeros"
        ),
        ("-5", "\"-5\" in column \"related_id\" has a sign; an id is digits alone"),
        ("+5", "\"+5\" in column \"related_id\" has a sign; an id is digits alone"),
        (" 5", "\" 5\" in column \"related_id\" has white space; an id is digits alone"),
        ("5 ", "\"5 \" in column \"related_id\" has white space; an id is digits alone"),
        (
            "18446744073709551616",
            "\"18446744073709551616\" in column \"related_id\" is larger than any record id "
                + "(18446744073709551615, which is 2^64-1)"
        ),
        (
            "100000000000000000000",
            "\"100000000000000000000\" in column \"related_id\" is larger than any record id "
                + "(18446744073709551615, which is 2^64-1)"
        ),
        (
            "zcrm_",
            "\"zcrm_\" in column \"related_id\" is no record id: digits alone, like "
                + "3652397000000327001"
        ),
        (
            "ZCRM_5",
            "\"ZCRM_5\" in column \"related_id\" is no record id: digits alone, like "
                + "3652397000000327001"
        ),
        (
            "1234567/",
            "\"1234567/\" in column \"related_id\" is no record id: digits alone, like "
                + "3652397000000327001"
        ),
        (
            "1234567:",
            "\"1234567:\" in column \"related_id\" is no record id: digits alone, like "
                + "3652397000000327001"
        ),
        (
            "٣٤",
            "\"٣٤\" in column \"related_id\" is no record id: digits alone, like "
                + "3652397000000327001"
        ),
        (
            "'365",
            "\"'365\" in column \"related_id\" is no record id: digits alone, like "
                + "3652397000000327001"
        ),
    ]

    @Test(arguments: faults)
    func `what is no id is refused with what it is`(text: String, message: String) {
        let result = ManifestText(["delink,Campaigns,1,Leads,\(text)"]).plan()
        #expect(result.messages == ["2:26: \(message)"])
        #expect(result.diagnostics.kept.first?.skippableRow == 1)
        #expect(result.stopsRun)
        #expect(result.items.itemCount == 0)
        #expect(result.items.skippedRows == [1])
    }

    @Test(arguments: [
        "3.65E+18", "3.652397E+18", "3.65e18", "3652397000000327001.0", "\"3,65E+18\"",
        "zcrm_3.65E+18", "1e5", "5.", "9.65E+18", "0.65E+19",
    ])
    func `an id that became a number says how to export it`(text: String) {
        let result = ManifestText(["delink,Campaigns,\(text),Leads,1"]).plan()
        let message = result.diagnostics.kept.first?.message ?? ""
        #expect(message.contains("was an id until a program took it for a number"))
        #expect(message.contains("export the ids again as text"))
        #expect(result.messages.count == 1)
    }

    @Test func `both ids of a row are checked`() {
        let result = ManifestText(["delink,Campaigns,x,Leads,"]).plan()
        #expect(result.messages.map { $0.prefix(4) } == ["2:18", "2:26"])
        #expect(result.items.skippedRows == [1])
    }

    @Test func `an id may be a JSON number whose digits are exact, and no other`() {
        func row(_ id: ObjectRows.Value) -> [KnownColumn: ObjectRows.Value] {
            [
                .operation: .text("delink"), .module: .text("Campaigns"), .recordID: id,
                .relatedList: .text("Leads"), .relatedID: .number("18446744073709551615"),
            ]
        }
        let good = ObjectRows([row(.number("3652397000000327001")), row(.text("zcrm_5"))]).plan()
        #expect(good.messages == [])
        #expect(good.items.groups.first?.parents == [5, 3_652_397_000_000_327_001])
        for bad in ["1e18", "1.0", "-5", "0"] {
            #expect(ObjectRows([row(.number(bad))]).plan().diagnostics.errorCount == 1)
        }
        #expect(ObjectRows([row(.boolean(true))]).plan().diagnostics.errorCount == 1)
        #expect(ObjectRows([row(.structure("[5]"))]).plan().diagnostics.errorCount == 1)
    }
}
