internal import JSONText

/// Field values that match a criteria expression, and values that do not, for the simulated
/// service.
///
/// Only comparisons are considered, the first one per field. Right for chains of `&&` and
/// alternatives on one field; a more complex expression may match nothing in the simulation.
struct CriteriaSample {
    typealias Field = (name: String, value: JSONValue)

    private(set) var matching: [Field] = []
    private(set) var other: [Field] = []

    init(_ criteria: String) {
        var scanner = Scanner(Array(criteria.utf8))
        while let comparison = scanner.nextComparison() {
            guard comparison.field != "ID",
                !matching.contains(where: { $0.name == comparison.field })
            else { continue }
            let (fits, fails) = comparison.values
            matching.append((comparison.field, fits))
            other.append((comparison.field, fails))
        }
    }
}

/// A parsed comparison, such as `Status == "Closed"`.
private struct Comparison {
    var field: String
    /// An operator, or `contains`, `startswith`, `endswith`.
    var word: String
    var value: Value

    enum Value {
        case text(String)
        case number(String)
        case word(String)
    }

    /// A value that satisfies the comparison, and one that does not.
    var values: (JSONValue, JSONValue) {
        switch value {
        case .word("true"): return word == "!=" ? (.bool(false), .bool(true)) : flags(true)
        case .word("false"): return word == "!=" ? (.bool(true), .bool(false)) : flags(false)
        case .word:
            return word == "!=" ? (.string("something"), .null) : (.null, .string("something"))
        case .number(let text):
            return ordered(
                .number(JSONNumber(-999_999_999)),
                JSONNumber(validating: text).map { .number($0) } ?? .string(text),
                .number(JSONNumber(999_999_999)))
        case .text(let text):
            if Comparison.isDate(text) {
                return ordered(
                    .string("01-Jan-1970"), .string(text), .string("31-Dec-2099"))
            }
            let other = JSONValue.string("kept")
            return word == "!=" ? (other, .string(text)) : (.string(text), other)
        }
    }

    private func flags(_ flag: Bool) -> (JSONValue, JSONValue) { (.bool(flag), .bool(!flag)) }

    private func ordered(
        _ less: JSONValue, _ equal: JSONValue, _ greater: JSONValue
    ) -> (JSONValue, JSONValue) {
        switch word {
        case "<": (less, greater)
        case ">": (greater, less)
        case "<=": (equal, greater)
        case ">=": (equal, less)
        case "!=": (greater, equal)
        default: (equal, greater)
        }
    }

    /// `14-Apr-2020`, optionally with a time.
    private static func isDate(_ text: String) -> Bool {
        let parts = text.split(separator: " ").first?.split(separator: "-") ?? []
        return parts.map { $0.utf8.count } == [2, 3, 4]
    }
}

private struct Scanner {
    private let bytes: [UInt8]
    private var index = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func nextComparison() -> Comparison? {
        while index < bytes.count {
            guard Self.isLetter(bytes[index]) else {
                if bytes[index] == 0x22 || bytes[index] == 0x27 { _ = quoted() } else { index += 1 }
                continue
            }
            let field = word()
            guard let operation = operation(), let value = value() else { continue }
            return Comparison(field: field, word: operation, value: value)
        }
        return nil
    }

    private mutating func operation() -> String? {
        skipBlanks()
        if index < bytes.count, bytes[index] == UInt8(ascii: ".") {
            index += 1
            let name = word()
            if index < bytes.count, bytes[index] == UInt8(ascii: "(") { index += 1 }
            return name
        }
        for text in ["==", "!=", "<=", ">=", "<", ">", "="]
        where bytes[index...].starts(with: text.utf8) {
            index += text.utf8.count
            return text
        }
        return nil
    }

    private mutating func value() -> Comparison.Value? {
        skipBlanks()
        guard index < bytes.count else { return nil }
        let byte = bytes[index]
        if byte == 0x22 || byte == 0x27 { return .text(quoted()) }
        if Self.isLetter(byte) { return .word(word()) }
        let start = index
        while index < bytes.count, Self.isOfNumber(bytes[index]) { index += 1 }
        let text = String(decoding: bytes[start..<index], as: UTF8.self)
        return text.isEmpty ? nil : .number(text)
    }

    private mutating func quoted() -> String {
        let quote = bytes[index]
        index += 1
        var text: [UInt8] = []
        while index < bytes.count, bytes[index] != quote {
            if bytes[index] == UInt8(ascii: "\\"), index + 1 < bytes.count { index += 1 }
            text.append(bytes[index])
            index += 1
        }
        index = min(index + 1, bytes.count)
        return String(decoding: text, as: UTF8.self)
    }

    private mutating func word() -> String {
        let start = index
        while index < bytes.count, Self.isLetter(bytes[index]) || Self.isOfNumber(bytes[index]) {
            if bytes[index] == UInt8(ascii: ".") || bytes[index] == UInt8(ascii: "-") { break }
            index += 1
        }
        return String(decoding: bytes[start..<index], as: UTF8.self)
    }

    private mutating func skipBlanks() {
        while index < bytes.count, bytes[index] <= 0x20 { index += 1 }
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7A || byte == 0x5F
    }

    private static func isOfNumber(_ byte: UInt8) -> Bool {
        byte >= 0x30 && byte <= 0x39 || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-")
    }
}
