/// The API name of a module or of a related list, case-exact: `^[A-Za-z_][A-Za-z0-9_]{0,99}$`.
///
/// Only names of this grammar reach a URL, so they never need escaping.
package struct APIName: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Maximum bytes of a name.
    package static let maximumByteCount = 100

    package let text: String

    /// nil unless `text` matches the grammar above.
    package init?(_ text: String) {
        guard APIName.isValid(text.utf8) else { return nil }
        self.text = text
    }

    package static func isValid(_ bytes: some Sequence<UInt8>) -> Bool {
        var count = 0
        for byte in bytes {
            count += 1
            let isLetter = (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7A || byte == 0x5F
            let isDigit = byte >= 0x30 && byte <= 0x39
            guard isLetter || (isDigit && count > 1) else { return false }
        }
        return count > 0 && count <= maximumByteCount
    }

    package var description: String { text }

    package static func < (first: APIName, second: APIName) -> Bool {
        first.text.utf8.lexicographicallyPrecedes(second.text.utf8)
    }
}
