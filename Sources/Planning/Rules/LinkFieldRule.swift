import JSONText
import JobModel
import ManifestReading

/// The link fields of an update: their types, and which are mandatory.
///
/// A CSV file has one column `field:API_Name[:type]` per field; an empty cell means absent. JSON
/// has one key, `fields`, with an object. Numbers follow the JSON grammar and are sent as written.
/// Between products and price books `list_price` is mandatory. Elsewhere, an update without link
/// fields adds the relation.
struct LinkFieldRule: Sendable {
    private struct Column {
        var index: Int
        var name: String
        var type: LinkFieldType
    }

    /// The manifest's link field columns, as the header has them.
    private let headerColumns: [Column]
    /// The same, sorted by name, so that digests do not depend on the order of columns.
    private let fieldColumns: [Column]
    /// Faults of the header that the reader does not find.
    let headerFindings: [Finding]

    init(columns: ManifestColumns) {
        var fieldColumns: [Column] = []
        var findings: [Finding] = []
        for (index, meaning) in columns.meanings.enumerated() {
            guard case .linkField(let name, let type) = meaning else { continue }
            if name.text == "id" {
                findings.append(LinkFieldRule.idFinding(column: index, isSkippable: false))
            }
            fieldColumns.append(Column(index: index, name: name.text, type: type))
        }
        headerColumns = fieldColumns
        self.fieldColumns = fieldColumns.sorted { $0.name < $1.name }
        headerFindings = findings
    }

    /// Checks the link fields of one row.
    ///
    /// - Returns: A 64-bit digest, independent of field order.
    func digest(
        of kind: RelationKind, _ view: BlockView, base: Int, fields: CellSource, isJSON: Bool
    ) throws(Finding) -> UInt64 {
        var digest = FieldDigest()
        var hasListPrice = false
        for column in fieldColumns {
            let cell = view.cell(atColumn: column.index, base)
            guard cell.count > 0 else { continue }
            let bytes = cell.array
            try check(bytes, column)
            digest.add(column.name)
            digest.add(column.type.rawValue)
            digest.add(bytes)
            if column.name == "list_price" { hasListPrice = true }
        }
        let cell = view.cell(fields, base)
        if cell.count > 0 {
            // A default is JSON text, whatever the manifest's format.
            guard isJSON else {
                throw Finding(
                    "column \"fields\" is not for updates: give each link field a column of its "
                        + "own, like \"field:Member_Status\"", column: fields.index)
            }
            for member in try members(of: cell.array, column: fields.index) {
                digest.add(member.key)
                var writer = JSONWriter()
                writer.value(member.value)
                digest.add(writer.bytes)
                if member.key == "list_price", member.value != .null, member.value != .string("") {
                    hasListPrice = true
                }
            }
        }
        if !hasListPrice, LinkFieldRule.needsListPrice(kind) {
            throw Finding(
                "an update of \"\(kind.module)/\(kind.relatedList)\" needs the link field "
                    + "\"list_price\" (as the column \"field:list_price:number\", or in \"fields\")"
            )
        }
        return digest.value
    }

    /// The JSON object of a CSV row's link fields, in the order of the header.
    ///
    /// - Parameter bytes: The cell of a column; empty when the field is absent.
    func object(_ bytes: (_ column: Int) -> [UInt8]) throws(Finding) -> [UInt8] {
        var object: [UInt8] = [UInt8(ascii: "{")]
        for column in headerColumns {
            let bytes = bytes(column.index)
            guard !bytes.isEmpty else { continue }
            try check(bytes, column)
            if object.count > 1 { object.append(UInt8(ascii: ",")) }
            object.append(UInt8(ascii: "\""))
            object.append(contentsOf: column.name.utf8)
            object.append(contentsOf: "\":".utf8)
            switch column.type {
            case .number, .boolean, .json: object.append(contentsOf: bytes)
            case .string:
                var writer = JSONWriter(appendingTo: object)
                writer.string(String(decoding: bytes, as: UTF8.self))
                object = writer.bytes
            }
        }
        object.append(UInt8(ascii: "}"))
        return object
    }

    private static func needsListPrice(_ kind: RelationKind) -> Bool {
        let ends = [kind.module.text, kind.relatedList.text]
        return ends.contains("Price_Books") && ends.contains("Products")
    }

    private func check(_ bytes: [UInt8], _ column: Column) throws(Finding) {
        let shown = SafeText.quoted(bytes: bytes)
        switch column.type {
        case .string: return
        case .number:
            let text = String(decoding: bytes, as: UTF8.self)
            guard JSONNumber(validating: text) == nil else { return }
            throw Finding(
                "\(shown) is no number for the link field \"\(column.name)\": digits with a point, "
                    + "as JSON writes them, like 50.56", column: column.index)
        case .boolean:
            if bytes == Array("true".utf8) || bytes == Array("false".utf8) { return }
            throw Finding(
                "\(shown) is no boolean for the link field \"\(column.name)\": true or false",
                column: column.index)
        case .json:
            if let mark = LinkFieldRule.mark(in: bytes) {
                throw Finding(
                    "the link field \"\(column.name)\" \(mark)", column: column.index)
            }
            do {
                _ = try JSONTree.parse(bytes)
            } catch {
                throw Finding(
                    "\(shown) is no JSON for the link field \"\(column.name)\": \(error.message)",
                    column: column.index)
            }
        }
    }

    /// The fault of a text that begins with a byte order mark. A mark may precede a JSON document,
    /// but inside a request's body it would make the document invalid for all items.
    private static func mark(in bytes: [UInt8]) -> String? {
        guard bytes.starts(with: [0xEF, 0xBB, 0xBF]) else { return nil }
        return "begins with a byte order mark (U+FEFF): remove it, JSON has none within a value"
    }

    /// The members of a `fields` object, by name.
    func members(
        of bytes: [UInt8], column: Int
    ) throws(Finding) -> [(key: String, value: JSONValue)] {
        if let mark = LinkFieldRule.mark(in: bytes) {
            throw Finding("\"fields\" \(mark)", column: column)
        }
        let value: JSONValue
        do {
            value = try JSONTree.parse(bytes)
        } catch {
            throw Finding("\"fields\" is no JSON: \(error.message)", column: column)
        }
        guard let object = value.object else {
            throw LinkFieldRule.noObject(bytes, column: column)
        }
        for member in object.members {
            guard APIName(member.key) != nil else {
                throw Finding(
                    "\(SafeText.quoted(member.key)) in \"fields\" is no API name", column: column)
            }
            if member.key == "id" {
                throw LinkFieldRule.idFinding(column: column, isSkippable: true)
            }
        }
        return object.members.sorted { $0.key < $1.key }
    }

    /// The error for `fields` that is not an object.
    static func noObject(_ bytes: [UInt8], column: Int) -> Finding {
        Finding(
            "\"fields\" is \(SafeText.quoted(bytes: bytes)); an update's link fields are an "
                + "object, like {\"Member_Status\": \"Active\"}", column: column)
    }

    private static func idFinding(column: Int, isSkippable: Bool) -> Finding {
        Finding(
            "\"id\" is no link field: the related record is named in \"related_id\"",
            isSkippable: isSkippable, column: column)
    }
}

/// 64-bit digest of a list of strings; a separator distinguishes `ab`,`c` from `a`,`bc`.
private struct FieldDigest {
    var value: UInt64 = 0xCBF2_9CE4_8422_2325

    mutating func add(_ text: String) {
        add(Array(text.utf8))
    }

    mutating func add(_ bytes: [UInt8]) {
        for byte in bytes { value = (value ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        value = ParentIndex.mixed(value ^ 0xFF) &+ UInt64(bytes.count)
    }
}
