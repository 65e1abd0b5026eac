import JSONText
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

    /// Writes items as a manifest that `relsweep run` (or `discover`) takes; durable, 0600.
    ///
    /// Link fields of updates stand in a column of JSON each, exactly as they would be sent; of
    /// Creator rows `max_records` is what the row allowed at first.
    ///
    /// - Parameter fields: Gives the JSON object of an update's link fields, by row.
    static func write(
        _ items: WorkItems, to path: String,
        fields: (UInt32) throws(RunningError) -> [UInt8]
    ) throws(RunningError) {
        let temporary = path + ".new"
        let file: OpenFile
        do throws(SystemError) {
            file = try FileSystem.createAnew(temporary)
        } catch {
            throw RunningError(disk: error)
        }
        var table = PendingTable(of: items)
        for group in items.groups where group.kind.operation == .update {
            for row in group.rows { table.learn(try fields(row)) }
        }
        table.appendHeader()
        for group in items.groups {
            let isUpdate = group.kind.operation == .update
            for parent in group.parents.indices {
                for item in Int(group.starts[parent])..<Int(group.starts[parent + 1]) {
                    table.append(
                        group.kind, group.parents[parent], group.related[item],
                        fields: isUpdate ? try fields(group.rows[item]) : [])
                    if table.bytes.count >= 1 << 18 { try table.flush(to: file) }
                }
            }
        }
        for parent in items.deletedParents { table.append(parent) }
        for job in items.creatorJobs { table.append(job) }
        try table.flush(to: file)
        do throws(SystemError) {
            try file.synchronise()
            file.close()
            try FileSystem.rename(temporary, to: path)
            try FileSystem.synchroniseDirectory(FileSystem.directory(of: path))
        } catch {
            throw RunningError(disk: error)
        }
    }
}

/// The text of `pending.csv`.
private struct PendingTable {
    private(set) var bytes: [UInt8] = []
    /// Link fields of updates, in the order of their first appearance.
    private var names: [String] = []
    private let hasWholeRows: Bool

    private static let relation = [
        "operation", "module", "record_id", "related_list", "related_id",
    ]
    private static let wholeRow = [
        "fields", "owner", "app", "report", "criteria", "skip_workflow", "environment",
        "demo_user", "max_records",
    ]

    init(of items: WorkItems) {
        hasWholeRows = !items.creatorJobs.isEmpty || !items.deletedParents.isEmpty
    }

    mutating func learn(_ fields: [UInt8]) {
        for member in members(fields) where !names.contains(member.key) { names.append(member.key) }
    }

    mutating func appendHeader() {
        append(
            PendingTable.relation + (hasWholeRows ? PendingTable.wholeRow : [])
                + names.map { "field:\($0):json" })
    }

    mutating func append(
        _ kind: RelationKind, _ parent: UInt64, _ related: UInt64, fields: [UInt8]
    ) {
        let own = members(fields)
        append(
            [kind.operation.rawValue, kind.module.text, String(parent)]
                + [kind.relatedList.text, String(related)]
                + empty(hasWholeRows ? PendingTable.wholeRow.count : 0)
                + names.map { name in
                    own.first { $0.key == name }.map { JSONWriter.text(of: $0.value) } ?? ""
                })
    }

    mutating func append(_ parent: DeletedParent) {
        append(
            [Operation.discoverDeleted.rawValue, parent.module.text, String(parent.id)]
                + [parent.relatedList.text, "", parent.fields]
                + empty(PendingTable.wholeRow.count - 1 + names.count))
    }

    mutating func append(_ job: CreatorJob) {
        append(
            [Operation.deleteCreatorRecords.rawValue] + empty(5)
                + [job.owner, job.app, job.report, job.criteria]
                + [job.skipsWorkflow ? "form_workflow" : "", job.environment.rawValue]
                + [job.demoUser ?? "", String(job.maximumRecords)] + empty(names.count))
    }

    mutating func flush(to file: OpenFile) throws(RunningError) {
        do throws(SystemError) {
            try file.write(all: bytes)
        } catch {
            throw RunningError(disk: error)
        }
        bytes.removeAll(keepingCapacity: true)
    }

    private func empty(_ count: Int) -> [String] { Array(repeating: "", count: count) }

    private func members(_ fields: [UInt8]) -> [(key: String, value: JSONValue)] {
        if fields.isEmpty { return [] }
        do throws(JSONError) {
            return try JSONTree.parse(fields).object?.members.map { ($0.key, $0.value) } ?? []
        } catch {
            preconditionFailure("broken belief: link fields are a JSON object: \(error)")
        }
    }

    /// RFC 4180: quoted if a cell holds a comma, a quote or a line break.
    private mutating func append(_ cells: [String]) {
        for (index, cell) in cells.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            let needsQuotes = cell.utf8.contains { byte in
                byte == UInt8(ascii: ",") || byte == UInt8(ascii: "\"") || byte == 0x0A
                    || byte == 0x0D
            }
            guard needsQuotes else {
                bytes.append(contentsOf: cell.utf8)
                continue
            }
            bytes.append(UInt8(ascii: "\""))
            for byte in cell.utf8 {
                if byte == UInt8(ascii: "\"") { bytes.append(byte) }
                bytes.append(byte)
            }
            bytes.append(UInt8(ascii: "\""))
        }
        bytes.append(0x0A)
    }
}
