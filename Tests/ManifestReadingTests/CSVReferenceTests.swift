import ManifestReading
import Testing

/// A reference implementation of CSVTokenizer.swift, byte by byte and without optimisations.
private struct ReferenceCSV {
    enum State { case cellStart, plain, quoted, closed, returned }

    /// Cells of every row but the header, nil for a row with a fault or of another length than the
    /// header.
    var rows: [[[UInt8]]?] = []
    var isStopped = false

    init(_ bytes: [UInt8]) {
        var lines: [[[UInt8]]?] = []
        var cells: [[UInt8]] = []
        var cell: [UInt8] = []
        var state = State.cellStart
        var isFaulty = false
        func isBlank() -> Bool { cells.isEmpty && cell.isEmpty && state != .closed }
        func endRow() {
            cells.append(cell)
            lines.append(isFaulty ? nil : cells)
            (cells, cell, state, isFaulty) = ([], [], .cellStart, false)
        }
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            let next = index + 1 < bytes.count ? bytes[index + 1] : nil
            index += 1
            if byte == 0 { isFaulty = true }
            switch (state, byte) {
            case (.quoted, 0x22): state = .closed
            case (.quoted, _): cell.append(byte)
            case (.closed, 0x22):
                cell.append(byte)
                state = .quoted
            case (_, 0x2C) where state != .returned:
                cells.append(cell)
                (cell, state) = ([], .cellStart)
            case (_, 0x0A):
                let isBlankLine = isBlank()
                endRow()
                if isBlankLine { lines.removeLast() }
            case (_, 0x0D) where next == 0x0A: break
            case (.closed, _):
                isStopped = true
                index = bytes.count
            case (.cellStart, 0x22): state = .quoted
            case (_, 0x0D), (_, 0x22):
                isFaulty = true
                state = .plain
                cell.append(byte)
            default:
                state = .plain
                cell.append(byte)
            }
        }
        if state == .quoted { isStopped = true }
        if !isStopped, !(isBlank() && state == .cellStart) { endRow() }
        let width = lines.first??.count
        guard width != nil else {
            // A header that cannot be read ends everything.
            isStopped = isStopped || !lines.isEmpty
            return
        }
        rows = lines.dropFirst().map { row in
            guard let row, row.count == width,
                row.allSatisfy({ String(validating: $0, as: UTF8.self) != nil })
            else { return nil }
            return row
        }
    }
}

@Suite(.timeLimit(.minutes(20))) struct CSVReferenceTests {
    @Test func `the fast machine reads what the plain one reads, from 5,000 seeds`() {
        let junk: [[UInt8]] = [
            [0x2C], [0x2C], [0x0A], [0x0D, 0x0A], [0x0D], [0x22], [0x22], [0x22, 0x22], [0x61],
            [0x20], [0xC3, 0xA9], [0xE9], [0], Array("3652397000000327001".utf8),
        ]
        let cells = [
            "", "a", "\"\"", "\"a,b\"", "\"\"\"a\"\"b\"", "\"a\nb\r\n\"", "é",
            "3652397000000327001", " ",
        ]
        var rowsRead = 0
        for seed in 1...5000 as ClosedRange<UInt64> {
            var generator = CuttingGenerator(seed: seed)
            var bytes = Array("record_id,note\n".utf8)
            let hasJunk = Bool.random(using: &generator)
            for _ in 0..<Int.random(in: 0...8, using: &generator) {
                if hasJunk, Int.random(in: 0..<4, using: &generator) == 0 {
                    for _ in 0..<Int.random(in: 0...6, using: &generator) {
                        bytes += junk.randomElement(using: &generator) ?? []
                    }
                }
                let row = (0..<2).map { _ in cells.randomElement(using: &generator) ?? "" }
                bytes += Array(row.joined(separator: ",").utf8)
                bytes += Bool.random(using: &generator) ? [0x0A] : [0x0D, 0x0A]
            }
            let reference = ReferenceCSV(bytes)
            let reading = Reading(bytes, .csv, cutting: seed % 2 == 0 ? .whole : .seeded(seed))
            let isSame =
                reading.cells
                == reference.rows.compactMap { row in
                    row.map { $0.map { String(decoding: $0, as: UTF8.self) } }
                }
                && reading.isStopped == reference.isStopped
                && reading.rowCount == reference.rows.count
                && reading.rows.map { Int($0.number) }
                    == reference.rows.indices.filter { reference.rows[$0] != nil }.map { $0 + 1 }
            #expect(
                isSame, "seed \(seed): \(String(decoding: bytes, as: UTF8.self).debugDescription)")
            if !isSame { return }
            rowsRead += reading.rows.count
        }
        #expect(rowsRead > 5000, "most files must not end at their first fault")
    }
}
