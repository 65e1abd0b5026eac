internal import Glibc

/// The metadata of a file.
package struct FileStatus: Equatable, Sendable {
    /// The type of a file.
    package enum Kind: Sendable {
        /// It does not exist.
        case missing
        /// A regular file.
        case file
        /// A directory.
        case directory
        /// A symbolic link (only where links are not followed).
        case link
        /// A device, a socket, a pipe.
        case other
    }

    /// What it is.
    package var kind: Kind
    /// Its size.
    package var byteCount: UInt64
    /// The device; together with `node` the file's identity.
    package var device: UInt64
    /// The inode number.
    package var node: UInt64
    /// Permission bits (`0o600`).
    package var permissions: UInt16
    /// The number of hard links.
    package var linkCount: UInt64
    /// The owner's user id.
    package var owner: UInt32
    /// When it was last written, in nanoseconds since 1970.
    package var modifiedNanoseconds: Int64

    init(_ status: stat) {
        kind =
            switch status.st_mode & S_IFMT {
            case S_IFREG: .file
            case S_IFDIR: .directory
            case S_IFLNK: .link
            default: .other
            }
        byteCount = UInt64(max(0, status.st_size))
        device = UInt64(status.st_dev)
        node = UInt64(status.st_ino)
        permissions = UInt16(truncatingIfNeeded: status.st_mode & 0o7777)
        linkCount = UInt64(status.st_nlink)
        owner = status.st_uid
        modifiedNanoseconds =
            Int64(status.st_mtim.tv_sec) * 1_000_000_000 + Int64(status.st_mtim.tv_nsec)
    }
}
