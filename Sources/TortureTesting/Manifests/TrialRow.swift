import ManifestReading

/// One row of a trial manifest, as it is written, and the item that it asks for.
struct TrialRow {
    /// The text of a cell, or of a JSON value.
    struct Value {
        var text: String
        /// Written in JSON without quotes: a number, an object.
        var isRaw = false
    }

    var operation: String
    /// By column, without the operation. Columns that are not named are empty, or absent.
    var values: [String: Value] = [:]
    /// What the row asks for; nil for a row that repeats an earlier one.
    var expected: String?
    /// The relation, for rows that repeat or contradict it.
    var relation: Relation?
    /// Of an update: the column names and texts of its link fields, in the header's order.
    var fields: [(name: String, type: String, text: String)] = []

    struct Relation {
        var module: String
        var parent: UInt64
        var list: String
        var related: UInt64

        /// The same, from its other end.
        var turned: Relation {
            Relation(module: list, parent: related, list: module, related: parent)
        }
    }

    /// Columns of link fields in CSV, in the header's order.
    static let fieldColumns = [
        "field:Member_Status", "field:list_price:number", "field:Active:boolean",
        "field:Extra:json",
    ]

    static func relation(_ operation: String, _ relation: Relation) -> TrialRow {
        var row = TrialRow(operation: operation)
        row.relation = relation
        row.values = [
            "module": Value(text: relation.module),
            "record_id": Value(text: "\(relation.parent)", isRaw: true),
            "related_list": Value(text: relation.list),
            "related_id": Value(text: "\(relation.related)", isRaw: true),
        ]
        return row
    }

    /// The link fields as one JSON object, a space apart where the text of JSON is kept.
    func object(reversed: Bool = false) -> String {
        let members = fields.map { field in
            field.type == "string"
                ? "\"\(field.name)\":\"\(field.text)\"" : "\"\(field.name)\":\(field.text)"
        }
        return "{" + (reversed ? members.reversed() : members).joined(separator: ",") + "}"
    }

    // MARK: Writing

    func csvLine(_ columns: [String], note: String) -> String {
        columns.map { column in
            if column == "operation" { return TrialRow.cell(operation) }
            if column == "note" { return TrialRow.cell(note) }
            let field = fields.first { column == "field:\($0.name)" + TrialRow.suffix($0.type) }
            if let field { return TrialRow.cell(field.text) }
            return TrialRow.cell(values[column]?.text ?? "")
        }.joined(separator: ",")
    }

    /// - Parameter reversed: The fields' members in the opposite order.
    func jsonObject(reversed: Bool = false) -> String {
        var members = ["\"operation\":\"\(operation)\""]
        for (column, value) in values.sorted(by: { $0.key < $1.key }) {
            members.append(
                "\"\(column)\":" + (value.isRaw ? value.text : TrialRow.quoted(value.text)))
        }
        if operation == "update" { members.append("\"fields\":\(object(reversed: reversed))") }
        return "{" + members.joined(separator: ",") + "}"
    }

    private static func suffix(_ type: String) -> String { type == "string" ? "" : ":\(type)" }

    private static func cell(_ text: String) -> String {
        guard text.contains(where: { $0 == "," || $0 == "\"" || $0 == "\n" }) else { return text }
        return "\"" + text.replacing("\"", with: "\"\"") + "\""
    }

    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": quoted += "\\\(scalar)"
            case "\u{0}"..<" ":
                let digits = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
