import JobModel
import ManifestReading
import Planning

/// A manifest for tests, read by the real reader.
struct ManifestText {
    static let header = "operation,module,record_id,related_list,related_id"

    var text: String
    var format = ManifestFormat.csv

    init(header: String = ManifestText.header, _ lines: [String]) {
        text = ([header] + lines).map { $0 + "\n" }.joined()
    }

    /// A manifest of any format.
    init(_ format: ManifestFormat, _ text: String) {
        self.format = format
        self.text = text
    }

    /// Rows of words: `delink Campaigns 1 Leads 2`.
    init(header: String = ManifestText.header, _ rows: String) {
        self.init(
            header: header,
            rows.split(separator: "\n").map { line in
                String(line.map { $0 == " " ? "," : $0 })
            })
    }

    /// - Parameter pieceByteCount: Bytes given to the reader at a time; blocks end with them.
    func plan(
        _ settings: PlanningSettings = PlanningSettings(), pieceByteCount: Int = 1 << 20
    ) -> PlanningResult {
        var reader = ManifestReader(format: format)
        var planner: Planner?
        func consume(_ blocks: [RowBlock]) {
            guard let columns = reader.columns else { return }
            if planner == nil {
                planner = Planner(
                    settings: settings, columns: columns,
                    manifestDefaults: reader.defaults)
            }
            for block in blocks { planner?.consume(block) }
        }
        let bytes = Array(text.utf8)
        for start in stride(from: 0, to: bytes.count, by: pieceByteCount) {
            let blocks = reader.push(
                Array(bytes[start..<min(start + pieceByteCount, bytes.count)]))
            consume(blocks)
        }
        consume(reader.finish())
        precondition(reader.diagnostics.errorCount == 0, "\(reader.diagnostics.kept)")
        guard let planner else { preconditionFailure("a manifest has a header") }
        return planner.finish(lastRowIsUnterminated: reader.lastRowIsUnterminated)
    }
}

/// JSON manifests for tests, as blocks built by hand: one cell for every known column.
struct ObjectRows {
    enum Value {
        case text(String), number(String), boolean(Bool), structure(String)
    }

    var rows: [[KnownColumn: Value]]

    init(_ rows: [[KnownColumn: Value]]) {
        self.rows = rows
    }

    /// Row r is on line r; column c at column c + 1.
    func plan(
        _ settings: PlanningSettings = PlanningSettings()
    ) -> PlanningResult {
        let known = KnownColumn.allCases
        let columns = ManifestColumns(
            names: known.map(\.rawValue), meanings: known.map { .known($0) })
        var block = RowBlock(columnCount: known.count, firstRow: 1)
        for (index, row) in rows.enumerated() {
            block.rowLines.append(UInt32(index + 1))
            block.rowColumns.append(1)
            block.rowStarts.append(UInt32(block.text.count))
            block.rowOffsets.append(UInt64(block.text.count))
            block.rowByteCounts.append(0)
            for (place, column) in known.enumerated() {
                block.cellLines.append(UInt32(index + 1))
                block.cellColumns.append(UInt32(place + 1))
                guard let value = row[column] else {
                    block.cellStarts.append(RowBlock.absent)
                    block.cellEnds.append(RowBlock.absent)
                    block.cellTypes.append(.text)
                    continue
                }
                let (text, type): (String, RowBlock.CellType) =
                    switch value {
                    case .text(let text): (text, .text)
                    case .number(let text): (text, .number)
                    case .boolean(let value): (value ? "true" : "false", .boolean)
                    case .structure(let text): (text, .structure)
                    }
                block.cellStarts.append(UInt32(block.text.count))
                block.text.append(contentsOf: text.utf8)
                block.cellEnds.append(UInt32(block.text.count))
                block.cellTypes.append(type)
            }
        }
        let planner = Planner(settings: settings, columns: columns)
        planner.consume(block)
        return planner.finish()
    }
}

extension PlanningResult {
    /// `line:column: message` of each diagnostic.
    var messages: [String] {
        diagnostics.kept.map {
            "\($0.position?.line ?? 0):\($0.position?.column ?? 0): \($0.message)"
        }
    }
}

extension WorkItems {
    /// `delink Campaigns/1/Leads/2 @row` of each item, in order.
    var described: [String] {
        groups.flatMap { group in
            group.parents.indices.flatMap { parent in
                (group.starts[parent]..<group.starts[parent + 1]).map { item in
                    "\(group.kind.operation.rawValue) \(group.kind.module)/"
                        + "\(group.parents[parent])/"
                        + "\(group.kind.relatedList)/\(group.related[Int(item)]) "
                        + "@\(group.rows[Int(item)])"
                }
            }
        }
    }
}
