internal import JobModel
package import Reporting
internal import Running
internal import SystemCalls

/// Renders failures: what happened, where, and what to do next.
package struct FailureText: Sendable {
    private let failure: ToolFailure
    /// `Arguments.suggestedOptions`.
    private let options: String

    package init(_ failure: ToolFailure, options: String = "") {
        self.failure = failure
        self.options = options
    }

    package func print(on console: Console) {
        for line in diagnosticLines { console.print([line], .error) }
        console.error(message)
        if let hint { console.print([hint], .error) }
    }

    /// Findings with positions, one per line, before the message.
    package var diagnosticLines: [String] {
        switch failure {
        case .settings(.configuration(let path, let error)):
            return error.problems.map {
                "\(path):\($0.position.line):\($0.position.column): error: \($0.message)"
            }
        case .running(let error):
            guard case .manifestInvalid(let path, let diagnostics) = error.kind else { return [] }
            return DiagnosticsText(diagnostics, path: path).findings
        case .argument, .settings, .simulator, .report: return []
        }
    }

    package var message: String {
        switch failure {
        case .argument(let error, _): return error.message
        case .settings(let error): return message(of: error)
        case .running(let error): return error.text
        case .simulator(let error): return "the simulated organisation can't listen: \(error)"
        case .report(let error, let journalIsWhole):
            return "a report could not be written: \(error.text)"
                + (journalIsWhole
                    ? "; the journal is whole, nothing is lost"
                    : "; the journal failed before: what it lacks is listed here")
        }
    }

    private func message(of error: SettingsError) -> String {
        switch error {
        case .argument(let error): return error.message
        case .variable(let name, let error): return "$\(name): \(error.message)"
        case .credential(let path, let text): return "\(path): \(text)"
        case .configuration(let path, let error):
            let count = NumberText.counted(error.problems.count, "problem")
            return "\(path): \(count) in the configuration; nothing was done"
        case .configurationUnreadable(let path, let text): return "\(path): \(text)"
        }
    }

    /// Where to look; nil if part of the message.
    package var hint: String? {
        switch failure {
        case .argument(_, let command): return HelpText.hint(command)
        case .settings(.argument): return nil
        case .settings(.configuration):
            return "config/relsweep.json5 documents every key"
        case .settings, .simulator, .report: return nil
        case .running(let error): return hint(of: error.kind)
        }
    }

    /// The next step, if the error's own text has none. Exhaustive, so that new cases are not
    /// forgotten.
    private func hint(of kind: RunningError.Kind) -> String? {
        switch kind {
        case .manifestInvalid(_, let diagnostics):
            return diagnostics.unskippableCount == 0
                ? "correct the rows, or leave them out with --skip-invalid" : nil
        case .locked:
            return "the lock ends with that process; relsweep status\(options) shows its progress"
        case .credentials, .usage, .consentMissing, .digestDiffers, .manifestUnreadable, .disk,
            .journalDamaged,
            .manifestChanged, .windowClosed, .stopped, .throttledTokens, .accountsUnreachable,
            .unfinishedRun, .haltedRun,
            .tooManyItems, .pinnedSettings, .configuration:
            return nil
        }
    }
}
