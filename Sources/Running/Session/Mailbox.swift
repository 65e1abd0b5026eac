import Synchronization

/// Room for one value that one thread leaves and another takes.
final class Mailbox<Value: Sendable>: Sendable {
    private let value = Mutex<Value?>(nil)

    func put(_ new: Value) { value.withLock { $0 = new } }

    func current() -> Value? { value.withLock { $0 } }
}
