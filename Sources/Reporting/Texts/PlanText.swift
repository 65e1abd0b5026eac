internal import Chunking
internal import JSONText
package import JobModel
package import Running

/// The output of `plan`.
package struct PlanText: Sendable {
    package var summary: PlanSummary
    package var limits: RunLimits

    /// Assumed seconds per call. The real latency is not documented; a run shows it.
    package static let assumedCallSeconds = 1.0

    package init(_ summary: PlanSummary, limits: RunLimits) {
        self.summary = summary
        self.limits = limits
    }

    /// As text, wrapped to `width`.
    package func lines(path: String, width: Int) -> [String] {
        let summary = summary
        var lines = TextLayout.wrapped("plan for \(path)", width: width)
        var counts = [
            ["rows", NumberText.grouped(summary.rows)],
            ["items", NumberText.grouped(summary.items)],
        ]
        if summary.duplicates > 0 {
            counts.append(["duplicate rows", NumberText.grouped(summary.duplicates)])
        }
        // Rows with invalid values or structure; `run` stops or skips them.
        let leftOut = summary.rows - summary.items - summary.duplicates
        if leftOut > 0 { counts.append(["faulty rows", NumberText.grouped(leftOut)]) }
        if summary.errors > 0 {
            counts.append(["errors", NumberText.grouped(summary.errors)])
        }
        counts.append(["calls", NumberText.grouped(summary.calls)])
        if summary.estimate.callsAsWritten != summary.calls {
            counts.append(["calls as written", NumberText.grouped(summary.estimate.callsAsWritten)])
        }
        if summary.estimate.lowerBound > 0, summary.estimate.lowerBound < summary.calls {
            counts.append([
                "no plan needs fewer than", NumberText.grouped(summary.estimate.lowerBound),
            ])
        }
        lines += TextLayout.table(counts)
        if !summary.estimate.byKind.isEmpty {
            lines += [""] + TextLayout.table(kindRows(width: width))
        }
        let reports = summary.estimate.byReport
        if !reports.isEmpty {
            lines += [""] + TextLayout.table(reportRows(reports, width: width))
        }
        for note in notes {
            lines.append("")
            lines += TextLayout.wrapped(note, width: width - 2).map { "  " + $0 }
        }
        if summary.calls > 0 {
            lines.append("")
            lines += TextLayout.wrapped(timeText, width: width - 2, indent: 0).map { "  " + $0 }
            lines += TextLayout.wrapped(creditText, width: width - 2, indent: 0).map { "  " + $0 }
        }
        return lines
    }

    private func kindRows(width: Int) -> [[String]] {
        var rows = [["kind of call", "records", "items", "calls"]]
        for kind in summary.estimate.byKind {
            let reversed = kind.direction == .reversed ? " (reversed)" : ""
            rows.append([
                kind.kind.description + reversed, NumberText.grouped(kind.parents),
                NumberText.grouped(kind.items), NumberText.grouped(kind.calls),
            ])
        }
        // API names can have 100 characters; truncate them rather than the numbers.
        let space = max(20, width - 40)
        for index in rows.indices where rows[index][0].count > space {
            rows[index][0] = String(rows[index][0].prefix(space - 1)) + "…"
        }
        return rows
    }

    private func reportRows(_ reports: [PlanEstimate.Report], width: Int) -> [[String]] {
        var rows = [["Creator report", "rows", "records at most", "rounds"]]
        for report in reports {
            let isProduction = report.environment == .production
            let environment = isProduction ? "PRODUCTION" : report.environment.rawValue
            rows.append([
                "\(report.owner)/\(report.app)/\(report.report) (\(environment))",
                NumberText.grouped(report.items), NumberText.grouped(report.maximumRecords),
                Self.range(report.rounds),
            ])
        }
        // Truncate a long name at its start, so that the environment stays visible.
        let space = max(24, width - 40)
        for index in rows.indices where rows[index][0].count > space {
            rows[index][0] = "…" + String(rows[index][0].suffix(space - 1))
        }
        return rows
    }

    /// Warnings before confirmation.
    package var notes: [String] {
        var notes: [String] = []
        if let note = productionWarning {
            notes.append(note)
        } else if !summary.estimate.byReport.isEmpty {
            notes.append("Creator records are deleted: whatever the criteria match at each round")
        }
        let operations = summary.estimate.byKind.map(\.kind.operation)
        if operations.contains(.update) {
            notes.append(
                "updates that are sent again after doubt set the same state, over a human edit in "
                    + "between; one of up to 100 costs 1 to 10 credits, Zoho does not say which")
        }
        if operations.contains(.discoverDeleted) {
            notes.append(
                "pages are read until there are no more: every deleted record takes at least one "
                    + "call, and one more for every 200 related records; records that change "
                    + "between two pages may be missed, and none is listed twice")
        }
        return notes
    }

    /// The production warning; nil if no row is about production.
    package var productionWarning: String? {
        let reports = summary.estimate.byReport.filter { $0.environment == .production }
        guard !reports.isEmpty else { return nil }
        let most = reports.reduce(0) { $0 + $1.maximumRecords }
        return "PRODUCTION: up to \(NumberText.counted(most, "record")) of "
            + "\(NumberText.counted(reports.count, "report")) of PRODUCTION data are deleted: "
            + "all that the criteria match when each round runs"
    }

    private static func range(_ range: ClosedRange<Int>) -> String {
        range.lowerBound == range.upperBound
            ? NumberText.grouped(range.lowerBound)
            : "\(NumberText.grouped(range.lowerBound)) to \(NumberText.grouped(range.upperBound))"
    }

    /// `about 20 s at 5 calls in flight, if a call takes one second`
    package var timeText: String {
        if !summary.estimate.byReport.isEmpty {
            let time = summary.estimate.duration(
                limits: limits, latency: .seconds(Self.assumedCallSeconds))
            let (least, most) = (
                NumberText.time(time.lowerBound), NumberText.time(time.upperBound)
            )
            return "about " + (least == most ? least : "\(least) to \(most)")
                + ", by what the criteria match, if a call takes one second"
        }
        let concurrency = limits.concurrency[.crm] ?? 1
        let byConcurrency =
            (Double(summary.calls) / Double(concurrency)).rounded(.up) * Self.assumedCallSeconds
        var seconds = byConcurrency
        var bound = "\(NumberText.counted(concurrency, "call")) in flight"
        if let perMinute = limits.callsPerMinute[.crm] {
            // The first minute's calls are sent at once; each further minute allows as many again.
            let byRate = Double((summary.calls - 1) / perMinute) * 60
            if byRate > seconds {
                seconds = byRate
                bound = "\(NumberText.counted(perMinute, "call")) a minute"
            }
        }
        return "about \(NumberText.time(.seconds(seconds))) at \(bound), if a call takes one second"
    }

    /// `20 API credits, 0.4% of a day's 5,000`
    package var creditText: String {
        // The price of an update is unknown, so the cost may be a range.
        let credits = summary.estimate.credits
        let least = credits.lowerBound
        let most = credits.upperBound
        var text = NumberText.grouped(least)
        if most > least { text += " to " + NumberText.grouped(most) }
        text += most == 1 ? " API credit" : " API credits"
        guard let daily = limits.dailyCredits else {
            return text + "; set dailyCredits to see the share of a day's"
        }
        return text + ", \(NumberText.share(most, of: daily)) of a day's "
            + NumberText.grouped(daily)
    }

    /// One line of JSON, `{"version":1,"rows",…,"byKind":[…]}`.
    package var json: String {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("version", integer: 1)
        writer.member("rows", integer: summary.rows)
        writer.member("items", integer: summary.items)
        writer.member("duplicates", integer: summary.duplicates)
        writer.member("invalid", integer: summary.invalid)
        writer.member("calls", integer: summary.calls)
        writer.member("callsAsWritten", integer: summary.estimate.callsAsWritten)
        writer.member("lowerBound", integer: summary.estimate.lowerBound)
        writer.key("byKind")
        writer.beginArray()
        for kind in summary.estimate.byKind {
            writer.beginObject()
            writer.member("operation", string: kind.kind.operation.rawValue)
            writer.member("module", string: kind.kind.module.text)
            writer.member("relatedList", string: kind.kind.relatedList.text)
            writer.member("end", string: kind.direction.rawValue)
            writer.member("records", integer: kind.parents)
            writer.member("items", integer: kind.items)
            writer.member("calls", integer: kind.calls)
            writer.endObject()
        }
        writer.endArray()
        writeReports(to: &writer)
        writer.endObject()
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    /// `byReport` and what is known of calls and credits beyond the numbers above.
    private func writeReports(to writer: inout JSONWriter) {
        let estimate = summary.estimate
        writer.key("callsAtMost")
        if let most = estimate.callsAtMost { writer.integer(most) } else { writer.null() }
        writer.key("credits")
        writer.beginObject()
        writer.member("least", integer: estimate.credits.lowerBound)
        writer.member("most", integer: estimate.credits.upperBound)
        writer.endObject()
        writer.key("byReport")
        writer.beginArray()
        for report in estimate.byReport {
            writer.beginObject()
            writer.member("owner", string: report.owner)
            writer.member("app", string: report.app)
            writer.member("report", string: report.report)
            writer.member("environment", string: report.environment.rawValue)
            writer.member("items", integer: report.items)
            writer.member("roundsLeast", integer: report.rounds.lowerBound)
            writer.member("roundsMost", integer: report.rounds.upperBound)
            writer.member("maxRecords", integer: report.maximumRecords)
            writer.endObject()
        }
        writer.endArray()
    }
}
