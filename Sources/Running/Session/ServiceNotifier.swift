import Glibc
import SystemCalls

/// Reports the state of the service to systemd if requested (`Type=notify`, `NotifyAccess=`): one
/// datagram per message to the socket that `$NOTIFY_SOCKET` names.
///
/// Best effort: nothing depends on it, so a message that can't be delivered is dropped, and sending
/// never waits (MSG_DONTWAIT).
package final class ServiceNotifier: Sendable {
    /// Messages as defined by sd_notify(3).
    package enum Message: Equatable, Sendable {
        /// Planned, allowed and journalled: the first call may be sent.
        case ready
        /// One line for `systemctl status`.
        case status(String)
        /// Draining.
        case stopping

        /// The datagram's text.
        package var text: String {
            switch self {
            case .ready: return "READY=1"
            case .stopping: return "STOPPING=1"
            case .status(let text):
                let line = text.split(whereSeparator: \.isNewline).joined(separator: " ")
                return "STATUS=" + line
            }
        }
    }

    private let descriptor: Int32
    private let address: sockaddr_un
    private let addressByteCount: socklen_t

    /// nil unless a socket was named that can be addressed: a path, or an abstract name (`@…`).
    package init?(socketName: String?) {
        guard let socketName, let first = socketName.utf8.first,
            first == UInt8(ascii: "/") || first == UInt8(ascii: "@")
        else { return nil }
        var name = Array(socketName.utf8)
        if first == UInt8(ascii: "@") { name[0] = 0 }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        guard name.count < MemoryLayout.size(ofValue: address.sun_path) else { return nil }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: name) }
        let pathOffset = MemoryLayout<sockaddr_un>.offset(of: \.sun_path) ?? 2
        addressByteCount = socklen_t(pathOffset + name.count)
        self.address = address
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return nil }
    }

    /// The notifier of this process's environment.
    package convenience init?() {
        self.init(socketName: ProcessFacts.environment("NOTIFY_SOCKET"))
    }

    deinit { _ = close(descriptor) }

    /// Sends messages as one datagram; what can't be sent is dropped.
    package func send(_ messages: Message...) {
        let bytes = Array(messages.map(\.text).joined(separator: "\n").utf8)
        var address = address
        withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                _ = sendto(
                    descriptor, bytes, bytes.count, Int32(MSG_DONTWAIT), generic,
                    addressByteCount)
            }
        }
    }
}
