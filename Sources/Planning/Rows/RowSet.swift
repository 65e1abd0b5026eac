/// A set of data rows (1-based), one bit per row: small enough to record for ten million rows which
/// of them are open.
package struct RowSet: Equatable, Sendable {
    private var words: [UInt64]
    /// The highest row that the set can hold.
    package let maximumRow: UInt32

    /// An empty set for the rows `1...rowCount`.
    package init(rowCount: Int) {
        maximumRow = UInt32(rowCount)
        words = Array(repeating: 0, count: rowCount / 64 + 1)
    }

    /// All of the rows `1...rowCount`.
    package init(allOf rowCount: Int) {
        self.init(rowCount: rowCount)
        guard rowCount > 0 else { return }
        for index in words.indices { words[index] = .max }
        words[0] &= ~1
        let last = rowCount % 64
        if last < 63 { words[words.count - 1] &= (1 << UInt64(last + 1)) - 1 }
    }

    package var count: Int { words.reduce(0) { $0 + $1.nonzeroBitCount } }

    /// The rows, ascending.
    package var rows: [UInt32] {
        var rows: [UInt32] = []
        rows.reserveCapacity(count)
        for (index, word) in words.enumerated() {
            var rest = word
            while rest != 0 {
                rows.append(UInt32(index * 64 + rest.trailingZeroBitCount))
                rest &= rest - 1
            }
        }
        return rows
    }

    package func contains(_ row: UInt32) -> Bool {
        row <= maximumRow && words[Int(row >> 6)] & (1 << UInt64(row & 63)) != 0
    }

    /// Traps if `row` exceeds the set's capacity.
    ///
    /// - Returns: Whether the row was newly inserted.
    @discardableResult
    package mutating func insert(_ row: UInt32) -> Bool {
        precondition(row >= 1 && row <= maximumRow, "row \(row) is not one of 1 to \(maximumRow)")
        let bit: UInt64 = 1 << UInt64(row & 63)
        let isNew = words[Int(row >> 6)] & bit == 0
        words[Int(row >> 6)] |= bit
        return isNew
    }

    package mutating func remove(_ row: UInt32) {
        guard row <= maximumRow else { return }
        words[Int(row >> 6)] &= ~(1 << UInt64(row & 63))
    }
}
