extension SafeText {
    /// Maximum characters of quoted data; longer data ends in `…` and its byte count.
    package static let maximumQuotedCharacters = 60

    /// User data for a message: quoted, safe for terminals and short.
    ///
    /// Unlike `sanitised(_:)`, it shows invisible characters, so that they can be found in a
    /// manifest. Control characters, direction marks and invisible separators become `\u{1B}`,
    /// invalid UTF-8 `\xFF`; quotes and backslashes are escaped. Examples:
    /// `\u{1B}`, invalid UTF-8 as `\xFF`; quotes and backslashes get a backslash. Sample values:
    /// `"delnik"`, `"a\nb"`, `"aaaa…" (70000 bytes)`.
    package static func quoted(_ text: String) -> String {
        quoted(bytes: text.utf8)
    }

    /// As `quoted(_:)`, from bytes that need not be valid UTF-8.
    package static func quoted(bytes: some Collection<UInt8>) -> String {
        var shown = "\""
        var count = 0
        var rest = bytes[...]
        while let (piece, byteCount) = nextPiece(of: rest) {
            guard count < maximumQuotedCharacters else {
                return shown + "…\" (\(bytes.count) bytes)"
            }
            shown += piece
            count += 1
            rest = rest.dropFirst(byteCount)
        }
        return shown + "\""
    }

    /// The first character of `bytes` in its displayed form and its length in bytes; nil at the
    /// end.
    private static func nextPiece(
        of bytes: some Collection<UInt8>
    ) -> (text: String, byteCount: Int)? {
        guard let first = bytes.first else { return nil }
        let expected = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
        let candidate = Array(bytes.prefix(expected))
        guard let decoded = String(validating: candidate, as: UTF8.self),
            let scalar = decoded.unicodeScalars.first
        else { return ("\\x" + hexadecimal(UInt32(first), digits: 2), 1) }
        return (shown(scalar), candidate.count)
    }

    private static func shown(_ scalar: Unicode.Scalar) -> String {
        switch scalar {
        case "\"": return "\\\""
        case "\\": return "\\\\"
        case "\n": return "\\n"
        case "\r": return "\\r"
        case "\t": return "\\t"
        default: break
        }
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse,
            .unassigned:
            return "\\u{" + hexadecimal(scalar.value, digits: 2) + "}"
        default: return String(Character(scalar))
        }
    }

    private static func hexadecimal(_ value: UInt32, digits: Int) -> String {
        let text = String(value, radix: 16, uppercase: true)
        return String(repeating: "0", count: max(0, digits - text.count)) + text
    }
}
