/// The content of a JSON string: finding its end, validating and decoding it.
///
/// Shared by the tree parser and the tokenizer, so that both accept, decode and reject the same
/// strings.
enum StringContent {
    /// What a string contains, to choose the fastest decoding.
    struct Features {
        var hasEscapes = false
        var hasNonASCII = false
    }

    /// The first index at or after `start` that is a quote, a backslash, a control character or not
    /// ASCII; the end if there is none. Looks at eight bytes at a time.
    @inline(__always)
    static func plainEnd(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int, to end: Int) -> Int {
        guard let base = UnsafeRawPointer(bytes.baseAddress) else { return end }
        let ones: UInt64 = 0x0101_0101_0101_0101
        let highs: UInt64 = 0x8080_8080_8080_8080
        var index = start
        while index &+ 8 <= end {
            let word = base.loadUnaligned(fromByteOffset: index, as: UInt64.self)
            let quotes = word ^ (ones &* UInt64(ASCII.quote))
            let slashes = word ^ (ones &* UInt64(ASCII.backslash))
            // SWAR: the high bit is set where a byte is zero (for quotes and backslashes) or less
            // than 0x20. Later bytes may be false positives, the first one never.
            let found =
                ((quotes &- ones) & ~quotes) | ((slashes &- ones) & ~slashes)
                | ((word &- (ones &* 0x20)) & ~word) | word
            let marks = found & highs
            if marks != 0 { return index &+ marks.trailingZeroBitCount / 8 }
            index &+= 8
        }
        while index < end {
            let byte = bytes[index]
            if byte == ASCII.quote || byte == ASCII.backslash || byte < 0x20 || byte >= 0x80 {
                break
            }
            index &+= 1
        }
        return index
    }

    /// The same for a string in single quotes, which only the configuration has: byte by byte.
    static func plainEndOfApostrophes(
        _ bytes: UnsafeBufferPointer<UInt8>, from start: Int, to end: Int
    ) -> Int {
        var index = start
        while index < end {
            let byte = bytes[index]
            if byte == ASCII.apostrophe || byte == ASCII.backslash { break }
            if byte < 0x20 || byte >= 0x80 { break }
            index += 1
        }
        return index
    }

    /// Decodes the text between the quotes.
    ///
    /// - Throws: the first fault in the order of the bytes.
    static func decode(
        _ body: UnsafeBufferPointer<UInt8>, _ features: Features, dialect: JSONDialect = .json
    ) throws(LexicalError) -> String {
        if !features.hasEscapes {
            if features.hasNonASCII, let offset = UTF8Check.firstInvalid(body) {
                throw LexicalError(kind: .invalidUTF8, offset: offset)
            }
            return String(decoding: body, as: UTF8.self)
        }
        var output: [UInt8] = []
        output.reserveCapacity(body.count)
        var index = 0
        while index < body.count {
            let byte = body[index]
            if byte == ASCII.backslash {
                try decodeEscape(body, &index, into: &output, dialect)
            } else if byte < 0x80 {
                output.append(byte)
                index += 1
            } else {
                let length = UTF8Check.validLength(body, at: index)
                if length == 0 { throw LexicalError(kind: .invalidUTF8, offset: index) }
                output.append(contentsOf: body[index..<index + length])
                index += length
            }
        }
        return String(decoding: output, as: UTF8.self)
    }

    private static func decodeEscape(
        _ body: UnsafeBufferPointer<UInt8>, _ index: inout Int, into output: inout [UInt8],
        _ dialect: JSONDialect
    ) throws(LexicalError) {
        let start = index
        guard start + 1 < body.count else {
            throw LexicalError(kind: .invalidEscape("\\"), offset: start)
        }
        index += 2
        switch body[start + 1] {
        case ASCII.quote, ASCII.backslash, ASCII.slash: output.append(body[start + 1])
        case UInt8(ascii: "b"): output.append(0x08)
        case UInt8(ascii: "f"): output.append(0x0C)
        case UInt8(ascii: "n"): output.append(ASCII.lineFeed)
        case UInt8(ascii: "r"): output.append(ASCII.carriageReturn)
        case UInt8(ascii: "t"): output.append(ASCII.tab)
        case UInt8(ascii: "u"):
            let first = try hexadecimal(body, start, digits: 4)
            index = start + 6
            guard first & 0xF800 == 0xD800 else {
                append(UInt32(first), to: &output)
                return
            }
            // A high surrogate must be followed immediately by an escaped low surrogate.
            guard first < 0xDC00, start + 7 < body.count, body[start + 6] == ASCII.backslash,
                body[start + 7] == UInt8(ascii: "u")
            else { throw LexicalError(kind: .loneSurrogate(first), offset: start) }
            let second = try hexadecimal(body, start + 6, digits: 4)
            guard second & 0xFC00 == 0xDC00 else {
                throw LexicalError(kind: .loneSurrogate(first), offset: start)
            }
            append(0x10000 + (UInt32(first & 0x3FF) << 10 | UInt32(second & 0x3FF)), to: &output)
            index = start + 12
        default:
            guard dialect == .json5 else { throw invalidEscape(body, start, length: 2) }
            try decodeJSON5Escape(body, start, &index, into: &output)
        }
    }

    /// JSON5-only escapes; `index` is after the escaped byte.
    private static func decodeJSON5Escape(
        _ body: UnsafeBufferPointer<UInt8>, _ start: Int, _ index: inout Int,
        into output: inout [UInt8]
    ) throws(LexicalError) {
        switch body[start + 1] {
        case UInt8(ascii: "v"): output.append(0x0B)
        case UInt8(ascii: "x"):
            append(UInt32(try hexadecimal(body, start, digits: 2)), to: &output)
            index = start + 4
        case ASCII.zero where !(index < body.count && ASCII.isDigit(body[index])):
            output.append(0)
        case ASCII.lineFeed: break  // a line continuation
        case ASCII.carriageReturn:
            if index < body.count, body[index] == ASCII.lineFeed { index += 1 }
        case ASCII.zero...ASCII.nine: throw invalidEscape(body, start, length: 2)
        case let byte where byte < 0x80: output.append(byte)
        default:
            // U+2028 and U+2029 also continue a line; any other character represents itself.
            index = isSeparator(body, at: start + 1) ? start + 4 : start + 1
        }
    }

    /// Whether U+2028 or U+2029 begins at an index: line terminators of JSON5, which its strings
    /// may hold as they are.
    static func isSeparator(_ bytes: UnsafeBufferPointer<UInt8>, at index: Int) -> Bool {
        index + 2 < bytes.count && bytes[index] == 0xE2 && bytes[index + 1] == 0x80
            && (bytes[index + 2] == 0xA8 || bytes[index + 2] == 0xA9)
    }

    private static func hexadecimal(
        _ body: UnsafeBufferPointer<UInt8>, _ start: Int, digits: Int
    ) throws(LexicalError) -> UInt16 {
        var value: UInt16 = 0
        for index in start + 2..<start + 2 + digits {
            guard index < body.count, let digit = ASCII.hexadecimalValue(body[index]) else {
                throw invalidEscape(body, start, length: 2 + digits)
            }
            value = value << 4 | UInt16(digit)
        }
        return value
    }

    private static func invalidEscape(
        _ body: UnsafeBufferPointer<UInt8>, _ start: Int, length: Int
    ) -> LexicalError {
        var shown = ""
        for byte in body[start..<min(body.count, start + length)] {
            shown += byte > 0x20 && byte < 0x7F ? String(Unicode.Scalar(byte)) : "?"
        }
        return LexicalError(kind: .invalidEscape(shown), offset: start)
    }

    private static func append(_ scalar: UInt32, to output: inout [UInt8]) {
        switch scalar {
        case ..<0x80: output.append(UInt8(scalar))
        case ..<0x800:
            output.append(UInt8(0xC0 | scalar >> 6))
            output.append(UInt8(0x80 | scalar & 0x3F))
        case ..<0x10000:
            output.append(UInt8(0xE0 | scalar >> 12))
            output.append(UInt8(0x80 | scalar >> 6 & 0x3F))
            output.append(UInt8(0x80 | scalar & 0x3F))
        default:
            output.append(UInt8(0xF0 | scalar >> 18))
            output.append(UInt8(0x80 | scalar >> 12 & 0x3F))
            output.append(UInt8(0x80 | scalar >> 6 & 0x3F))
            output.append(UInt8(0x80 | scalar & 0x3F))
        }
    }
}
