import JobModel
import ZohoAPI

/// Finds rows about the same relation: equal requests are merged into the earliest row, different
/// ones are contradictions.
///
/// Two steps. Within a kind, equal items are adjacent after sorting. Across kinds, a relation can
/// be written in two directions (`Campaigns/1/Leads/2` is `Leads/2/Campaigns/1`) and `Potentials`
/// is `Deals`: each item of the smaller kind is looked up in the larger one, reversed if needed.
/// The earliest row always carries the item, so the order of kinds does not matter.
struct RelationMerging {
    /// Two contradicting rows, the earlier one first.
    struct Contradiction: Equatable {
        var row: UInt32
        var change: ContradictionRule.RequestedChange
        var laterRow: UInt32
        var laterChange: ContradictionRule.RequestedChange

        static func == (first: Contradiction, second: Contradiction) -> Bool {
            first.row == second.row && first.laterRow == second.laterRow
        }
    }

    private(set) var groups: [ItemGroup]
    /// Each as (duplicate row << 32 | row that carries the item).
    private(set) var duplicates: [UInt64] = []
    private(set) var contradictions: [Contradiction] = []
    /// Rows merged into another, by group.
    private(set) var mergedCounts: [Int]
    /// Rows of items that were merged into another group's item; removed from their group at the
    /// end.
    private var mergedAcross: RowSet?
    private let updates: UpdateDigests
    private let rowCount: Int

    /// - Parameter groups: Sorted, with their duplicates, ascending by kind.
    init(groups: consuming [ItemGroup], updates: UpdateDigests, rowCount: Int) {
        self.groups = groups
        mergedCounts = Array(repeating: 0, count: self.groups.count)
        self.updates = updates
        self.rowCount = rowCount
    }

    /// Performs both steps. Afterwards each relation is in `groups` once, except contradictions.
    mutating func run() {
        for index in groups.indices { mergeNeighbours(index) }
        for first in groups.indices {
            for second in groups.indices where second > first {
                guard let isTurned = isTurned(groups[first].kind, groups[second].kind) else {
                    continue
                }
                if groups[first].rows.count >= groups[second].rows.count {
                    compare(second, with: first, isTurned: isTurned)
                } else {
                    compare(first, with: second, isTurned: isTurned)
                }
            }
        }
        guard let mergedAcross else { return }
        for index in groups.indices { groups[index].filter { !mergedAcross.contains($0) } }
    }

    /// Returns the groups, giving up the reference so that they can be changed in place.
    mutating func removeGroups() -> [ItemGroup] {
        let taken = groups
        groups = []
        return taken
    }

    /// Whether two kinds describe the same relations in opposite directions (true), in the same
    /// direction (false), or different relations (nil).
    ///
    /// In a list of the same module (`Contacts/Contacts`) the direction is ambiguous: rows are
    /// taken as written.
    private func isTurned(_ first: RelationKind, _ second: RelationKind) -> Bool? {
        let ends = (name(first.module), name(first.relatedList))
        let others = (name(second.module), name(second.relatedList))
        if ends == others { return false }
        return ends == (others.1, others.0) ? true : nil
    }

    private func name(_ name: APIName) -> String {
        SupportedRelations.currentName(name.text)
    }

    // MARK: Within a kind

    private mutating func mergeNeighbours(_ index: Int) {
        guard hasEqualNeighbours(groups[index]) else { return }
        var group = groups[index]
        // Changed in place: avoid a second reference to the array.
        groups[index].related = []
        groups[index].rows = []
        var kept = 0
        for parent in group.parents.indices {
            let range = Int(group.starts[parent])..<Int(group.starts[parent + 1])
            group.starts[parent] = UInt32(kept)
            var carrier = -1
            for item in range {
                if carrier >= 0, group.related[carrier] == group.related[item] {
                    let change = ContradictionRule.RequestedChange(
                        group.kind, parent: group.parents[parent], related: group.related[item])
                    join(
                        group.rows[carrier], change, group.rows[item], change, laterGroup: index)
                    continue
                }
                group.related[kept] = group.related[item]
                group.rows[kept] = group.rows[item]
                carrier = kept
                kept += 1
            }
        }
        group.starts[group.parents.count] = UInt32(kept)
        group.related.removeLast(group.related.count - kept)
        group.rows.removeLast(group.rows.count - kept)
        groups[index] = group
    }

    private func hasEqualNeighbours(_ group: ItemGroup) -> Bool {
        group.related.withUnsafeBufferPointer { related in
            for parent in group.parents.indices {
                let start = Int(group.starts[parent])
                let end = Int(group.starts[parent + 1])
                var item = start + 1
                while item < end {
                    if related[item] == related[item - 1] { return true }
                    item += 1
                }
            }
            return false
        }
    }

    // MARK: Between kinds

    private mutating func compare(_ small: Int, with large: Int, isTurned: Bool) {
        let smallGroup = groups[small]
        let largeGroup = groups[large]
        for parent in smallGroup.parents.indices {
            let parentID = smallGroup.parents[parent]
            let sameParent =
                isTurned ? nil : RelationMerging.index(of: parentID, in: largeGroup.parents)
            if !isTurned, sameParent == nil { continue }
            for item in Int(smallGroup.starts[parent])..<Int(smallGroup.starts[parent + 1]) {
                let relatedID = smallGroup.related[item]
                guard
                    let other = sameParent
                        ?? RelationMerging.index(of: relatedID, in: largeGroup.parents),
                    let otherItem = RelationMerging.index(
                        of: isTurned ? parentID : relatedID, in: largeGroup.related,
                        from: Int(largeGroup.starts[other]),
                        to: Int(largeGroup.starts[other + 1]))
                else { continue }
                let rows = (smallGroup.rows[item], largeGroup.rows[otherItem])
                if isMergedAway(rows.0) || isMergedAway(rows.1) { continue }
                let requested = (
                    ContradictionRule.RequestedChange(
                        smallGroup.kind, parent: parentID, related: relatedID),
                    ContradictionRule.RequestedChange(
                        largeGroup.kind, parent: largeGroup.parents[other],
                        related: largeGroup.related[otherItem])
                )
                let isMerged =
                    rows.0 < rows.1
                    ? join(rows.0, requested.0, rows.1, requested.1, laterGroup: large)
                    : join(rows.1, requested.1, rows.0, requested.0, laterGroup: small)
                if isMerged {
                    if mergedAcross == nil { mergedAcross = RowSet(rowCount: rowCount) }
                    mergedAcross?.insert(max(rows.0, rows.1))
                }
            }
        }
    }

    private func isMergedAway(_ row: UInt32) -> Bool {
        mergedAcross?.contains(row) ?? false
    }

    /// Compares two rows about one relation; true if the later one duplicates the earlier one.
    @discardableResult
    private mutating func join(
        _ row: UInt32, _ change: ContradictionRule.RequestedChange, _ laterRow: UInt32,
        _ laterChange: ContradictionRule.RequestedChange, laterGroup: Int
    ) -> Bool {
        let isSameChange =
            change.operation == laterChange.operation
            && (change.operation != .update
                || updates.digest(ofRow: row) == updates.digest(ofRow: laterRow))
        guard isSameChange else {
            contradictions.append(
                Contradiction(
                    row: row, change: change, laterRow: laterRow, laterChange: laterChange))
            return false
        }
        duplicates.append(UInt64(laterRow) << 32 | UInt64(row))
        mergedCounts[laterGroup] += 1
        return true
    }

    /// Binary search in an ascending column; nil when `id` is not between `start` and `end`.
    private static func index(
        of id: UInt64, in column: [UInt64], from start: Int = 0, to end: Int? = nil
    ) -> Int? {
        column.withUnsafeBufferPointer { column in
            let end = end ?? column.count
            var low = start
            var high = end
            while low < high {
                let middle = (low &+ high) >> 1
                if column[middle] < id { low = middle &+ 1 } else { high = middle }
            }
            return low < end && column[low] == id ? low : nil
        }
    }
}
