internal import Chunking
internal import JSONText
package import JobModel
package import Running

/// What `plan` says of a manifest.
package struct PlanText: Sendable {
    package var summary: PlanSummary
    package var limits: RunLimits

    /// Seconds that a call is reckoned with; nobody has promised anything, and a run shows what it
    /// really is.
    package static let assumedCallSeconds = 1.0

    package init(_ summary: PlanSummary, limits: RunLimits) {
        self.summary = summary
        self.limits = limits
    }

    /// For people: lines that fit `width`.
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
        // Faulty in a value or in structure; `run` stops at them or leaves them out.
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
            let turned = kind.direction == .reversed ? " (turned round)" : ""
            rows.append([
                kind.kind.description + turned, NumberText.grouped(kind.parents),
                NumberText.grouped(kind.items), NumberText.grouped(kind.calls),
            ])
        }
        // API names can be 100 characters long; numbers are worth more than a name's end.
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
        // The environment stands at the end, and is worth more than a long name's start.
        let space = max(24, width - 40)
        for index in rows.indices where rows[index][0].count > space {
            rows[index][0] = "…" + String(rows[index][0].suffix(space - 1))
        }
        return rows
    }

    /// What a person should know before saying yes.
    package var notes: [String] {
        var remarks: [String] = []
        if let note = productionWarning {
            remarks.append(note)
        } else if !summary.estimate.byReport.isEmpty {
            remarks.append("Creator records are deleted: whatever the criteria match at each round")
        }
        let operations = summary.estimate.byKind.map(\.kind.operation)
        if operations.contains(.update) {
            remarks.append(
                "updates that are sent again after doubt set the same state, over a human edit in "
                    + "between; one of up to 100 costs 1 to 10 credits, no document says which")
        }
        if operations.contains(.discoverDeleted) {
            remarks.append(
                "pages are read until there are no more: every deleted record takes at least one "
                    + "call, and one more for every 200 related records; records that change "
                    + "between two pages may be missed, and none is listed twice")
        }
        return remarks
    }

    /// Said loudly, before anything leaves; nil where no row is about production.
    package var productionWarning: String? {
        let reports = summary.estimate.byReport.filter { $0.environment == .production }
        guard !reports.isEmpty else { return nil }
        let most = reports.reduce(0) { $0 + $1.maximumRecords }
        return "PRODUCTION: up to \(NumberText.counted(most, "record")) of "
            + "\(NumberText.counted(reports.count, "report")) of PRODUCTION data are deleted: "
            + "whatever the criteria match when each round runs"
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
            // The first minute's calls leave at once; each further minute lets as many more go.
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
        // What an update costs is not known, so that a plan's price can be a range.
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
