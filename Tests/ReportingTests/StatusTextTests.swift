import Execution
import JobModel
import Journaling
import Reporting
import Running
import Testing

@Suite struct StatusTextTests {
    private func status(
        _ counts: [OutcomeKind: Int], items: Int, skipped: Int = 0, inDoubt: Int = 0,
        state: RunState = .finished
    ) -> RunStatus {
        var progress = RunProgress()
        for (kind, count) in counts { progress.counts[kind] = count }
        progress.counts.pending = items - counts.reduce(0) { $0 + $1.value }
        progress.callCount = 9
        progress.attemptCount = 12
        progress.inDoubt = inDoubt
        return RunStatus(
            directory: RunDirectory(path: "/s/nightly/r"), header: nil,
            planned: PlannedCounts(
                rows: items + skipped, items: items, duplicates: 0, skipped: skipped, calls: 9),
            stop: StopRecord(
                state: state, reason: state == .finished ? .completed : .signal, text: "asked to",
                exit: 3, atMilliseconds: 0),
            isAbandoned: false, runningProcess: nil, progress: progress,
            lastRecordAtMilliseconds: 0, damage: nil)
    }

    private func lines(_ status: RunStatus) -> [String] {
        StatusText(status, now: 0).lines(width: 120)
    }

    @Test func `what is open is named, and counts as not done`() {
        #expect(
            lines(
                status(
                    [.removed: 700, .absent: 3, .failed: 20, .blocked: 5, .unknown: 2],
                    items: 1_000, skipped: 4, inDoubt: 3, state: .paused)) == [
                    "nightly: paused (signal)",
                    "  70% of 1,000 items done: 700 removed, 3 already gone",
                    "  open: 270 pending, 20 failed, 5 blocked, 2 unknown, 4 skipped",
                    "  9 calls, 12 attempts, 3 in doubt", "  asked to", "  /s/nightly/r",
                ])
    }

    @Test func `a finished run with failures is not done`() {
        let lines = lines(status([.failed: 2], items: 2))
        #expect(lines[1...2] == ["  0% of 2 items done", "  open: 2 failed"])
        #expect(!lines.contains { $0.contains("complete") })
    }

    @Test func `where all is done nothing is open`() {
        #expect(
            lines(status([.removed: 2], items: 2)) == [
                "nightly: finished", "  100% of 2 items done: 2 removed", "  9 calls, 12 attempts",
                "  /s/nightly/r",
            ])
    }
}
