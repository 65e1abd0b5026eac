import JSONText

/// A JSON array of strings, as a cell holds it.
enum JSONStrings {
    /// The strings; nil for anything else.
    static func parse(_ bytes: [UInt8]) -> [String]? {
        let value: JSONValue
        do throws(JSONError) {
            value = try JSONTree.parse(bytes)
        } catch {
            // What exactly is wrong with it matters less than what was expected: rules say that.
            return nil
        }
        guard let elements = value.array else { return nil }
        let strings = elements.compactMap(\.string)
        return strings.count == elements.count ? strings : nil
    }
}
