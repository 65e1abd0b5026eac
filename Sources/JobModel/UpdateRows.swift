/// Where in the snapshot the rows of updates stand: their link fields are read again when a call is
/// about to be sent, and never held in bulk.
///
/// 16 bytes a row, of updates only. Columns are of one length; rows ascend. Rows that became no
/// item of their own (duplicates, skipped ones) may be among them.
package struct UpdateRows: Sendable, Equatable {
    package private(set) var rows: [UInt32] = []
    /// Byte offset in the file at which each row starts: what `RowReader` wants.
    package private(set) var offsets: [UInt64] = []
    /// Bytes of each row in the file, without its line end.
    package private(set) var byteCounts: [UInt32] = []

    package init() {}

    package var count: Int { rows.count }

    /// Adds a row; rows come in ascending order.
    package mutating func append(row: UInt32, offset: UInt64, byteCount: UInt32) {
        precondition(rows.last ?? 0 < row, "row \(row) was appended after row \(rows.last ?? 0)")
        rows.append(row)
        offsets.append(offset)
        byteCounts.append(byteCount)
    }

    /// Where a row stands; nil for a row that is no update.
    package func position(ofRow row: UInt32) -> (offset: UInt64, byteCount: UInt32)? {
        rows.index(ofAscending: row, by: { $0 }).map { (offsets[$0], byteCounts[$0]) }
    }
}
