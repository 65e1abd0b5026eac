import Foundation
import Glibc
import Synchronization

/// A server on loopback that answers every request with the same bytes, whatever it is asked.
final class HostileServer: Sendable {
    let port: UInt16
    private let listener: Int32
    private let log = Mutex<[String]>([])

    /// The heads of the requests that came.
    var requests: [String] { log.withLock { $0 } }
    var address: String { "http://127.0.0.1:\(port)" }

    init(answering answer: String) throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, size) == 0 && listen(listener, 64) == 0
                    && getsockname(listener, $0, &size) == 0
            }
        }
        guard listener >= 0, bound else { throw POSIXError(.EADDRNOTAVAIL) }
        self.listener = listener
        port = UInt16(bigEndian: address.sin_port)
        let bytes = Array(answer.utf8)
        Thread.detachNewThread { [self] in
            while true {
                let connection = accept(listener, nil, nil)
                guard connection >= 0 else { break }
                serve(connection, bytes)
            }
        }
    }

    /// One request a connection.
    private func serve(_ connection: Int32, _ answer: [UInt8]) {
        defer { _ = Glibc.close(connection) }
        var deadline = timeval(tv_sec: 120, tv_usec: 0)
        setsockopt(
            connection, SOL_SOCKET, SO_RCVTIMEO, &deadline, socklen_t(MemoryLayout<timeval>.size))
        var head = ""
        var chunk = [UInt8](repeating: 0, count: 16_384)
        while !head.contains("\r\n\r\n") {
            let count = recv(connection, &chunk, chunk.count, 0)
            // No TLS here: who begins a handshake (a record of type 22) is not kept waiting.
            guard count > 0, chunk[0] != 22 else { return }
            head += String(decoding: chunk[..<count], as: UTF8.self)
        }
        log.withLock { $0.append(head) }
        _ = answer.withUnsafeBytes {
            send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
        }
    }

    func stop() { shutdown(listener, Int32(SHUT_RDWR)) }

    deinit { _ = Glibc.close(listener) }
}
