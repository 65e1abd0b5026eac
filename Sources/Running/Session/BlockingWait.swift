import Dispatch
import Synchronization

/// Waits for what comes by completion: on the main thread, before or outside of a run.
package enum BlockingWait {
    /// The value that `begin` completes with. Its bounds are the caller's: a transport has
    /// time-outs.
    package static func value<Value: Sendable>(
        _ begin: (@escaping @Sendable (Value) -> Void) -> Void
    ) -> Value {
        let arrived = DispatchSemaphore(value: 0)
        let mailbox = Mailbox<Value>()
        begin { value in
            mailbox.put(value)
            arrived.signal()
        }
        arrived.wait()
        guard let value = mailbox.current() else {
            preconditionFailure("a completion was signalled without a value")
        }
        return value
    }
}

/// Room for one value that one thread leaves and another takes.
final class Mailbox<Value: Sendable>: Sendable {
    private let value = Mutex<Value?>(nil)

    func put(_ new: Value) { value.withLock { $0 = new } }

    func current() -> Value? { value.withLock { $0 } }
}
