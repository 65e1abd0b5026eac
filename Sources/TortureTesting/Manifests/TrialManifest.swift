import ManifestReading

/// A manifest that tests one question: does the program read each row as written, and refuse what
/// it must? Its writer knows the answer without the code under test.
///
/// Half of them are valid. The others have one fault, of the kinds that `TrialFault` draws.
struct TrialManifest {
    var format = ManifestFormat.csv
    var text = ""
    var rows: [TrialRow] = []
    /// The line on which each row starts.
    var lines: [Int] = []
    /// Rows that repeat an earlier one.
    var duplicateCount = 0
    /// Lines of which at least one must be named by an error, and outside of which none may be;
    /// nil for a good manifest.
    var faultyLines: Set<Int>?
    /// 0-based rows with a fault.
    var faultyRows: Set<Int> = []
    /// Whether the whole manifest must be refused.
    var isRefused = false
    var skipsInvalid = false
    /// What one of the errors must say; empty for anything.
    var words = ""
    /// 0-based rows whose `max_records` is less than a round may delete, which causes a warning.
    var smallMaximums: Set<Int> = []
    /// CSV: the order of the columns.
    private var columns: [String] = []
    private var random: SimulationGenerator
    private var usedIDs: Set<UInt64> = []

    /// Items that it must result in, in any order.
    var expected: [String] {
        isRefused
            ? []
            : rows.indices.filter { !faultyRows.contains($0) }.compactMap { rows[$0].expected }
    }

    init(seed: UInt64, maximumRows: Int) {
        random = SimulationGenerator(seed: seed ^ 0x7472_6961_6C73)
        format = random.pick(ManifestFormat.allCases)
        columns =
            [
                "operation", "module", "record_id", "related_list", "related_id", "owner", "app",
                "report", "criteria", "environment", "max_records", "demo_user", "skip_workflow",
                "fields",
            ] + TrialRow.fieldColumns + ["note"]
        if format == .csv, random.once(in: 2) { columns.removeAll { $0 == "fields" } }
        columns.shuffle(using: &random)
        let count = min(random.number(1...40), maximumRows)
        while rows.count < count { rows.append(drawRow()) }
        var fault: TrialFault?
        if random.once(in: 2) {
            var random = SimulationGenerator(seed: random.next())
            fault = TrialFault(&self, &random)
        }
        if fault == nil, random.once(in: 2), rows.count < maximumRows { repeatRow() }
        write(fault)
    }

    // MARK: Rows

    private mutating func drawRow() -> TrialRow {
        switch random.number(0...7) {
        case 0...2: delink()
        case 3, 4: update()
        case 5: attachment()
        case 6: creator()
        default: deletedParent()
        }
    }

    /// An id that no other row has, of any length, up to the largest.
    private mutating func id() -> UInt64 {
        while true {
            let id =
                random.once(in: 30)
                ? .max - UInt64(random.number(0...99)) : random.next() >> random.number(0...56)
            if id > 0, usedIDs.insert(id).inserted { return id }
        }
    }

    private static let pairs = [
        ("Campaigns", "Leads"), ("Leads", "Campaigns"), ("Campaigns", "Contacts"),
        ("Contacts", "Campaigns"), ("Products", "Leads"), ("Accounts", "Products"),
        ("Products", "Contacts"), ("Deals", "Products"), ("Products", "Price_Books"),
        ("Price_Books", "Products"),
    ]

    private mutating func delink() -> TrialRow {
        let (module, list) = random.pick(TrialManifest.pairs)
        let relation = TrialRow.Relation(module: module, parent: id(), list: list, related: id())
        var row = TrialRow.relation("delink", relation)
        row.expected = "delink \(module)/\(relation.parent)/\(list)/\(relation.related)"
        if random.once(in: 8) { row.values["record_id"] = .init(text: "zcrm_\(relation.parent)") }
        return row
    }

    private mutating func update() -> TrialRow {
        let (module, list) = random.pick([
            ("Campaigns", "Leads"), ("Contacts", "Campaigns"), ("Products", "Price_Books"),
        ])
        let relation = TrialRow.Relation(module: module, parent: id(), list: list, related: id())
        var row = TrialRow.relation("update", relation)
        if random.once(in: 2) {
            row.fields.append(
                ("Member_Status", "string", random.pick(["Active", "Sent, twice", "a  b", "5"])))
        }
        if list == "Price_Books" || random.once(in: 2) {
            row.fields.append(
                ("list_price", "number", random.pick(["50.560", "0", "-7", "1e5", "0.1"])))
        }
        if random.once(in: 3) {
            row.fields.append(("Active", "boolean", random.pick(["true", "false"])))
        }
        if random.once(in: 3) {
            row.fields.append(
                ("Extra", "json", random.pick(["{\"b\": [1.0, null]}", "[]", "\"x\"", "12.50"])))
        }
        if format == .csv {
            // What is sent has the header's order.
            row.fields.sort { one, other in
                let places = [one, other].map { field in
                    columns.firstIndex { $0.hasPrefix("field:\(field.name)") } ?? 0
                }
                return places[0] < places[1]
            }
        }
        row.expected =
            "update \(module)/\(relation.parent)/\(list)/\(relation.related) \(row.object())"
        return row
    }

    private mutating func attachment() -> TrialRow {
        let relation = TrialRow.Relation(
            module: random.pick(["Leads", "Deals", "Boats", "Notes"]), parent: id(),
            list: "Attachments",
            related: id())
        var row = TrialRow.relation("delete-attachment", relation)
        row.relation = nil
        if random.once(in: 2) { row.values["related_list"] = nil }
        row.expected =
            "delete-attachment \(relation.module)/\(relation.parent)/Attachments/"
            + "\(relation.related)"
        return row
    }

    private mutating func deletedParent() -> TrialRow {
        let (module, list) = random.pick(TrialManifest.pairs)
        let parent = id()
        var row = TrialRow(operation: "discover-deleted")
        row.values = [
            "module": .init(text: module), "record_id": .init(text: "\(parent)", isRaw: true),
            "related_list": .init(text: list),
        ]
        // In CSV "fields" is a column like the others, where there is one.
        var fields = "id"
        if format != .csv || columns.contains("fields") {
            fields = random.pick(["Owner,Modified_Time", "id", "Email"])
            row.values["fields"] = .init(text: fields)
            if format != .csv, random.once(in: 2) {
                let names = fields.split(separator: ",").map { "\"\($0)\"" }
                row.values["fields"] = .init(
                    text: "[" + names.joined(separator: ", ") + "]", isRaw: true)
            }
        }
        row.expected = "discover-deleted \(module)/\(parent)/\(list) \(fields)"
        return row
    }

    /// Criteria that match a few records, as in Zoho's samples and as users write them.
    static let narrowCriteria = [
        "Status == \"Closed\"", "Hobbies.contains(\"Hiking\")", "ID != 0 && Status==\"x\"",
        "Status==\"Open\" || Status==\"In-progress\"", "Email.endsWith(\"zylker.com\")",
        "!(Status!=\"a\")", "!(Age<5)", "(Status==\"a\" || Name!=\"b\") && Age>5",
        "Status==\"a\" || Name==\"b\" && Age!=5", "Name==\"a\\\"b) || (x\"", "Age==-5.50",
        "Day=='14-Apr-2020'", "Customer.Name==\"x\"", "Flag==TRUE", "Age==0", "F0==90",
        "!(Status!=\"a\" || Age<5)", "Status==\"x\" && !(ID==0)",
    ]
    /// These need a `max_records` of their own.
    static let wideCriteria = [
        "ID==3000000013011", "Name!=null", "Name==\"\"", "Status==\"a\" || Name!=\"b\"",
        "!(Status==\"a\")", "Name=='  '", "!Name.contains(\"a\")",
        "!(Status!=\"a\" && Name==\"b\")", "ID<3000000013011",
    ]
    /// These need `--allow-delete-all` as well.
    static let matchAllCriteria = [
        "ID!=0", "!(ID==0)", "ID != \"0\"", "Name.contains(\"\")", "ID>=1",
        "Status==\"x\" || ID!=0", "!(Status==\"x\" && ID==0)", "Added_Time!=null",
        "Name.STARTSWITH(\" \")", "ID!=null",
    ]

    private mutating func creator() -> TrialRow {
        var row = TrialRow(operation: "delete-creator-records")
        let isWide = random.once(in: 4)
        let criteria = random.pick(
            isWide ? TrialManifest.wideCriteria : TrialManifest.narrowCriteria)
        // One report per row: rows for the same report are a case of their own.
        let report = "Orders_\(rows.count)"
        let owner = random.pick(["zylker", "jason18"])
        let environment = random.pick(["production", "development", "stage"])
        row.values = [
            "owner": .init(text: owner), "app": .init(text: "desk"), "report": .init(text: report),
            "criteria": .init(text: criteria), "environment": .init(text: environment),
        ]
        var maximum = 10_000
        if isWide || random.once(in: 2) {
            maximum = random.pick([1, 199, 200, 650, 1_000_000_000])
            if maximum < 200 { smallMaximums.insert(rows.count) }
            row.values["max_records"] = .init(text: "\(maximum)", isRaw: random.once(in: 2))
        }
        var user = "-"
        if environment != "production", random.once(in: 2) {
            user = random.pick(["demouser_1", "~", "!"])
            row.values["demo_user"] = .init(text: user)
        }
        var skips = false
        if random.once(in: 2) {
            let word = random.pick(["form_workflow", "true", "false", "[\"form_workflow\"]"])
            skips = word != "false"
            row.values["skip_workflow"] = .init(
                text: word, isRaw: format != .csv && word != "form_workflow")
        }
        row.expected =
            "delete-creator-records \(owner)/desk/\(report) \(environment) \(user) \(skips) "
            + "\(maximum) \(criteria)"
        return row
    }

    /// One row repeats another, in either direction.
    private mutating func repeatRow() {
        let choices = rows.indices.filter { rows[$0].relation != nil }
        guard !choices.isEmpty else { return }
        let first = rows[random.pick(Array(choices))]
        guard let relation = first.relation else { return }
        var row = first
        if first.operation == "delink", random.once(in: 2) {
            row = .relation("delink", relation.turned)
        }
        row.expected = nil
        rows.append(row)
        duplicateCount = 1
    }

    // MARK: Text

    private mutating func write(_ fault: TrialFault?) {
        var line = 1
        switch format {
        case .csv:
            if fault?.dropsLineEnd == true {
                columns.removeAll { $0 == "note" || $0 == "related_id" }
                columns.append("related_id")
            }
            if let name = fault?.header { columns.append(name) }
            text = columns.joined(separator: ",") + "\n"
            line = 2
        case .json:
            text = "[\n"
            line = 2
        case .jsonLines: break
        }
        for (index, row) in rows.enumerated() {
            lines.append(line)
            var note = random.once(in: 4) ? "a, b" : ""
            // After the cells whose positions are checked.
            if columns.last == "note", random.once(in: 6) { note = "two\nlines" }
            var piece: String
            switch format {
            case .csv:
                piece = row.csvLine(columns, note: note)
            case .json, .jsonLines:
                piece = row.jsonObject(reversed: row.expected == nil && row.operation == "update")
                if let name = fault?.header, index == rows.count - 1 {
                    piece = piece.dropLast() + ",\"\(name)\":\"x\"}"
                }
                if format == .json, index < rows.count - 1 { piece += "," }
            }
            if fault?.dropsLineEnd != true || index < rows.count - 1 { piece += "\n" }
            if format == .json, random.once(in: 5) { piece += "\n\n" }
            text += piece
            line += piece.utf8.count { $0 == UInt8(ascii: "\n") }
        }
        if format == .json { text += "]\n" }
        guard let fault else { return }
        faultyLines = Set(faultyRows.map { lines[$0] })
        if fault.header != nil {
            faultyLines = format == .csv ? [1] : [lines[rows.count - 1]]
        }
    }
}
