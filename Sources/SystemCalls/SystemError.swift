import Glibc

/// A failed system call: its name, file and error number.
package struct SystemError: Error, Equatable, Sendable {
    /// The call, by its C name (`open`).
    package var operation: String
    /// The file, if any.
    package var path: String?
    /// The error number of the platform.
    package var errno: Int32
    /// Our own reason, if the error number would mislead.
    package var note: String?

    /// Creates an error; also used by tests.
    package init(operation: String, path: String? = nil, errno: Int32, note: String? = nil) {
        self.operation = operation
        self.path = path
        self.errno = errno
        self.note = note
    }

    /// The platform's message, or our own reason.
    package var reason: String { note ?? String(cString: strerror(errno)) }

    /// The file or directory does not exist.
    package var isMissing: Bool { errno == ENOENT }
    /// The file exists already.
    package var alreadyExists: Bool { errno == EEXIST }
    /// No file can have such a name: it, or the path, is too long.
    package var isNameTooLong: Bool { errno == ENAMETOOLONG }
    /// A file was expected, and this is a directory.
    package var isDirectory: Bool { errno == EISDIR }
    /// No space: disk, quota or file size limit.
    package var isOutOfSpace: Bool { errno == ENOSPC || errno == EDQUOT || errno == EFBIG }

    /// An unexpected existing file.
    package static func exists(operation: String, path: String? = nil) -> SystemError {
        SystemError(operation: operation, path: path, errno: EEXIST)
    }

    /// Not a regular file.
    static func notRegular(_ path: String) -> SystemError {
        SystemError(
            operation: "open", path: path, errno: EINVAL, note: "it is not a regular file")
    }

    /// A file with several hard links.
    static func hasOtherNames(_ path: String) -> SystemError {
        SystemError(
            operation: "open", path: path, errno: EMLINK,
            note: "the file has another name (a hard link); it is not written to")
    }

    /// A disk without room, for simulations.
    package static func outOfSpace(operation: String, path: String? = nil) -> SystemError {
        SystemError(operation: operation, path: path, errno: ENOSPC)
    }

    /// Locked by another process.
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

/// Retries a call while it fails with EINTR. The only such loop.
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
