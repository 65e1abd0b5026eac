import JobModel

/// Requirements for external text before it is displayed, logged or stored.
enum TextInvariants {
    /// No control character, nothing that turns the writing direction round, within its limit.
    static func checkSafe(
        _ text: String, maximumByteCount: Int = Outcome.maximumMessageByteCount
    ) throws(BrokenInvariant) {
        try require(
            text.utf8.count <= maximumByteCount, "\(text.utf8.count) bytes > \(maximumByteCount)")
        for scalar in text.unicodeScalars where isHarmful(scalar) {
            throw BrokenInvariant(
                "U+\(String(scalar.value, radix: 16)) in \(text.debugDescription)")
        }
    }

    /// The same for text of any length.
    static func checkHarmless(_ text: String) throws(BrokenInvariant) {
        for scalar in text.unicodeScalars where isHarmful(scalar) {
            throw BrokenInvariant(
                "U+\(String(scalar.value, radix: 16)) in \(text.debugDescription)")
        }
    }

    static func isHarmful(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F...0x9F, 0x061C, 0x200E, 0x200F, 0x202A...0x202E, 0x2028, 0x2029,
            0x2066...0x2069, 0xFEFF:
            true
        default: false
        }
    }
}
