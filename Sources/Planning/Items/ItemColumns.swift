import JobModel

/// The rows of one relation kind in arrival order: parent number, related id, row; 16 bytes per
/// row.
///
/// Fixed-size segments, because a growing array is in memory twice while it is copied.
/// `ItemSorting` moves them into one sorted copy of 12 bytes per row, freeing each segment after
/// use.
final class ItemColumns {
    /// Rows per segment: 1 MiB, of which only the used part is touched.
    static let segmentRowCount = 1 << 16

    /// Three columns in one allocation.
    final class Segment {
        let parents: UnsafeMutablePointer<UInt32>
        let related: UnsafeMutablePointer<UInt64>
        let rows: UnsafeMutablePointer<UInt32>
        var count = 0

        init() {
            related = .allocate(capacity: ItemColumns.segmentRowCount)
            parents = .allocate(capacity: ItemColumns.segmentRowCount)
            rows = .allocate(capacity: ItemColumns.segmentRowCount)
        }

        deinit {
            related.deallocate()
            parents.deallocate()
            rows.deallocate()
        }
    }

    let kind: RelationKind
    let isAddedByConfiguration: Bool
    let index = ParentIndex()
    var segments: [Segment] = []
    private(set) var rowCount = 0

    init(kind: RelationKind, isAddedByConfiguration: Bool) {
        self.kind = kind
        self.isAddedByConfiguration = isAddedByConfiguration
    }

    /// Appends rows; all three columns have `count` values.
    func append(
        parents: UnsafePointer<UInt64>, related: UnsafePointer<UInt64>,
        rows: UnsafePointer<UInt32>, count: Int
    ) {
        var done = 0
        while done < count {
            if segments.isEmpty || segments[segments.count - 1].count == Self.segmentRowCount {
                segments.append(Segment())
            }
            let segment = segments[segments.count - 1]
            let length = min(count - done, Self.segmentRowCount - segment.count)
            let numbers = segment.parents + segment.count
            for offset in 0..<length {
                numbers[offset] = index.number(of: parents[done + offset])
            }
            (segment.related + segment.count).update(from: related + done, count: length)
            (segment.rows + segment.count).update(from: rows + done, count: length)
            segment.count += length
            done += length
        }
        rowCount += count
    }
}
