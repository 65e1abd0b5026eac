/// A file that is written under a temporary name and takes its own when it is whole: a process that
/// reads the path sees either the old file or the new one.
package struct ReplacementFile: Sendable {
    /// The name that it takes.
    package let path: String
    private let file: OpenFile

    /// - Parameter file: Under its temporary name, in the directory of `path`, and empty.
    package init(_ path: String, writtenAs file: OpenFile) {
        self.path = path
        self.file = file
    }

    package var temporary: String { file.path }

    package func write(_ bytes: [UInt8]) throws(SystemError) { try file.write(all: bytes) }

    /// Makes durable what was written, and closes the file.
    package func seal() throws(SystemError) {
        try file.synchronise()
        file.close()
    }

    /// Seals the file and gives it its name. That is durable when the directory is synchronised,
    /// which the caller does: once for several files.
    package func commit() throws(SystemError) {
        try seal()
        try FileSystem.rename(temporary, to: path)
    }

    /// The same, unless something has the name.
    ///
    /// - Returns: False if something has: it is as it was, and so is this file.
    package func commitUnlessExists() throws(SystemError) -> Bool {
        try seal()
        return try FileSystem.renameUnlessExists(temporary, to: path)
    }

    /// Removes what was written, after a failure or for want of a name.
    package func discard() {
        file.close()
        do throws(SystemError) {
            try FileSystem.remove(temporary)
        } catch {
            // A temporary file that stays does no harm; what led here is what matters.
        }
    }
}
