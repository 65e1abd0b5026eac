import JSONText
import JobModel
package import ManifestReading
import Planning

/// Writes rows of a manifest as a separate manifest, which requests exactly the same when it is run
/// with the same options.
///
/// - CSV: the reader's header, and the rows byte for byte.
/// - JSON and JSON Lines: JSON Lines, each object as it was written (line breaks between its
///   tokens become blanks), before its own keys those of the defaults that it lacks and its
///   operation reads.
package struct ManifestExcerpt: Sendable {
    private let format: ManifestFormat
    private let columns: ManifestColumns
    /// What supplies absent keys, with the key that the column map reads as the column; the first
    /// one of a column wins, as in planning.
    private let defaults: [(key: String, value: ColumnDefault)]
    /// After every row, and after the header.
    package let lineEnding: [UInt8]

    init(
        format: ManifestFormat, columns: ManifestColumns, map: ColumnMap,
        defaults: [ColumnDefault], lineEnding: [UInt8]
    ) {
        self.format = format
        self.columns = columns
        self.lineEnding = lineEnding
        var first: [ColumnDefault] = []
        for entry in defaults where !first.contains(where: { $0.column == entry.column }) {
            first.append(entry)
        }
        // Where the map makes the column's own name the user's, the default comes from the command
        // line, and does so again.
        self.defaults = first.compactMap { entry in
            let name = entry.column.rawValue
            let mapped = map.entries.first { $0.meaning == .known(entry.column) }?.header
            if mapped == nil, map.meaning(ofHeader: name) != nil { return nil }
            return (mapped ?? name, entry)
        }
    }

    /// What an excerpt of a manifest is written in: `csv`, or `jsonl` for both kinds of JSON.
    package static func fileExtension(of format: ManifestFormat) -> String {
        format == .csv ? ManifestFormat.csv.rawValue : ManifestFormat.jsonLines.rawValue
    }

    /// The header with its line end; nothing for JSON Lines.
    package var header: [UInt8] {
        guard format == .csv else { return [] }
        var bytes: [UInt8] = []
        CSVField.append(columns.names, to: &bytes)
        return bytes + lineEnding
    }

    /// Appends one row, without its line end.
    package func append(_ rows: SnapshotBlock, _ index: Int, to bytes: inout [UInt8]) {
        let row = rows.bytes(index)
        guard format != .csv else {
            bytes += row
            return
        }
        let start = bytes.count
        bytes.append(UInt8(ascii: "{"))
        let operation = operation(of: rows.block, index)
        for (key, value) in defaults {
            guard operation.map({ OperationColumns.reads(value.column, $0) }) ?? true,
                let column = columns.index(of: value.column),
                rows.block.isAbsent(row: index, column: column)
            else { continue }
            append(key, value, operation, to: &bytes)
        }
        let rest = row.dropFirst()
        if rest.first(where: { $0 > 0x20 }) == UInt8(ascii: "}"), bytes.last == UInt8(ascii: ",") {
            bytes.removeLast()
        }
        bytes += rest
        // A line break in valid JSON is always between tokens: those within strings are escaped.
        for place in start..<bytes.count where bytes[place] == 0x0A || bytes[place] == 0x0D {
            bytes[place] = 0x20
        }
    }

    /// The row's operation, its default included; nil for what is none.
    private func operation(of block: RowBlock, _ index: Int) -> Operation? {
        let own = columns.index(of: .operation).flatMap { block.string(row: index, column: $0) }
        let word = own ?? defaults.first { $0.value.column == .operation }?.value.text
        return word.flatMap { Operation(rawValue: $0) }
    }

    /// `"module":"Campaigns",` as planning reads a default: as text, except for arrays and objects.
    private func append(
        _ key: String, _ entry: ColumnDefault, _ operation: Operation?, to bytes: inout [UInt8]
    ) {
        var writer = JSONWriter(appendingTo: bytes)
        writer.string(key)
        writer.bytes.append(UInt8(ascii: ":"))
        // Link fields are an object, also where a default holds it as text.
        if entry.type == .structure || entry.column == .fields && operation == .update {
            writer.bytes += Array(entry.text.utf8)
        } else {
            var value = JSONWriter()
            value.string(entry.text)
            writer.bytes += value.bytes
        }
        writer.bytes.append(UInt8(ascii: ","))
        bytes = writer.bytes
    }
}
