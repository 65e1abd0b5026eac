import Dispatch
import Synchronization

/// A value that comes by completion and is waited for: on the main thread, before or outside of a
/// run.
package final class BlockingWait<Value: Sendable>: Sendable {
    private let arrived = DispatchSemaphore(value: 0)
    private let value = Mutex<Value?>(nil)

    package init() {}

    /// The value that `begin` completes with. Its bounds are the caller's: a transport has
    /// timeouts.
    package static func value(_ begin: (@escaping @Sendable (Value) -> Void) -> Void) -> Value {
        let wait = BlockingWait()
        begin { wait.complete($0) }
        return wait.wait()
    }

    /// Ends the wait. Of several values the first one counts.
    package func complete(_ new: Value) {
        value.withLock { if $0 == nil { $0 = new } }
        arrived.signal()
    }

    package func wait() -> Value {
        arrived.wait()
        guard let value = value.withLock({ $0 }) else {
            preconditionFailure("a completion was signalled without a value")
        }
        return value
    }
}
