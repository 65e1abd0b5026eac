import Dispatch
import Synchronization

/// A bounded channel between two threads; the faster side waits.
///
/// For exactly one sender and one receiver, each on its own thread (or serial queue) that nothing
/// else waits for. That makes waiting on a semaphore harmless here.
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

    /// Sends a value; waits for room first.
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
            // A further send must not wait for a receiver that is gone.
            room.signal()
        }
        return isWanted
    }

    /// The next value; waits for it. The values themselves must show which is the last.
    func receive() -> Element {
        filled.wait()
        let element = state.withLock { $0.waiting.removeFirst() }
        room.signal()
        return element
    }

    /// Cancels the channel; a waiting sender continues and gets false.
    func cancel() {
        state.withLock { state in
            state.isCancelled = true
            state.waiting.removeAll()
        }
        room.signal()
    }
}
