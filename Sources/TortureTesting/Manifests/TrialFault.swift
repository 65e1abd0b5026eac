import ManifestReading

/// One thing that is wrong with a trial manifest.
struct TrialFault {
    /// A column that looks like a known one.
    var header: String?
    /// The file ends in the middle of an id: its export was still being written.
    var dropsLineEnd = false

    /// Words by which the error says what is wrong.
    private static let digitsAlone = "no record id: digits alone"
    /// With the words that the error must have.
    private static let badIDs = [
        ("", ""), ("0", "ids start at 1"), ("007", "starts with 0"), ("+5", "has a sign"),
        ("-5", "has a sign"), ("12 3", "white space"), ("1e5", "last digits are lost"),
        ("3.652397E+18", "last digits are lost"), ("9.652397E+18", "last digits are lost"),
        ("3,65E+18", "last digits are lost"), ("3652397000000327001.0", "last digits are lost"),
        ("18446744073709551616", "larger than any"), ("99999999999999999999", "larger than any"),
        ("123456789012345678901", "larger than any"), ("12a", digitsAlone), ("zcrm_", digitsAlone),
        ("zcrm_0", "ids start at 1"), ("xcrm_5", digitsAlone), ("5 ", "white space"),
    ]
    /// Faults of a cell's value that do not indicate a damaged column.
    private static let skippableIDs = ["0", "007", "-5", "12a", "18446744073709551616"]
    private static let badNames = [
        "", "1Leads", "Le ads", "Leads-x", "Léads", "leads", tooLongName, longBadName,
    ]
    private static let tooLongName = String(repeating: "L", count: 101)
    /// As long as a name may be.
    private static let longBadName = String(repeating: "L", count: 99) + "-"
    private static let badCriteria = [
        "Status==\"Closed", "Status", "A==1 & B==2", "(A==1", "A==1)", "Name.like(\"a\")",
        "A==Closed", "A==1 B==2", "", "A==1e5", "A==1.", "A==0x10", "A==\u{201C}x\u{201D}",
        "Name.contains(a)",
    ]

    /// Puts one fault into the manifest; nil if the one that was drawn does not fit it.
    init?(_ manifest: inout TrialManifest, _ random: inout SimulationGenerator) {
        switch random.number(0...9) {
        case 0...3: guard TrialFault.spoilCell(&manifest, &random) else { return nil }
        case 4: guard TrialFault.skipRow(&manifest, &random) else { return nil }
        case 5: guard TrialFault.contradict(&manifest, &random) else { return nil }
        case 6: guard TrialFault.damageColumn(&manifest, &random) else { return nil }
        case 7:
            guard TrialFault.cutLastRow(&manifest, &random) else { return nil }
            dropsLineEnd = true
        case 8: guard TrialFault.nameChildren(&manifest, &random) else { return nil }
        default:
            header = random.pick(["enviroment", "related_ids", "Record Id", "max_record"])
        }
        if !manifest.skipsInvalid { manifest.isRefused = true }
    }

    // MARK: Cells

    /// Columns, each with texts that are invalid in it.
    private static func badValues(of row: TrialRow) -> [(column: String, texts: [String])] {
        var values: [(column: String, texts: [String])] = []
        if row.values["record_id"] != nil { values.append(("record_id", badIDs.map(\.0))) }
        if row.values["related_id"] != nil { values.append(("related_id", badIDs.map(\.0))) }
        if row.values["module"] != nil { values.append(("module", badNames)) }
        switch row.operation {
        case "delete-attachment": values.append(("module", ["Activities", "Users", "documents"]))
        case "delink", "update": values.append(("related_list", badNames))
        case "discover-deleted":
            values += [("criteria", ["Status==\"x\""]), ("max_records", ["5"])]
        case "delete-creator-records":
            values += [
                ("environment", ["", "prod", "Production", "stage "]),
                ("max_records", ["0", "-1", "1e3", "1000000001", "ten", "1.5"]),
                ("owner", ["", "a/b", ".."]), ("report", ["", "a\\b"]),
                ("demo_user", ["a b", "ü", "\u{7F}"]), ("skip_workflow", ["yes", "blueprint"]),
                ("criteria", badCriteria + TrialManifest.matchAllCriteria),
            ]
        default: break
        }
        return values
    }

    private static func spoilCell(
        _ manifest: inout TrialManifest, _ random: inout SimulationGenerator
    ) -> Bool {
        let index = random.number(0...(manifest.rows.count - 1))
        let row = manifest.rows[index]
        if row.operation == "update", !row.fields.isEmpty, random.once(in: 2) {
            return spoilField(&manifest, index, &random)
        }
        let (column, texts) = random.pick(badValues(of: row))
        var text = random.pick(texts)
        if column == "module", row.operation == "delete-attachment", text == "leads" { text = "" }
        if let id = row.values[column], column.hasSuffix("_id"), random.once(in: 3) {
            // A character next to the digits in ASCII, at any position.
            var bytes = Array(id.text.utf8)
            bytes[random.number(0...(bytes.count - 1))] = random.pick([0x2F, 0x3A])
            text = String(decoding: bytes, as: UTF8.self)
        }
        if column == "criteria", random.once(in: 4) {
            text = random.pick(TrialManifest.wideCriteria)
            manifest.rows[index].values["max_records"] = nil
        }
        manifest.rows[index].values[column] = .init(text: text)
        manifest.faultyRows = [index]
        manifest.words = words(of: column, text)
        return true
    }

    /// What the error must say, if it says why a cell is invalid.
    private static func words(of column: String, _ text: String) -> String {
        if text == longBadName { return "no API name" }
        if text == tooLongName { return "has 101 bytes" }
        guard column.hasSuffix("_id") else { return "" }
        return badIDs.first { $0.0 == text }?.1 ?? digitsAlone
    }

    private static func spoilField(
        _ manifest: inout TrialManifest, _ index: Int, _ random: inout SimulationGenerator
    ) -> Bool {
        // In JSON a field has its own type.
        guard manifest.format == .csv else { return false }
        let place = random.number(0...(manifest.rows[index].fields.count - 1))
        let texts: [String]
        switch manifest.rows[index].fields[place].type {
        case "number": texts = ["1.", "01", "abc", ".5", "+1", "0x1"]
        case "boolean": texts = ["yes", "TRUE", "1"]
        case "json": texts = ["{", "[1,]", "{\"a\":1}}", "x"]
        default: return false
        }
        manifest.rows[index].fields[place].text = random.pick(texts)
        manifest.faultyRows = [index]
        return true
    }

    /// `--skip-invalid` leaves the row out.
    private static func skipRow(
        _ manifest: inout TrialManifest, _ random: inout SimulationGenerator
    ) -> Bool {
        let choices = manifest.rows.indices.filter {
            manifest.rows[$0].values["record_id"] != nil
        }
        guard manifest.rows.count >= 20, !choices.isEmpty else { return false }
        let index = random.pick(Array(choices))
        manifest.rows[index].values["record_id"] = .init(text: random.pick(skippableIDs))
        manifest.faultyRows = [index]
        manifest.skipsInvalid = true
        return true
    }

    // MARK: Rows

    /// Another row contradicts a row about the same relation.
    private static func contradict(
        _ manifest: inout TrialManifest, _ random: inout SimulationGenerator
    ) -> Bool {
        let choices = manifest.rows.indices.filter { manifest.rows[$0].relation != nil }
        guard !choices.isEmpty else { return false }
        let index = random.pick(Array(choices))
        guard let relation = manifest.rows[index].relation else { return false }
        let end = random.once(in: 2) ? relation : relation.turned
        var row = TrialRow.relation("update", end)
        if manifest.rows[index].operation == "update" {
            row = .relation("delink", end)
            if random.once(in: 2) {
                row = manifest.rows[index]
                row.fields.removeAll { $0.name == "Member_Status" }
                row.fields.insert(("Member_Status", "string", "Other"), at: 0)
            }
        }
        if row.operation == "update", row.fields.isEmpty {
            row.fields = [("Member_Status", "string", "Other"), ("list_price", "number", "1")]
        }
        manifest.rows.append(row)
        manifest.faultyRows = [index, manifest.rows.count - 1]
        return true
    }

    /// A list whose records belong to their parent: removing them deletes them.
    private static func nameChildren(
        _ manifest: inout TrialManifest, _ random: inout SimulationGenerator
    ) -> Bool {
        let (module, list) = random.pick([
            ("Accounts", "Contacts"), ("Accounts", "Deals"), ("Leads", "Notes"),
            ("Deals", "Contacts"), ("Leads", "Contacts"), ("Campaigns", "Deals"),
        ])
        manifest.rows.append(
            .relation("delink", .init(module: module, parent: 5, list: list, related: 6)))
        manifest.faultyRows = [manifest.rows.count - 1]
        return true
    }

    /// The ids of a column went through a program that treats them as numbers.
    private static func damageColumn(
        _ manifest: inout TrialManifest, _ random: inout SimulationGenerator
    ) -> Bool {
        let (operation, column, least) = random.pick([
            ("delink", "related_id", 6), ("delink", "record_id", 6),
            ("discover-deleted", "record_id", 4),
        ])
        let choices = manifest.rows.indices.filter { manifest.rows[$0].operation == operation }
        guard choices.count >= least else { return false }
        // Intact ids that look damaged by chance would hide the others.
        for index in manifest.rows.indices where manifest.rows[index].values[column] != nil {
            manifest.rows[index].values[column] = .init(text: "\(1_000 + index)")
        }
        let damage = random.number(0...2)
        for index in choices {
            let sound = 3_652_397_000_000_000_000 + UInt64(random.number(1...999_999_999)) * 2 + 1
            let double = UInt64(Double(sound))
            let id: UInt64
            switch damage {
            case 0: id = double
            case 1: id = rounded(sound, to: 15)
            default:
                // The fewest digits that read back as the same number.
                let digits = (15...19).first { Double(rounded(double, to: $0)) == Double(sound) }
                id = rounded(double, to: digits ?? 19)
            }
            manifest.rows[index].values[column] = .init(text: "\(id)")
            manifest.rows[index].expected = nil
        }
        manifest.faultyRows = Set(choices)
        return true
    }

    /// A number of 19 digits of which `digits` are significant.
    private static func rounded(_ id: UInt64, to digits: Int) -> UInt64 {
        var unit: UInt64 = 1
        for _ in 0..<(19 - digits) { unit *= 10 }
        return (id + unit / 2) / unit * unit
    }

    private static func cutLastRow(
        _ manifest: inout TrialManifest, _ random: inout SimulationGenerator
    ) -> Bool {
        guard manifest.format == .csv, manifest.rows.count > 3 else { return false }
        manifest.rows = manifest.rows.indices.map { index in
            .relation(
                "delink",
                .init(
                    module: "Campaigns", parent: 1_000_000_001 + UInt64(index), list: "Leads",
                    related: 5_000_000_003 + 7 * UInt64(index)))
        }
        let last = manifest.rows.count - 1
        let whole = "\(5_000_000_003 + 7 * last)"
        manifest.rows[last].values["related_id"] = .init(
            text: String(whole.prefix(random.number(1...9))))
        manifest.faultyRows = [last]
        return true
    }
}
