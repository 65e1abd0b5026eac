package import JobModel
import Planning
package import ZohoAPI

/// Packs work items into the minimum number of calls for the chosen directions, in sending order.
///
/// Items of one parent are packed together, up to the limits of ids and URL bytes; all calls are
/// full except each parent's last. The order is kind, parent, related id. Kinds run one after
/// another, because each kind starts with a single trial call and a refusal there saves the rest.
/// Equal manifests send equal calls.
///
/// A kind added by the configuration starts with a call of one item, because the effect of DELETE
/// there is unknown. The engine continues with single-item calls until one succeeds, so such a kind
/// may need more calls than planned. On resume the chunker gets only the open items
/// (`WorkItems.filtered(keeping:)`); calls already sent are never recomputed but read from the
/// journal.
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

/// The direction in which calls are made.
package enum PivotChoice: Equatable, Sendable {
    /// As written: the row's record is the call's parent.
    case asWritten
}
