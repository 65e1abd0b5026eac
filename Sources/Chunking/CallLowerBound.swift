import JobModel
import ZohoAPI

/// A lower bound on the number of calls for any choice of directions.
///
/// A call carries at most n relations, all of one operation and one module pair. The relations of
/// each pair, in both directions together, therefore need at least ⌈relations / n⌉ calls. A Creator
/// job needs at least one round, a deleted parent one page.
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
