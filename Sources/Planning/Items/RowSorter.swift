/// A stable in-place sort of (id, row) pairs by id: ascending rows stay ascending among equal ids.
///
/// Three algorithms by size: insertion sort (most parents have a few dozen rows), merge sort of
/// insertion-sorted runs, and for thousands of rows a radix sort over the bytes that differ (ids of
/// one organisation share their upper half).
final class RowSorter {
    /// Up to this many pairs use insertion sort.
    static let insertionCount = 24
    /// From this many pairs on radix sort is faster.
    static let radixCount = 2048

    private let related: UnsafeMutablePointer<UInt64>
    private let rows: UnsafeMutablePointer<UInt32>
    /// Reusable merge buffer: for a few dozen rows, allocation would cost more than the sort.
    private let spareIDs: UnsafeMutablePointer<UInt64>
    private let spareRows: UnsafeMutablePointer<UInt32>

    /// A sorter of two columns, which must outlive it.
    init(related: UnsafeMutablePointer<UInt64>, rows: UnsafeMutablePointer<UInt32>) {
        self.related = related
        self.rows = rows
        spareIDs = .allocate(capacity: RowSorter.radixCount)
        spareRows = .allocate(capacity: RowSorter.radixCount)
    }

    deinit {
        spareIDs.deallocate()
        spareRows.deallocate()
    }

    /// Sorts the pairs `start..<end`.
    func sort(from start: Int, to end: Int) {
        let count = end - start
        if count <= RowSorter.insertionCount {
            insertionSort(from: start, to: end)
        } else if count < RowSorter.radixCount {
            mergeSort(from: start, to: end)
        } else {
            radixSort(from: start, to: end)
        }
    }

    @inline(__always)
    private func insertionSort(from start: Int, to end: Int) {
        var index = start &+ 1
        while index < end {
            let id = related[index]
            if id < related[index &- 1] {
                let row = rows[index]
                var hole = index
                repeat {
                    related[hole] = related[hole &- 1]
                    rows[hole] = rows[hole &- 1]
                    hole &-= 1
                } while hole > start && id < related[hole &- 1]
                related[hole] = id
                rows[hole] = row
            }
            index &+= 1
        }
    }

    private func mergeSort(from start: Int, to end: Int) {
        let count = end - start
        var runStart = start
        while runStart < end {
            insertionSort(from: runStart, to: min(runStart + RowSorter.insertionCount, end))
            runStart += RowSorter.insertionCount
        }
        var width = RowSorter.insertionCount
        while width < count {
            var low = start
            while low + width < end {
                merge(low, low + width, min(low + 2 * width, end))
                low += 2 * width
            }
            width *= 2
        }
    }

    /// Merges `low..<middle` and `middle..<high`, with the left run in the buffer.
    private func merge(_ low: Int, _ middle: Int, _ high: Int) {
        if related[middle - 1] <= related[middle] { return }
        let leftCount = middle - low
        spareIDs.update(from: related + low, count: leftCount)
        spareRows.update(from: rows + low, count: leftCount)
        var left = 0
        var right = middle
        var place = low
        while left < leftCount, right < high {
            if related[right] < spareIDs[left] {
                related[place] = related[right]
                rows[place] = rows[right]
                right += 1
            } else {
                related[place] = spareIDs[left]
                rows[place] = spareRows[left]
                left += 1
            }
            place += 1
        }
        (related + place).update(from: spareIDs + left, count: leftCount - left)
        (rows + place).update(from: spareRows + left, count: leftCount - left)
    }

    private func radixSort(from start: Int, to end: Int) {
        let count = end - start
        var differing: UInt64 = 0
        var isSorted = true
        for index in start..<end {
            differing |= related[index] ^ related[start]
            if index > start, related[index] < related[index - 1] { isSorted = false }
        }
        if isSorted { return }
        withScratch(count) { scratchIDs, scratchRows in
            var from = (ids: related + start, rows: rows + start)
            var onto = (ids: scratchIDs, rows: scratchRows)
            var places = [Int](repeating: 0, count: 256)
            for shift in stride(from: UInt64(0), to: 64, by: 8)
            where (differing >> shift) & 0xFF != 0 {
                for byte in 0..<256 { places[byte] = 0 }
                for index in 0..<count { places[Int((from.ids[index] >> shift) & 0xFF)] += 1 }
                var place = 0
                for byte in 0..<256 {
                    (places[byte], place) = (place, place + places[byte])
                }
                places.withUnsafeMutableBufferPointer { places in
                    for index in 0..<count {
                        let id = from.ids[index]
                        let byte = Int((id >> shift) & 0xFF)
                        let place = places[byte]
                        places[byte] = place &+ 1
                        onto.ids[place] = id
                        onto.rows[place] = from.rows[index]
                    }
                }
                swap(&from, &onto)
            }
            // After an odd number of passes the result is in the scratch buffer.
            if from.ids == scratchIDs {
                (related + start).update(from: scratchIDs, count: count)
                (rows + start).update(from: scratchRows, count: count)
            }
        }
    }

    private func withScratch(
        _ count: Int,
        _ body: (UnsafeMutablePointer<UInt64>, UnsafeMutablePointer<UInt32>) -> Void
    ) {
        let ids = UnsafeMutablePointer<UInt64>.allocate(capacity: count)
        let rows = UnsafeMutablePointer<UInt32>.allocate(capacity: count)
        body(ids, rows)
        ids.deallocate()
        rows.deallocate()
    }
}
