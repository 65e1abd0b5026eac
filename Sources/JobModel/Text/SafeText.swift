/// Makes words from elsewhere (a service, a manifest, a file name) fit for terminals, journals and
/// reports.
package enum SafeText {
    /// Bytes that a text must have to be blotted out as a secret where somebody repeats it.
    ///
    /// Tokens of services are far longer; a toy token of one letter stands in every answer, and
    /// without that letter none could be read.
    package static let minimumSecretByteCount = 8

    /// Whether a text repeats a secret.
    ///
    /// Byte for byte: a joiner or an accent behind it makes another character of its last one.
    package static func repeats(_ text: String, secret: String) -> Bool {
        secret.utf8.count >= minimumSecretByteCount
            && Array(text.utf8).firstRange(of: Array(secret.utf8)) != nil
    }

    /// `text` without anything that could steer a terminal or disguise a line, cut to a byte limit.
    ///
    /// Line breaks and tabs become a space, runs of them one space; every other control character
    /// (C0, DEL, C1) and every character that turns the writing direction round becomes `?`. Cut at
    /// a character's boundary.
    package static func sanitised(
        _ text: String, maximumByteCount: Int = Outcome.maximumMessageByteCount
    ) -> String {
        // Nearly everything a service says is short plain ASCII, and goes through untouched.
        var text = text
        let isPlain = text.withUTF8 { bytes in
            bytes.count <= maximumByteCount && bytes.allSatisfy { $0 >= 0x20 && $0 < 0x7F }
        }
        return isPlain ? text : rebuilt(text.unicodeScalars, maximumByteCount)
    }

    /// The same for bytes of unknown encoding: what is no UTF-8 becomes U+FFFD.
    package static func sanitised(
        bytes: some Collection<UInt8>, maximumByteCount: Int = Outcome.maximumMessageByteCount
    ) -> String {
        // No scalar is longer than four bytes and each costs at least one: more input can't show in
        // the output, but for runs of white space, which may be cut short.
        let prefix = bytes.prefix(4 * maximumByteCount)
        let text = String(decoding: prefix, as: UTF8.self)
        return rebuilt(text.unicodeScalars, maximumByteCount)
    }

    /// A line for a terminal, laid out by us, with words of others in it: blanks stay, and whatever
    /// `sanitised(_:)` would change becomes one `?`, so that columns stay under each other.
    package static func harmless(_ line: String) -> String {
        var scalars = String.UnicodeScalarView()
        for scalar in line.unicodeScalars {
            scalars.append(scalar == " " || !isHarmful(scalar) ? scalar : "?")
        }
        return String(scalars)
    }

    /// JSON in which everything that could steer a terminal is an escape, lines' ends apart. Such
    /// characters stand in strings alone, where an escape is the same character.
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

    /// Control characters (C0, DEL, C1), separators of lines, and what turns the writing direction
    /// round or is not seen.
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
