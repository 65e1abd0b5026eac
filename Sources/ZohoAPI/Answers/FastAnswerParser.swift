import JobModel

/// A fast parser for the usual form of answers, ten times as fast as the general JSON parser.
///
///     {"data":[{"code":"…","details":{"id":"…"},"message":"…","status":"…"},…]}
///
/// White space anywhere, the four members in any order, the id as string or number, strings plain
/// ASCII without escapes. For anything else it returns nil and the general parser decides. Both
/// give the same result for what this one accepts (a test compares them).
struct FastAnswerParser {
    private let bytes: UnsafeBufferPointer<UInt8>
    private var index = 0
    /// Texts of the previous element, reused if equal to avoid allocations.
    private var code = Word()
    private var message = Word()

    private struct Word {
        var bytes: Range<Int> = 0..<0
        var text = ""
    }

    private init(_ bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
    }

    /// The elements, at least one; nil for any other form.
    static func elements(of body: [UInt8]) -> [AnswerElement]? {
        body.withUnsafeBufferPointer { bytes in
            var reader = FastAnswerParser(bytes)
            return reader.body()
        }
    }

    private mutating func body() -> [AnswerElement]? {
        guard consume(0x7B), let key = string(), matches(key, "data"), consume(0x3A), consume(0x5B)
        else {
            return nil
        }
        var elements: [AnswerElement] = []
        elements.reserveCapacity(100)
        repeat {
            guard let element = element() else { return nil }
            elements.append(element)
        } while consume(0x2C)
        guard consume(0x5D), consume(0x7D) else { return nil }
        skipSpace()
        return index == bytes.count ? elements : nil
    }

    private mutating func element() -> AnswerElement? {
        var status: Range<Int>?
        var id: UInt64?
        var hasCode = false
        var hasMessage = false
        guard consume(0x7B) else { return nil }
        repeat {
            guard let key = string(), consume(0x3A) else { return nil }
            if matches(key, "code"), !hasCode {
                guard let range = string() else { return nil }
                code = word(at: range, after: code, AnswerReading.maximumCodeByteCount)
                hasCode = true
            } else if matches(key, "details"), id == nil {
                guard let number = details() else { return nil }
                id = number
            } else if matches(key, "message"), !hasMessage {
                guard let range = string() else { return nil }
                message = word(at: range, after: message, Outcome.maximumMessageByteCount)
                hasMessage = true
            } else if matches(key, "status"), status == nil {
                guard let word = string() else { return nil }
                status = word
            } else {
                return nil
            }
        } while consume(0x2C)
        guard consume(0x7D), hasCode, hasMessage, let status, let id else { return nil }
        return AnswerElement(
            code: code.text,
            status: matches(status, "success")
                ? .success : matches(status, "error") ? .error : .neither,
            message: message.text, address: .id(id))
    }

    /// `{"id":"…"}` without other members.
    private mutating func details() -> UInt64? {
        guard consume(0x7B), let key = string(), matches(key, "id"), consume(0x3A) else {
            return nil
        }
        let isQuoted = consume(0x22)
        var value: UInt64 = 0
        let start = index
        while index < bytes.count, bytes[index] >= 0x30, bytes[index] <= 0x39 {
            let (product, overflowed) = value.multipliedReportingOverflow(by: 10)
            let (sum, carried) = product.addingReportingOverflow(UInt64(bytes[index] - 0x30))
            if overflowed || carried || (value == 0 && index > start) { return nil }
            value = sum
            index += 1
        }
        // A fraction or exponent is not followed by a brace; 0 and unusual spaces are left to the
        // general parser.
        guard value != 0 else { return nil }
        if isQuoted {
            guard index < bytes.count, bytes[index] == 0x22 else { return nil }
            index += 1
        }
        return consume(0x7D) ? value : nil
    }

    /// The text of a range, reusing the previous string if the bytes are equal.
    private func word(
        at range: Range<Int>, after earlier: Word, _ maximumByteCount: Int
    ) -> Word {
        if range.count == earlier.bytes.count, isSame(range, earlier.bytes) { return earlier }
        let text = String(decoding: UnsafeBufferPointer(rebasing: bytes[range]), as: UTF8.self)
        return Word(
            bytes: range, text: SafeText.sanitised(text, maximumByteCount: maximumByteCount))
    }

    private func isSame(_ first: Range<Int>, _ second: Range<Int>) -> Bool {
        var other = second.lowerBound
        for place in first {
            if bytes[place] != bytes[other] { return false }
            other += 1
        }
        return true
    }

    private func matches(_ range: Range<Int>, _ word: StaticString) -> Bool {
        guard range.count == word.utf8CodeUnitCount else { return false }
        for offset in 0..<range.count
        where bytes[range.lowerBound + offset] != word.utf8Start[offset] {
            return false
        }
        return true
    }

    /// The content of a plain string, after white space.
    private mutating func string() -> Range<Int>? {
        guard consume(0x22) else { return nil }
        let start = index
        while index < bytes.count {
            let byte = bytes[index]
            if byte == 0x22 {
                index += 1
                return start..<index - 1
            }
            guard byte >= 0x20, byte < 0x7F, byte != 0x5C else { return nil }
            index += 1
        }
        return nil
    }

    /// Skips white space and then the byte, if it is next.
    private mutating func consume(_ byte: UInt8) -> Bool {
        skipSpace()
        guard index < bytes.count, bytes[index] == byte else { return false }
        index += 1
        return true
    }

    private mutating func skipSpace() {
        while index < bytes.count {
            switch bytes[index] {
            case 0x20, 0x0A, 0x0D, 0x09: index += 1
            default: return
            }
        }
    }
}
