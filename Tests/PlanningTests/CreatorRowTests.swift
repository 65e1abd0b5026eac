import JobModel
import ManifestReading
import Planning
import Testing

struct CreatorRowTests {
    static let columns: [KnownColumn] = [
        .operation, .owner, .app, .report, .criteria, .skipWorkflow, .environment, .demoUser,
        .maximumRecords,
    ]
    static let good: [KnownColumn: String] = [
        .operation: "delete-creator-records", .owner: "jason18", .app: "zylker-store",
        .report: "All_Orders", .criteria: #"Status=="Closed""#, .environment: "stage",
    ]

    /// A CSV manifest of rows that differ from the good one.
    static func text(
        _ changes: [[KnownColumn: String]], columns: [KnownColumn] = columns
    ) -> ManifestText {
        ManifestText(
            header: columns.map(\.rawValue).joined(separator: ","),
            changes.map { change in
                columns.map { column in
                    let cell = change[column] ?? good[column] ?? ""
                    let needsQuotes = cell.contains { "\",\n".contains($0) }
                    return needsQuotes ? "\"\(cell.replacing("\"", with: "\"\""))\"" : cell
                }.joined(separator: ",")
            })
    }

    static func plan(
        _ changes: [KnownColumn: String]..., columns: [KnownColumn] = columns,
        settings: PlanningSettings = PlanningSettings()
    ) -> PlanningResult {
        text(changes, columns: columns).plan(settings)
    }

    @Test func `a row becomes a job, with Zoho's defaults`() {
        let result = Self.plan([:])
        #expect(result.messages == [])
        #expect(
            result.items.creatorJobs == [
                CreatorJob(
                    row: 1, owner: "jason18", app: "zylker-store", report: "All_Orders",
                    criteria: #"Status=="Closed""#, environment: .stage)
            ])
        #expect(result.items.itemCount == 1)
        #expect(result.operations == [.init(operation: .deleteCreatorRecords, rows: 1)])
    }

    @Test func `every column is read`() {
        let result = Self.plan([
            .skipWorkflow: "form_workflow", .environment: "development", .demoUser: "demouser_1",
            .maximumRecords: "250", .criteria: "Status==\"Open\"\n && Age>=3",
        ])
        #expect(result.messages == [])
        #expect(
            result.items.creatorJobs == [
                CreatorJob(
                    row: 1, owner: "jason18", app: "zylker-store", report: "All_Orders",
                    criteria: "Status==\"Open\"\n && Age>=3", skipsWorkflow: true,
                    environment: .development, demoUser: "demouser_1", maximumRecords: 250)
            ])
    }

    @Test(
        arguments: [
            (
                .environment, "",
                "column \"environment\" is empty; it is one of production, development, stage, "
                    + "and never guessed"
            ),
            (
                .environment, "Production",
                "unknown environment \"Production\"; it is one of production, development, "
                    + "stage; did you mean \"production\"?"
            ),
            (
                .environment, "prod",
                "unknown environment \"prod\"; it is one of production, development, stage"
            ),
            (.owner, "", "column \"owner\" is empty; name the account owner"),
            (.app, "", "column \"app\" is empty; name the link name, as the app's URL has it"),
            (
                .report, "..",
                "\"..\" in column \"report\": the name is \"..\", which means a folder in "
                    + "a URL"
            ),
            (
                .report, "a/b",
                "\"a/b\" in column \"report\": the name has a slash; give the link name alone, "
                    + "not a part of a URL"
            ),
            (
                .criteria, "",
                "column \"criteria\" is empty; it says which records are deleted, like "
                    + "Status==\"Closed\""
            ),
            (
                .skipWorkflow, "schedules",
                "\"schedules\" in column \"skip_workflow\": it is form_workflow (or true), or "
                    + "empty (or false); blueprints and approvals can't be skipped"
            ),
            (
                .skipWorkflow, "[\"a\"",
                "\"[\\\"a\\\"\" in column \"skip_workflow\": expected a list of names, "
                    + "[\"form_workflow\"]"
            ),
            (
                .demoUser, "demo user",
                "\"demo user\" in column \"demo_user\" is no demo user: visible ASCII without "
                    + "spaces, like demouser_1"
            ),
            (
                .maximumRecords, "0",
                "\"0\" in column \"max_records\" is no number of records: digits alone, 1 to "
                    + "1000000000"
            ),
            (
                .maximumRecords, "-1",
                "\"-1\" in column \"max_records\" is no number of records: digits alone, 1 to "
                    + "1000000000"
            ),
            (
                .maximumRecords, "1e3",
                "\"1e3\" in column \"max_records\" is no number of records: digits alone, 1 to "
                    + "1000000000"
            ),
            (
                .maximumRecords, "1000000001",
                "\"1000000001\" in column \"max_records\" is no number of records: digits "
                    + "alone, 1 to 1000000000"
            ),
        ] as [(KnownColumn, String, String)])
    func `a cell that violates a rule is an error of its value`(
        column: KnownColumn, cell: String, message: String
    ) {
        let result = Self.plan([column: cell])
        #expect(result.diagnostics.kept.map(\.message) == [message])
        #expect(result.diagnostics.kept.first?.skippableRow == 1)
        #expect(result.stopsRun)
        #expect(result.items.creatorJobs == [])
        #expect(result.items.skippedRows == [1])
    }

    @Test(arguments: [
        ("", false), ("false", false), ("[]", false), ("true", true), ("form_workflow", true),
        ("[\"form_workflow\"]", true),
    ])
    func `workflows are skipped as Zoho's page says, or by a truth value`(
        cell: String, skips: Bool
    ) {
        let result = Self.plan([.skipWorkflow: cell])
        #expect(result.messages == [])
        #expect(result.items.creatorJobs.map(\.skipsWorkflow) == [skips])
    }

    @Test(arguments: [
        (#"Status=="Closed"#, 65), (#"Status=="Closed" && (Age>=3"#, -1), ("Status", -1),
        ("Status==", -1), ("Status=>5", -1), ("1==1", 56),
    ])
    func `an error in criteria is reported at its position, and may be skipped`(
        criteria: String, column: Int
    ) {
        let result = Self.plan([:], [.criteria: criteria])
        #expect(result.diagnostics.errorCount == 1)
        #expect(result.diagnostics.kept.first?.skippableRow == 2)
        #expect(result.messages.first?.hasPrefix("3:") == true)
        #expect(result.messages.first?.contains(": criteria: ") == true)
        let position = result.diagnostics.kept.first?.position?.column ?? 0
        #expect(position >= 56)
        if column > 0 { #expect(position == column) }
        #expect(result.items.creatorJobs.map(\.row) == [1])
    }

    @Test(arguments: [
        // Criteria, its own max_records, --allow-delete-all, errors.
        ("ID!=0", "", false, 2), ("ID!=0", "400", false, 1), ("ID!=0", "", true, 1),
        ("ID!=0", "400", true, 0), ("Age!=28", "400", true, 0), ("Age==28", "", false, 0),
    ])
    func `criteria that match a whole report need two settings, and are never skipped`(
        criteria: String, maximum: String, allows: Bool, errors: Int
    ) {
        var settings = PlanningSettings()
        settings.allowsDeleteAll = allows
        settings.skipsInvalid = true
        let result = Self.plan(
            [.criteria: criteria, .maximumRecords: maximum], settings: settings)
        #expect(result.diagnostics.errorCount == errors)
        #expect(result.diagnostics.unskippableCount == errors)
        #expect(result.stopsRun == (errors > 0))
    }

    @Test func `a demo user is valid with development and stage only`() {
        for environment in ["development", "stage"] {
            let result = Self.plan([.demoUser: "demouser_2", .environment: environment])
            #expect(result.messages == [])
            #expect(result.items.creatorJobs.first?.demoUser == "demouser_2")
        }
        let result = Self.plan([.demoUser: "demouser_2", .environment: "production"])
        #expect(
            result.diagnostics.kept.map(\.message) == [
                "a demo user goes with environment development or stage, and the row says "
                    + "production; leave one of them out"
            ])
    }

    @Test(arguments: [KnownColumn.owner, .app, .report, .criteria, .environment])
    func `a mandatory column that is missing is never skipped`(column: KnownColumn) {
        let result = Self.plan([:], [:], columns: Self.columns.filter { $0 != column })
        #expect(
            result.messages == [
                "1:1: the manifest has no column \"\(column.rawValue)\"; add it, or say which "
                    + "column it is with --column \(column.rawValue)=\"...\""
            ])
        #expect(result.diagnostics.unskippableCount == 1)
        #expect(result.items.skippedRows == [1, 2])
    }

    @Test func `optional columns may be missing`() {
        let result = Self.plan(
            [:],
            columns: [.operation, .owner, .app, .report, .criteria, .environment])
        #expect(result.messages == [])
        #expect(result.items.creatorJobs.count == 1)
    }

    @Test func `JSON rows have JSON types, and defaults`() {
        let result = ManifestText(
            .json,
            #"""
            {"defaults": {"operation": "delete-creator-records", "owner": "o", "app": "a",
                          "report": "r", "environment": "stage", "max_records": 400},
             "items": [{"criteria": "A==1", "skip_workflow": ["form_workflow"], "max_records": 300},
                       {"criteria": "A==2", "skip_workflow": true},
                       {"criteria": "A==3", "skip_workflow": "form_workflow"},
                       {"criteria": "A==4", "skip_workflow": false, "max_records": "250"},
                       {"criteria": "A==5", "environment": "development"}]}
            """#
        ).plan()
        #expect(result.messages == [])
        let jobs = result.items.creatorJobs
        #expect(jobs.map(\.skipsWorkflow) == [true, true, true, false, false])
        #expect(jobs.map(\.maximumRecords) == [300, 400, 400, 250, 400])
        #expect(jobs.map(\.environment) == [.stage, .stage, .stage, .stage, .development])
        #expect(jobs.map(\.row) == [1, 2, 3, 4, 5])
    }

    @Test(arguments: [
        #""criteria": 5"#, #""criteria": true"#, #""report": 7"#, #""max_records": true"#,
        #""max_records": 1.5"#, #""skip_workflow": 1"#, #""skip_workflow": [1]"#,
        #""skip_workflow": {}"#, #""environment": true"#,
    ])
    func `a JSON value of another type is a fault`(member: String) {
        var members = [
            "operation": "delete-creator-records", "owner": "o", "app": "a", "report": "r",
            "environment": "stage", "criteria": "A==1",
        ]
        members[String(member.split(separator: "\"")[0])] = nil
        let rest = members.sorted { $0.key < $1.key }.map { "\"\($0.key)\": \"\($0.value)\"" }
        let text = "[{" + ([member] + rest).joined(separator: ", ") + "}]"
        let result = ManifestText(.json, text).plan()
        #expect(result.diagnostics.errorCount == 1)
        #expect(result.items.creatorJobs == [])
        #expect(result.diagnostics.kept.first?.position?.line == 1)
    }

    @Test func `cells that would narrow a row, if its operation knew them, are faults`() {
        let columns = Self.columns + [.module, .recordID, .relatedList, .relatedID]
        for column in [KnownColumn.module, .recordID, .relatedList, .relatedID] {
            let result = Self.plan([column: "7"], columns: columns)
            #expect(
                result.diagnostics.kept.map(\.message) == [
                    "column \"\(column.rawValue)\" is not for delete-creator-records: its criteria "
                        + "alone says which records are deleted; leave the cell empty (or keep a "
                        + "column of your own with --column carry=...)"
                ])
        }
        #expect(Self.plan([:], columns: columns).messages == [])
        for column in [KnownColumn.criteria, .environment, .maximumRecords] {
            for operation in ["delink", "update"] {
                let result = ManifestText(
                    header: ManifestText.header + "," + column.rawValue,
                    ["\(operation),Campaigns,1,Leads,2,x", "\(operation),Campaigns,1,Leads,3,"]
                ).plan()
                #expect(
                    result.messages == [
                        "2:\(operation.count + 22): column \"\(column.rawValue)\" is not for "
                            + "\(operation): it would neither limit nor redirect what the row "
                            + "does; leave the cell empty (or keep a column of your own with "
                            + "--column carry=...)"
                    ])
                #expect(result.items.itemCount == 1)
            }
        }
        // A default applies to the rows that need it.
        var settings = PlanningSettings()
        settings.defaults = [.init(.module, "Leads"), .init(.relatedList, "Campaigns")]
        #expect(Self.plan([:], settings: settings).messages == [])
    }

    @Test func `the same criteria on one report's data are one job`() {
        let result = Self.plan(
            [:], [.environment: "development"], [.report: "Other"], [:], [.criteria: "A==1"], [:])
        #expect(result.messages == [])
        #expect(result.items.creatorJobs.map(\.row) == [1, 2, 3, 5])
        #expect(result.items.duplicateRows == [4, 6])
        #expect(result.items.duplicateOf == [1, 1])
        #expect(result.operations == [.init(operation: .deleteCreatorRecords, rows: 6)])
    }

    @Test(
        arguments: [(.skipWorkflow, "true"), (.demoUser, "demouser_1"), (.maximumRecords, "500")]
            as [(KnownColumn, String)])
    func `the same criteria with other options are a contradiction`(
        column: KnownColumn, cell: String
    ) {
        let result = Self.plan([:], [column: cell], [:], [.criteria: "A==1"])
        #expect(
            result.messages == [
                "3:1: the records of \"jason18/zylker-store/All_Orders\" that match are deleted by "
                    + "line 2 already, with another \"\(column.rawValue)\"; keep one of the rows"
            ])
        #expect(result.items.skippedRows == [1, 2, 3])
        #expect(result.items.creatorJobs.map(\.row) == [4])
        #expect(result.items.duplicateRows == [])
    }

    @Test func `production is named prominently`() {
        let result = Self.plan(
            [.environment: "production"], [:], [.environment: "production", .report: "Other"],
            [.environment: "production", .criteria: "A==1"])
        #expect(
            result.messages == [
                "0:0: PRODUCTION: 3 rows delete records of Creator's production data, in "
                    + "\"jason18/zylker-store/All_Orders\", \"jason18/zylker-store/Other\""
            ])
        #expect(result.diagnostics.errorCount == 0)
        #expect(result.diagnostics.warningCount == 1)
        #expect(!result.stopsRun)
    }

    @Test func `a limit below a round's records is reported`() {
        let result = Self.plan([.maximumRecords: "199"], [.maximumRecords: "200", .app: "x"])
        #expect(!result.stopsRun)
        #expect(
            result.diagnostics.kept.map(\.message) == [
                "a round may delete 200 records and \"max_records\" is 199: none starts, unless "
                    + "creator.pin names the records first"
            ])
    }

    @Test func `operations of all kinds are in one manifest`() {
        let columns = Self.columns + [.module, .recordID, .relatedList, .relatedID]
        let crm: [KnownColumn: String] = [
            .owner: "", .app: "", .report: "", .criteria: "", .environment: "", .recordID: "1",
        ]
        func row(_ operation: String, _ rest: [KnownColumn: String]) -> [KnownColumn: String] {
            crm.merging(rest) { $1 }.merging([.operation: operation]) { $1 }
        }
        let result = Self.plan(
            row("delink", [.module: "Campaigns", .relatedList: "Leads", .relatedID: "2"]), [:],
            row("discover-deleted", [.module: "Leads", .relatedList: "Campaigns"]),
            row("delete-attachment", [.module: "Leads", .relatedID: "3"]),
            row("delink", [.module: "Campaigns", .relatedList: "Leads", .relatedID: "4"]),
            row("update", [.module: "Campaigns", .relatedList: "Leads", .relatedID: "5"]), [:],
            columns: columns)
        #expect(result.messages == [])
        #expect(result.items.itemCount == 6)
        #expect(result.items.rowCount == 7)
        #expect(result.items.duplicateRows == [7])
        #expect(result.items.updateRows.rows == [6])
        #expect(
            result.operations == [
                .init(operation: .delink, rows: 2), .init(operation: .update, rows: 1),
                .init(operation: .deleteAttachment, rows: 1),
                .init(operation: .deleteCreatorRecords, rows: 2),
                .init(operation: .discoverDeleted, rows: 1),
            ])
        var open = RowSet(rowCount: 7)
        open.insert(2)
        open.insert(5)
        let kept = result.items.filtered(keeping: open)
        #expect(kept.itemCount == 2)
        #expect(kept.creatorJobs.map(\.row) == [2])
        #expect(kept.deletedParents == [])
    }
}
