import Glibc
import Synchronization

/// A TCP socket on this machine's loopback, non-blocking; closed once.
///
/// A Dispatch source that watches the descriptor must be cancelled before the socket is closed.
package final class LoopbackSocket: Sendable {
    /// The result of a read.
    package enum ReadResult: Equatable, Sendable {
        /// Number of bytes, at least one.
        case bytes(Int)
        /// No data available yet.
        case wouldBlock
        /// The peer has closed its sending side.
        case closed
        /// The connection is broken.
        case reset
    }

    /// The result of a write.
    package enum WriteResult: Equatable, Sendable {
        /// Number of bytes accepted, perhaps not all.
        case bytes(Int)
        /// The buffer is full.
        case wouldBlock
        /// The connection is broken.
        case reset
    }

    /// The descriptor, for Dispatch sources.
    package let rawDescriptor: Int32
    private let isClosed = Atomic(false)

    private init(rawDescriptor: Int32) { self.rawDescriptor = rawDescriptor }

    deinit { close() }

    /// Listens on 127.0.0.1.
    ///
    /// - Parameter port: 0 takes any free one; the one taken is returned.
    package static func listen(
        port: UInt16 = 0, backlog: Int32 = 128
    ) throws(SystemError) -> (socket: LoopbackSocket, port: UInt16) {
        let socket = try make()
        var yes: Int32 = 1
        try checked("setsockopt") {
            setsockopt(
                socket.rawDescriptor, SOL_SOCKET, SO_REUSEADDR, &yes,
                socklen_t(MemoryLayout<Int32>.size))
        }
        try checked("bind", "127.0.0.1:\(port)") {
            withAddress(port) { bind(socket.rawDescriptor, $0, $1) }
        }
        try checked("listen") { Glibc.listen(socket.rawDescriptor, backlog) }
        return (socket, try socket.localPort())
    }

    /// Starts connecting to 127.0.0.1; established when the socket is writable.
    package static func connect(port: UInt16) throws(SystemError) -> LoopbackSocket {
        let socket = try make()
        do throws(SystemError) {
            try checked("connect", "127.0.0.1:\(port)") {
                withAddress(port) { Glibc.connect(socket.rawDescriptor, $0, $1) }
            }
        } catch  where error.errno == EINPROGRESS {
            return socket
        }
        return socket
    }

    /// Accepts the next connection; nil if none is pending.
    ///
    /// - Throws: EMFILE and the like if no descriptor is available.
    package func accept() throws(SystemError) -> LoopbackSocket? {
        do throws(SystemError) {
            let descriptor = try checked("accept") { Glibc.accept(rawDescriptor, nil, nil) }
            let socket = LoopbackSocket(rawDescriptor: descriptor)
            try checked("fcntl") { fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
            try checked("fcntl") { fcntl(descriptor, F_SETFL, O_NONBLOCK) }
            return socket
        } catch {
            switch error.errno {
            // Ignore a connection aborted while pending.
            case EAGAIN, ECONNABORTED, EPROTO: return nil
            default: throw error
            }
        }
    }

    /// Reads the available bytes.
    package func read(into buffer: UnsafeMutableRawBufferPointer) -> ReadResult {
        do throws(SystemError) {
            let count = try checked("recv") {
                recv(rawDescriptor, buffer.baseAddress, buffer.count, 0)
            }
            return count == 0 ? .closed : .bytes(count)
        } catch {
            return error.errno == EAGAIN ? .wouldBlock : .reset
        }
    }

    /// Writes as much as possible; never raises SIGPIPE.
    package func write(_ bytes: UnsafeRawBufferPointer) -> WriteResult {
        do throws(SystemError) {
            return .bytes(
                try checked("send") {
                    send(rawDescriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
                })
        } catch {
            return error.errno == EAGAIN ? .wouldBlock : .reset
        }
    }

    /// Disables Nagle's algorithm.
    package func setNoDelay() throws(SystemError) {
        var yes: Int32 = 1
        try checked("setsockopt") {
            setsockopt(
                rawDescriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &yes,
                socklen_t(MemoryLayout<Int32>.size))
        }
    }

    /// Closes the sending side; reading is still possible.
    package func finishWriting() {
        // If the connection is already broken, the next read reports it.
        _ = shutdown(rawDescriptor, Int32(SHUT_WR))
    }

    /// Stops listening at once, even while the descriptor is still watched and cannot be closed.
    package func stopListening() {
        _ = shutdown(rawDescriptor, Int32(SHUT_RDWR))
    }

    /// Closes the connection with a reset.
    package func closeWithReset() {
        var option = linger(l_onoff: 1, l_linger: 0)
        // If this fails, the close is graceful, which is harmless.
        _ = setsockopt(
            rawDescriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
        close()
    }

    /// Closes the connection; further calls do nothing.
    package func close() {
        if !isClosed.exchange(true, ordering: .acquiringAndReleasing) {
            _ = Glibc.close(rawDescriptor)
        }
    }

    private static func make() throws(SystemError) -> LoopbackSocket {
        let type = SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue
        return LoopbackSocket(
            rawDescriptor: try checked("socket") { socket(AF_INET, Int32(type), 0) })
    }

    private static func withAddress(
        _ port: UInt16, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) -> Int32 {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }

    private func localPort() throws(SystemError) -> UInt16 {
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        try checked("getsockname") {
            withUnsafeMutablePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    getsockname(rawDescriptor, $0, &length)
                }
            }
        }
        return UInt16(bigEndian: address.sin_port)
    }
}
