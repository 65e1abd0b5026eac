internal import Execution
internal import JSONText
package import JobModel
package import Journaling
package import Running

/// How a run stands, for `--json`, `summary.json` and the report.
///
/// rows = items + duplicates + skipped; items = the sum of the outcomes.
package struct RunSummary: Equatable, Sendable {
    package var run: String
    /// Path of the journal.
    package var journal: String
    /// Address of the API, or `simulator`.
    package var target: String
    /// Id of the organisation; empty where it could not be read.
    package var organisation = ""
    /// `running` is said by `status` alone.
    package var state: String
    package var reason: String
    package var rows: Int
    package var items: Int
    package var duplicates: Int
    package var skipped: Int
    package var counts: OutcomeCounts
    /// Records of Creator rows, counted apart: a row is one item.
    package var creator: CreatorTally
    /// Records that the service said it deleted where none was to be.
    package var recordsDeleted: Int
    package var calls: Int
    package var attempts: Int
    /// nil while it runs, and for a run whose process was killed.
    package var exit: Int32?

    package init(
        run: String, journal: String, target: String, state: String, reason: String,
        planned: PlannedCounts, counts: OutcomeCounts, creator: CreatorTally = CreatorTally(),
        recordsDeleted: Int = 0, calls: Int, attempts: Int, exit: Int32?
    ) {
        self.run = run
        self.journal = journal
        self.target = target
        self.state = state
        self.reason = reason
        rows = planned.rows
        items = planned.items
        duplicates = planned.duplicates
        skipped = planned.skipped
        self.counts = counts
        self.counts.pending = planned.items - counts.final
        self.creator = creator
        self.recordsDeleted = recordsDeleted
        self.calls = calls
        self.attempts = attempts
        self.exit = exit
    }

    package init(_ report: RunResult) {
        self.init(
            run: report.run, journal: report.journal, target: Self.target(report.header),
            state: report.state.rawValue, reason: report.reason.rawValue, planned: report.planned,
            counts: report.progress.counts, creator: report.progress.creator,
            recordsDeleted: report.progress.recordsDeleted, calls: report.progress.callCount,
            attempts: report.progress.attemptCount, exit: report.exit.rawValue)
        organisation = PinnedSettings.organisation(of: report.header)
    }

    package init(_ status: RunStatus) {
        let state: String
        let reason: String
        if status.isAbandoned {
            (state, reason) = ("abandoned", "abandoned")
        } else if status.runningProcess != nil {
            (state, reason) = ("running", "running")
        } else if let halt = status.halt {
            (state, reason) = (RunState.halted.rawValue, halt.record.reason.rawValue)
        } else if let stop = status.stop {
            (state, reason) = (stop.state.rawValue, stop.reason.rawValue)
        } else {
            // Without a last word the process was killed, and the run counts as paused.
            (state, reason) = (RunState.paused.rawValue, "killed")
        }
        self.init(
            run: status.run, journal: status.journal, target: Self.target(status.header),
            state: state, reason: reason,
            planned: status.planned
                ?? PlannedCounts(rows: 0, items: 0, duplicates: 0, skipped: 0, calls: 0),
            counts: status.progress.counts, creator: status.progress.creator,
            recordsDeleted: status.progress.recordsDeleted, calls: status.progress.callCount,
            attempts: status.progress.attemptCount,
            exit: status.runningProcess == nil ? status.stop?.exit : nil)
        organisation = status.header.map { PinnedSettings.organisation(of: $0) } ?? ""
    }

    /// `target` of runs that speak to the simulated organisation.
    package static let simulatedTarget = "simulator"

    private static func target(_ header: RunHeader?) -> String {
        guard let pinned = header?.pinned else { return "" }
        func value(_ name: String) -> String { pinned.first { $0.name == name }?.value ?? "" }
        return value("sandbox") == "yes" ? simulatedTarget : value("api-domain")
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
        writer.member("journal", string: journal)
        writer.member("target", string: target)
        if organisation.isEmpty {
            writer.key("organisation")
            writer.null()
        } else {
            writer.member("organisation", string: organisation)
        }
        writer.member("state", string: state)
        writer.member("reason", string: reason)
        writer.member("rows", integer: rows)
        writer.member("items", integer: items)
        writer.member("duplicates", integer: duplicates)
        writer.member("skipped", integer: skipped)
        for kind in OutcomeKind.allCases {
            writer.member(kind.word, integer: counts[kind])
        }
        writer.member("pending", integer: counts.pending)
        writer.key("creator")
        writer.beginObject()
        writer.member("deleted", integer: creator.deleted)
        writer.member("failed", integer: creator.failed)
        writer.member("unaccounted", integer: creator.unaccounted)
        writer.endObject()
        writer.member("recordsDeleted", integer: recordsDeleted)
        writer.member("calls", integer: calls)
        writer.member("attempts", integer: attempts)
        if let exit {
            writer.member("exit", integer: exit)
        } else {
            writer.key("exit")
            writer.null()
        }
        writer.endObject()
    }

    /// `412 removed, 3 already gone, 2 failed`: what there is, the most usual first; `nothing done`
    /// for none.
    package var outcomeText: String {
        let parts = OutcomeKind.allCases.filter { counts[$0] > 0 }.map {
            "\(NumberText.grouped(counts[$0])) \(Self.word($0))"
        }
        let pending =
            counts.pending > 0 ? ["\(NumberText.grouped(counts.pending)) not done yet"] : []
        let all = parts + pending
        return all.isEmpty ? "nothing to do" : all.joined(separator: ", ")
    }

    /// Rows that have ended and were not done: failed, blocked, unknown and skipped ones.
    package var notDone: Int {
        RunSummary.unsuccessful.reduce(skipped) { $0 + counts[$1] }
    }

    /// Items that are as the manifest wants them.
    package var done: Int {
        counts.final - RunSummary.unsuccessful.reduce(0) { $0 + counts[$1] }
    }

    private static let unsuccessful = [OutcomeKind.failed, .blocked, .unknown]

    /// `412 removed, 3 already gone`; nil where nothing was done.
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
            + RunSummary.unsuccessful.map { ($0.word, counts[$0]) } + [("skipped", skipped)]
        let listed = parts.filter { $0.1 > 0 }.map { "\(NumberText.grouped($0.1)) \($0.0)" }
        return listed.isEmpty ? nil : listed.joined(separator: ", ")
    }

    /// `Creator records: 12,400 deleted, 3 failed`; nil where there was none.
    package var creatorText: String? {
        let parts = [
            (creator.deleted, "deleted"), (creator.failed, "failed"),
            (creator.unaccounted, "UNACCOUNTED"),
        ].filter { $0.0 > 0 }.map { "\(NumberText.grouped($0.0)) \($0.1)" }
        return parts.isEmpty ? nil : "Creator records: " + parts.joined(separator: ", ")
    }

    /// What needs manual review whatever else was done.
    package var warnings: [String] { [recordsDeletedText, unaccountedText].compactMap(\.self) }

    /// What `recordsDeleted` means, for people; nil where there is none.
    private var recordsDeletedText: String? {
        guard recordsDeleted > 0 else { return nil }
        let records = NumberText.counted(recordsDeleted, "record")
        return "RECORDS DELETED: the service said that it deleted \(records) that this run was not "
            + "to delete. results.csv has the rows with what it said, creator-records.csv those of "
            + "Creator; look into the recycle bin"
    }

    /// What `unaccounted` means, for people; nil where nothing is.
    package var unaccountedText: String? {
        guard creator.unaccounted > 0 else { return nil }
        let records = NumberText.counted(creator.unaccounted, "Creator record")
        return "UNACCOUNTED: up to \(records) may be deleted that no answer named, for rounds were "
            + "sent and not clearly answered. Look into the application's audit trail and its "
            + "recycle bin; creator.pin names the records of a round before it is sent"
    }

    /// The outcome as people say it.
    package static func word(_ kind: OutcomeKind) -> String {
        kind == .absent ? "already gone" : kind.word
    }
}
