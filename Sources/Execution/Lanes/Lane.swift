import JobModel
import Journaling
import ZohoAPI

/// Items that are processed in sequence, one call at a time: the jobs of one Creator report, or one
/// deleted parent.
///
/// A lane that has begun has exactly one live call until its last item ends. So the rules for calls
/// (limits, retries, stops, the first of a kind) apply to lanes unchanged.
struct Lane: Sendable {
    let kind: Int
    /// Items that have not begun, as indices of `LaneTable.items`.
    var waiting: Range<Int>
    /// No call is sent before this moment, because a round is in doubt and may still be running.
    var notBefore: Moment?
}

/// The current item of a lane.
enum LaneWork: Sendable {
    case rounds(RoundWork)
    case pages(PageWork)

    var row: UInt32 {
        switch self {
        case .rounds(let work): work.job.row
        case .pages(let work): work.parent.row
        }
    }
}

/// The plan's Creator rows and deleted records, arranged in lanes, ordered by kind.
struct LaneTable: Sendable {
    var lanes: [Lane] = []
    /// Indices of the plan's `creatorJobs` or `deletedParents`, depending on the lane's kind.
    private(set) var items: [Int] = []
    /// Lanes with a call left open by an earlier process, ascending.
    private(set) var startedLanes: [Int] = []

    private struct Entry {
        var kind: Int
        var lane: Int
        var item: Int
        var hasBegun: Bool
    }

    init() {}

    /// Lays the plan's items out. Within a kind, lanes that have begun come first; within a lane,
    /// the item that has begun, then the order of the rows.
    ///
    /// - Parameters:
    ///   - kinds: gets the kinds that it lacks, and for each the lanes that have not begun.
    ///   - begunRows: rows whose last call has not ended; only looked up.
    init(_ plan: CallPlan, _ kinds: inout [KindState], begunRows: Set<UInt32>) {
        var entries: [Entry] = []
        entries.reserveCapacity(plan.creatorJobs.count + plan.deletedParents.count)
        var laneOfReport: [String: Int] = [:]
        var laneCount = 0
        var begunLanes: Set<Int> = []
        for (item, job) in plan.creatorJobs.enumerated() {
            let kind = LaneTable.place(of: CreatorJob.kind, &kinds)
            let lane = laneOfReport[job.reportKey] ?? laneCount
            if lane == laneCount {
                laneOfReport[job.reportKey] = lane
                laneCount += 1
            }
            let hasBegun = begunRows.contains(job.row)
            if hasBegun { begunLanes.insert(lane) }
            entries.append(Entry(kind: kind, lane: lane, item: item, hasBegun: hasBegun))
        }
        for (item, parent) in plan.deletedParents.enumerated() {
            let kind = LaneTable.place(of: parent.kind, &kinds)
            let hasBegun = begunRows.contains(parent.row)
            if hasBegun { begunLanes.insert(laneCount) }
            entries.append(Entry(kind: kind, lane: laneCount, item: item, hasBegun: hasBegun))
            laneCount += 1
        }
        entries.sort { first, second in
            if first.kind != second.kind { return first.kind < second.kind }
            if first.lane != second.lane {
                let isFirst = begunLanes.contains(first.lane)
                let isSecond = begunLanes.contains(second.lane)
                return isFirst == isSecond ? first.lane < second.lane : isFirst
            }
            return first.hasBegun == second.hasBegun
                ? first.item < second.item : first.hasBegun
        }
        appendLanes(entries, begunLanes, &kinds)
    }

    private mutating func appendLanes(
        _ entries: [Entry], _ begunLanes: Set<Int>, _ kinds: inout [KindState]
    ) {
        items = entries.map(\.item)
        var start = 0
        while start < entries.count {
            let entry = entries[start]
            var end = start
            while end < entries.count, entries[end].lane == entry.lane { end += 1 }
            let place = lanes.count
            lanes.append(Lane(kind: entry.kind, waiting: start..<end))
            if begunLanes.contains(entry.lane) {
                startedLanes.append(place)
            } else if kinds[entry.kind].remaining.isEmpty {
                kinds[entry.kind].remaining = place..<(place + 1)
            } else {
                kinds[entry.kind].remaining = kinds[entry.kind].remaining.lowerBound..<(place + 1)
            }
            start = end
        }
    }

    private static func place(of kind: RelationKind, _ kinds: inout [KindState]) -> Int {
        if let place = kinds.lastIndex(where: { $0.kind == kind }) { return place }
        kinds.append(KindState(planned: PlannedKind(kind: kind), remaining: 0..<0))
        return kinds.count - 1
    }
}

/// The effect of a step, apart from the outcome of its item.
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
