import JSONText

/// A JSON array of strings in a cell.
enum JSONStrings {
    /// The strings; nil for anything else.
    static func parse(_ bytes: [UInt8]) -> [String]? {
        let value: JSONValue
        do throws(JSONError) {
            value = try JSONTree.parse(bytes)
        } catch {
            // The rules report what was expected; the exact parse error does not matter.
            return nil
        }
        guard let elements = value.array else { return nil }
        let strings = elements.compactMap(\.string)
        return strings.count == elements.count ? strings : nil
    }
}
