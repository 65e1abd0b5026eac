import JobModel
import Journaling
import ZohoAPI

/// What a step did, beside the outcome of its item.
enum LaneEffect: Equatable, Sendable {
    case round(RoundRecords)
    case page(PageRecord)

    var records: RoundRecords? {
        if case .round(let records) = self { records } else { nil }
    }

    var page: PageRecord? {
        if case .page(let page) = self { page } else { nil }
    }
}

extension CreatorTally {
    mutating func add(_ other: CreatorTally) {
        deleted += other.deleted
        failed += other.failed
        unaccounted += other.unaccounted
    }

    init(_ records: RoundRecords) {
        self.init(
            deleted: records.deleted.count + records.gone.count,
            failed: records.undeletable.count, unaccounted: records.unaccounted)
    }
}

extension ServiceMessage {
    init(status: Int) { self.init(status: status, code: "", text: "") }
}
