import JobModel

/// Per id column: the sample for the damage statistics, and the shortest id.
final class IDColumn {
    let sample = DistinctSample()
    /// The smallest id of all rows except the last one; 0 = none yet.
    private(set) var smallestBeforeLast: UInt64 = 0
    /// The last id noted, and its row.
    private(set) var last: UInt64 = 0
    private(set) var lastRow: UInt32 = 0

    /// Notes ids in row order; `lastRow` is the row of the last of them.
    func noteSizes(_ ids: UnsafePointer<UInt64>, count: Int, lastRow: UInt32) {
        guard count > 0 else { return }
        // 0 wraps to the maximum, so that "none yet" never compares as smaller.
        var smallest = smallestBeforeLast &- 1
        if last != 0 { smallest = min(smallest, last &- 1) }
        for index in 0..<(count - 1) { smallest = min(smallest, ids[index] &- 1) }
        smallestBeforeLast = smallest &+ 1
        last = ids[count - 1]
        self.lastRow = lastRow
    }
}
