import JobModel
import ManifestReading

/// A program that treats ids as numbers turns them into ids of other records. A single damaged id
/// is undetectable, a column of them is not.
///
/// Above 2^53 not every integer is a Double, so only some integers can result from such damage:
///
/// - *exact* (pandas, C): the id equals its Double; its lowest bits are 0. Probability for a sound
///   id: 1 / (spacing of Doubles there).
/// - *shortest* (JavaScript): the id is the shortest decimal that reads back as its Double. By
///   chance one in the same spacing.
/// - *fifteen digits* (spreadsheets): the id equals itself rounded to 15 digits, its end is zeros.
///   By chance one in 10^(digits - 15).
///
/// Spacing is 2^(k - 52) for ids from 2^k up to 2^(k+1):
///
///     id                      digits  spacing   fifteen digits
///     9007199254740993        16      2         10
///     35240336189014001       17      4         100
///     216214000000448023      18      32        1,000
///     3652397000000327001     19      512       10,000
///     9652397000000327001     19      2,048     10,000
///
/// 3652397000000327001 becomes 3652397000000327168, 3652397000000327000 and 3652397000000330000.
///
/// A column is damaged if more of its distinct ids above 2^53 match one kind of damage than 4 times
/// the expected number plus 3. This detects four damaged ids among a few hundred sound ones; fewer
/// than one in 5,000 sound columns is rejected, whatever its length. Each kind is counted
/// separately against its own expectation. Below 2^55 exact Doubles are too frequent for that kind
/// to be detected.
enum DamagedIDRule {
    /// Up to here every integer is a Double: no damage possible.
    static let largestSafeID: UInt64 = 1 << 53
    /// Maximum suspects listed per column.
    static let maximumListed = 10

    enum Damage: CaseIterable {
        case exact, shortest, fifteenDigits

        var words: String {
            switch self {
            case .exact: "rounded to a floating-point number"
            case .shortest: "rounded as JavaScript does"
            case .fifteenDigits: "rounded to 15 digits as spreadsheets do"
            }
        }

        /// Whether an id above 2^53 is what this damage leaves.
        func fits(_ id: UInt64) -> Bool {
            switch self {
            case .exact: id & (DamagedIDRule.spacing(at: id) - 1) == 0
            case .shortest: id == DamagedIDRule.shortestDecimal(of: id)
            case .fifteenDigits: id % DamagedIDRule.fifteenDigitUnit(of: id) == 0
            }
        }

        /// One sound id in this many matches by chance.
        func rarity(at id: UInt64) -> UInt64 {
            switch self {
            case .exact, .shortest: DamagedIDRule.spacing(at: id)
            case .fifteenDigits: DamagedIDRule.fifteenDigitUnit(of: id)
            }
        }
    }

    /// Distance between adjacent Doubles at an id above 2^53; a power of 2.
    static func spacing(at id: UInt64) -> UInt64 {
        1 << UInt64(63 - id.leadingZeroBitCount - 52)
    }

    /// 10^(digits − 15) for an id of more than 15 digits.
    static func fifteenDigitUnit(of id: UInt64) -> UInt64 {
        var unit: UInt64 = 1
        var rest = id
        while rest >= 1_000_000_000_000_000 {
            rest /= 10
            unit *= 10
        }
        return unit
    }

    /// The integer that JavaScript prints for the Double nearest to `id`: its shortest digits,
    /// filled up with zeros; nil when that is past 2^64−1.
    ///
    /// Swift's own description of a Double has the same digits.
    static func shortestDecimal(of id: UInt64) -> UInt64? {
        var value: UInt64 = 0
        var fractionDigits = 0
        var isFraction = false
        var exponent = 0
        var isExponent = false
        for byte in Double(id).description.utf8 {
            switch byte {
            case UInt8(ascii: "."): isFraction = true
            case UInt8(ascii: "e"): isExponent = true
            case UInt8(ascii: "+"): continue
            default:
                let digit = Int(byte) - 0x30
                if isExponent {
                    exponent = exponent * 10 + digit
                } else {
                    value = value * 10 + UInt64(digit)
                    if isFraction { fractionDigits += 1 }
                }
            }
        }
        for _ in 0..<max(0, exponent - fractionDigits) {
            let (product, overflowed) = value.multipliedReportingOverflow(by: 10)
            if overflowed { return nil }
            value = product
        }
        for _ in 0..<max(0, fractionDigits - exponent) { value /= 10 }
        return value
    }

    /// The findings about one column with their positions: first the problem, then the suspects.
    static func findings(
        in sample: [(id: UInt64, position: SourcePosition)], isComplete: Bool, column: KnownColumn
    ) -> [(finding: Finding, position: SourcePosition)] {
        let large = sample.filter { $0.id > largestSafeID }
        for damage in [Damage.fifteenDigits, .shortest, .exact] {
            let suspects = large.filter { damage.fits($0.id) }.sorted { $0.position < $1.position }
            let expected = large.reduce(0.0) { $0 + 1 / Double(damage.rarity(at: $1.id)) }
            guard let first = suspects.first, Double(suspects.count) > 4 * expected + 3 else {
                continue
            }
            let counted = isComplete ? "ids above 2^53" : "ids above 2^53 that were sampled"
            let summary =
                "column \"\(column.rawValue)\" is damaged: \(suspects.count) of its "
                + "\(large.count) distinct \(counted) are \(damage.words), where chance gives "
                + "\(rounded(expected)); such ids name other records, so export them again as text"
            return [(Finding(summary, isSkippable: false), first.position)]
                + suspects.prefix(maximumListed).map {
                    (
                        Finding(
                            "\($0.id) in column \"\(column.rawValue)\" looks \(damage.words)",
                            isSkippable: false), $0.position
                    )
                }
        }
        return []
    }

    /// `about 2`, `fewer than 1`.
    private static func rounded(_ expected: Double) -> String {
        expected < 1 ? "fewer than 1" : "about \(Int(expected.rounded()))"
    }
}
