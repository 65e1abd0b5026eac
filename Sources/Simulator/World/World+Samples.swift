import JSONText

extension World {
    /// Seeds what Zoho's own samples name and a universal world does not have: the deleted lead
    /// of the v8 document with 250 campaigns, and the report of the Creator document, in each
    /// environment, with 450 records that match its sample criteria, two of them undeletable, and
    /// ten that do not.
    package mutating func addDocumentSamples() throws(WorldError) {
        try addDeletedParent(
            module: "Leads", id: 2_423_488_000_000_552_938, list: "Campaigns",
            children: (0..<250).map { 2_423_488_000_000_552_158 + $0 }, linked: false)
        for environment in SimulatedEnvironment.allCases {
            let first: UInt64 = 3_000_000_013_011
            let records = (0..<460).map { (index: UInt64) in
                CreatorRecord(
                    id: first + index,
                    [
                        ("Single_Line", index < 450 ? "Single Line of Text" : "Another"),
                        ("Status", index % 2 == 0 ? "Open" : "Closed"),
                        ("Email", .string("user\(index)@zylker.com")),
                        ("Appointment_Date", "14-Apr-2020"),
                        ("Expedited_Delivery", .bool(index % 3 == 0)),
                    ], isUndeletable: index == 0 || index == 449)
            }
            try addReport(
                CreatorReportName(
                    environment, owner: "jason18", application: "zylker-store",
                    report: "All_Orders"),
                records: records, redirection: ("same window", "#Report:All_Orders"))
        }
    }
}
