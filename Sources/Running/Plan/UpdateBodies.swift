import JobModel
import ManifestReading
import Planning
import SystemCalls
import ZohoAPI

/// Makes the bodies of updates: their link fields are read again from the run's snapshot, row by
/// row, and are never held in bulk.
///
/// It reads the disk, so it must not be used on the control queue.
struct UpdateBodies: Sendable {
    private let file: OpenFile
    private let byteCount: UInt64
    private let reader: RowReader
    private let positions: UpdateRows
    private let linkFields: LinkFields

    /// Opens the snapshot.
    ///
    /// - Parameters:
    ///   - columns: As the manifest's reader found them.
    ///   - positions: The positions of the rows of updates.
    init(
        snapshot path: String, format: ManifestFormat, columns: ManifestColumns,
        columnMap: ColumnMap, positions: UpdateRows, linkFields: LinkFields
    ) throws(SystemError) {
        file = try OpenFile.openRegular(path, .read)
        byteCount = try FileSystem.status(of: path).byteCount
        reader = RowReader(format: format, columns: columns, columnMap: columnMap)
        self.positions = positions
        self.linkFields = linkFields
    }

    /// The body of an update's request, made of its `bodyItems`.
    ///
    /// - Throws: `disk` (74) when a row can't be read any more, or is not the one that was planned.
    func body(of request: APIRequest) throws(RunningError) -> [UInt8] {
        var items: [(id: UInt64, fields: [UInt8])] = []
        items.reserveCapacity(request.bodyItems.count)
        for item in request.bodyItems { items.append((item.id, try fields(ofRow: item.row))) }
        return UpdateRequest.body(items)
    }

    /// The JSON object of one row's link fields.
    func fields(ofRow row: UInt32) throws(RunningError) -> [UInt8] {
        guard let position = positions.position(ofRow: row) else {
            preconditionFailure("row \(row) is an update without a position in the snapshot")
        }
        let bytes: [UInt8]
        let wanted = Int(position.byteCount) + UpdateBodies.lineEndingByteCount
        bytes = try onDisk { () throws(SystemError) in
            try file.read(at: position.offset, byteCount: wanted)
        }
        let isEndOfFile = position.offset + UInt64(bytes.count) >= byteCount
        guard
            let block = reader.row(
                row, line: 1, offset: position.offset, bytes: bytes, isEndOfFile: isEndOfFile)
        else { throw changed(row, "it does not end where it ended") }
        do throws(LinkFields.Problem) {
            return try linkFields.object(of: block, row: 0)
        } catch {
            throw changed(row, error.message)
        }
    }

    /// Bytes after a row that are needed to detect its end.
    private static let lineEndingByteCount = 3

    private func changed(_ row: UInt32, _ why: String) -> RunningError {
        RunningError(
            .disk,
            "\(file.path): row \(row) is not what was planned: \(why); the file was changed while "
                + "the run went on")
    }
}
