import JobModel
import ZohoAPI

/// A number of calls that no choice of ends can go below.
///
/// A call carries so many relations at most, all of one operation and one pair of modules. So the
/// relations of each such pair, both ends taken together, need at least ⌈relations / that many⌉
/// calls, whatever the ends. A Creator job needs a round, a deleted parent a page.
enum CallLowerBound {
    static func calls(for items: WorkItems, profile: ServiceProfile) -> Int {
        var pairs: [(operation: Operation, ends: [String], count: Int)] = []
        for group in items.groups {
            let ends = [group.kind.module, group.kind.relatedList]
                .map { SupportedRelations.currentName($0.text) }.sorted()
            let index = pairs.firstIndex {
                $0.operation == group.kind.operation && $0.ends == ends
            }
            if let index {
                pairs[index].count += group.rows.count
            } else {
                pairs.append((group.kind.operation, ends, group.rows.count))
            }
        }
        return pairs.reduce(items.creatorJobs.count + items.deletedParents.count) {
            let maximum = ServiceURL.maximumIDs(of: $1.operation, profile: profile)
            return $0 + ($1.count + maximum - 1) / maximum
        }
    }
}
