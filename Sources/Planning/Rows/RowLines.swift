import JobModel
package import ManifestReading

/// The starting line of each data row, without storing a number per row.
///
/// Rows are not lines: a quoted cell may span lines, and JSON objects usually do. Since layouts are
/// regular, runs of equally spaced rows are stored as (first row, first line, step): one run for a
/// typical file. Only a row that breaks the pattern costs 12 bytes. Lookup is a binary search.
/// Findings about earlier rows get their line from here.
package struct RowLines: Equatable, Sendable {
    private struct Run: Equatable {
        var firstRow: UInt32
        var firstLine: UInt32
        var step: UInt32
    }

    private var runs: [Run] = []
    /// Rows recorded so far are `1...lastRow`, except those that the reader omitted.
    private var lastRow: UInt32 = 0
    private var lastLine: UInt32 = 0

    package init() {}

    /// Notes the rows of the next block; blocks come in order.
    package mutating func note(_ block: RowBlock) {
        note(firstRow: block.firstRow, lines: block.rowLines)
    }

    mutating func note(firstRow: UInt32, lines: [UInt32]) {
        var row = firstRow
        for line in lines {
            if runs.isEmpty || row != lastRow &+ 1 || line < lastLine {
                runs.append(Run(firstRow: row, firstLine: line, step: 1))
            } else if line &- lastLine != runs[runs.count - 1].step {
                if runs[runs.count - 1].firstRow == lastRow {
                    runs[runs.count - 1].step = line - lastLine
                } else {
                    runs.append(Run(firstRow: row, firstLine: line, step: 1))
                }
            }
            lastRow = row
            lastLine = line
            row += 1
        }
    }

    /// The 1-based line on which a row starts; nil if unknown.
    package func line(ofRow row: UInt32) -> Int? {
        guard row >= 1, row <= lastRow else { return nil }
        let next = runs.partitionIndex { $0.firstRow <= row }
        guard next > 0 else { return nil }
        let run = runs[next - 1]
        return Int(run.firstLine) + Int(row - run.firstRow) * Int(run.step)
    }
}
