import Glibc

/// A system call that failed: which, on what, and how.
package struct SystemError: Error, Equatable, Sendable {
    /// The call, by its C name (`open`).
    package var operation: String
    /// The file it was about, where there was one.
    package var path: String?
    /// The error number of the platform.
    package var errno: Int32
    /// What is wrong where the number alone would mislead: the refusal is ours.
    package var note: String?

    /// Puts a failure together; tests and simulations make their own.
    package init(operation: String, path: String? = nil, errno: Int32, note: String? = nil) {
        self.operation = operation
        self.path = path
        self.errno = errno
        self.note = note
    }

    /// What the error number says, in the platform's words, or what we have to say against it.
    package var reason: String { note ?? String(cString: strerror(errno)) }

    /// The file or directory does not exist.
    package var isMissing: Bool { errno == ENOENT }
    /// The file exists already.
    package var alreadyExists: Bool { errno == EEXIST }
    /// No file can have such a name: it, or the path, is too long.
    package var isNameTooLong: Bool { errno == ENAMETOOLONG }
    /// A file was expected, and this is a directory.
    package var isDirectory: Bool { errno == EISDIR }
    /// There is no room: the disk, the quota or the process's limit on file size.
    package var isOutOfSpace: Bool { errno == ENOSPC || errno == EDQUOT || errno == EFBIG }

    /// A file that is there and was not to be.
    package static func exists(operation: String, path: String? = nil) -> SystemError {
        SystemError(operation: operation, path: path, errno: EEXIST)
    }

    /// A link, a pipe, a device or a directory where a file is to be.
    static func notRegular(_ path: String) -> SystemError {
        SystemError(
            operation: "open", path: path, errno: EINVAL, note: "it is not a regular file")
    }

    /// A file that somebody gave a second name: what is written to one is written to the other.
    static func hasOtherNames(_ path: String) -> SystemError {
        SystemError(
            operation: "open", path: path, errno: EMLINK,
            note: "the file has another name (a hard link); it is not written to")
    }

    /// A disk without room, for simulations.
    package static func outOfSpace(operation: String, path: String? = nil) -> SystemError {
        SystemError(operation: operation, path: path, errno: ENOSPC)
    }

    /// Something that another process holds.
    package static func wouldBlock(operation: String, path: String? = nil) -> SystemError {
        SystemError(operation: operation, path: path, errno: EWOULDBLOCK)
    }

    /// A disk that cannot be read or written, for simulations.
    package static func inputOutput(operation: String, path: String? = nil) -> SystemError {
        SystemError(operation: operation, path: path, errno: EIO)
    }
}

extension SystemError: CustomStringConvertible {
    /// `open /x/y: No such file or directory`
    package var description: String {
        "\(operation)\(path.map { " " + $0 } ?? ""): \(reason)"
    }
}

/// Runs a call until it is not interrupted; this is the only loop over EINTR.
@discardableResult
func checked<Value: SignedInteger & FixedWidthInteger>(
    _ operation: String, _ path: String? = nil, _ body: () -> Value
) throws(SystemError) -> Value {
    while true {
        let value = body()
        if value != -1 { return value }
        let number = errno
        if number != EINTR { throw SystemError(operation: operation, path: path, errno: number) }
    }
}

/// The same for calls that return their error number instead of setting it.
func checkedNumber(
    _ operation: String, _ path: String? = nil, _ body: () -> Int32
) throws(SystemError) {
    while true {
        let number = body()
        if number == 0 { return }
        if number != EINTR { throw SystemError(operation: operation, path: path, errno: number) }
    }
}
