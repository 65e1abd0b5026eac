/// Pending timers of connections, a binary heap.
struct TimerQueue {
    /// One pending timer.
    struct Alarm: Equatable {
        /// Its deadline, in nanoseconds of the monotonic clock.
        var deadline: Int64
        /// Entries of one deadline come in the order of insertion.
        var sequence: UInt64
        /// The slot of its connection.
        var slot: Int
        /// Which of the successive connections of that slot.
        var generation: UInt64

        func isBefore(_ other: Alarm) -> Bool {
            deadline != other.deadline
                ? deadline < other.deadline : sequence < other.sequence
        }
    }

    private var heap: [Alarm] = []
    private var sequence: UInt64 = 0

    var nextDeadline: Int64? { heap.first?.deadline }

    mutating func insert(deadline: Int64, slot: Int, generation: UInt64) {
        sequence += 1
        heap.append(
            Alarm(deadline: deadline, sequence: sequence, slot: slot, generation: generation))
        var child = heap.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard heap[child].isBefore(heap[parent]) else { return }
            heap.swapAt(child, parent)
            child = parent
        }
    }

    /// The earliest entry that is due at `now`, or nil.
    mutating func popDue(at now: Int64) -> Alarm? {
        guard let first = heap.first, first.deadline <= now else { return nil }
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        var parent = 0
        while true {
            var least = parent
            for child in [parent * 2 + 1, parent * 2 + 2]
            where child < heap.count && heap[child].isBefore(heap[least]) {
                least = child
            }
            if least == parent { return first }
            heap.swapAt(parent, least)
            parent = least
        }
    }

    mutating func removeAll() {
        heap.removeAll()
    }
}
