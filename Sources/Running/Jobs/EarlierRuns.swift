import JobModel
import Journaling
import SystemCalls

/// The earlier runs of a job that a new start depends on.
struct EarlierRuns {
    private let job: JobDirectory

    /// Runs whose journals are read at most to find the last finished one.
    private static let maximumRunsRead = 100

    init(of job: JobDirectory) { self.job = job }

    /// The latest run that was started; nil if there is none.
    func latest(isReadOnly: Bool = false) throws(RunningError) -> RecordedRun? {
        for directory in try job.runs().reversed() {
            guard let run = try RecordedRun.read(directory, isReadOnly: isReadOnly) else {
                continue
            }
            if run.journal.condition != .neverStarted { return run }
        }
        return nil
    }

    /// The name of the newest run directory, started or not.
    func newestName() throws(RunningError) -> RunIdentifier? {
        try job.runs().last.flatMap { RunIdentifier($0.run) }
    }

    /// Items of the last run that finished, for `maxGrowth`.
    func lastFinishedItemCount() throws(RunningError) -> Int? {
        for directory in try job.runs().reversed().prefix(EarlierRuns.maximumRunsRead) {
            guard let run = try RecordedRun.read(directory),
                run.recovered.stop?.state == .finished, let planned = run.recovered.planned
            else { continue }
            return planned.items
        }
        return nil
    }

    /// What the job's other runs sent recently.
    struct RecentAttempts {
        /// Distinct calls in the last 24 hours.
        var callsInLast24Hours = 0
        /// Attempts of the last 60 seconds, ascending.
        var attempts: [RecoveredRun.RecentAttempt] = []
        /// Of all services.
        var pauses: [RecoveredRun.ServicePause] = []
        /// When the last round in doubt ended or was sent.
        var lastDoubtfulRoundAtMilliseconds: Int64?
        /// The longest timeout of runs with such a round.
        var longestTimeoutMilliseconds = 0
    }

    private static let millisecondsPerDay: Int64 = 24 * 3_600_000
    /// An attempt without a recorded end may have been sent late, but not by hours.
    private static let longestInFlightMilliseconds: Int64 = 3_600_000

    /// Adds up what other runs than `run` sent in the last 24 hours.
    ///
    /// A journal that was not written to for longer than that is not read: neither by the clock nor
    /// by the newest of them, because the clock may have been set forward since.
    func recentAttempts(
        excluding run: RunDirectory, _ clock: RunClock
    ) throws(RunningError) -> RecentAttempts {
        var recent = RecentAttempts()
        let now = clock.wallMilliseconds()
        let dayAgo = now - Self.millisecondsPerDay
        for directory in try recentRuns(excluding: run, now) {
            guard var other = try RecordedRun.read(directory)?.recovered else { continue }
            other.rebase(to: clock.ofSession)
            for minute in other.callsByMinute where minute.minute >= dayAgo / 60_000 {
                recent.callsInLast24Hours += minute.count
            }
            recent.attempts += other.recentAttempts.filter {
                $0.atMilliseconds
                    > now - ($0.hasEnded ? 60_000 : Self.longestInFlightMilliseconds)
            }
            recent.pauses += other.pauses
            for doubt in [
                other.lastDoubtfulRoundAtMilliseconds, Self.openRoundTime(in: other, now),
            ] {
                guard let doubt else { continue }
                recent.lastDoubtfulRoundAtMilliseconds = max(
                    doubt, recent.lastDoubtfulRoundAtMilliseconds ?? .min)
                recent.longestTimeoutMilliseconds = max(
                    recent.longestTimeoutMilliseconds, other.longestTimeoutMilliseconds)
            }
        }
        recent.attempts.sort { $0.atMilliseconds < $1.atMilliseconds }
        return recent
    }

    /// The other runs whose journals were written to in the last 24 hours, oldest first.
    private func recentRuns(
        excluding run: RunDirectory, _ now: Int64
    ) throws(RunningError) -> [RunDirectory] {
        var others: [(directory: RunDirectory, modified: Int64)] = []
        for directory in try job.runs() where directory != run {
            do throws(SystemError) {
                guard try FileSystem.kind(of: directory.journalPath, followLinks: false) == .file
                else { continue }
                let status = try FileSystem.status(of: directory.journalPath)
                others.append((directory, status.modifiedNanoseconds / 1_000_000))
            } catch {
                throw RunningError(disk: error)
            }
        }
        let newest = min(now, others.map(\.modified).max() ?? now)
        return others.filter { $0.modified >= newest - Self.millisecondsPerDay }.map(\.directory)
    }

    /// The current time if a round sent in the last hour has no recorded answer.
    private static func openRoundTime(in run: RecoveredRun, _ now: Int64) -> Int64? {
        let isRoundOpen = run.rounds.compactMap(\.openCall).contains {
            if case .round = $0.record.step { $0.last == .unanswered } else { false }
        }
        let isRecent = run.recentAttempts.contains {
            $0.service == .creator && !$0.hasEnded
                && $0.atMilliseconds > now - longestInFlightMilliseconds
        }
        return isRoundOpen && isRecent ? now : nil
    }
}
