package import Dispatch

/// A value that lives on one serial queue: the product's only `@unchecked Sendable`.
///
/// Several values may share a queue (the engine and its transport both live on the control queue),
/// so that one may call another in place through `withValue` and nothing has to hop or lock.
///
/// @unchecked: `value` is touched only inside blocks running on `queue`, which is serial; `async`
/// puts them there, and `withValue` traps anywhere else. Nothing hands out a reference to `value`
/// itself.
package final class Confined<Value>: @unchecked Sendable {
    /// The serial queue on which the value is touched.
    package let queue: DispatchQueue
    private var value: Value

    /// Confines a value to a queue, which the caller guarantees to be serial.
    package init(_ value: sending Value, queue: DispatchQueue) {
        self.value = value
        self.queue = queue
    }

    /// Confines a value to a serial queue of its own.
    package convenience init(_ value: sending Value, label: String) {
        self.init(value, queue: DispatchQueue(label: label))
    }

    /// Runs `body` with the value on its queue, after everything that was put there before.
    package func async(_ body: @escaping @Sendable (inout Value) -> Void) {
        queue.async { body(&self.value) }
    }

    /// Runs `body` with the value at once; traps unless called on the value's queue.
    package func withValue<Output>(_ body: (inout Value) -> Output) -> Output {
        dispatchPrecondition(condition: .onQueue(queue))
        return body(&value)
    }
}
