import Foundation
import Glibc

/// A loopback listener with a full queue that never accepts: further connects get no answer.
package final class FullListener: Sendable {
    package let port: UInt16
    private let descriptors: [Int32]

    package init() throws {
        let (listener, port) = try ScriptedServer.boundSocket()
        guard listen(listener, 0) == 0 else { throw POSIXError(.EADDRNOTAVAIL) }
        self.port = port
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        address.sin_port = port.bigEndian
        var descriptors = [listener]
        for _ in 0..<4 {
            let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
            let filler = socket(AF_INET, kind, 0)
            withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    _ = connect(filler, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
            descriptors.append(filler)
        }
        self.descriptors = descriptors
    }

    package func stop() { for descriptor in descriptors { close(descriptor) } }
}
