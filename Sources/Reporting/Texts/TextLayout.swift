internal import JobModel

/// Word wrapping and alignment.
package enum TextLayout {
    /// Wraps text to `width` characters at word boundaries, indenting all lines but the first.
    ///
    /// A word longer than a line gets its own line, so that paths can be copied.
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

    /// A table with the first column left-aligned, the others right-aligned.
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
