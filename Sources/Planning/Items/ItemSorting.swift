import JobModel

/// Sorts the rows of a kind by parent, related id and row.
///
/// A counting sort by parent number (parents are few) distributes the segments into the result's
/// columns; each parent's rows, which arrive in row order, are then stably sorted by related id.
/// Apart from the row numbers, the result does not depend on the order of rows.
enum ItemSorting {
    /// Moves `columns` into a sorted group, duplicates included.
    static func group(_ columns: ItemColumns) -> ItemGroup {
        let parentCount = columns.index.count
        let order = parentOrder(columns.index)
        var starts = [UInt32](repeating: 0, count: parentCount + 1)
        // The next free position per parent number.
        var next = counts(columns)
        var place: UInt32 = 0
        for (rank, number) in order.numbers.enumerated() {
            starts[rank] = place
            let count = next[Int(number)]
            next[Int(number)] = place
            place += count
        }
        starts[parentCount] = place

        let rowCount = columns.rowCount
        var rows: [UInt32] = []
        let related = [UInt64](unsafeUninitializedCapacity: rowCount) {
            relatedBuffer, relatedCount in
            rows = [UInt32](unsafeUninitializedCapacity: rowCount) { rowBuffer, rowCountOut in
                if let related = relatedBuffer.baseAddress, let rows = rowBuffer.baseAddress {
                    scatter(columns, related: related, rows: rows, next: &next)
                    let sorter = RowSorter(related: related, rows: rows)
                    for rank in 0..<parentCount {
                        sorter.sort(from: Int(starts[rank]), to: Int(starts[rank + 1]))
                    }
                }
                rowCountOut = rowCount
            }
            relatedCount = rowCount
        }
        return ItemGroup(
            kind: columns.kind, isAddedByConfiguration: columns.isAddedByConfiguration,
            parents: order.ids, starts: starts, related: related, rows: rows)
    }

    private static func counts(_ columns: ItemColumns) -> [UInt32] {
        var counts = [UInt32](repeating: 0, count: columns.index.count)
        counts.withUnsafeMutableBufferPointer { counts in
            guard let counts = counts.baseAddress else { return }
            for segment in columns.segments {
                let parents = segment.parents
                for offset in 0..<segment.count { counts[Int(parents[offset])] &+= 1 }
            }
        }
        return counts
    }

    private static func scatter(
        _ columns: ItemColumns, related: UnsafeMutablePointer<UInt64>,
        rows: UnsafeMutablePointer<UInt32>, next: inout [UInt32]
    ) {
        next.withUnsafeMutableBufferPointer { next in
            guard let next = next.baseAddress else { return }
            columns.segments.reverse()
            while let segment = columns.segments.popLast() {
                for offset in 0..<segment.count {
                    let number = Int(segment.parents[offset])
                    let place = Int(next[number])
                    next[number] &+= 1
                    related[place] = segment.related[offset]
                    rows[place] = segment.rows[offset]
                }
            }
        }
    }

    /// Parent ids ascending, with the number of each.
    private static func parentOrder(_ index: ParentIndex) -> (ids: [UInt64], numbers: [UInt32]) {
        let count = index.count
        var ids = Array(UnsafeBufferPointer(start: index.ids, count: count))
        var numbers = (0..<UInt32(count)).map { $0 }
        ids.withUnsafeMutableBufferPointer { ids in
            numbers.withUnsafeMutableBufferPointer { numbers in
                if let ids = ids.baseAddress, let numbers = numbers.baseAddress {
                    RowSorter(related: ids, rows: numbers).sort(from: 0, to: count)
                }
            }
        }
        return (ids, numbers)
    }
}
