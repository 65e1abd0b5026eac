/// The positions of update rows in the snapshot: link fields are reread when a call is about to be
/// sent and never held in bulk.
///
/// 16 bytes per update row. Columns have equal length; rows ascend. May include rows that are not
/// items (duplicates, skipped).
package struct UpdateRows: Sendable, Equatable {
    package private(set) var rows: [UInt32] = []
    /// Byte offset of each row in the file, as needed by `RowReader`.
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

    /// The position of a row; nil if it is not an update.
    package func position(ofRow row: UInt32) -> (offset: UInt64, byteCount: UInt32)? {
        rows.index(ofAscending: row, by: { $0 }).map { (offsets[$0], byteCounts[$0]) }
    }
}
