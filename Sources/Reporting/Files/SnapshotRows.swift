internal import ManifestReading
internal import SystemCalls

/// Reads a snapshot row by row, each with its own bytes as they stand in the file.
///
/// Memory: one piece of the file and its rows.
struct SnapshotRows {
    private static let pieceByteCount = 1 << 20

    private let file: OpenFile
    private let format: ManifestFormat

    init(path: String, format: ManifestFormat) throws(SystemError) {
        file = try OpenFile.openRegular(path, .read)
        self.format = format
    }

    /// The bytes before the first row: a CSV header with its line end.
    func opening(before offset: UInt64) throws(SystemError) -> [UInt8] {
        try file.read(at: 0, byteCount: Int(offset))
    }

    /// Calls `body` with every row: its number, its line, its bytes without the line end, its
    /// offset.
    ///
    /// - Returns: what a JSON manifest's own `defaults` supply.
    @discardableResult
    func forEach(
        _ body: (UInt32, UInt32, ArraySlice<UInt8>, UInt64) throws(SystemError) -> Void
    ) throws(SystemError) -> [(key: String, text: String)] {
        var reader = ManifestReader(format: format)
        var offset: UInt64 = 0
        while true {
            let piece = try file.read(at: offset, byteCount: SnapshotRows.pieceByteCount)
            offset += UInt64(piece.count)
            let blocks = piece.isEmpty ? reader.finish() : reader.push(piece)
            for block in blocks { try forEachRow(of: block, body) }
            if piece.isEmpty {
                return reader.defaults.map { (key: $0.column.rawValue, text: $0.text) }
            }
        }
    }

    private func forEachRow(
        of block: RowBlock,
        _ body: (UInt32, UInt32, ArraySlice<UInt8>, UInt64) throws(SystemError) -> Void
    ) throws(SystemError) {
        guard let first = block.rowOffsets.first, let last = block.rowOffsets.last,
            let lastCount = block.rowByteCounts.last
        else { return }
        let bytes = try file.read(at: first, byteCount: Int(last - first) + Int(lastCount))
        for index in 0..<block.rowCount {
            let start = Int(block.rowOffsets[index] - first)
            let end = min(bytes.count, start + Int(block.rowByteCounts[index]))
            try body(
                block.firstRow + UInt32(index), block.rowLines[index],
                bytes[min(start, end)..<end], block.rowOffsets[index])
        }
    }
}
