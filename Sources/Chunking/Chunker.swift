package import JobModel
import Planning
package import ZohoAPI

/// Packs work items into calls: the fewest that carry them from the chosen ends, in the order in
/// which they will be sent.
///
/// Items of one parent go together, as many as a call may carry (ids, and bytes of its URL); calls
/// are full but for each parent's last. The order is that of the items: by kind, then parent, then
/// related id. One kind is finished before the next begins, since every kind's first call goes
/// alone and a refusal there spares the rest of the kind; within a kind the order of ids is as good
/// as any, and equal manifests send equal calls.
///
/// A kind that the configuration added begins with a call of one item: it is not known yet what a
/// DELETE on that list does. The engine cuts further calls until an item was removed, so such a
/// kind may take more calls than planned. At a resume the chunker is given the open items only
/// (`WorkItems.filtered(keeping:)`) and knows nothing of earlier calls: calls that were sent are
/// never derived again, their records are in the journal.
package struct Chunker: Sendable {
    private let profile: ServiceProfile
    private let pivot: PivotChoice

    package init(profile: ServiceProfile, pivot: PivotChoice = .asWritten) {
        precondition(profile.idsPerCall >= 1, "a call may carry \(profile.idsPerCall) ids")
        self.profile = profile
        self.pivot = pivot
    }

    /// The calls for `items`.
    ///
    /// Related ids and rows of a single kind are shared with `items`, not copied.
    /// - Complexity: O(items) at most; O(calls) with a single kind.
    package func calls(for items: consuming WorkItems) -> CallPlan {
        var plan = CallPlan()
        plan.creatorJobs = items.creatorJobs
        plan.deletedParents = items.deletedParents
        let groups = items.groups
        if groups.count == 1 {
            plan.related = groups[0].related
            plan.rows = groups[0].rows
        } else {
            let itemCount = groups.reduce(0) { $0 + $1.rows.count }
            plan.related.reserveCapacity(itemCount)
            plan.rows.reserveCapacity(itemCount)
        }
        var firstItem = 0
        for group in groups {
            switch pivot {
            case .asWritten:
                plan.kinds.append(
                    PlannedKind(
                        kind: group.kind, direction: .asWritten,
                        isAddedByConfiguration: group.isAddedByConfiguration))
            }
            if groups.count > 1 {
                plan.related.append(contentsOf: group.related)
                plan.rows.append(contentsOf: group.rows)
            }
            pack(group, firstItem: firstItem, into: &plan)
            firstItem += group.rows.count
        }
        return plan
    }

    private func pack(_ group: ItemGroup, firstItem: Int, into plan: inout CallPlan) {
        let kindIndex = UInt16(plan.kinds.count - 1)
        let packing = CallPacking(kind: group.kind, profile: profile)
        var isFirst = group.isAddedByConfiguration
        for parent in group.parents.indices {
            let end = Int(group.starts[parent + 1])
            var start = Int(group.starts[parent])
            while start < end {
                let count =
                    isFirst
                    ? 1
                    : packing.leadingIDCount(
                        at: group.parents[parent], of: group.related, from: start, to: end)
                isFirst = false
                start += count
                plan.callKinds.append(kindIndex)
                plan.callParents.append(group.parents[parent])
                plan.callStarts.append(UInt32(firstItem + start))
            }
        }
    }
}

/// From which end of each relation calls are made.
package enum PivotChoice: Equatable, Sendable {
    /// As each row has it: its record is the call's parent.
    case asWritten
}
