import Foundation
import Glibc
import Synchronization

/// A server on loopback whose every connection is handled by a script on a thread of its own.
///
/// Reads and writes have a deadline, so no script outlives a test by much.
final class UnrulyServer: Sendable {
    /// One accepted connection.
    struct Connection {
        fileprivate let descriptor: Int32
        fileprivate let server: UnrulyServer

        /// Reads until a whole head has come; false when the client has gone, or begins a
        /// handshake of TLS (a record of type 22), for which nobody here would answer.
        func readHead() -> Bool {
            var head: [UInt8] = []
            var chunk = [UInt8](repeating: 0, count: 16_384)
            while head.firstRange(of: Array("\r\n\r\n".utf8)) == nil {
                let count = recv(descriptor, &chunk, chunk.count, 0)
                guard count > 0, !head.isEmpty || chunk[0] != 22 else { return false }
                head.append(contentsOf: chunk[..<count])
            }
            server.heads.withLock { $0.append(String(decoding: head, as: UTF8.self)) }
            return true
        }

        /// False when the client has gone.
        @discardableResult
        func write(_ text: String) -> Bool {
            let bytes = Array(text.utf8)
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

        /// Waits until the client goes, or says something; false once it has gone.
        func staysOpen(forMilliseconds wait: Int32) -> Bool {
            var watched = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            if poll(&watched, 1, wait) == 0 { return true }
            var byte: UInt8 = 0
            return recv(descriptor, &byte, 1, 0) > 0
        }
    }

    typealias Script = @Sendable (Connection) -> Void

    let port: UInt16
    private let listener: Int32
    private let heads = Mutex<[String]>([])

    var address: String { "http://127.0.0.1:\(port)" }

    /// The heads of the requests that came.
    var requests: [String] { heads.withLock { $0 } }

    init(_ script: @escaping Script) throws {
        (listener, port) = try UnrulyServer.listen()
        Thread.detachNewThread { [self] in
            while true {
                let descriptor = accept(listener, nil, nil)
                guard descriptor >= 0 else { break }
                var deadline = timeval(tv_sec: 120, tv_usec: 0)
                for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
                    setsockopt(
                        descriptor, SOL_SOCKET, option, &deadline,
                        socklen_t(MemoryLayout<timeval>.size))
                }
                Thread.detachNewThread { [self] in
                    script(Connection(descriptor: descriptor, server: self))
                    close(descriptor)
                }
            }
            close(listener)
        }
    }

    /// Answers the one request of each connection with the same bytes, whatever it asks.
    convenience init(answering answer: String) throws {
        try self.init { connection in
            if connection.readHead() { connection.write(answer) }
        }
    }

    func stop() { shutdown(listener, Int32(SHUT_RDWR)) }

    private static func listen() throws -> (listener: Int32, port: UInt16) {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, size) == 0 && Glibc.listen(listener, 64) == 0
                    && getsockname(listener, $0, &size) == 0
            }
        }
        guard listener >= 0, isBound else { throw POSIXError(.EADDRNOTAVAIL) }
        return (listener, UInt16(bigEndian: address.sin_port))
    }
}
