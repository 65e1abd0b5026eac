import Glibc

/// Standard output or standard error.
///
/// With SIGPIPE ignored (`SignalDispositions.ignore(.brokenPipe)`), a closed reader is an error and
/// does not end the process.
package enum StandardStream: Sendable {
    /// Results.
    case output
    /// Diagnostics and progress.
    case error

    /// The descriptor's number.
    package var rawDescriptor: Int32 {
        switch self {
        case .output: STDOUT_FILENO
        case .error: STDERR_FILENO
        }
    }

    /// Writes all of the bytes, waiting where the stream is non-blocking and full.
    package func write(all bytes: UnsafeRawBufferPointer) throws(SystemError) {
        var done = 0
        while done < bytes.count {
            let rest = UnsafeRawBufferPointer(rebasing: bytes[done...])
            do throws(SystemError) {
                done += try checked("write") {
                    Glibc.write(rawDescriptor, rest.baseAddress, rest.count)
                }
            } catch  where error.errno == EAGAIN {
                var waiting = pollfd(fd: rawDescriptor, events: Int16(POLLOUT), revents: 0)
                try checked("poll") { poll(&waiting, 1, 1_000) }
            }
        }
    }

    /// Writes a text; false on failure, which may be ignored for progress but not for results.
    @discardableResult
    package func write(_ text: String) -> Bool {
        do throws(SystemError) {
            try Array(text.utf8).withUnsafeBufferPointer { (bytes) throws(SystemError) in
                try write(all: UnsafeRawBufferPointer(bytes))
            }
            return true
        } catch {
            return false
        }
    }
}
