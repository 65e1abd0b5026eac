/// Makes external text (of a service, a manifest, a file name) safe for terminals, journals and
/// reports.
package enum SafeText {
    /// Minimum bytes for a secret to be redacted.
    ///
    /// Real tokens are far longer; redacting a one-letter test token would make every answer
    /// unreadable.
    package static let minimumSecretByteCount = 8

    /// Whether a text repeats a secret.
    ///
    /// Compares bytes: as Characters, a following combining mark would hide the last one.
    package static func repeats(_ text: String, secret: String) -> Bool {
        secret.utf8.count >= minimumSecretByteCount
            && Array(text.utf8).firstRange(of: Array(secret.utf8)) != nil
    }

    /// `text` without anything that could control a terminal or spoof a line, truncated to a byte
    /// limit.
    ///
    /// Runs of line breaks and tabs become one space; all other control characters (C0, DEL, C1)
    /// and bidirectional controls become `?`. Truncated at a character boundary.
    package static func sanitised(
        _ text: String, maximumByteCount: Int = Outcome.maximumMessageByteCount
    ) -> String {
        // Fast path: most messages are short plain ASCII.
        var text = text
        let isPlain = text.withUTF8 { bytes in
            bytes.count <= maximumByteCount && bytes.allSatisfy { $0 >= 0x20 && $0 < 0x7F }
        }
        return isPlain ? text : rebuilt(text.unicodeScalars, maximumByteCount)
    }

    /// The same for bytes of unknown encoding: invalid UTF-8 becomes U+FFFD.
    package static func sanitised(
        bytes: some Collection<UInt8>, maximumByteCount: Int = Outcome.maximumMessageByteCount
    ) -> String {
        // A scalar has at most four bytes and yields at least one: more input cannot appear in the
        // output, except that long white space may be truncated early.
        let prefix = bytes.prefix(4 * maximumByteCount)
        let text = String(decoding: prefix, as: UTF8.self)
        return rebuilt(text.unicodeScalars, maximumByteCount)
    }

    /// A formatted line that contains external text: spaces are kept, and each character that
    /// `sanitised(_:)` would change becomes one `?`, so that columns stay aligned.
    package static func harmless(_ line: String) -> String {
        var scalars = String.UnicodeScalarView()
        for scalar in line.unicodeScalars {
            scalars.append(scalar == " " || !isHarmful(scalar) ? scalar : "?")
        }
        return String(scalars)
    }

    /// JSON in which all characters that could control a terminal, except line ends, are escaped.
    /// They occur only in strings, where the escape is equivalent.
    package static func escapedInJSON(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            guard isHarmful(scalar), scalar != "\n" else {
                result.append(scalar)
                continue
            }
            for unit in UTF16.encode(scalar) ?? UTF16.encodedReplacementCharacter {
                let digits = String(unit, radix: 16)
                let zeros = String(repeating: "0", count: 4 - digits.utf8.count)
                result.append(contentsOf: "\\u\(zeros)\(digits)".unicodeScalars)
            }
        }
        return String(result)
    }

    /// Control characters (C0, DEL, C1), line separators, bidirectional controls and invisible
    /// characters.
    private static func isHarmful(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x00...0x1F, 0x7F...0x9F, 0x061C, 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x206F,
            0xFEFF, 0xFFF9...0xFFFB, 0xE0000...0xE007F:
            true
        default: false
        }
    }

    private static func rebuilt(
        _ scalars: String.UnicodeScalarView, _ maximumByteCount: Int
    ) -> String {
        var result = String.UnicodeScalarView()
        var byteCount = 0
        var isAfterSpace = true
        for scalar in scalars {
            var kept = scalar
            switch scalar.value {
            case 0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x20, 0x85, 0x2028, 0x2029:
                if isAfterSpace { continue }
                kept = " "
            default: if isHarmful(scalar) { kept = "?" }
            }
            let length = UTF8.width(kept)
            if byteCount + length > maximumByteCount { break }
            byteCount += length
            isAfterSpace = kept == " "
            result.append(kept)
        }
        if result.last == " " { result.removeLast() }
        return String(result)
    }
}
