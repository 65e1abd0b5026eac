/// JSON5 extensions other than strings and numbers.
extension TreeParser {
    /// Skips JSON5's white space and comments.
    mutating func skipJSON5Space() throws(JSONError) {
        while index < bytes.count {
            if ASCII.isSpace(bytes[index]) || bytes[index] == 0x0B || bytes[index] == 0x0C {
                index += 1
            } else if bytes[index] == ASCII.slash {
                try skipComment()
            } else if bytes[index] >= 0x80, let (scalar, length) = scalar(at: index),
                scalar == "\u{FEFF}" || scalar.properties.generalCategory == .spaceSeparator
                    || scalar == "\u{2028}" || scalar == "\u{2029}"
            {
                index += length
            } else {
                return
            }
        }
    }

    private mutating func skipComment() throws(JSONError) {
        let opening = index
        guard index + 1 < bytes.count else {
            throw fault(.unexpectedByte(ASCII.slash, expected: "a value"), at: opening)
        }
        switch bytes[index + 1] {
        case ASCII.slash:
            while index < bytes.count, !isLineTerminator(at: index) { index += 1 }
        case ASCII.asterisk:
            index += 2
            while true {
                guard index + 1 < bytes.count else {
                    throw fault(.unterminatedComment, at: opening)
                }
                if bytes[index] == ASCII.asterisk, bytes[index + 1] == ASCII.slash { break }
                index += 1
            }
            index += 2
        default:
            throw fault(.unexpectedByte(ASCII.slash, expected: "a value"), at: opening)
        }
    }

    /// LF, CR, and the separators U+2028 and U+2029, as JSON5 has them (its chapter 7).
    private func isLineTerminator(at index: Int) -> Bool {
        bytes[index] == ASCII.lineFeed || bytes[index] == ASCII.carriageReturn
            || StringContent.isSeparator(bytes, at: index)
    }

    /// An unquoted key: an ECMAScript identifier (without escapes), or nil if none begins here.
    mutating func parseIdentifier() -> String? {
        let start = index
        var end = index
        while end < bytes.count, let (scalar, length) = scalar(at: end) {
            let isLetter = scalar == "$" || scalar == "_" || scalar.properties.isIDStart
            guard isLetter || (end > start && scalar.properties.isIDContinue) else { break }
            end += length
        }
        guard end > start else { return nil }
        index = end
        return String(decoding: bytes[start..<end], as: UTF8.self)
    }

    private func scalar(at index: Int) -> (Unicode.Scalar, Int)? {
        let length = UTF8Check.validLength(bytes, at: index)
        guard length > 0 else { return nil }
        return String(decoding: bytes[index..<index + length], as: UTF8.self).unicodeScalars.first
            .map { ($0, length) }
    }
}
