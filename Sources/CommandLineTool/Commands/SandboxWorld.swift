internal import JobModel
internal import SandboxAPI

/// Makes a world of a manifest's items.
enum SandboxWorld {
    /// The world, and how many items it cannot hold (lists that the simulated organisation does not
    /// know).
    ///
    /// Items that an earlier session has removed, or found absent, stay removed. Bystanders are
    /// relations that the manifest does not name: every parent has one to a record of its own, and
    /// one to a record of the next parent; a relation that the manifest names after all is none.
    static func world(
        of items: WorkItems, outcomeOfRow: [UInt8] = []
    ) -> (world: World, unknown: Int) {
        var world = World(.exact)
        var unknown = 0
        world.reserveRelations(
            items.itemCount + items.groups.reduce(0) { $0 + 2 * $1.parents.count })
        for group in items.groups {
            for index in group.parents.indices {
                let range = Int(group.starts[index])..<Int(group.starts[index + 1])
                do throws(WorldError) {
                    try addBystanders(of: group, at: index, to: &world)
                    for item in range {
                        try add(
                            group, parent: group.parents[index], related: group.related[item],
                            isGone: isGone(group.rows[item], outcomeOfRow), to: &world)
                    }
                } catch {
                    unknown += range.count
                }
            }
        }
        return (world, unknown)
    }

    private static func add(
        _ group: ItemGroup, parent: UInt64, related: UInt64, isGone: Bool, to world: inout World
    ) throws(WorldError) {
        let module = group.kind.module.text
        let list = group.kind.relatedList.text
        if isGone {
            try world.addRecord(module: module, id: parent)
            try world.addRecord(module: list, id: related)
        } else {
            try world.addRelation(module: module, id: parent, list: list, relatedID: related)
        }
    }

    private static func addBystanders(
        of group: ItemGroup, at index: Int, to world: inout World
    ) throws(WorldError) {
        let module = group.kind.module.text
        let list = group.kind.relatedList.text
        let parent = group.parents[index]
        let own = Int(group.starts[index])..<Int(group.starts[index + 1])
        guard let last = own.last else { return }
        // Related ids ascend within a parent, so the next number is no item of this parent.
        if group.related[last] < .max {
            try world.addRelation(
                module: module, id: parent, list: list, relatedID: group.related[last] + 1,
                bystander: true)
        }
        let next = (index + 1) % group.parents.count
        let neighbour = group.related[Int(group.starts[next])]
        if !group.related[own].contains(neighbour) {
            try world.addRelation(
                module: module, id: parent, list: list, relatedID: neighbour, bystander: true)
        }
    }

    private static func isGone(_ row: UInt32, _ outcomeOfRow: [UInt8]) -> Bool {
        guard Int(row) < outcomeOfRow.count, outcomeOfRow[Int(row)] > 0 else { return false }
        switch OutcomeKind(rawValue: outcomeOfRow[Int(row)] - 1) {
        case .removed, .deleted, .absent: return true
        case .updated, .listed, .failed, .blocked, .unknown, nil: return false
        }
    }
}
