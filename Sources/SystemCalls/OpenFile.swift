import Glibc
import Synchronization

/// An open file, closed once, at the latest on deinit.
///
/// Every operation is one system call (or a loop over one) and thread-safe; the caller is
/// responsible for ordering.
package final class OpenFile: Sendable {
    /// The access mode.
    package enum Access: Sendable {
        /// Reading only.
        case read
        /// Writing only.
        case write
        /// Both.
        case readWrite
        /// Writing, always at the end.
        case append
    }

    /// The creation mode.
    package enum Creation: Sendable {
        /// It must exist.
        case never
        /// It is created if it does not exist.
        case ifMissing
        /// It must not exist, not even as a dangling link.
        case exclusive
        /// It is created, or emptied.
        case truncating
    }

    /// The descriptor, for Dispatch sources and for passing on.
    package let rawDescriptor: Int32
    /// The path it was opened by, for messages.
    package let path: String
    private let isClosed: Atomic<Bool>

    private init(rawDescriptor: Int32, path: String, isClosed: Bool) {
        self.rawDescriptor = rawDescriptor
        self.path = path
        self.isClosed = Atomic(isClosed)
    }

    deinit { close() }

    /// Opens a file; it does not survive into other programs (O_CLOEXEC).
    ///
    /// - Parameters:
    ///   - permissions: of a file that is created, less the process's umask.
    ///   - noFollow: refuse a path whose last part is a symbolic link.
    ///   - waitsForPipe: wait for the other end of a pipe.
    package static func open(
        _ path: String, _ access: Access, creation: Creation = .never,
        permissions: UInt16 = 0o600, noFollow: Bool = false, waitsForPipe: Bool = true
    ) throws(SystemError) -> OpenFile {
        // Never acquire a controlling terminal.
        var flags = O_CLOEXEC | O_NOCTTY
        if !waitsForPipe { flags |= O_NONBLOCK }
        switch access {
        case .read: flags |= O_RDONLY
        case .write: flags |= O_WRONLY
        case .readWrite: flags |= O_RDWR
        case .append: flags |= O_WRONLY | O_APPEND
        }
        switch creation {
        case .never: break
        case .ifMissing: flags |= O_CREAT
        case .exclusive: flags |= O_CREAT | O_EXCL
        case .truncating: flags |= O_CREAT | O_TRUNC
        }
        if noFollow { flags |= O_NOFOLLOW }
        let descriptor = try checked("open", path) { Glibc.open(path, flags, mode_t(permissions)) }
        return OpenFile(rawDescriptor: descriptor, path: path, isClosed: false)
    }

    /// Opens a private regular file, never a substitute.
    ///
    /// A symbolic link is refused (ELOOP), a pipe or device neither awaited nor used. A file to be
    /// written must have a single hard link; otherwise another file would be changed.
    ///
    /// - Parameters:
    ///   - creation: Not `truncating`, which would empty the file before it is looked at.
    ///   - noFollow: False where the file may legitimately be a link, as next to manifests.
    package static func openRegular(
        _ path: String, _ access: Access, creation: Creation = .never, noFollow: Bool = true
    ) throws(SystemError) -> OpenFile {
        precondition(creation != .truncating, "a file is emptied only after it was looked at")
        let file: OpenFile
        do throws(SystemError) {
            file = try open(
                path, access, creation: creation, noFollow: noFollow, waitsForPipe: false)
        } catch  where error.errno == ENXIO {
            // A pipe without a reader, a socket, a device that is not there.
            throw .notRegular(path)
        }
        let status = try file.status()
        guard status.kind == .file else { throw .notRegular(path) }
        guard access == .read || status.linkCount <= 1 else { throw .hasOtherNames(path) }
        return file
    }

    /// The process's standard input, which is never closed.
    package static func standardInput() -> OpenFile {
        OpenFile(rawDescriptor: STDIN_FILENO, path: "-", isClosed: true)
    }

    /// Closes the file now; further calls do nothing.
    ///
    /// Ignores the result: everything that must be durable has been synced.
    package func close() {
        if !isClosed.exchange(true, ordering: .acquiringAndReleasing) {
            _ = Glibc.close(rawDescriptor)
        }
    }

    // MARK: Reading

    /// Reads from the current position; 0 at the end.
    package func read(into buffer: UnsafeMutableRawBufferPointer) throws(SystemError) -> Int {
        try checked("read", path) { Glibc.read(rawDescriptor, buffer.baseAddress, buffer.count) }
    }

    /// Reads up to `byteCount` bytes from a place in the file; fewer only at the end.
    package func read(
        at offset: UInt64, byteCount: Int
    ) throws(SystemError) -> [UInt8] {
        var failure: SystemError?
        let bytes = [UInt8](unsafeUninitializedCapacity: byteCount) { buffer, count in
            do throws(SystemError) {
                count = try read(at: offset, into: UnsafeMutableRawBufferPointer(buffer))
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        return bytes
    }

    /// Fills a buffer from a place in the file; returns the bytes read, fewer only at the end.
    package func read(
        at offset: UInt64, into buffer: UnsafeMutableRawBufferPointer
    ) throws(SystemError) -> Int {
        var done = 0
        while done < buffer.count {
            let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[done...])
            let count = try checked("pread", path) {
                pread(rawDescriptor, rest.baseAddress, rest.count, off_t(offset) + off_t(done))
            }
            if count == 0 { break }
            done += count
        }
        return done
    }

    /// Reads from the current place to the end.
    ///
    /// - Throws: EFBIG when there is more than `limit` bytes.
    package func readAll(limit: Int) throws(SystemError) -> [UInt8] {
        var bytes: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = try block.withUnsafeMutableBufferPointer { (buffer) throws(SystemError) in
                try read(into: UnsafeMutableRawBufferPointer(buffer))
            }
            if count == 0 { return bytes }
            if bytes.count + count > limit {
                throw SystemError(operation: "read", path: path, errno: EFBIG)
            }
            bytes.append(contentsOf: block[..<count])
        }
    }

    // MARK: Writing

    /// Writes all of the bytes, in as many calls as it takes.
    ///
    /// - Throws: The first failure; part of the bytes may have been written.
    package func write(all bytes: UnsafeRawBufferPointer) throws(SystemError) {
        var done = 0
        while done < bytes.count {
            let rest = UnsafeRawBufferPointer(rebasing: bytes[done...])
            done += try checked("write", path) {
                Glibc.write(rawDescriptor, rest.baseAddress, rest.count)
            }
        }
    }

    /// Writes all of the bytes of an array.
    package func write(all bytes: [UInt8]) throws(SystemError) {
        try bytes.withUnsafeBufferPointer { (buffer) throws(SystemError) in
            try write(all: UnsafeRawBufferPointer(buffer))
        }
    }

    /// Writes all of the bytes at a place in the file.
    package func write(all bytes: [UInt8], at offset: UInt64) throws(SystemError) {
        try bytes.withUnsafeBufferPointer { (elements) throws(SystemError) in
            let buffer = UnsafeRawBufferPointer(elements)
            var done = 0
            while done < buffer.count {
                let rest = UnsafeRawBufferPointer(rebasing: buffer[done...])
                done += try checked("pwrite", path) {
                    pwrite(rawDescriptor, rest.baseAddress, rest.count, off_t(offset) + off_t(done))
                }
            }
        }
    }

    /// Truncates the file, or extends it with zeros.
    package func truncate(to size: UInt64) throws(SystemError) {
        try checked("ftruncate", path) { ftruncate(rawDescriptor, off_t(size)) }
    }

    /// Allocates disk space up to `size`; the file is extended with zeros.
    ///
    /// - Throws: ENOSPC if there is no space, EFBIG beyond the process's limit.
    package func allocate(to size: UInt64) throws(SystemError) {
        try checkedNumber("posix_fallocate", path) {
            posix_fallocate(rawDescriptor, 0, off_t(size))
        }
    }

    /// Waits until data and size are on disk (fdatasync).
    ///
    /// A failure is final: the kernel marks the pages clean, so a second call would succeed without
    /// having written them.
    package func synchroniseData() throws(SystemError) {
        try checked("fdatasync", path) { fdatasync(rawDescriptor) }
    }

    /// Waits until data and metadata are on the disk. A failure is final.
    package func synchronise() throws(SystemError) {
        try checked("fsync", path) { fsync(rawDescriptor) }
    }

    // MARK: Locks and facts

    /// Acquires the advisory lock (flock) if free; false if it is held elsewhere.
    ///
    /// The lock goes with the file when it is closed or the process ends.
    package func tryLock(exclusive: Bool = true) throws(SystemError) -> Bool {
        do throws(SystemError) {
            let operation = (exclusive ? LOCK_EX : LOCK_SH) | LOCK_NB
            try checked("flock", path) { flock(rawDescriptor, operation) }
            return true
        } catch  where error.errno == EWOULDBLOCK {
            return false
        }
    }

    /// Releases the advisory lock.
    package func unlock() throws(SystemError) {
        try checked("flock", path) { flock(rawDescriptor, LOCK_UN) }
    }

    /// Size, kind and identity.
    package func status() throws(SystemError) -> FileStatus {
        var buffer = stat()
        try checked("fstat", path) { fstat(rawDescriptor, &buffer) }
        return FileStatus(buffer)
    }

    /// The size in bytes.
    package func size() throws(SystemError) -> UInt64 { try status().byteCount }
}
