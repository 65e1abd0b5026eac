/// A position in a manifest or configuration file.
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

/// A finding about a manifest: `path:line:column: error: message`.
package struct Diagnostic: Equatable, Sendable {
    package enum Severity: String, Sendable { case error, warning }

    package var severity: Severity
    /// nil: the whole file.
    package var position: SourcePosition?
    /// The problem and the fix; lower case, no full stop, user data quoted and sanitised.
    package var message: String
    /// The data row that `--skip-invalid` may skip; nil if the fault is not skippable.
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

/// Diagnostics in order, with a maximum and the total count, so that a million bad rows do not fill
/// the memory.
package struct DiagnosticList: Equatable, Sendable {
    /// Maximum kept.
    package static let maximumKept = 100

    package private(set) var kept: [Diagnostic] = []
    package private(set) var errorCount = 0
    package private(set) var warningCount = 0
    /// Errors that are not skippable.
    package private(set) var unskippableCount = 0

    package init() {}

    /// Merges two lists of one manifest by position; findings about the whole file come first.
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
