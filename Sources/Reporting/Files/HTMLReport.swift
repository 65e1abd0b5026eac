internal import Execution
package import JobModel
package import Journaling
internal import Running

/// `report.html`: a single file without scripts or external resources; light and dark;
package struct HTMLReport: Sendable {
    /// Maximum failed rows shown; all are in `failed.csv` (or `.jsonl`).
    package static let maximumRows = 500
    /// Maximum bytes shown per row.
    package static let maximumRowByteCount = 300

    /// A row that was not done, as in the manifest.
    package struct FailedRow: Sendable {
        package var line: UInt32
        package var text: String
        package var word: String
        package var outcome: Outcome?

        package init(line: UInt32, text: String, word: String, outcome: Outcome?) {
            self.line = line
            self.text = text
            self.word = word
            self.outcome = outcome
        }
    }

    package var summary: RunSummary
    package var header: RunHeader
    /// One-sentence summary.
    package var text: String
    /// The distinct outcomes with how many rows have them.
    package var outcomes: [(outcome: Outcome, count: Int)]
    package var failedRows: [FailedRow]
    package var failedRowCount: Int

    package init(
        summary: RunSummary, header: RunHeader, text: String,
        outcomes: [(outcome: Outcome, count: Int)], failedRows: [FailedRow], failedRowCount: Int
    ) {
        self.summary = summary
        self.header = header
        self.text = text
        self.outcomes = outcomes
        self.failedRows = failedRows
        self.failedRowCount = failedRowCount
    }

    package var html: String {
        let title = "relsweep: \(header.job)"
        return """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" \
            content="default-src 'none'; style-src 'unsafe-inline'">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>\(HTMLText.escaped(title))</title>
            <style>\(HTMLReport.style)</style>
            </head>
            <body>
            <h1>\(HTMLText.escaped(header.job))</h1>
            <p class="state \(stateClass)">\(HTMLText.escaped(stateText))</p>
            \(warnings)
            \(tiles)
            \(facts)
            \(outcomeTable)
            \(failedTable)
            </body>
            </html>

            """
    }

    /// A run with failures does not get the colour of a clean one.
    private var stateClass: String {
        summary.state == "finished" && summary.exit != 0
            ? "incomplete" : HTMLText.escaped(summary.state)
    }

    private var stateText: String {
        if text.isEmpty { return "\(summary.state) (\(summary.reason))" }
        // A finished run's text already includes this.
        return text.hasPrefix(summary.state) ? text : "\(summary.state): \(text)"
    }

    private var warnings: String {
        summary.warnings.map { "<p class=\"halted\">\(HTMLText.escaped($0)).</p>" }.joined()
    }

    /// The counts, largest first.
    private var tiles: String {
        var tiles = OutcomeKind.allCases.filter { summary.counts[$0] > 0 }
            .map { (RunSummary.word($0), summary.counts[$0]) }
        if summary.counts.pending > 0 { tiles.append(("not done yet", summary.counts.pending)) }
        for (count, word) in [
            (summary.progress.creator.deleted, "Creator records deleted"),
            (summary.progress.creator.failed, "Creator records failed"),
            (summary.progress.creator.unaccounted, "Creator records UNACCOUNTED"),
        ] where count > 0 {
            tiles.append((word, count))
        }
        if summary.planned.skipped > 0 { tiles.append(("skipped rows", summary.planned.skipped)) }
        let cells = tiles.map {
            "<div><b>\(NumberText.grouped($0.1))</b> \(HTMLText.escaped($0.0))</div>"
        }
        return "<div class=\"tiles\">\(cells.joined())</div>"
    }

    private var facts: String {
        let planned = summary.planned
        let rows: [(String, String)] = [
            ("Run", summary.run), ("Target", summary.target), ("Manifest", header.source),
            ("Started", header.startedAt), ("By", "\(header.user) on \(header.host)"),
            (
                "Rows",
                "\(NumberText.grouped(planned.rows)) = \(NumberText.counted(planned.items, "item"))"
                    + " + \(NumberText.counted(planned.duplicates, "duplicate"))"
                    + " + \(NumberText.grouped(planned.skipped)) skipped"
            ),
            (
                "Calls",
                "\(NumberText.grouped(summary.progress.callCount)), "
                    + NumberText.counted(summary.progress.attemptCount, "attempt")
            ),
            ("Journal", summary.directory.journalPath), ("Written by", header.tool),
        ]
        let cells = rows.map {
            "<tr><th>\(HTMLText.escaped($0.0))</th><td>\(HTMLText.escaped($0.1))</td></tr>"
        }
        return "<table class=\"facts\">\(cells.joined())</table>"
    }

    private var outcomeTable: String {
        if outcomes.isEmpty { return "" }
        let sorted = outcomes.enumerated().sorted {
            ($1.element.count, $0.offset) < ($0.element.count, $1.offset)
        }
        let rows = sorted.prefix(100).map { _, entry in
            let outcome = entry.outcome
            let doubt = outcome.isAfterDoubt ? " (an earlier attempt may have done it)" : ""
            return "<tr><td class=\"n\">\(NumberText.grouped(entry.count))</td>"
                + "<td>\(HTMLText.escaped(RunSummary.word(outcome.kind) + doubt))</td>"
                + Self.answerCells(outcome) + "</tr>"
        }
        return """
            <h2>Outcomes</h2>
            <table><thead><tr><th class="n">Items</th><th>Outcome</th><th>HTTP</th><th>Code</th>\
            <th>The service said</th><th>What can be done</th></tr></thead><tbody>
            \(rows.joined(separator: "\n"))
            </tbody></table>
            """
    }

    private var failedTable: String {
        if failedRows.isEmpty { return "<p>No row failed.</p>" }
        let rows = failedRows.map { row in
            "<tr><td class=\"n\">\(row.line)</td>"
                + "<td><code>\(HTMLText.escaped(row.text))</code></td>"
                + "<td class=\"w\">\(HTMLText.escaped(row.word))</td>"
                + (row.outcome.map(Self.answerCells) ?? "<td></td><td></td><td></td><td></td>")
                + "</tr>"
        }
        let more =
            failedRowCount > failedRows.count
            ? "<p>… and \(NumberText.grouped(failedRowCount - failedRows.count)) more; "
                + "\(failedName) has them all.</p>" : ""
        return """
            <h2>Rows that were not done</h2>
            <table><thead><tr><th class="n">Line</th><th>Row</th><th>Outcome</th><th>HTTP</th>\
            <th>Code</th><th>The service said</th><th>What can be done</th></tr></thead><tbody>
            \(rows.joined(separator: "\n"))
            </tbody></table>
            \(more)
            """
    }

    private var failedName: String {
        RunDirectory.excerptName("failed", format: header.manifestFormat)
    }

    private static func answerCells(_ outcome: Outcome) -> String {
        "<td>\(outcome.status > 0 ? String(outcome.status) : "")</td>"
            + "<td>\(HTMLText.escaped(outcome.code))</td>"
            + "<td>\(HTMLText.escaped(outcome.message))</td>"
            + "<td>\(HTMLText.escaped(Advice.text(for: outcome) ?? ""))</td>"
    }

    private static let style = """

        :root { color-scheme: light dark; --line: #8885; --good: #1a7f37; --bad: #c62828; }
        @media (prefers-color-scheme: dark) { :root { --good: #5fd07a; --bad: #ff7b72; } }
        body { font: 15px/1.5 system-ui, sans-serif; max-width: 70rem; margin: 2rem auto;
          padding: 0 1rem; }
        h1 { margin-bottom: 0; overflow-wrap: anywhere; }
        .state { font-size: 1.1rem; margin-top: .2rem; }
        .finished { color: var(--good); } .incomplete, .halted { color: var(--bad); }
        .halted { font-weight: bold; }
        .tiles { display: flex; flex-wrap: wrap; gap: .8rem; margin: 1rem 0; }
        .tiles div { border: 1px solid var(--line); border-radius: .5rem; padding: .5rem 1rem; }
        .tiles b { display: block; font-size: 1.6rem; }
        table { border-collapse: collapse; width: 100%; }
        th, td { text-align: left; vertical-align: top; padding: .25rem .6rem;
          border-bottom: 1px solid var(--line); }
        td { overflow-wrap: anywhere; } th, .w { white-space: nowrap; }
        .facts th { width: 8rem; font-weight: normal; opacity: .7; }
        .n { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
        code { font-size: .9em; }
        @media print { body { margin: 0; max-width: none; font-size: 11px; }
          tr { break-inside: avoid; } thead { display: table-header-group; } }

        """
}

/// HTML escaping.
package enum HTMLText {
    /// Escaped for content and quoted attributes, without control characters.
    package static func escaped(_ text: String) -> String {
        var escaped = ""
        for scalar in SafeText.sanitised(text, maximumByteCount: 4_000).unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "'": escaped += "&#39;"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
