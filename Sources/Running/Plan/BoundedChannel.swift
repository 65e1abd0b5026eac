import Dispatch
import Synchronization

/// Hands values from one thread to another, a few at a time: whoever is ahead waits.
///
/// For exactly one sender and one receiver, each on a thread (or serial queue) of its own that
/// nobody else waits for; that is what makes waiting on a semaphore harmless here.
final class BoundedChannel<Element: Sendable>: Sendable {
    private struct State {
        var waiting: [Element] = []
        var isCancelled = false
    }

    private let state = Mutex(State())
    /// Raised to the capacity from 0, not made with it: a semaphore that goes below the value it
    /// was made with traps when it is freed, and a cancelled channel is freed with room missing.
    private let room = DispatchSemaphore(value: 0)
    private let filled = DispatchSemaphore(value: 0)

    init(capacity: Int) { for _ in 0..<capacity { room.signal() } }

    /// Hands a value over, and waits for room first.
    ///
    /// - Returns: false when the receiver has lost interest: send no more.
    func send(_ element: Element) -> Bool {
        room.wait()
        let isWanted = state.withLock { state in
            if state.isCancelled { return false }
            state.waiting.append(element)
            return true
        }
        if isWanted {
            filled.signal()
        } else {
            // The next send, if there is one, is not to wait for a receiver that has gone.
            room.signal()
        }
        return isWanted
    }

    /// The next value; waits for it. The values themselves must say which is the last.
    func receive() -> Element {
        filled.wait()
        let element = state.withLock { $0.waiting.removeFirst() }
        room.signal()
        return element
    }

    /// The receiver wants no more: a sender that waits goes on, and is told.
    func cancel() {
        state.withLock { state in
            state.isCancelled = true
            state.waiting.removeAll()
        }
        room.signal()
    }
}
