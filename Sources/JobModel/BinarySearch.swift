extension RandomAccessCollection where Index == Int {
    /// The index of the first element that does not satisfy the predicate, or the end; the elements
    /// that satisfy it come first.
    @inlinable
    package func partitionIndex(where isBefore: (Element) -> Bool) -> Int {
        var (low, high) = (startIndex, endIndex)
        while low < high {
            let middle = low + (high - low) / 2
            if isBefore(self[middle]) { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// The index of the first element with this key; the keys ascend.
    @inlinable
    package func index<Key: Comparable>(
        ofAscending key: Key, by keyOf: (Element) -> Key
    ) -> Int? {
        let index = partitionIndex { keyOf($0) < key }
        return index < endIndex && keyOf(self[index]) == key ? index : nil
    }
}
