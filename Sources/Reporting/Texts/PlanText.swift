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
    package static let reckonedCallSeconds = 1.0

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
        if summary.invalid > 0 {
            counts.append(["errors", NumberText.grouped(summary.invalid)])
        }
        counts.append(["calls", NumberText.grouped(summary.calls)])
        if summary.callsAsWritten != summary.calls {
            counts.append(["calls as written", NumberText.grouped(summary.callsAsWritten)])
        }
        if summary.lowerBound > 0, summary.lowerBound < summary.calls {
            counts.append(["no plan needs fewer than", NumberText.grouped(summary.lowerBound)])
        }
        lines += TextLayout.table(counts)
        if !summary.byKind.isEmpty {
            lines += [""] + TextLayout.table(kindRows(width: width))
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
        for kind in summary.byKind {
            let turned = kind.end == .turnedRound ? " (turned round)" : ""
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

    /// `about 20 s at 5 calls in flight, if a call takes one second`
    package var timeText: String {
        let concurrency = limits.concurrency[.crm] ?? 1
        let byConcurrency =
            (Double(summary.calls) / Double(concurrency)).rounded(.up) * Self.reckonedCallSeconds
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
        let credits = summary.estimate?.credits ?? summary.calls...summary.calls
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
        writer.member("callsAsWritten", integer: summary.callsAsWritten)
        writer.member("lowerBound", integer: summary.lowerBound)
        writer.key("byKind")
        writer.beginArray()
        for kind in summary.byKind {
            writer.beginObject()
            writer.member("operation", string: kind.kind.operation.rawValue)
            writer.member("module", string: kind.kind.module.text)
            writer.member("relatedList", string: kind.kind.relatedList.text)
            writer.member("end", string: kind.end.rawValue)
            writer.member("records", integer: kind.parents)
            writer.member("items", integer: kind.items)
            writer.member("calls", integer: kind.calls)
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}
