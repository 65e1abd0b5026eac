package import JobModel
import Planning
import SystemCalls

/// The items of a run that have no outcome yet: what a resume sends, and what an abandoned run
/// leaves.
package enum PendingItems {
    /// The items of `items` whose rows are open and not carried by an open call.
    ///
    /// - Parameters:
    ///   - outcomeOfRow: `RecoveredRun.outcomeOfRow`: 0 = open.
    ///   - carried: Rows that open calls carry: those calls are sent again as they are.
    package static func without(
        outcomesOf outcomeOfRow: [UInt8], carried: [UInt32], in items: WorkItems
    ) -> WorkItems {
        var open = RowSet(allOf: items.rowCount)
        for (row, outcome) in outcomeOfRow.enumerated() where outcome != 0 {
            open.remove(UInt32(row))
        }
        for row in carried { open.remove(row) }
        return items.filtered(keeping: open)
    }

    /// Writes items as a manifest that `relsweep run` takes; durable, 0600.
    ///
    /// It has the five columns that name a relation; link fields of updates are not in it.
    static func write(_ items: WorkItems, to path: String) throws(SystemError) {
        let file = try OpenFile.open(path, .write, creation: .truncating, noFollow: true)
        var bytes = Array("operation,module,record_id,related_list,related_id\n".utf8)
        for group in items.groups {
            let kind = group.kind
            for parent in group.parents.indices {
                let start = "\(kind.operation.rawValue),\(kind.module),\(group.parents[parent]),"
                for item in Int(group.starts[parent])..<Int(group.starts[parent + 1]) {
                    bytes.append(
                        contentsOf: "\(start)\(kind.relatedList),\(group.related[item])\n".utf8)
                    if bytes.count >= 1 << 18 {
                        try file.write(all: bytes)
                        bytes.removeAll(keepingCapacity: true)
                    }
                }
            }
        }
        try file.write(all: bytes)
        try file.synchronise()
        try FileSystem.synchroniseDirectory(FileSystem.directory(of: path))
    }
}
