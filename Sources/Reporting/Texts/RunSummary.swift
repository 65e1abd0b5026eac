package import Execution
internal import JSONText
package import JobModel
package import Journaling
package import Running

/// The summary of a run, for `--json`, `summary.json` and the report.
///
/// rows = items + duplicates + skipped; items = the sum of the outcomes.
package struct RunSummary: Equatable, Sendable {
    package let directory: RunDirectory
    /// nil where the journal's first record is not readable.
    package let header: RunHeader?
    package let planned: PlannedCounts
    /// `running` is said by `status` alone.
    package let state: String
    package let reason: String
    package let progress: RunProgress
    /// nil while running, and after the process was killed.
    package var exit: Int32?

    package init(_ result: RunResult) {
        directory = result.directory
        header = result.header
        planned = result.planned
        state = result.ending.state.rawValue
        reason = result.ending.reason.rawValue
        progress = result.ending.progress
        exit = result.ending.exit.rawValue
    }

    package init(_ status: RunStatus) {
        directory = status.directory
        header = status.header
        planned = status.planned ?? .zero
        progress = status.progress
        exit = status.runningProcess == nil ? status.stop?.exit : nil
        if status.isAbandoned {
            (state, reason) = ("abandoned", "abandoned")
        } else if status.runningProcess != nil {
            (state, reason) = ("running", "running")
        } else if let halt = status.halt {
            (state, reason) = (RunState.halted.rawValue, halt.record.reason.rawValue)
        } else if let stop = status.stop {
            (state, reason) = (stop.state.rawValue, stop.reason.rawValue)
        } else {
            // Without an end record the process was killed: the run counts as paused.
            (state, reason) = (RunState.paused.rawValue, "killed")
        }
    }

    var run: String { header?.run ?? directory.run }

    /// Outcomes of the items; those without one are pending.
    package var counts: OutcomeCounts {
        var counts = progress.counts
        counts.pending = planned.items - counts.final
        return counts
    }

    /// Id of the organisation; empty if unknown.
    private var organisation: String { header.map { PinnedSettings.organisation(of: $0) } ?? "" }

    /// `target` of runs that speak to the simulated organisation.
    package static let simulatedTarget = "simulator"

    /// Address of the API, or `simulator`.
    package var target: String {
        guard let pinned = header?.pinned else { return "" }
        func value(_ name: String) -> String { pinned.first { $0.name == name }?.value ?? "" }
        return value("sandbox") == "yes" ? Self.simulatedTarget : value("api-domain")
    }

    /// One line of JSON, in a fixed order.
    package var json: String {
        var writer = JSONWriter()
        write(to: &writer)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("version", integer: 1)
        writer.member("run", string: run)
        writer.member("journal", string: directory.journalPath)
        writer.member("target", string: target)
        if organisation.isEmpty {
            writer.key("organisation")
            writer.null()
        } else {
            writer.member("organisation", string: organisation)
        }
        writer.member("state", string: state)
        writer.member("reason", string: reason)
        writer.member("rows", integer: planned.rows)
        writer.member("items", integer: planned.items)
        writer.member("duplicates", integer: planned.duplicates)
        writer.member("skipped", integer: planned.skipped)
        for kind in OutcomeKind.allCases {
            writer.member(kind.word, integer: counts[kind])
        }
        writer.member("pending", integer: counts.pending)
        writer.key("creator")
        writer.beginObject()
        writer.member("deleted", integer: progress.creator.deleted)
        writer.member("failed", integer: progress.creator.failed)
        writer.member("unaccounted", integer: progress.creator.unaccounted)
        writer.endObject()
        writer.member("recordsDeleted", integer: progress.recordsDeleted)
        writer.member("calls", integer: progress.callCount)
        writer.member("attempts", integer: progress.attemptCount)
        if let exit {
            writer.member("exit", integer: exit)
        } else {
            writer.key("exit")
            writer.null()
        }
        writer.endObject()
    }

    /// `412 removed, 3 already gone, 2 failed`: the non-zero counts, most common first; `nothing
    /// done`
    package var outcomeText: String {
        let parts = OutcomeKind.allCases.filter { counts[$0] > 0 }.map {
            "\(NumberText.grouped(counts[$0])) \(Self.word($0))"
        }
        let pending =
            counts.pending > 0 ? ["\(NumberText.grouped(counts.pending)) not done yet"] : []
        let all = parts + pending
        return all.isEmpty ? "nothing to do" : all.joined(separator: ", ")
    }

    /// Rows that are final but not done: failed, blocked, unknown, skipped.
    package var notDone: Int {
        RunSummary.unsuccessful.reduce(planned.skipped) { $0 + counts[$1] }
    }

    /// Items that are in the requested state.
    package var done: Int {
        counts.final - RunSummary.unsuccessful.reduce(0) { $0 + counts[$1] }
    }

    private static let unsuccessful = [OutcomeKind.failed, .blocked, .unknown]

    /// `412 removed, 3 already gone`; nil if nothing was done.
    package var doneText: String? {
        let parts = OutcomeKind.allCases.filter {
            counts[$0] > 0 && !RunSummary.unsuccessful.contains($0)
        }.map { "\(NumberText.grouped(counts[$0])) \(Self.word($0))" }
        return parts.isEmpty ? nil : parts.joined(separator: ", ")
    }

    /// `12 pending, 20 failed, 2 blocked, 1 unknown, 3 skipped`; nil where nothing is open.
    package var openText: String? {
        let parts =
            [("pending", counts.pending)]
            + RunSummary.unsuccessful.map { ($0.word, counts[$0]) } + [("skipped", planned.skipped)]
        let listed = parts.filter { $0.1 > 0 }.map { "\(NumberText.grouped($0.1)) \($0.0)" }
        return listed.isEmpty ? nil : listed.joined(separator: ", ")
    }

    /// `Creator records: 12,400 deleted, 3 failed`; nil where there was none.
    package var creatorText: String? {
        let creator = progress.creator
        let parts = [
            (creator.deleted, "deleted"), (creator.failed, "failed"),
            (creator.unaccounted, "UNACCOUNTED"),
        ].filter { $0.0 > 0 }.map { "\(NumberText.grouped($0.0)) \($0.1)" }
        return parts.isEmpty ? nil : "Creator records: " + parts.joined(separator: ", ")
    }

    /// What always needs manual review.
    package var warnings: [String] { [recordsDeletedText, unaccountedText].compactMap(\.self) }

    /// The explanation of `recordsDeleted`; nil if zero.
    private var recordsDeletedText: String? {
        guard progress.recordsDeleted > 0 else { return nil }
        let records = NumberText.counted(progress.recordsDeleted, "record")
        return "RECORDS DELETED: the service said that it deleted \(records) that this run was not "
            + "to delete. results.csv has the rows with what it said, creator-records.csv those of "
            + "Creator; look into the recycle bin"
    }

    /// The explanation of `unaccounted`; nil if zero.
    package var unaccountedText: String? {
        guard progress.creator.unaccounted > 0 else { return nil }
        let records = NumberText.counted(progress.creator.unaccounted, "Creator record")
        return "UNACCOUNTED: up to \(records) may be deleted that no answer named, for rounds were "
            + "sent and not clearly answered. Look into the application's audit trail and its "
            + "recycle bin; creator.pin names the records of a round before it is sent"
    }

    /// The outcome as text.
    package static func word(_ kind: OutcomeKind) -> String {
        kind == .absent ? "already gone" : kind.word
    }
}
