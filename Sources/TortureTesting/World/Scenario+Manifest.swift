import JSONText
import JobModel
import ManifestReading
import Planning
import ZohoAPI

// The manifest in each format, with rows in both directions and duplicates. Read and planned by the
// production code.

extension Scenario {
    /// One row as it is written: column and text, an update's fields as JSON.
    private struct WrittenRow {
        var members: [(column: String, text: String)] = []
        var fields = ""
    }

    private static let columns = [
        "operation", "module", "record_id", "related_list", "related_id", "owner", "app", "report",
        "criteria", "environment", "max_records", "demo_user", "skip_workflow",
    ]

    mutating func plan(_ random: inout SimulationGenerator) {
        // A separate generator: the manifest's form does not affect the rest of the world.
        var form = SimulationGenerator(seed: seed ^ 0x6D61_6E69_6665_7374)
        for index in rows.indices.dropFirst() where rows[index].operation == .delink {
            rows[index].isTurned = form.once(in: 4) && rows[index].list != Scenario.addedList
        }
        var written = rows.dropFirst().map(Scenario.written)
        for var row in rows.dropFirst() where row.operation.namesOneItem && form.once(in: 8) {
            row.isTurned =
                row.operation == .delink && form.once(in: 2) && row.list != Scenario.addedList
            written.append(Scenario.written(row))
        }
        if has(.invalidRows) {
            // At most a twentieth may be left out, so a short manifest repeats rows.
            let items = rows.indices.dropFirst().filter { rows[$0].operation.namesOneItem }
            while written.count < 20, !items.isEmpty {
                written.append(Scenario.written(rows[form.pick(items)]))
            }
            let invalid = invalidRows(among: written.count, &form)
            skippedRows = invalid.count
            written += invalid
        }
        let format = form.pick(ManifestFormat.allCases)
        manifest = Array(Scenario.text(of: written, format).utf8)
        var reader = ManifestReader(format: format)
        let blocks = reader.push(manifest) + reader.finish()
        items = WorkItems()
        if let columns = reader.columns {
            var planning = PlanningSettings()
            planning.skipsInvalid = has(.invalidRows)
            if has(.addedLists), let module = APIName("Campaigns"),
                let list = APIName(Scenario.addedList)
            {
                planning.addedPairs = [RelatedListName(module: module, relatedList: list)]
            }
            let planner = Planner(settings: planning, columns: columns)
            for block in blocks { planner.consume(block) }
            let result = planner.finish()
            precondition(
                !result.stopsRun,
                "the manifest of the scenario is invalid: \(result.diagnostics.kept)")
            items = result.items
        }
        profile.idsPerCall =
            has(.large) ? random.pick([7, 40, 100]) : random.pick([1, 2, 3, 5, 100])
    }

    /// Rows with a fault in one cell.
    private func invalidRows(
        among count: Int, _ form: inout SimulationGenerator
    ) -> [WrittenRow] {
        guard count >= 20 else { return [] }
        return (0..<form.number(1...(count / 20))).map { index in
            var row = Row(
                operation: .delink, module: "Campaigns", parent: 900_000 + UInt64(index),
                list: "Leads", related: 0, isPresent: false, parentExists: false,
                relatedExists: false, fields: "{}")
            row.related = 6_000_000_000 + UInt64(index)
            var written = Scenario.written(row)
            let column = form.pick(["record_id", "related_id"])
            if let place = written.members.firstIndex(where: { $0.column == column }) {
                written.members[place].text += form.pick(["x", " 1", "-"])
            }
            return written
        }
    }

    private static func written(_ row: Row) -> WrittenRow {
        var written = WrittenRow()
        written.members = [("operation", row.operation.rawValue)]
        if row.operation == .deleteCreatorRecords {
            written.members += [
                ("owner", "zylker"), ("app", "desk"), ("report", row.list),
                ("criteria", row.criteria), ("environment", row.environment),
                ("max_records", "\(row.maximumRecords)"),
            ]
            if !row.demoUser.isEmpty { written.members.append(("demo_user", row.demoUser)) }
            if row.skipsWorkflow { written.members.append(("skip_workflow", "form_workflow")) }
            return written
        }
        let asked = row.asked
        written.members += [
            ("module", asked.module), ("record_id", "\(asked.parent)"),
            ("related_list", asked.list),
        ]
        if row.related != 0 { written.members.append(("related_id", "\(asked.related)")) }
        if row.operation == .update { written.fields = row.fields }
        return written
    }

    private static func text(of rows: [WrittenRow], _ format: ManifestFormat) -> String {
        switch format {
        case .csv:
            let header = columns + ["field:Member_Status", "field:list_price:number"]
            return ([header.joined(separator: ",")] + rows.map(csvLine)).joined(separator: "\n")
                + "\n"
        case .json: return "[" + rows.map(jsonObject).joined(separator: ",\n") + "]"
        case .jsonLines: return rows.map { jsonObject($0) + "\n" }.joined()
        }
    }

    private static func csvLine(_ row: WrittenRow) -> String {
        var cells = columns.map { column in
            row.members.first { $0.column == column }?.text ?? ""
        }
        cells.append(row.fields.contains("Member_Status") ? "Planned" : "")
        cells.append(row.fields.contains("list_price") ? "50.560" : "")
        return cells.map { cell in
            cell.contains("\"") ? "\"" + cell.replacing("\"", with: "\"\"") + "\"" : cell
        }.joined(separator: ",")
    }

    private static func jsonObject(_ row: WrittenRow) -> String {
        var writer = JSONWriter()
        writer.beginObject()
        for member in row.members { writer.member(member.column, string: member.text) }
        writer.endObject()
        let object = String(decoding: writer.bytes, as: UTF8.self)
        return row.fields.isEmpty ? object : object.dropLast() + ",\"fields\":\(row.fields)}"
    }
}

extension Operation {
    /// A row of it is one item, which may occur in a manifest twice.
    fileprivate var namesOneItem: Bool {
        switch self {
        case .delink, .update, .deleteAttachment: true
        case .deleteCreatorRecords, .discoverDeleted: false
        }
    }
}
