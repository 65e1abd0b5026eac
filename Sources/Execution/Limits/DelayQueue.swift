import JobModel

/// Calls that wait for a moment: a binary heap by (moment, order of insertion), so equal moments
/// keep their order.
///
/// - Complexity: O(log n) to insert and to remove; n is at most the number of live calls, which is
///   bounded by concurrency and splits.
struct DelayQueue: Sendable {
    private struct Entry: Sendable {
        var due: Moment
        var order: UInt64
        var call: UInt32

        func isBefore(_ other: Entry) -> Bool {
            due == other.due ? order < other.order : due < other.due
        }
    }

    private var heap: [Entry] = []
    private var nextOrder: UInt64 = 0

    var isEmpty: Bool { heap.isEmpty }
    /// The earliest moment; nil when empty.
    var firstDue: Moment? { heap.first?.due }

    mutating func insert(_ call: UInt32, due: Moment) {
        heap.append(Entry(due: due, order: nextOrder, call: call))
        nextOrder += 1
        var index = heap.count - 1
        while index > 0 {
            let parent = (index - 1) / 2
            guard heap[index].isBefore(heap[parent]) else { break }
            heap.swapAt(index, parent)
            index = parent
        }
    }

    /// Removes and returns the first call that is due at `now`; nil if none is.
    mutating func popDue(at now: Moment) -> UInt32? {
        guard let first = heap.first, first.due <= now else { return nil }
        let last = heap.removeLast()
        if !heap.isEmpty {
            heap[0] = last
            sink()
        }
        return first.call
    }

    /// Removes a call, if it is queued.
    ///
    /// - Complexity: O(n); needed only when a kind is stopped.
    mutating func remove(_ call: UInt32) {
        guard heap.contains(where: { $0.call == call }) else { return }
        // A sorted array is a heap.
        heap = heap.filter { $0.call != call }.sorted { $0.isBefore($1) }
    }

    private mutating func sink() {
        var index = 0
        while true {
            var smallest = index
            for child in [2 * index + 1, 2 * index + 2] where child < heap.count {
                if heap[child].isBefore(heap[smallest]) { smallest = child }
            }
            guard smallest != index else { return }
            heap.swapAt(index, smallest)
            index = smallest
        }
    }
}
