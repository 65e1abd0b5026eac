package import JobModel
import Journaling
import ManifestReading
import Planning
import SystemCalls

/// The items of a run that have no outcome yet: what a resume sends, and what an abandoned run did
/// not do.
package enum PendingItems {
    /// The items of `items` whose rows are open and not carried by an open call.
    ///
    /// - Parameters:
    ///   - outcomeOfRow: `RecoveredRun.outcomeOfRow`.
    ///   - carried: Rows that open calls carry: those calls are sent again as they are.
    package static func without(
        outcomesOf outcomeOfRow: [UInt8], carried: [UInt32], in items: WorkItems
    ) -> WorkItems {
        var open = RowSet(allOf: items.rowCount)
        let decisions = ItemDecision.ofOutcomeCode
        for (row, code) in outcomeOfRow.enumerated() where decisions[Int(code)] != .planAnew {
            open.remove(UInt32(row))
        }
        for row in carried { open.remove(row) }
        return items.filtered(keeping: open)
    }

    /// Writes the rows of items as a manifest of their own; durable, 0600.
    ///
    /// - Parameters:
    ///   - items: Their rows are written, in the manifest's order.
    ///   - rows: The snapshot, at its start.
    static func write(
        _ items: WorkItems, of rows: SnapshotRows, to path: String
    ) throws(RunningError) {
        var wanted = RowSet(rowCount: items.rowCount)
        for group in items.groups {
            for row in group.rows { wanted.insert(row) }
        }
        for job in items.creatorJobs { wanted.insert(job.row) }
        for parent in items.deletedParents { wanted.insert(parent.row) }
        let file = try onDisk { () throws(SystemError) in
            ReplacementFile(path, writtenAs: try FileSystem.recreate(path + ".new"))
        }
        try write(wanted, of: rows, to: file)
        try onDisk { () throws(SystemError) in
            try file.commit()
            try FileSystem.synchroniseDirectory(FileSystem.directory(of: path))
        }
    }

    private static func write(
        _ wanted: RowSet, of start: SnapshotRows, to file: ReplacementFile
    ) throws(RunningError) {
        var rows = start
        var hasHeader = false
        while let blocks = try rows.next() {
            guard rows.columns != nil else { continue }
            let excerpt = rows.excerpt
            var bytes: [UInt8] = []
            if !hasHeader { bytes = excerpt.header }
            hasHeader = true
            for block in blocks {
                for index in block.indices where wanted.contains(block.number(index)) {
                    excerpt.append(block, index, to: &bytes)
                    bytes += excerpt.lineEnding
                }
            }
            try onDisk { () throws(SystemError) in try file.write(bytes) }
        }
    }
}
