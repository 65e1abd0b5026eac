/// The id of a record in Zoho CRM or Creator: a canonical decimal, 1…2^64−1.
///
/// Ids are 15 to 19 digits in every sample of Zoho's pages and so above 2^53: they are never
/// converted to floating point. In bulk they are stored as `UInt64` in columns; this type defines
/// their text form and grammar.
package struct RecordID: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let value: UInt64

    /// nil for 0, which is not an id.
    package init?(_ value: UInt64) {
        guard value != 0 else { return nil }
        self.value = value
    }

    /// Parses canonical digits: no sign, no space, no leading zero, at most 2^64−1.
    package init?(digits: some Sequence<UInt8>) {
        var value: UInt64 = 0
        var isEmpty = true
        for byte in digits {
            guard byte >= 0x30, byte <= 0x39 else { return nil }
            if !isEmpty, value == 0 { return nil }
            let (product, overflowed) = value.multipliedReportingOverflow(by: 10)
            let (sum, carried) = product.addingReportingOverflow(UInt64(byte &- 0x30))
            if overflowed || carried { return nil }
            value = sum
            isEmpty = false
        }
        guard !isEmpty, value != 0 else { return nil }
        self.value = value
    }

    package init?(_ text: String) {
        self.init(digits: text.utf8)
    }

    package var description: String { String(value) }

    package static func < (first: RecordID, second: RecordID) -> Bool { first.value < second.value }
}
