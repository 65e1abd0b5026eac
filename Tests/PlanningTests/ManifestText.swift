import JobModel
import ManifestReading
import Planning

/// Manifests for tests, as blocks built by hand: rows of cells, nil for a cell that a JSON object lacks.
struct ManifestText {
    static let header = ["operation", "module", "record_id", "related_list", "related_id"]

    var columns: ManifestColumns
    var rows: [[String?]]
    /// Line of each row; row number + 1 (a header line, no row spans lines) unless set.
    var lines: [UInt32]?
    /// JSON types, one a cell and row; empty for CSV.
    var types: [[RowBlock.CellType]] = []

    init(_ rows: [[String?]], header: [String] = ManifestText.header) {
        self.rows = rows
        columns = ManifestText.columns(header)
    }

    /// `delink Campaigns 1 Leads 2`, one row a line.
    init(_ text: String, header: [String] = ManifestText.header) {
        self.init(
            text.split(separator: "\n").map { $0.split(separator: " ").map(String.init) },
            header: header)
    }

    static func columns(_ header: [String]) -> ManifestColumns {
        let meanings = header.map { name -> ColumnMeaning in
            if let known = KnownColumn(rawValue: name) { return .known(known) }
            let parts = name.split(separator: ":").map(String.init)
            guard parts.count >= 2, parts[0] == "field", let field = APIName(parts[1]) else {
                return .carried
            }
            let type = parts.count > 2 ? LinkFieldType(rawValue: parts[2]) : .string
            return .linkField(name: field, type: type ?? .string)
        }
        return ManifestColumns(names: header, meanings: meanings)
    }

    /// The rows in blocks of at most `size` rows.
    func blocks(of size: Int = 1000) -> [RowBlock] {
        stride(from: 0, to: rows.count, by: size).map { start in
            var block = RowBlock(
                columnCount: columns.names.count, firstRow: UInt32(start + 1))
            for row in start..<min(start + size, rows.count) {
                precondition(rows[row].count == columns.names.count, "a cell a column")
                block.rowLines.append(lines?[row] ?? UInt32(row + 2))
                block.rowOffsets.append(UInt64(row))
                for (column, cell) in rows[row].enumerated() {
                    guard let cell else {
                        block.cellStarts.append(RowBlock.absent)
                        block.cellEnds.append(RowBlock.absent)
                        block.cellTypes.append(.text)
                        continue
                    }
                    block.cellStarts.append(UInt32(block.text.count))
                    block.text.append(contentsOf: cell.utf8)
                    block.cellEnds.append(UInt32(block.text.count))
                    if !types.isEmpty { block.cellTypes.append(types[row][column]) }
                }
            }
            return block
        }
    }

    func plan(
        _ settings: PlanningSettings = PlanningSettings(), blockSize: Int = 1000,
        manifestDefaults: [PlanningSettings.DefaultCell] = [], unterminated: Bool = false
    ) -> PlanningResult {
        let planner = Planner(
            settings: settings, columns: columns, manifestDefaults: manifestDefaults)
        for block in blocks(of: blockSize) { planner.consume(block) }
        return planner.finish(lastRowIsUnterminated: unterminated)
    }
}

extension PlanningResult {
    /// `line: message` of each diagnostic.
    var messages: [String] {
        diagnostics.kept.map { "\($0.position?.line ?? 0): \($0.message)" }
    }
}

extension WorkItems {
    /// `delink Campaigns/1/Leads/2 @row` of each item, in order.
    var described: [String] {
        groups.flatMap { group in
            group.parents.indices.flatMap { parent in
                (group.starts[parent]..<group.starts[parent + 1]).map { item in
                    "\(group.kind.operation.rawValue) \(group.kind.module)/\(group.parents[parent])/"
                        + "\(group.kind.relatedList)/\(group.related[Int(item)]) "
                        + "@\(group.rows[Int(item)])"
                }
            }
        }
    }
}
