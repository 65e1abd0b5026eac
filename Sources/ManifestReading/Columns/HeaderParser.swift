import JobModel

/// Turns header names into columns and reports all faults.
struct HeaderParser {
    /// A fault of the header.
    struct Problem: Equatable {
        /// Index of the column; nil for the header as a whole.
        var column: Int?
        var message: String
    }

    private(set) var columns: ManifestColumns
    private(set) var problems: [Problem] = []

    /// - Parameter names: The header's cells. An invalid name counts as `carried`, so that reading
    ///   can continue.
    init(names: [String], map: ColumnMap) {
        columns = ManifestColumns(
            names: names, meanings: Array(repeating: .carried, count: names.count))
        if let finding = HeaderParser.missingHeader(names, map) {
            problems = [finding]
            return
        }
        for (index, name) in names.enumerated() {
            if let mapped = map.meaning(ofHeader: name) {
                columns.meanings[index] = mapped
                continue
            }
            switch ColumnNaming.interpretation(of: name) {
            case .meaning(let meaning): columns.meanings[index] = meaning
            case .fault(let message): problems.append(Problem(column: index, message: message))
            }
        }
        findDoubled()
        findUnmapped(map)
    }

    private mutating func findDoubled() {
        // A single pass: a 1 MiB header can have half a million columns.
        var firstOfName: [String: Int] = [:]
        for (index, name) in columns.names.enumerated() where !name.isEmpty {
            let meaning = columns.meanings[index]
            let what: String
            let key: String
            switch meaning {
            case .carried:
                what = SafeText.quoted(name)
                key = "carried " + name.lowercased()
            case .known, .linkField:
                what = "\"\(ColumnNaming.name(of: meaning))\""
                key = "known " + ColumnNaming.name(of: meaning)
            }
            guard let first = firstOfName[key] else {
                firstOfName[key] = index
                continue
            }
            var message = "two columns are named \(what): columns \(first + 1) and \(index + 1)"
            if columns.names[first].lowercased() != name.lowercased() {
                message +=
                    " (\(SafeText.quoted(columns.names[first])) and \(SafeText.quoted(name)))"
            }
            problems.append(
                Problem(column: index, message: message + "; rename or remove one of them"))
        }
    }

    private mutating func findUnmapped(_ map: ColumnMap) {
        let present = columns.names.map { $0.lowercased() }
        for entry in map.entries where !present.contains(entry.header.lowercased()) {
            problems.append(
                Problem(
                    column: nil,
                    message: HeaderParser.unmapped(entry)
                        + "the header has "
                        + HeaderParser.listed(columns.names)))
        }
    }

    /// The start of the message about a `--column` whose header does not exist.
    static func unmapped(_ entry: ColumnMap.Entry) -> String {
        "--column \(ColumnNaming.name(of: entry.meaning))=\(SafeText.quoted(entry.header)) "
            + "names a column that is not there: "
    }

    private static func listed(_ names: [String]) -> String {
        names.prefix(20).map { SafeText.quoted($0) }.joined(separator: ", ")
            + (names.count > 20 ? " and \(names.count - 20) more" : "")
    }

    /// A first row without any known or similar name is not a header.
    private static func missingHeader(_ names: [String], _ map: ColumnMap) -> Problem? {
        for name in names where !name.isEmpty {
            if map.meaning(ofHeader: name) != nil { return nil }
            if ColumnNaming.interpretation(of: name) != .meaning(.carried) { return nil }
        }
        let expected = "operation, module, record_id, related_list, related_id"
        for (index, name) in names.enumerated() {
            let isOperation = Operation(rawValue: name.lowercased()) != nil
            if isOperation || (name.utf8.count >= 10 && RecordID(name) != nil) {
                return Problem(
                    column: index,
                    message: "the header row is missing: the first row holds data, "
                        + "\(SafeText.quoted(name)) for one; put the column names first "
                        + "(\(expected))")
            }
        }
        if names.count == 1, let separator = otherSeparator(names[0]) {
            return Problem(
                column: 0,
                message: "cells seem to be separated by \(separator): export with commas")
        }
        return Problem(
            column: nil,
            message:
                "the header row has no column that is known (\(listed(names))): name the columns "
                + "\(expected), or map them, as in --column record_id=\"Campaign Id\"")
    }

    private static func otherSeparator(_ name: String) -> String? {
        for (separator, word) in [(";", "semicolons"), ("\t", "tabs"), ("|", "\"|\"")] {
            let parts = name.lowercased().split(separator: Character(separator)).map(String.init)
            if parts.count > 1, parts.contains(where: { KnownColumn(rawValue: $0) != nil }) {
                return word
            }
        }
        return nil
    }
}
