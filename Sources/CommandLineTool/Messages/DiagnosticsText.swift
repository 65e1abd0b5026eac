package import JobModel
internal import Reporting

/// Findings of a manifest as lines, capped, with the total.
package struct DiagnosticsText: Sendable {
    private let diagnostics: DiagnosticList
    private let path: String

    package init(_ diagnostics: DiagnosticList, path: String) {
        self.diagnostics = diagnostics
        self.path = path
    }

    /// The findings, and how many more there are.
    package var findings: [String] {
        var lines = diagnostics.kept.map { $0.rendered(path: path) }
        let total = diagnostics.errorCount + diagnostics.warningCount
        if total > lines.count {
            lines.append(
                "\(path): … and \(NumberText.grouped(total - lines.count)) more")
        }
        return lines
    }

    /// The findings, and their total.
    package var lines: [String] {
        var lines = findings
        let total = diagnostics.errorCount + diagnostics.warningCount
        if total > 0 {
            var counts: [String] = []
            if diagnostics.errorCount > 0 {
                counts.append(NumberText.counted(diagnostics.errorCount, "error"))
            }
            if diagnostics.warningCount > 0 {
                counts.append(NumberText.counted(diagnostics.warningCount, "warning"))
            }
            lines.append("\(path): \(counts.joined(separator: ", "))")
        }
        return lines
    }
}
