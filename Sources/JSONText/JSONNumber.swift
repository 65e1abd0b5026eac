/// A number exactly as it was written.
///
/// Never converted to Double: `50.560` keeps its zero and a 19-digit id its last digit, so it can
/// be sent unchanged.
package struct JSONNumber: Hashable, Sendable {
    /// The number's own text, by JSON's grammar.
    package let text: String

    /// Wraps an already validated text.
    init(unchecked text: String) {
        self.text = text
    }

    /// nil unless the text is a JSON number.
    package init?(validating text: String) {
        var copy = text
        let isNumber = copy.withUTF8 { NumberGrammar.isNumber($0) }
        guard isNumber else { return nil }
        self.text = text
    }

    /// An integer in its shortest spelling.
    package init(_ value: some BinaryInteger) {
        text = String(value)
    }

    /// The value of plain canonical digits: no sign, fraction, exponent or leading zero.
    package var uint64: UInt64? {
        let digits = text.utf8
        guard let first = digits.first, ASCII.isDigit(first),
            first != ASCII.zero || digits.count == 1
        else { return nil }
        return UInt64(text)
    }

    /// The value of plain canonical digits with or without a minus sign.
    package var int: Int? {
        let negative = text.utf8.first == ASCII.minus
        let digits = negative ? text.utf8.dropFirst() : text.utf8[...]
        guard let first = digits.first, ASCII.isDigit(first),
            first != ASCII.zero || (digits.count == 1 && !negative)
        else { return nil }
        return Int(text)
    }
}

/// JSON's grammar of numbers: `-? (0 | [1-9][0-9]*) (. [0-9]+)? ([eE] [+-]? [0-9]+)?`.
enum NumberGrammar {
    /// Whether the bytes are exactly one number.
    static func isNumber(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        var index = 0
        let end = bytes.count
        if index < end, bytes[index] == ASCII.minus { index += 1 }
        guard index < end else { return false }
        if bytes[index] == ASCII.zero {
            index += 1
        } else {
            guard skipDigits(bytes, &index) else { return false }
        }
        if index < end, bytes[index] == ASCII.dot {
            index += 1
            guard skipDigits(bytes, &index) else { return false }
        }
        if index < end, bytes[index] | 0x20 == 0x65 {
            index += 1
            if index < end, bytes[index] == ASCII.plus || bytes[index] == ASCII.minus { index += 1 }
            guard skipDigits(bytes, &index) else { return false }
        }
        return index == end
    }

    /// Skips digits; false if there are none.
    @inline(__always)
    private static func skipDigits(_ bytes: UnsafeBufferPointer<UInt8>, _ index: inout Int) -> Bool
    {
        let start = index
        while index < bytes.count, ASCII.isDigit(bytes[index]) { index += 1 }
        return index > start
    }

    /// A JSON5 number in JSON syntax; nil if invalid or not finite.
    static func normalised(json5 text: String) -> String? {
        var body = Substring(text)
        var sign = ""
        if let first = body.first, first == "+" || first == "-" {
            body.removeFirst()
            sign = first == "-" ? "-" : ""
        }
        if body.hasPrefix("0x") || body.hasPrefix("0X") {
            let digits = body.dropFirst(2)
            guard digits.utf8.allSatisfy({ ASCII.hexadecimalValue($0) != nil }),
                let value = UInt64(digits, radix: 16)
            else { return nil }
            return sign + String(value)
        }
        if body.hasPrefix(".") {
            guard body.utf8.count > 1,
                ASCII.isDigit(body.utf8[body.utf8.index(after: body.startIndex)])
            else { return nil }
            body = "0" + body
        }
        if let dot = body.firstIndex(of: ".") {
            // `5.` and `5.e3` are JSON5; JSON wants a digit after the dot or no dot.
            let after = body.index(after: dot)
            if after == body.endIndex || !(body[after].isASCII && body[after].isNumber) {
                body = body[..<dot] + body[after...]
            }
        }
        // Otherwise a second sign would be accepted.
        guard let start = body.utf8.first, ASCII.isDigit(start) else { return nil }
        return JSONNumber(validating: sign + body)?.text
    }
}
