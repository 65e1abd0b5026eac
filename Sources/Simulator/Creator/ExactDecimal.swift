/// A number of exact decimal digits, never converted to a floating-point number:
/// 250.43 = 250.430 = 2.5043e2, and 9007199254740993 is not 9007199254740992.
struct ExactDecimal: Comparable, Sendable {
    private var isNegative = false
    /// Without leading or trailing zeros; empty for 0.
    private var digits: [UInt8] = []
    /// Position of the decimal point, counted from before the first digit.
    private var point = 0

    /// Parses a number of JSON's grammar; nil for anything else, or an exponent past six digits.
    init?(_ text: String) {
        var rest = Array(text.utf8)[...]
        if rest.first == 0x2D {
            isNegative = true
            rest.removeFirst()
        }
        var exponent = 0
        if let mark = rest.firstIndex(where: { $0 | 0x20 == 0x65 }) {
            let tail = String(decoding: rest[(mark + 1)...], as: UTF8.self)
            guard tail.utf8.count <= 7, let value = Int(tail) else { return nil }
            exponent = value
            rest = rest[..<mark]
        }
        let parts = rest.split(separator: 0x2E, omittingEmptySubsequences: false)
        guard parts.count <= 2, parts.allSatisfy({ !$0.isEmpty && $0.allSatisfy(Self.isDigit) })
        else { return nil }
        digits = parts.flatMap { Array($0) }
        point = (parts.first?.count ?? 0) + exponent
        let zeros = digits.prefix { $0 == 0x30 }.count
        digits.removeFirst(zeros)
        point -= zeros
        while digits.last == 0x30 { digits.removeLast() }
        if digits.isEmpty {
            isNegative = false
            point = 0
        }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }

    static func < (left: Self, right: Self) -> Bool {
        if left.isNegative != right.isNegative { return left.isNegative }
        return left.isNegative
            ? isSmaller(right, left) : isSmaller(left, right)
    }

    /// Compares without the sign.
    private static func isSmaller(_ left: Self, _ right: Self) -> Bool {
        if left.digits.isEmpty || right.digits.isEmpty {
            return left.digits.isEmpty && !right.digits.isEmpty
        }
        return left.point != right.point
            ? left.point < right.point
            : left.digits.lexicographicallyPrecedes(right.digits)
    }
}
