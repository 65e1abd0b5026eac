import Dispatch

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
            preconditionFailure("broken belief: a value is put before it is announced")
        }
        return value
    }
}
