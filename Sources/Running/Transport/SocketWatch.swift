import Dispatch
import Glibc

/// Dispatch sources for one socket of libcurl, on the control queue.
///
/// A source is made once and lives as long as the connection. Between two requests, and whenever
/// libcurl wants no events, it is only suspended, and that lazily, at the next unwanted event. So a
/// request on a kept-alive connection costs no system call for its sources.
///
/// The watched descriptor is a duplicate of libcurl's own, which libcurl closes whenever it likes:
/// a connection that was never made even without the callback that closes the others. It is closed
/// when the last of its sources has been cancelled, never before: Dispatch would otherwise watch
/// the next file that gets the same number.
final class SocketWatch {
    private let descriptor: Int32
    private let queue: DispatchQueue
    private let ready: (_ mayRead: Bool) -> Void
    private var reading = Side<any DispatchSourceRead>()
    private var writing = Side<any DispatchSourceWrite>()

    private struct Side<Source> {
        var source: Source?
        var isWanted = false
        var isSuspended = false
    }

    /// Watches nothing yet; nil without a descriptor left for the duplicate.
    ///
    /// - Parameter ready: Called on the queue for an event that is wanted.
    init?(socket: Int32, queue: DispatchQueue, ready: @escaping (_ mayRead: Bool) -> Void) {
        descriptor = fcntl(socket, F_DUPFD_CLOEXEC, 0)
        guard descriptor >= 0 else { return nil }
        self.queue = queue
        self.ready = ready
    }

    /// The events that libcurl wants.
    var wants: (read: Bool, write: Bool) { (reading.isWanted, writing.isWanted) }

    /// Whether the number still names the socket that is watched: libcurl may have closed it, and
    /// another socket or file may have got the number.
    func isOf(_ socket: Int32) -> Bool {
        var (own, other) = (stat(), stat())
        return fstat(descriptor, &own) == 0 && fstat(socket, &other) == 0
            && own.st_dev == other.st_dev && own.st_ino == other.st_ino
    }

    /// The events that libcurl wants from now on.
    func want(read: Bool, write: Bool) {
        reading.isWanted = read
        if read {
            if reading.source == nil {
                let source = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: queue)
                source.setEventHandler { [weak self] in self?.readable() }
                reading.source = source
                source.activate()
            } else if reading.isSuspended {
                reading.isSuspended = false
                reading.source?.resume()
            }
        }
        writing.isWanted = write
        if write {
            if writing.source == nil {
                let source = DispatchSource.makeWriteSource(
                    fileDescriptor: descriptor, queue: queue)
                source.setEventHandler { [weak self] in self?.writable() }
                writing.source = source
                source.activate()
            } else if writing.isSuspended {
                writing.isSuspended = false
                writing.source?.resume()
            }
        }
    }

    /// Ends the watch and closes the duplicate. The last call.
    func cancel() {
        reading.isWanted = false
        writing.isWanted = false
        let closing = Closing(descriptor: descriptor)
        if let source = reading.source {
            end(source, wasSuspended: reading.isSuspended, closing)
        }
        if let source = writing.source {
            end(source, wasSuspended: writing.isSuspended, closing)
        }
        reading.source = nil
        writing.source = nil
    }

    private func end(_ source: any DispatchSourceProtocol, wasSuspended: Bool, _ closing: Closing) {
        // The handler's only work is to hold `closing` until Dispatch has let go of the descriptor.
        source.setCancelHandler { withExtendedLifetime(closing) {} }
        source.cancel()
        if wasSuspended { source.resume() }
    }

    private func readable() {
        if reading.isWanted {
            ready(true)
        } else if !reading.isSuspended, let source = reading.source {
            reading.isSuspended = true
            source.suspend()
        }
    }

    private func writable() {
        if writing.isWanted {
            ready(false)
        } else if !writing.isSuspended, let source = writing.source {
            writing.isSuspended = true
            source.suspend()
        }
    }

    /// Closes a descriptor when the last holder lets go.
    private final class Closing: Sendable {
        private let descriptor: Int32

        init(descriptor: Int32) { self.descriptor = descriptor }

        deinit { close(descriptor) }
    }
}
