import JobModel
package import Journaling
package import ManifestReading
import SystemCalls

/// Reads a run's snapshot a second time, for its reports: with the reader and the column map that
/// planned the run, so that a row has the same number and the same cells as then.
///
///     var rows = try SnapshotRows(of: directory, header)
///     while let blocks = try rows.next() { … }
///
/// Memory: one piece of the file and its rows.
package struct SnapshotRows {
    private static let pieceByteCount = 1 << 20

    package let format: ManifestFormat
    private let columnMap: ColumnMap
    private let defaults: [ColumnDefault]
    private let file: OpenFile
    private var reader: ManifestReader
    private var offset: UInt64 = 0
    private var isAtEnd = false
    /// What ends the rows: CRLF where the first one has it.
    private var lineEnding: [UInt8]?

    /// - Throws: `disk` (74) when the snapshot can't be opened, `journalDamaged` (74) when the
    ///   journal's first record does not say how to read it.
    package init(of directory: RunDirectory, _ header: RunHeader) throws(RunningError) {
        let settings = try PinnedSettings.manifestSettings(of: header)
        let path = directory.snapshotPath(format: header.manifestFormat)
        let pipeline = try PlanPipeline(settings, source: .file(path))
        format = pipeline.format
        columnMap = pipeline.columnMap
        defaults = settings.defaults
        reader = ManifestReader(format: pipeline.format, columnMap: pipeline.columnMap)
        do throws(SystemError) {
            file = try OpenFile.openRegular(path, .read)
        } catch {
            throw RunningError(disk: error)
        }
    }

    /// The rows that end in the next piece of the file; nil after the last one.
    ///
    /// - Throws: `disk` (74), also if the snapshot is not the planned one.
    package mutating func next() throws(RunningError) -> [SnapshotBlock]? {
        guard !isAtEnd else { return nil }
        let piece = try read(at: offset, byteCount: SnapshotRows.pieceByteCount)
        offset += UInt64(piece.count)
        isAtEnd = piece.isEmpty
        let blocks = isAtEnd ? reader.finish() : reader.push(piece)
        guard reader.diagnostics.errorCount == 0 else {
            throw RunningError(
                .disk,
                "\(file.path) is not what was planned: "
                    + (reader.diagnostics.kept.first?.message ?? "its structure is damaged")
                    + "; the file was changed while the run went on")
        }
        var read: [SnapshotBlock] = []
        for block in blocks { read.append(try self.read(block)) }
        return read
    }

    /// Data rows so far.
    package var rowCount: Int { reader.rowCount }

    /// The columns; nil before the header of a CSV file has been read.
    package var columns: ManifestColumns? { reader.columns }

    /// How rows are written that are run again; once `columns` is known.
    package var excerpt: ManifestExcerpt {
        guard let columns else { preconditionFailure("rows are written before a header was read") }
        return ManifestExcerpt(
            format: format, columns: columns, map: columnMap,
            defaults: defaults + reader.defaults, lineEnding: lineEnding ?? [0x0A])
    }

    private mutating func read(_ block: RowBlock) throws(RunningError) -> SnapshotBlock {
        guard let first = block.rowOffsets.first, let last = block.rowOffsets.last,
            let lastCount = block.rowByteCounts.last
        else { return SnapshotBlock(block: block, bytes: []) }
        let bytes = try read(at: first, byteCount: Int(last - first) + Int(lastCount))
        if lineEnding == nil, format == .csv {
            let end = try read(at: first + UInt64(block.rowByteCounts[0]), byteCount: 2)
            lineEnding = end == [0x0D, 0x0A] ? end : [0x0A]
        }
        return SnapshotBlock(block: block, bytes: bytes)
    }

    private func read(at offset: UInt64, byteCount: Int) throws(RunningError) -> [UInt8] {
        do throws(SystemError) {
            return try file.read(at: offset, byteCount: byteCount)
        } catch {
            throw RunningError(disk: error)
        }
    }
}

/// Adjacent rows of a snapshot, with their bytes as they are in the file.
package struct SnapshotBlock {
    package let block: RowBlock
    /// The file's bytes from the first row's start to the last one's end.
    let bytes: [UInt8]

    /// Indices of the rows within the block.
    package var indices: Range<Int> { 0..<block.rowCount }

    /// The 1-based number of a row in the manifest.
    package func number(_ index: Int) -> UInt32 { block.firstRow + UInt32(index) }

    /// The bytes of a row without its line end; for JSON, the item from `{` to `}`.
    package func bytes(_ index: Int) -> ArraySlice<UInt8> {
        let start = min(bytes.count, Int(block.rowOffsets[index] - block.rowOffsets[0]))
        return bytes[start..<min(bytes.count, start + Int(block.rowByteCounts[index]))]
    }
}
