import Foundation
import JSONText
import JobModel
import ManifestReading
import Running

/// A random manifest with the expected content of each row.
struct GeneratedManifest {
    /// What a row wants: the operation and its cells, link fields as JSON text by name.
    struct Want: Hashable {
        var operation: String
        var cells: [String: String]
        var fields: [String: String] = [:]
    }

    let format: ManifestFormat
    private(set) var text = ""
    private(set) var settings = ManifestSettings()
    /// In the order of the rows; row numbers count from 1.
    private(set) var wants: [Want] = []

    private var random: RandomChoice
    private let isMapped: Bool
    /// Defaults of the manifest (JSON) and of the command line, by column.
    private var manifestDefaults: [String: String] = [:]
    private var commandDefaults: [String: String] = [:]

    private static func entries(_ arguments: [String]) -> [ColumnMap.Entry] {
        arguments.compactMap { try? ColumnMap.Entry($0) }
    }

    init(seed: UInt64) {
        random = RandomChoice(state: seed &* 0x9E37_79B9_7F4A_7C15)
        format = random.one(of: [.csv, .json, .jsonLines])
        isMapped = random.once(in: 2)
        settings.format = format
        let rowCount = random.number(below: 40) + 1
        let isOfOneKind = random.once(in: 3)
        for row in 0..<rowCount { wants.append(want(row, isOfOneKind)) }
        // Where "report" is the user's own word, no row may need ours.
        if isMapped { wants.removeAll { $0.operation == "delete-creator-records" } }
        if wants.isEmpty { wants = [want(0, true)] }
        if isOfOneKind { commandDefaults = ["module": "Campaigns", "related_list": "Leads"] }
        if isMapped {
            settings.columns = Self.entries([
                "record_id=Campaign Id", "carry=record_id", "carry=Report",
            ])
        } else {
            settings.columns = Self.entries(["carry=reports"])
        }
        if format == .json {
            manifestDefaults = [
                "operation": "update", "fields": #"{ "S": "d\u00e9fault", "N": 50.560 }"#,
                "environment": "stage", "owner": "zylker", "max_records": "200",
                "skip_workflow": #"["form_workflow"]"#,
            ]
            // The command line's wins over it.
            if isOfOneKind { manifestDefaults["module"] = "Products" }
        }
        settings.defaults = commandDefaults.sorted { $0.key < $1.key }.compactMap { key, value in
            KnownColumn(rawValue: key).map { .init($0, value) }
        }
        switch format {
        case .csv: text = csv()
        case .json: text = json()
        case .jsonLines: text = jsonLines()
        }
    }

    // MARK: Rows

    private mutating func want(_ row: Int, _ isOfOneKind: Bool) -> Want {
        let record = String(70_000_000 + row)
        let relation = [
            "module": "Campaigns", "record_id": record, "related_list": "Leads",
            "related_id": String(90_000_000 + random.number(below: 1_000)),
        ]
        switch isOfOneKind ? random.number(below: 2) : random.number(below: 5) {
        case 0: return Want(operation: "delink", cells: relation)
        case 1:
            var want = Want(operation: "update", cells: relation)
            if random.once(in: 2) { want.fields["S"] = #""a, \"b\"""# }
            if random.once(in: 2) { want.fields["N"] = "50.5600" }
            if random.once(in: 2) { want.fields["B"] = "true" }
            if random.once(in: 2) { want.fields["J"] = #"[1,{"x":null}]"# }
            return want
        case 2:
            var cells = relation
            cells["module"] = "Leads"
            cells["related_list"] = nil
            return Want(operation: "delete-attachment", cells: cells)
        case 3:
            var cells = relation
            cells["related_id"] = nil
            return Want(operation: "discover-deleted", cells: cells)
        default:
            return Want(
                operation: "delete-creator-records",
                cells: [
                    "owner": random.one(of: ["zylker", "other"]), "app": "desk",
                    "report": "report_\(row)", "criteria": #"Status == "Closed, \#(row)""#,
                    "environment": random.one(of: ["stage", "development"]),
                    "max_records": random.one(of: ["200", "5000"]),
                    "skip_workflow": random.one(of: ["form_workflow", "false"]),
                ])
        }
    }

    // MARK: CSV

    private mutating func csv() -> String {
        var columns = [
            "operation", "module", "record_id", "related_list", "related_id", "owner", "app",
            "report", "criteria", "environment", "max_records", "skip_workflow",
        ].filter { commandDefaults[$0] == nil && !(isMapped && $0 == "report") }
        let fields = ["field:S", "field:N:number", "field:B:boolean", "field:J:json"]
        columns += fields + ["note", "relsweep_outcome", "reports"]
        if isMapped { columns[columns.count - 1] = "Report" }
        random.shuffle(&columns)
        let end = random.one(of: ["\n", "\r\n"])
        var text = random.one(of: ["", "\u{FEFF}"])
        func blank(_ random: inout RandomChoice) -> String { random.once(in: 6) ? end : "" }
        text += blank(&random) + blank(&random)
        var header = columns.map { isMapped && $0 == "record_id" ? "Campaign Id" : $0 }
        if isMapped { header.append("record_id") }
        text += header.map { quoted($0) }.joined(separator: ",") + end
        for (row, want) in wants.enumerated() {
            text += blank(&random)
            var cells: [String] = []
            for column in columns { cells.append(quoted(cell(column, of: want))) }
            if isMapped { cells.append(quoted(String(repeating: "own, ", count: 80))) }
            text += cells.joined(separator: ",")
            if row < wants.count - 1 || random.once(in: 2) { text += end }
        }
        return text
    }

    private mutating func cell(_ column: String, of want: Want) -> String {
        switch column {
        case "operation": return want.operation
        case "field:S": return want.fields["S"] == nil ? "" : #"a, "b""#
        case "field:N:number": return want.fields["N"] ?? ""
        case "field:B:boolean": return want.fields["B"] ?? ""
        case "field:J:json": return want.fields["J"] ?? ""
        case "note", "Report", "reports":
            return random.one(of: ["", "x", "a\nb", "\"", "=1", String(repeating: "y", count: 300)])
        case "relsweep_outcome": return "removed"
        default: return want.cells[column] ?? ""
        }
    }

    private mutating func quoted(_ cell: String) -> String {
        let needsQuotes = cell.utf8.contains { [0x22, 0x2C, 0x0A, 0x0D].contains($0) }
        guard needsQuotes || random.once(in: 5) else { return cell }
        return "\"" + cell.replacing("\"", with: "\"\"") + "\""
    }

    // MARK: JSON

    private mutating func json() -> String {
        var items: [String] = []
        for index in wants.indices { items.append(object(index)) }
        let space = random.one(of: ["", "\n", " \r\n\t"])
        let list = "[" + space + items.joined(separator: "," + space) + space + "]"
        let structures = ["fields", "skip_workflow"]
        let defaults = manifestDefaults.sorted { $0.key < $1.key }.map { key, value in
            structures.contains(key) ? "\"\(key)\":\(space)\(value)" : "\"\(key)\":\"\(value)\""
        }
        return "{\"defaults\":{\(defaults.joined(separator: ","))},\"items\":\(list)}"
    }

    private mutating func jsonLines() -> String {
        var text = random.one(of: ["", "\u{FEFF}"])
        for index in wants.indices {
            text += random.once(in: 6) ? " \n" : ""
            text += object(index).replacing("\r\n", with: " ").replacing("\n", with: " ")
            if index < wants.count - 1 || random.once(in: 2) { text += "\n" }
        }
        return text
    }

    /// One item; what its defaults say is left out by chance, and link fields sometimes.
    private mutating func object(_ index: Int) -> String {
        var want = wants[index]
        let space = random.one(of: ["", " ", "\n  ", "\r\n"])
        var members: [String] = []
        func member(_ key: String, _ value: String) {
            members.append("\"\(key)\":\(space)\(value)")
        }
        var cells = want.cells
        cells["operation"] = want.operation
        for (key, value) in cells.sorted(by: { $0.key < $1.key }) {
            let given = commandDefaults[key] ?? manifestDefaults[key]
            let isDefault =
                given == value || key == "skip_workflow" && given != nil && value == "form_workflow"
            if isDefault, random.once(in: 2) { continue }
            let name = random.once(in: 8) && !isMapped ? key.uppercased() : key
            let isNumber = key.hasSuffix("_id") && random.once(in: 3)
            let text = value.replacing("\"", with: "\\\"")
            member(
                isMapped && key == "record_id" ? "Campaign Id" : name,
                isNumber ? value : "\"\(text)\"")
        }
        if want.operation == "update" {
            if want.fields.isEmpty, random.once(in: 2) || manifestDefaults["fields"] == nil {
                if manifestDefaults["fields"] != nil || random.once(in: 2) {
                    member("fields", "{\(space)}")
                }
            } else if want.fields.isEmpty {
                want.fields = ["S": #""défault""#, "N": "50.560"]
            } else {
                let fields = want.fields.sorted { $0.key < $1.key }.map {
                    "\"\($0.key)\":\(space)\($0.value)"
                }
                member("fields", "{\(fields.joined(separator: ", "))}")
            }
        }
        // A discovery's fields are a list: a default of link fields does not apply to it.
        if want.operation == "discover-deleted" { member("fields", "[\"id\"]") }
        if random.once(in: 2) { member(isMapped ? "record_id" : "reports", "{\"own\":[1]}") }
        if random.once(in: 3) { member("Note", "\"=1\"") }
        if random.once(in: 3) { member("note", "\"\\u2028;=1\"") }
        if random.once(in: 4) { member("relsweep_row", "7") }
        random.shuffle(&members)
        wants[index] = want
        return "{\(space)\(members.joined(separator: "," + space))\(space)}"
    }
}

/// SplitMix64: the same manifests for the same seeds, everywhere.
struct RandomChoice {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func number(below bound: Int) -> Int { Int(next() % UInt64(bound)) }
    mutating func once(in times: Int) -> Bool { number(below: times) == 0 }
    mutating func one<Element>(of elements: [Element]) -> Element {
        elements[number(below: elements.count)]
    }
    mutating func shuffle<Element>(_ elements: inout [Element]) {
        for index in elements.indices.reversed() where index > 0 {
            elements.swapAt(index, number(below: index + 1))
        }
    }
}
