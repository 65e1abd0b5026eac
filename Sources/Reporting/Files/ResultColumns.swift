package import JobModel
internal import ManifestReading

/// The columns that `results.csv` adds before the user's own.
///
/// Ours begin with `relsweep_`. A user column with that prefix (for example from the results of
/// another run) becomes `manifest_relsweep_…`, so that names are unique. Text that a spreadsheet
/// would interpret as a formula is prefixed with an apostrophe; the user's cells are otherwise
/// unchanged.
package enum ResultColumns {
    package static let names = [
        "relsweep_row", "relsweep_line", "relsweep_outcome", "relsweep_http", "relsweep_code",
        "relsweep_message", "relsweep_after_doubt", "relsweep_call",
        "relsweep_duplicate_of",
        "relsweep_advice",
    ]

    /// `,relsweep_row,…`
    package static var header: String { "," + names.joined(separator: ",") }

    private static let prefix = "relsweep_"
    private static let carriedPrefix = "manifest_"

    /// The names of the user's columns, distinct from ours and from each other, case-insensitively.
    package static func carried(_ names: [String]) -> [String] {
        // Lookups only; never iterated.
        var taken: Set<String> = []
        return names.map { name in
            var name = name
            while name.lowercased().hasPrefix(prefix) || !taken.insert(name.lowercased()).inserted {
                name = carriedPrefix + name
            }
            return name
        }
    }

    /// The outcome of one row.
    package struct Row: Sendable {
        /// 1-based number among the data rows.
        package var row: UInt32
        /// 1-based line of the manifest.
        package var line: UInt32
        package var outcome: Outcome?
        package var call: UInt32?
        package var isSkipped: Bool
        /// The row that carries the item, for a duplicate.
        package var duplicateOf: UInt32?

        package init(
            row: UInt32, line: UInt32, outcome: Outcome?, call: UInt32? = nil,
            isSkipped: Bool = false, duplicateOf: UInt32? = nil
        ) {
            self.row = row
            self.line = line
            self.outcome = outcome
            self.call = call
            self.isSkipped = isSkipped
            self.duplicateOf = duplicateOf
        }

        /// The word of `relsweep_outcome`.
        package var word: String {
            isSkipped ? "skipped" : outcome?.kind.word ?? "pending"
        }

        /// Whether the row belongs in `failed.csv` or `failed.jsonl`: it was not done and no later
        /// start will do it automatically.
        package var isFailed: Bool {
            if isSkipped { return true }
            switch outcome?.kind {
            case .failed, .blocked, .unknown: return true
            case .removed, .updated, .deleted, .listed, .absent, nil: return false
            }
        }
    }

    /// Appends `,row,line,outcome,…`.
    package static func append(_ row: Row, to bytes: inout [UInt8]) {
        let outcome = row.outcome
        let status = outcome.map { $0.status > 0 ? String($0.status) : "" } ?? ""
        for field in [
            String(row.row), String(row.line), row.word, status,
            CSVField.neutralised(outcome?.code ?? ""), CSVField.neutralised(outcome?.message ?? ""),
            outcome?.isAfterDoubt == true ? "yes" : "", row.call.map { String($0) } ?? "",
            row.duplicateOf.map { String($0) } ?? "", Advice.text(for: outcome) ?? "",
        ] {
            bytes.append(UInt8(ascii: ","))
            CSVField.append(field, to: &bytes)
        }
    }
}
