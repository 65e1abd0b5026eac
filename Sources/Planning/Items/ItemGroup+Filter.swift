package import JobModel

extension WorkItems {
    /// The items whose rows are in `rows`: the open items of a resumed run.
    ///
    /// Duplicates and skipped rows are unchanged. Order is kept; empty parents and groups are
    /// removed.
    /// - Complexity: O(items), one bit tested for each.
    package func filtered(keeping rows: RowSet) -> WorkItems {
        var result = self
        result.filter { rows.contains($0) }
        return result
    }

    mutating func filter(_ keeps: (UInt32) -> Bool) {
        for index in groups.indices { groups[index].filter(keeps) }
        groups.removeAll { $0.rows.isEmpty }
        creatorJobs.removeAll { !keeps($0.row) }
        deletedParents.removeAll { !keeps($0.row) }
    }
}

extension ItemGroup {
    /// Removes, in place, the items whose rows `keeps` rejects.
    mutating func filter(_ keeps: (UInt32) -> Bool) {
        var kept = 0
        var keptParents = 0
        for parent in parents.indices {
            let range = Int(starts[parent])..<Int(starts[parent + 1])
            let first = kept
            for item in range where keeps(rows[item]) {
                if kept != item {
                    related[kept] = related[item]
                    rows[kept] = rows[item]
                }
                kept += 1
            }
            if kept > first {
                parents[keptParents] = parents[parent]
                starts[keptParents] = UInt32(first)
                keptParents += 1
            }
        }
        related.removeLast(related.count - kept)
        rows.removeLast(rows.count - kept)
        parents.removeLast(parents.count - keptParents)
        starts.removeLast(starts.count - keptParents - 1)
        starts[keptParents] = UInt32(kept)
    }
}
