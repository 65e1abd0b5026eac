package import SystemCalls

/// A file for a secret, mode 0600, written completely or not at all.
///
/// It is opened before the secret exists: a secret that can be obtained only once must not be lost
/// because no file can be written.
package struct NewSecretFile: Sendable {
    private let file: ReplacementFile
    private let replaces: Bool

    /// Where the secret will be.
    package var path: String { file.path }

    /// Opens a file of another name beside it.
    ///
    /// - Parameter replaces: Whether an existing file may be replaced.
    /// - Throws: EEXIST, when it may not.
    package init(_ path: String, replaces: Bool) throws(SystemError) {
        if !replaces, try FileSystem.kind(of: path, followLinks: false) != .missing {
            throw .exists(operation: "create", path: path)
        }
        self.replaces = replaces
        let chance = RandomSource.bytes(6).map { String($0, radix: 16) }.joined()
        file = ReplacementFile(
            path,
            writtenAs: try OpenFile.open(
                "\(path).\(chance)", .write, creation: .exclusive, permissions: 0o600,
                noFollow: true))
    }

    /// Writes the secret and gives the file its name, durably.
    ///
    /// - Returns: Where the secret is: the path that was wanted, or the temporary one when that
    ///   name could not be had any more.
    package func write(_ secret: String) throws(SystemError) -> String {
        try file.write(Array((secret + "\n").utf8))
        try file.seal()
        do throws(SystemError) {
            if replaces {
                try FileSystem.rename(file.temporary, to: path)
            } else {
                try FileSystem.link(file.temporary, as: path)
                try FileSystem.remove(file.temporary)
            }
            try FileSystem.synchroniseDirectory(FileSystem.directory(of: path))
        } catch {
            return file.temporary
        }
        return path
    }

    /// Removes what was opened; there is no secret for it.
    package func discard() { file.discard() }
}
