/// Where in a manifest or configuration file something stands.
package struct SourcePosition: Hashable, Comparable, Sendable {
    /// 1-based.
    package var line: Int
    /// 1-based, in bytes.
    package var column: Int

    package init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    package static func < (first: SourcePosition, second: SourcePosition) -> Bool {
        (first.line, first.column) < (second.line, second.column)
    }
}

/// One finding about a manifest, for people: `path:line:column: error: message`.
package struct Diagnostic: Equatable, Sendable {
    package enum Severity: String, Sendable { case error, warning }

    package var severity: Severity
    /// nil when the finding is about the file as a whole.
    package var position: SourcePosition?
    /// What is wrong and what to do; lower case, no full stop, user data quoted and sanitised.
    package var message: String
    /// The data row that `--skip-invalid` may leave out because of this; nil when the fault can't
    /// be skipped.
    package var skippableRow: UInt32?

    package init(
        _ severity: Severity = .error, at position: SourcePosition?, _ message: String,
        skippableRow: UInt32? = nil
    ) {
        self.severity = severity
        self.position = position
        self.message = message
        self.skippableRow = skippableRow
    }

    /// The line for a terminal or log.
    package func rendered(path: String) -> String {
        guard let position else { return "\(path): \(severity.rawValue): \(message)" }
        return "\(path):\(position.line):\(position.column): \(severity.rawValue): \(message)"
    }
}

/// Diagnostics in the order found, capped, with the total: a manifest of a million bad rows does
/// not fill the memory.
package struct DiagnosticList: Equatable, Sendable {
    /// Kept at most.
    package static let maximumKept = 100

    package private(set) var kept: [Diagnostic] = []
    package private(set) var errorCount = 0
    package private(set) var warningCount = 0
    /// Errors that `--skip-invalid` may not skip.
    package private(set) var unskippableCount = 0

    package init() {}

    /// Two lists of one manifest as one, by position; what concerns the whole file comes first.
    package init(merging first: DiagnosticList, _ second: DiagnosticList) {
        let start = SourcePosition(line: 0, column: 0)
        let all = (first.kept + second.kept).enumerated().sorted { one, other in
            let (onePosition, otherPosition) = (
                one.element.position ?? start, other.element.position ?? start
            )
            return onePosition == otherPosition
                ? one.offset < other.offset : onePosition < otherPosition
        }
        kept = all.prefix(DiagnosticList.maximumKept).map(\.element)
        errorCount = first.errorCount + second.errorCount
        warningCount = first.warningCount + second.warningCount
        unskippableCount = first.unskippableCount + second.unskippableCount
    }

    package mutating func append(_ diagnostic: Diagnostic) {
        switch diagnostic.severity {
        case .error:
            errorCount += 1
            if diagnostic.skippableRow == nil { unskippableCount += 1 }
        case .warning: warningCount += 1
        }
        if kept.count < DiagnosticList.maximumKept { kept.append(diagnostic) }
    }
}
