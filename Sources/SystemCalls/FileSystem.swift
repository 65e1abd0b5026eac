import Glibc

/// Operations on paths.
package enum FileSystem {
    /// Creates a directory.
    ///
    /// - Parameters:
    ///   - intermediates: create missing parents too, durably, and accept an existing directory.
    package static func createDirectory(
        _ path: String, permissions: UInt16 = 0o700, intermediates: Bool = false
    ) throws(SystemError) {
        guard intermediates else {
            try checked("mkdir", path) { mkdir(path, mode_t(permissions)) }
            return
        }
        if try kind(of: path) == .directory { return }
        let parent = directory(of: path)
        if parent != path, parent != "." {
            try createDirectory(parent, permissions: permissions, intermediates: true)
        }
        do throws(SystemError) {
            try checked("mkdir", path) { mkdir(path, mode_t(permissions)) }
        } catch  where error.errno == EEXIST {
            // Another process may have created it meanwhile; it must be a directory.
            if try kind(of: path) != .directory { throw error }
        }
        // Sync the parent, or later durable entries are lost with it.
        try synchroniseDirectory(parent)
    }

    /// Makes a directory's entries durable; otherwise a new file may be lost on power failure.
    package static func synchroniseDirectory(_ path: String) throws(SystemError) {
        let descriptor = try checked("open", path) {
            Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        }
        defer { _ = close(descriptor) }
        try checked("fsync", path) { fsync(descriptor) }
    }

    /// Renames a file atomically, replacing an existing one.
    package static func rename(_ path: String, to newPath: String) throws(SystemError) {
        try checked("rename", newPath) { Glibc.rename(path, newPath) }
    }

    /// Creates a hard link; fails if the name exists.
    package static func link(_ path: String, as newPath: String) throws(SystemError) {
        try checked("link", newPath) { Glibc.link(path, newPath) }
    }

    /// Renames a file unless the name exists, even as a dangling link.
    ///
    /// Creates a hard link and removes the first name. Without hard link support, an empty file
    /// reserves the name and is replaced; a crash in between leaves it.
    ///
    /// - Returns: false if the name exists; both files are unchanged.
    package static func renameUnlessExists(
        _ path: String, to newPath: String
    ) throws(SystemError) -> Bool {
        try renameUnlessExists(path, to: newPath, link: link)
    }

    /// The same with another `link`, for tests.
    static func renameUnlessExists(
        _ path: String, to newPath: String,
        link: (String, String) throws(SystemError) -> Void
    ) throws(SystemError) -> Bool {
        do throws(SystemError) {
            do throws(SystemError) {
                try link(path, newPath)
                try remove(path)
            } catch  where noHardLinks.contains(error.errno) {
                try OpenFile.open(
                    newPath, .write, creation: .exclusive, permissions: 0o600, noFollow: true
                ).close()
                try rename(path, to: newPath)
            }
            return true
        } catch  where error.alreadyExists {
            return false
        }
    }

    /// The errors of link(2) without hard link support, or at the link limit.
    private static let noHardLinks = [EPERM, EOPNOTSUPP, ENOSYS, EMLINK, EINVAL]

    /// Removes a file.
    package static func remove(_ path: String) throws(SystemError) {
        try checked("unlink", path) { unlink(path) }
    }

    /// Removes an empty directory.
    package static func removeDirectory(_ path: String) throws(SystemError) {
        try checked("rmdir", path) { rmdir(path) }
    }

    /// The type of a path's file; a dangling link does not exist if links are followed.
    package static func kind(
        of path: String, followLinks: Bool = true
    ) throws(SystemError) -> FileStatus.Kind {
        do throws(SystemError) {
            return try status(of: path, followLinks: followLinks).kind
        } catch  where error.errno == ENOENT || error.errno == ENOTDIR {
            return .missing
        }
    }

    /// Size, kind and identity of what a path names.
    package static func status(
        of path: String, followLinks: Bool = true
    ) throws(SystemError) -> FileStatus {
        var buffer = stat()
        try checked("stat", path) {
            followLinks ? stat(path, &buffer) : lstat(path, &buffer)
        }
        return FileStatus(buffer)
    }

    /// The names in a directory, sorted by bytes.
    package static func list(_ path: String) throws(SystemError) -> [String] {
        guard let stream = opendir(path) else {
            throw SystemError(operation: "opendir", path: path, errno: errno)
        }
        defer { closedir(stream) }
        var names: [String] = []
        while true {
            errno = 0
            guard let entry = readdir(stream) else {
                let number = errno
                if number == 0 { break }
                throw SystemError(operation: "readdir", path: path, errno: number)
            }
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    /// The space available to this user on a path's file system, in bytes.
    package static func freeSpace(_ path: String) throws(SystemError) -> UInt64 {
        var buffer = statvfs()
        try checked("statvfs", path) { statvfs(path, &buffer) }
        return UInt64(buffer.f_bavail) * UInt64(buffer.f_frsize)
    }

    /// The absolute path with all links resolved; the file must exist.
    package static func realPath(_ path: String) throws(SystemError) -> String {
        guard let resolved = realpath(path, nil) else {
            throw SystemError(operation: "realpath", path: path, errno: errno)
        }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    /// Reads a whole file of at most `limit` bytes.
    package static func read(_ path: String, limit: Int) throws(SystemError) -> [UInt8] {
        try OpenFile.open(path, .read).readAll(limit: limit)
    }

    /// Creates a file, replacing a left-over of ours.
    ///
    /// An existing entry is removed and never opened: a symbolic link, hard link or pipe does no
    /// harm. If another process recreates it meanwhile, this fails (EEXIST).
    package static func recreate(
        _ path: String, permissions: UInt16 = 0o600
    ) throws(SystemError) -> OpenFile {
        do throws(SystemError) {
            try remove(path)
        } catch  where error.isMissing {
            // The normal case.
        }
        return try OpenFile.open(
            path, .write, creation: .exclusive, permissions: permissions, noFollow: true)
    }

    /// Replaces a file as a whole and durably: temporary file, fsync, rename, fsync of the
    /// directory.
    ///
    /// Readers see the old or the new bytes, even after power loss. Not safe for concurrent
    /// writers: the temporary file has a fixed name, so that a killed process leaves only one.
    ///
    /// - Parameter temporary: That name; the path with `.tmp` unless another is given.
    package static func replace(
        _ path: String, with bytes: [UInt8], permissions: UInt16 = 0o600,
        temporary: String? = nil
    ) throws(SystemError) {
        let file = ReplacementFile(
            path,
            writtenAs: try recreate(temporary ?? "\(path).tmp", permissions: permissions))
        do throws(SystemError) {
            try file.write(bytes)
            try file.commit()
        } catch {
            file.discard()
            throw error
        }
        try synchroniseDirectory(directory(of: path))
    }

    /// The directory part of a path: `a/b` → `a`, `a` → `.`, `/a` → `/`.
    package static func directory(of path: String) -> String {
        var bytes = Array(path.utf8)
        while bytes.count > 1, bytes.last == UInt8(ascii: "/") { bytes.removeLast() }
        guard let slash = bytes.lastIndex(of: UInt8(ascii: "/")) else { return "." }
        return slash == 0 ? "/" : String(decoding: bytes[..<slash], as: UTF8.self)
    }

    /// The last part of a path: `a/b.csv` → `b.csv`.
    package static func name(of path: String) -> String {
        var bytes = Array(path.utf8)
        while bytes.count > 1, bytes.last == UInt8(ascii: "/") { bytes.removeLast() }
        guard let slash = bytes.lastIndex(of: UInt8(ascii: "/")), bytes.count > 1 else {
            return String(decoding: bytes, as: UTF8.self)
        }
        return String(decoding: bytes[(slash + 1)...], as: UTF8.self)
    }
}
