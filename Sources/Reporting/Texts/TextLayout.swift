internal import JobModel

/// Text that fits a width.
package enum TextLayout {
    /// Lines of at most `width` characters, broken between words; the second and later ones
    /// indented.
    ///
    /// A word longer than a line stands on a line of its own: paths are to be copied, not cut.
    package static func wrapped(_ text: String, width: Int, indent: Int = 0) -> [String] {
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ") {
            if !line.isEmpty, line.count + 1 + word.count > width {
                lines.append(line)
                line = String(repeating: " ", count: indent) + word
            } else {
                line += (line.isEmpty ? "" : " ") + word
            }
        }
        if !line.isEmpty || lines.isEmpty { lines.append(line) }
        return lines
    }

    /// Rows of cells under each other: the first column to the left, the others to the right.
    package static func table(_ rows: [[String]], indent: Int = 2) -> [String] {
        let columnCount = rows.map(\.count).max() ?? 0
        let widths = (0..<columnCount).map { column in
            rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
        }
        return rows.map { row in
            var line = String(repeating: " ", count: indent)
            for (column, cell) in row.enumerated() {
                let padding = String(repeating: " ", count: widths[column] - cell.count)
                line += column == 0 ? cell + padding : "  " + padding + cell
            }
            while line.last == " " { line.removeLast() }
            return line
        }
    }

    /// A word for a shell's command line, quoted if it has to be.
    package static func shellWord(_ text: String) -> String {
        ShellWord.quoted(text)
    }
}
