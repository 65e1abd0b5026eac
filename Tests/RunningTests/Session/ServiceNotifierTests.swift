import Glibc
import Running
import TestSupport
import Testing

@Suite struct ServiceNotifierTests {
    /// A datagram socket as systemd's.
    struct Listener {
        let descriptor: Int32

        init(path: String) throws {
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            var name = Array(path.utf8)
            let byteCount = 2 + name.count
            if name[0] == UInt8(ascii: "@") { name[0] = 0 }
            withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: name) }
            descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
            let result = withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    bind(descriptor, $0, socklen_t(byteCount))
                }
            }
            try #require(result == 0)
        }

        func next() -> String {
            var buffer = [UInt8](repeating: 0, count: 4_096)
            let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
            return String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
        }
    }

    @Test func `messages reach a socket by path and by abstract name`() throws {
        let temporary = try TemporaryDirectory()
        for name in [temporary.path + "/notify", "@relsweep-\(temporary.path.hashValue)"] {
            let listener = try Listener(path: name)
            let notifier = try #require(ServiceNotifier(socketName: name))
            notifier.send(.ready, .status("1 of 2\nitems"))
            #expect(listener.next() == "READY=1\nSTATUS=1 of 2 items")
            notifier.send(.stopping)
            #expect(listener.next() == "STOPPING=1")
        }
    }

    @Test func `no socket, no notifier, and one that has gone does no harm`() throws {
        for name in [nil, "", "relative", "/" + String(repeating: "a", count: 200)] {
            #expect(ServiceNotifier(socketName: name) == nil)
        }
        ServiceNotifier(socketName: "/nonexistent/socket")?.send(.ready)
    }
}
