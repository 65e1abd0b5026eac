internal import JSONText
internal import ManifestReading

/// Makes CSV rows of a JSON manifest's objects, for `results.csv`: a column for every key, in the
/// order of first appearance.
///
/// The values are the user's own: a string as its text, a number as it was written, anything else
/// as its JSON text. The members of `fields`, where that is an object, get columns of their own,
/// `field:list_price:json`. The objects come with their defaults, as `ManifestExcerpt` writes them.
package struct JSONRowColumns: Sendable {
    /// Keys past this many are left out: a CSV file must have its columns before its rows.
    package static let maximumKeys = 200

    private typealias Member = (key: String, value: JSONValue)

    /// The names of the columns.
    package private(set) var keys: [String] = []

    package init() {}

    /// Learns the keys of one object; for the first pass over the manifest.
    package mutating func collect(_ object: ArraySlice<UInt8>) {
        for key in Self.cells(object).map(\.key)
        where !keys.contains(key) && keys.count < JSONRowColumns.maximumKeys {
            keys.append(key)
        }
    }

    /// One object as a CSV row, without a line end.
    package func append(_ object: ArraySlice<UInt8>, to bytes: inout [UInt8]) {
        let cells = Self.cells(object)
        CSVField.append(
            keys.map { key in cells.first { $0.key == key }?.text ?? "" }, to: &bytes)
    }

    private static let prefix = "field:"

    private static func column(_ field: String) -> String { "\(prefix)\(field):json" }

    private static func cells(_ object: ArraySlice<UInt8>) -> [(key: String, text: String)] {
        var cells: [(key: String, text: String)] = []
        for (key, value) in self.object(object) ?? [] {
            if key.lowercased() == "fields", let fields = value.object {
                for field in fields.members {
                    cells.append((column(field.key), JSONWriter.text(of: field.value)))
                }
                continue
            }
            switch value {
            case .string(let text): cells.append((key, text))
            case .number(let number): cells.append((key, number.text))
            case .null: cells.append((key, ""))
            case .bool, .array, .object: cells.append((key, JSONWriter.text(of: value)))
            }
        }
        return cells
    }

    /// The members of an object; nil for what is none.
    private static func object(_ text: ArraySlice<UInt8>) -> [Member]? {
        do throws(JSONError) {
            return try JSONTree.parse(Array(text)).object?.members.map { ($0.key, $0.value) }
        } catch {
            // The snapshot was read and planned before; what can't be parsed now has no cells to
            // show.
            return nil
        }
    }
}
