package import SystemCalls

/// A file that is about to get a secret: 0600, whole or not at all.
///
/// It is opened before the secret exists: what can be had only once must not be lost for want of a
/// place to put it.
package struct NewSecretFile: Sendable {
    /// Where the secret will be.
    package let path: String
    private let temporary: String
    private let file: OpenFile
    private let replaces: Bool

    /// Opens a file of another name beside it.
    ///
    /// - Parameter replaces: Whether a file that is there may go.
    /// - Throws: EEXIST, when it may not.
    package init(_ path: String, replaces: Bool) throws(SystemError) {
        if !replaces, try NewSecretFile.isThere(path) {
            throw .exists(operation: "create", path: path)
        }
        self.path = path
        self.replaces = replaces
        let chance = RandomSource.bytes(6).map { String($0, radix: 16) }.joined()
        temporary = "\(path).\(chance)"
        file = try OpenFile.open(
            temporary, .write, creation: .exclusive, permissions: 0o600, noFollow: true)
    }

    private static func isThere(_ path: String) throws(SystemError) -> Bool {
        do throws(SystemError) {
            _ = try FileSystem.status(of: path, followLinks: false)
            return true
        } catch  where error.isMissing {
            return false
        }
    }

    /// Writes the secret and gives the file its name, durably.
    ///
    /// - Returns: Where the secret is: the path that was wanted, or the temporary one when that
    ///   name could not be had any more.
    package func write(_ secret: String) throws(SystemError) -> String {
        try file.write(all: Array((secret + "\n").utf8))
        try file.synchronise()
        file.close()
        do throws(SystemError) {
            if replaces {
                try FileSystem.rename(temporary, to: path)
            } else {
                try FileSystem.link(temporary, as: path)
                try FileSystem.remove(temporary)
            }
            try FileSystem.synchroniseDirectory(FileSystem.directory(of: path))
        } catch {
            return temporary
        }
        return path
    }

    /// Removes what was opened; there is no secret for it.
    package func discard() {
        file.close()
        do throws(SystemError) {
            try FileSystem.remove(temporary)
        } catch {
            // An empty file is left over, and named by nobody.
        }
    }
}
