internal import JSONText
internal import ManifestReading

/// Converts a JSON manifest's objects to CSV rows for `results.csv`: one column per key, in order
/// of first appearance.
///
/// Values are the user's: a string's text, a number as written, other values as JSON. Members of a
/// `fields` object get their own columns, `field:list_price:json`. The objects include their
/// defaults, as written by `ManifestExcerpt`.
package struct JSONRowColumns: Sendable {
    /// Further keys are omitted.
    package static let maximumKeys = 200

    private typealias Member = (key: String, value: JSONValue)

    /// The names of the columns.
    package private(set) var keys: [String] = []

    package init() {}

    /// Collects the keys of one object, in the first pass.
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

    /// The members of an object; nil for other values.
    private static func object(_ text: ArraySlice<UInt8>) -> [Member]? {
        do throws(JSONError) {
            return try JSONTree.parse(Array(text)).object?.members.map { ($0.key, $0.value) }
        } catch {
            // The snapshot was parsed before; an unparsable object has no cells.
            return nil
        }
    }
}
