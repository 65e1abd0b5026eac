import Foundation
import Glibc
import Synchronization

/// A loopback server whose connections follow a byte-exact script, each on its own thread.
///
/// All reads and writes have a deadline, so no script can hang a test for ever.
package final class ScriptedServer: Sendable {
    /// One accepted connection, used by its script's thread alone.
    package struct Connection {
        /// 0 for the first one accepted.
        package let index: Int
        fileprivate let descriptor: Int32
        fileprivate let server: ScriptedServer
        fileprivate var buffer: [UInt8] = []

        /// The next request with its body, as text; nil when the client has gone, says nothing for
        /// two minutes, or begins a handshake of TLS (a record of type 22), which this
        /// server does not answer.
        package mutating func readRequest() -> String? {
            let blank = Array("\r\n\r\n".utf8)
            while true {
                if let end = buffer.firstRange(of: blank) {
                    let head = String(decoding: buffer[..<end.upperBound], as: UTF8.self)
                    let length =
                        head.lowercased().split(separator: "\r\n")
                        .first { $0.hasPrefix("content-length:") }
                        .flatMap { Int($0.dropFirst(15).drop { $0 == " " }) } ?? 0
                    if buffer.count >= end.upperBound + length {
                        let all = buffer[..<(end.upperBound + length)]
                        let text = String(decoding: all, as: UTF8.self)
                        buffer.removeSubrange(..<(end.upperBound + length))
                        server.log.withLock { $0.append((index, text)) }
                        return text
                    }
                }
                var chunk = [UInt8](repeating: 0, count: 16_384)
                let count = recv(descriptor, &chunk, chunk.count, 0)
                guard count > 0, !buffer.isEmpty || chunk[0] != 22 else { return nil }
                buffer.append(contentsOf: chunk[..<count])
            }
        }

        /// false if the client has disconnected.
        @discardableResult
        package func write(_ text: String) -> Bool { write(Array(text.utf8)) }

        @discardableResult
        package func write(_ bytes: [UInt8]) -> Bool {
            var sent = 0
            while sent < bytes.count {
                let count = bytes[sent...].withUnsafeBytes {
                    Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                }
                guard count > 0 else { return false }
                sent += count
            }
            return true
        }

        /// A whole answer with its length.
        @discardableResult
        package func answer(_ status: Int = 200, _ body: String = "{}", fields: String = "") -> Bool
        {
            write(
                "HTTP/1.1 \(status) Whatever\r\nContent-Length: \(body.utf8.count)\r\n\(fields)\r\n"
                    + body)
        }

        /// Makes the end of the script a reset instead of an orderly close.
        package func resetAtEnd() {
            var linger = linger(l_onoff: 1, l_linger: 0)
            setsockopt(
                descriptor, SOL_SOCKET, SO_LINGER, &linger,
                socklen_t(MemoryLayout.size(ofValue: linger))
            )
        }

        /// Whether the client stayed connected for this long without sending.
        package func isOpen(afterMilliseconds wait: Int32) -> Bool {
            var watched = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            return poll(&watched, 1, wait) == 0
        }

        /// Waits until the client goes, or says something; false once it has gone.
        package func staysOpen(forMilliseconds wait: Int32) -> Bool {
            if isOpen(afterMilliseconds: wait) { return true }
            var byte: UInt8 = 0
            return recv(descriptor, &byte, 1, 0) > 0
        }

        /// Waits until the client closes its side (or two minutes).
        package mutating func waitForClose() {
            while readRequest() != nil {}
        }
    }

    package typealias Script = @Sendable (inout Connection) -> Void

    package let port: UInt16
    private let listener: Int32
    private let log = Mutex<[(connection: Int, request: String)]>([])

    /// Every request that arrived whole, with its connection.
    package var requests: [(connection: Int, request: String)] { log.withLock { $0 } }

    package var address: String { "http://127.0.0.1:\(port)" }

    package init(_ script: @escaping Script) throws {
        (listener, port) = try Self.boundSocket()
        guard listen(listener, 64) == 0 else { throw POSIXError(.EADDRNOTAVAIL) }
        Thread.detachNewThread { [self] in acceptAll(script) }
    }

    /// Answers the one request of each connection with the same bytes, whatever it asks.
    package convenience init(answering answer: String) throws {
        try self.init { connection in
            if connection.readRequest() != nil { connection.write(answer) }
        }
    }

    /// Accepts no more; connections end with their scripts.
    package func stop() { shutdown(listener, Int32(SHUT_RDWR)) }

    private func acceptAll(_ script: @escaping Script) {
        var index = 0
        while true {
            let descriptor = accept(listener, nil, nil)
            guard descriptor >= 0 else {
                // After `stop()`. Otherwise a connection that went away, or no free descriptor: the
                // listener stays open, because `stop()` shuts it down by its number.
                if errno == EINVAL { break }
                _ = poll(nil, 0, 2)
                continue
            }
            var deadline = timeval(tv_sec: 120, tv_usec: 0)
            for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
                setsockopt(
                    descriptor, SOL_SOCKET, option, &deadline,
                    socklen_t(MemoryLayout<timeval>.size))
            }
            var yes: Int32 = 1
            setsockopt(
                descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &yes,
                socklen_t(MemoryLayout<Int32>.size))
            let connection = Connection(index: index, descriptor: descriptor, server: self)
            index += 1
            Thread.detachNewThread {
                var connection = connection
                script(&connection)
                close(descriptor)
            }
        }
        close(listener)
    }

    /// A closed port.
    ///
    /// It stays bound as long as the process lives: no other process listens there, and no client
    /// gets it as its own port and so connects to itself.
    package static func deadPort() throws -> UInt16 { try boundSocket().port }

    /// A socket with a free port of loopback. Another socket gets the same port only by naming it.
    static func boundSocket() throws -> (descriptor: Int32, port: UInt16) {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var yes: Int32 = 1
        setsockopt(
            descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, size) == 0 && getsockname(descriptor, $0, &size) == 0
            }
        }
        guard descriptor >= 0, isBound else { throw POSIXError(.EADDRNOTAVAIL) }
        return (descriptor, UInt16(bigEndian: address.sin_port))
    }
}
