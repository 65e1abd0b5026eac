import JobModel

/// A sample of the distinct ids of one column, with the place of each: what the statistics on
/// damaged ids look at.
///
/// Up to 65,536 distinct ids it is all of them; beyond, those whose lowest mixed bits are 0, one
/// more of them whenever the sample is full. (The lowest: `ParentIndex` spreads by the highest.)
/// Membership depends on the id alone, so the sample is the same whatever the order of rows (the
/// place is that of the id's first row). Distinct ids matter: one campaign named in ten thousand
/// rows is one id, damaged or not.
final class DistinctSample {
    static let maximumCount = 1 << 16

    private var index = ParentIndex()
    private var places: [SourcePosition] = []
    /// Ids are sampled whose mixed bits are 0 here.
    private var mask: UInt64 = 0
    private var last: UInt64 = 0

    /// Whether the sample wants to know where `id` stands: it belongs into the sample and is new.
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

    /// The sampled ids with their places, in the order in which they were met.
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
