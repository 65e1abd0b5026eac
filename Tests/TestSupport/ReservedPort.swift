import Foundation
import Glibc

/// A port of loopback that belongs to one test for as long as this lives.
///
/// It is bound and not listened on: connects to it are refused, and neither a server nor a client
/// of another test gets it. A server that is given the port and sets SO_REUSEADDR can listen on it
/// meanwhile, as often as it likes; when it stops, connects are refused again.
package final class ReservedPort: Sendable {
    package let port: UInt16
    private let descriptor: Int32

    package init() throws { (descriptor, port) = try ScriptedServer.boundSocket() }

    deinit { close(descriptor) }
}
