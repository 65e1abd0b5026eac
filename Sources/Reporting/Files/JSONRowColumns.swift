internal import JSONText

/// Makes CSV rows of a JSON manifest's objects: a column for every key, in the order of first
/// appearance.
///
/// The values are the user's own: a string as its text, a number as it was written, anything else
/// as its JSON text.
package struct JSONRowColumns: Sendable {
    /// Keys past this many are left out: a CSV file must have its columns before its rows.
    package static let maximumKeys = 200

    package private(set) var keys: [String] = []

    /// What the manifest's own `defaults` supply for a key that an object lacks.
    private var defaults: [(key: String, text: String)] = []

    package init() {}

    /// Takes the manifest's `defaults`, so that a row stands for itself without them.
    package mutating func setDefaults(_ defaults: [(key: String, text: String)]) {
        self.defaults = defaults
        keys.insert(contentsOf: defaults.map(\.key).filter { !keys.contains($0) }, at: 0)
    }

    /// Learns the keys of one object; for the first pass over the manifest.
    package mutating func learn(_ object: ArraySlice<UInt8>) {
        for key in Self.members(object).map(\.key)
        where !keys.contains(key) && keys.count < JSONRowColumns.maximumKeys {
            keys.append(key)
        }
    }

    /// The header, without a line end.
    package var header: [UInt8] {
        var bytes: [UInt8] = []
        for (index, key) in keys.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            CSVField.append(key, to: &bytes)
        }
        return bytes
    }

    /// One object as a CSV row, without a line end.
    package func append(_ object: ArraySlice<UInt8>, to bytes: inout [UInt8]) {
        let members = Self.members(object)
        for (index, key) in keys.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            guard let value = members.first(where: { $0.key == key })?.value else {
                if let text = defaults.first(where: { $0.key == key })?.text {
                    CSVField.append(text, to: &bytes)
                }
                continue
            }
            switch value {
            case .string(let text): CSVField.append(text, to: &bytes)
            case .number(let number): CSVField.append(number.text, to: &bytes)
            case .null: break
            case .bool, .array, .object: CSVField.append(JSONWriter.text(of: value), to: &bytes)
            }
        }
    }

    private static func members(
        _ object: ArraySlice<UInt8>
    ) -> [(key: String, value: JSONValue)] {
        do throws(JSONError) {
            return try JSONTree.parse(Array(object)).object?.members ?? []
        } catch {
            // The snapshot was read and planned before; what can't be parsed now has no cells to
            // show.
            return []
        }
    }
}
