import JobModel

/// Ids are canonical decimals, 1…2^64−1; Zoho's export prefix `zcrm_` is dropped.
enum RecordIDRule {
    private static let prefix: StaticString = "zcrm_"

    /// The id in a cell; 0 if invalid: `attemptFaulted(in:)` then gives the reason.
    ///
    /// Parses eight digits at a time: ids are most of the work per row.
    @inline(__always)
    static func id(in cell: Cell) -> UInt64 {
        if cell.count > 5, cell.bytes[0] == 0x7A { return prefixedID(in: cell) }
        return id(digits: cell.bytes, cell.count)
    }

    @inline(never)
    private static func prefixedID(in cell: Cell) -> UInt64 {
        guard Cell.equal(cell.bytes, prefix.utf8Start, 5) else { return 0 }
        return id(digits: cell.bytes + 5, cell.count - 5)
    }

    @inline(__always)
    private static func id(digits: UnsafePointer<UInt8>, _ count: Int) -> UInt64 {
        guard count >= 1, count <= 20, digits[0] != 0x30 else { return 0 }
        var value: UInt64 = 0
        var index = 0
        while index &+ 8 <= count {
            let chunk = UInt64(
                littleEndian: UnsafeRawPointer(digits + index).loadUnaligned(as: UInt64.self))
            var digitValues = chunk &- 0x3030_3030_3030_3030
            // A byte outside 0…9 sets the top bit of one of the two sums.
            guard
                ((chunk &+ 0x4646_4646_4646_4646) | digitValues) & 0x8080_8080_8080_8080 == 0
            else { return 0 }
            // Combine digits pairwise, then by four, then by eight.
            digitValues = digitValues &* 10 &+ (digitValues >> 8)
            let pairs = (digitValues & 0x0000_00FF_0000_00FF) &* 0x000F_4240_0000_0064
            let otherPairs = ((digitValues >> 16) & 0x0000_00FF_0000_00FF) &* 0x0000_2710_0000_0001
            value = value &* 100_000_000 &+ ((pairs &+ otherPairs) >> 32)
            index &+= 8
        }
        while index < count, index < 19 {
            let digit = UInt64(digits[index] &- 0x30)
            guard digit <= 9 else { return 0 }
            value = value &* 10 &+ digit
            index &+= 1
        }
        return count < 20 ? value : withTwentiethDigit(value, digits[19])
    }

    private static func withTwentiethDigit(_ value: UInt64, _ byte: UInt8) -> UInt64 {
        let digit = UInt64(byte &- 0x30)
        let (product, overflowed) = value.multipliedReportingOverflow(by: 10)
        let (sum, carried) = product.addingReportingOverflow(digit)
        return overflowed || carried || digit > 9 ? 0 : sum
    }

    /// Why a cell is not an id.
    static func fault(in bytes: [UInt8], column: String) -> Finding {
        let shown = SafeText.quoted(bytes: bytes)
        let column = SafeText.quoted(column)
        if bytes.isEmpty {
            return Finding("column \(column) is empty; every row needs an id there")
        }
        var digits = bytes[...]
        if digits.starts(with: "zcrm_".utf8) { digits = digits.dropFirst(5) }
        if isRoundedNumber(digits) {
            return Finding(
                "\(shown) in column \(column) was an id until a program took it for a number: its "
                    + "last digits are lost and it may name another record; export the ids again "
                    + "as text (in a spreadsheet, import the column with the type Text)")
        }
        if digits.contains(where: { $0 == 0x20 || $0 == 0x09 || $0 == 0x0A || $0 == 0x0D }) {
            return Finding(
                "\(shown) in column \(column) has white space; an id is digits alone")
        }
        if digits.first == 0x2B || digits.first == 0x2D {
            return Finding("\(shown) in column \(column) has a sign; an id is digits alone")
        }
        guard !digits.isEmpty, digits.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else {
            return Finding(
                "\(shown) in column \(column) is no record id: digits alone, like "
                    + "3652397000000327001")
        }
        if digits.allSatisfy({ $0 == 0x30 }) {
            return Finding("\(shown) in column \(column) is no record id; ids start at 1")
        }
        if digits.first == 0x30 {
            return Finding(
                "\(shown) in column \(column) starts with 0; record ids are written without "
                    + "leading zeros")
        }
        return Finding(
            "\(shown) in column \(column) is larger than any record id (\(UInt64.max), which is "
                + "2^64-1)")
    }

    /// `3.65E+18`, `3652397000000327001.0`: an id formatted as a number.
    private static func isRoundedNumber(_ bytes: ArraySlice<UInt8>) -> Bool {
        let text = String(decoding: bytes, as: UTF8.self)
        guard let first = bytes.first, first >= 0x30, first <= 0x39, Double(text) != nil else {
            // A decimal comma, as spreadsheets write in many locales.
            guard bytes.contains(0x2C), bytes.contains(where: { $0 | 0x20 == 0x65 }) else {
                return false
            }
            let pointed = String(
                decoding: bytes.map { $0 == 0x2C ? UInt8(0x2E) : $0 }, as: UTF8.self)
            return Double(pointed) != nil
        }
        return bytes.contains { $0 == 0x2E || $0 | 0x20 == 0x65 }
    }
}
