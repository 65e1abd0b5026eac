internal import SystemCalls

/// A file that is written piece by piece and takes its name when it is whole: whoever reads the
/// path sees the old file or the new one.
///
/// Until then it has the same name in every process, so that what one that was killed left there is
/// taken by the next. Only one process at a time writes a run's files: the one with the job's lock.
final class ReportFile {
    private static let pieceByteCount = 1 << 18

    private let path: String
    private let temporary: String
    private let file: OpenFile
    private var buffer: [UInt8] = []

    /// - Parameter run: For a path that several runs may write to: the one that does. The temporary
    ///   name is the run's then, and fits where the path's own is as long as a name may be.
    init(_ path: String, of run: String? = nil) throws(SystemError) {
        self.path = path
        temporary =
            run.map { "\(FileSystem.directory(of: path))/.relsweep-\($0).tmp" } ?? "\(path).tmp"
        file = try FileSystem.recreate(temporary)
    }

    func append(_ body: (inout [UInt8]) -> Void) throws(SystemError) {
        body(&buffer)
        if buffer.count >= ReportFile.pieceByteCount { try flush() }
    }

    /// Gives the file its name; the directory is synced by the caller, once for all files.
    func finish() throws(SystemError) {
        try flush()
        try file.synchronise()
        file.close()
        try FileSystem.rename(temporary, to: path)
    }

    /// Gives the file its name, unless there is another file of that name.
    ///
    /// - Returns: False if there is: it is as it was, and what was written is gone.
    func finishUnlessExists() throws(SystemError) -> Bool {
        try flush()
        try file.synchronise()
        file.close()
        if try FileSystem.renameUnlessExists(temporary, to: path) { return true }
        // An earlier end of the same run may have written it.
        let isFile = try FileSystem.kind(of: path) == .file
        let isSame = isFile ? try isSame(as: path) : false
        discard()
        return isSame
    }

    private func isSame(as path: String) throws(SystemError) -> Bool {
        let written = try OpenFile.openRegular(temporary, .read)
        defer { written.close() }
        let other: OpenFile
        do throws(SystemError) {
            other = try OpenFile.openRegular(path, .read, noFollow: false)
        } catch {
            // What can't be read is not ours.
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
    func discard() {
        file.close()
        do throws(SystemError) {
            try FileSystem.remove(temporary)
        } catch {
            // A temporary file that stays does no harm; the failure that led here is what matters.
        }
    }

    private func flush() throws(SystemError) {
        try file.write(all: buffer)
        buffer.removeAll(keepingCapacity: true)
    }
}
