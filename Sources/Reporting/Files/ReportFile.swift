internal import SystemCalls

/// A replacement file that is written piece by piece.
///
/// Its temporary name is the same in every process, so that what one that was killed left there is
/// taken by the next. Only one process at a time writes a run's files: the one with the job's lock.
final class ReportFile {
    private static let pieceByteCount = 1 << 18

    private let file: ReplacementFile
    private var buffer: [UInt8] = []

    /// - Parameter run: For a path shared by several runs: the writing run, which determines the
    ///   temporary name. That name also fits if the path's own name has the maximum length.
    init(_ path: String, of run: String? = nil) throws(SystemError) {
        let temporary =
            run.map { "\(FileSystem.directory(of: path))/.relsweep-\($0).tmp" } ?? "\(path).tmp"
        file = ReplacementFile(path, writtenAs: try FileSystem.recreate(temporary))
    }

    func append(_ body: (inout [UInt8]) -> Void) throws(SystemError) {
        body(&buffer)
        if buffer.count >= ReportFile.pieceByteCount { try flush() }
    }

    /// Renames the file into place; the caller syncs the directory once for all files.
    func finish() throws(SystemError) {
        try flush()
        try file.commit()
    }

    /// Renames the file into place unless another file of that name exists.
    ///
    /// - Returns: false if one exists: it is unchanged, and the temporary file was removed.
    func finishUnlessExists() throws(SystemError) -> Bool {
        try flush()
        if try file.commitUnlessExists() { return true }
        // An earlier session of the run may have written it.
        let isFile = try FileSystem.kind(of: file.path) == .file
        let isSame = isFile ? try isSame(as: file.path) : false
        discard()
        return isSame
    }

    private func isSame(as path: String) throws(SystemError) -> Bool {
        let written = try OpenFile.openRegular(file.temporary, .read)
        defer { written.close() }
        let other: OpenFile
        do throws(SystemError) {
            other = try OpenFile.openRegular(path, .read, noFollow: false)
        } catch {
            // An unreadable file is not ours.
            return false
        }
        defer { other.close() }
        var offset: UInt64 = 0
        while true {
            let piece = try written.read(at: offset, byteCount: ReportFile.pieceByteCount)
            guard try other.read(at: offset, byteCount: ReportFile.pieceByteCount) == piece else {
                return false
            }
            if piece.count < ReportFile.pieceByteCount { return true }
            offset += UInt64(piece.count)
        }
    }

    /// Removes what was written, after a failure.
    func discard() { file.discard() }

    private func flush() throws(SystemError) {
        try file.write(buffer)
        buffer.removeAll(keepingCapacity: true)
    }
}
