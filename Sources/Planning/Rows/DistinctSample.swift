import JobModel

/// A sample of the distinct ids of a column with their positions, for the damage statistics.
///
/// Contains all ids up to 65,536 distinct ones; beyond that, ids whose lowest hash bits are 0, one
/// more bit each time the sample is full. (`ParentIndex` uses the highest bits.) Membership depends
/// only on the id, so the order of rows does not matter, except that the position is that of the
/// first row. Only distinct ids count: one campaign in ten thousand rows is one id.
final class DistinctSample {
    static let maximumCount = 1 << 16

    private var index = ParentIndex()
    private var places: [SourcePosition] = []
    /// Ids are sampled if these hash bits are 0.
    private var mask: UInt64 = 0
    private var last: UInt64 = 0

    /// Whether `id` belongs to the sample and is new, so that its position is needed.
    @inline(__always)
    func wants(_ id: UInt64) -> Bool {
        if id == last { return false }
        last = id
        return ParentIndex.mixed(id) & mask == 0 && index.existingNumber(of: id) == nil
    }

    func add(_ id: UInt64, at position: SourcePosition) {
        _ = index.number(of: id)
        places.append(position)
        if places.count > DistinctSample.maximumCount { halve() }
    }

    /// Whether every distinct id is in the sample.
    var isComplete: Bool { mask == 0 }

    /// The sampled ids with their positions, in order of first appearance.
    var ids: [(id: UInt64, position: SourcePosition)] {
        places.indices.map { (index.ids[$0], places[$0]) }
    }

    private func halve() {
        mask = mask << 1 | 1
        let former = index
        let formerPlaces = places
        index = ParentIndex()
        places = []
        for (number, place) in formerPlaces.enumerated()
        where ParentIndex.mixed(former.ids[number]) & mask == 0 {
            _ = index.number(of: former.ids[number])
            places.append(place)
        }
    }
}
