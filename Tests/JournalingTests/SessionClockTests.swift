import JobModel
import Testing

@testable import Journaling

private let start: Int64 = 1_795_224_000_000
private let day: Int64 = 86_400_000

private func clock(
    _ monotonic: Int64, wall: Int64, boot: String = "a"
) -> SessionClock {
    SessionClock(bootID: boot, monotonicMilliseconds: monotonic, wallMilliseconds: wall)
}

private func session(_ number: Int, _ clock: SessionClock?) -> JournalRecord {
    .session(
        SessionRecord(
            number: number, at: clock == nil ? "2026-11-21T01:29:35.200Z" : "", clock: clock,
            processID: 1, host: "", invocation: ""))
}

@Suite struct SessionClockTests {
    @Test(arguments: [-day, -1, 0, 1, day])
    func `between two sessions of one start of the machine the wall clock is not asked`(
        step: Int64
    ) {
        let earlier = clock(5_000, wall: start)
        let later = clock(15_000, wall: start + 10_000 + step)
        // What was 7 s before the later session is 7 s before its beginning, never further.
        let time = later.milliseconds(of: start + 3_000, by: earlier)
        #expect(time == later.wallMilliseconds - 7_000 + 1)
    }

    @Test func `the same clock again changes nothing`() {
        let one = clock(5_000, wall: start)
        #expect(one.milliseconds(of: start + 3, by: one) == start + 3)
    }

    @Test func `after a restart of the machine nothing is older than the restart allows`() {
        let earlier = clock(900_000, wall: start)
        let forth = clock(20_000, wall: start + day, boot: "b")
        #expect(forth.milliseconds(of: start + 5, by: earlier) == start + day - 20_000)
        // The wall clock is used where it makes events younger.
        let soon = clock(20_000, wall: start + 21_000, boot: "b")
        #expect(soon.milliseconds(of: start + 5_000, by: earlier) == start + 5_000)
        // But nothing was sent after this session began.
        let back = clock(20_000, wall: start - day, boot: "b")
        #expect(back.milliseconds(of: start + 5_000, by: earlier) == start - day)
    }

    @Test func `where starts have no name, a clock that went back is another start`() {
        let earlier = clock(900_000, wall: start, boot: "")
        let same = clock(910_000, wall: start + day, boot: "")
        #expect(same.milliseconds(of: start, by: earlier) == same.wallMilliseconds - 10_000 + 1)
        let other = clock(20_000, wall: start + day, boot: "")
        #expect(other.milliseconds(of: start, by: earlier) == start + day - 20_000)
    }

    /// systemd's `ProcSubset=pid` hides the name from the unit, and not from who resumes by hand.
    @Test func `where one of two starts has no name, what it may be is younger`() {
        let unit = clock(900_000, wall: start, boot: "")
        let shell = clock(910_000, wall: start + day, boot: "a")
        #expect(shell.milliseconds(of: start, by: unit) == shell.wallMilliseconds - 10_000 + 1)
        #expect(
            clock(910_000, wall: start + day, boot: "").milliseconds(
                of: start, by: clock(900_000, wall: start)) == start + day - 10_000 + 1)
        // Another machine's journal, where it is up for longer: not days old.
        let other = clock(9_000_000, wall: start + 5_000, boot: "")
        #expect(other.milliseconds(of: start, by: unit) == start)
    }

    /// A process that waits for the lock has read the clocks before the one that held it.
    @Test func `of one start it does not matter which clock was read first`() {
        let second = clock(900_000, wall: start)
        let first = clock(890_000, wall: start - 10_000 + day)
        #expect(first.milliseconds(of: start + 7_000, by: second) == start + day + 7_001)
    }

    @Test func `the extreme times of a journal are handled`() {
        let most = Int64(SessionClock.maximumMilliseconds)
        var time = most
        for index in 0..<1_000 {
            let low = clock(index.isMultiple(of: 2) ? -most : most, wall: -most)
            time = low.milliseconds(of: time, by: clock(-most, wall: most))
            time = clock(most, wall: -most).milliseconds(of: time, by: low)
        }
        #expect(time < 0 && time > .min / 2)
    }

    // MARK: In a journal

    private func call(_ number: UInt32, _ milliseconds: Int64) -> [JournalRecord] {
        [
            JournalSamples.call(number, rows: [number]),
            JournalSamples.attempt(number, ms: milliseconds),
            JournalSamples.answer(number, ms: milliseconds + 5),
        ]
    }

    private func replayed(_ records: [JournalRecord]) -> RecoveredRun {
        var replay = Replay()
        for (index, record) in records.enumerated() {
            let scanned = ScannedRecord(sequence: UInt64(index) + 1, durable: 0, record: record)
            #expect(replay.apply(scanned) == nil)
        }
        return replay.finished()
    }

    private var header: [JournalRecord] { [.run(JournalSamples.header)] }

    @Test(arguments: [-day, day])
    func `attempts of earlier sessions are converted to the last one's clock`(step: Int64) {
        let later = clock(20_000, wall: start + 15_000 + step)
        let run = replayed(
            header + [session(1, clock(5_000, wall: start))] + call(1, start + 3_000)
                + [session(2, later)] + call(2, later.wallMilliseconds + 9))
        #expect(
            run.recentAttempts.map(\.atMilliseconds) == [
                later.wallMilliseconds - 15_000 + 3_006, later.wallMilliseconds + 14,
            ])
        #expect(run.clock == later)
        #expect(run.lastRecordAtMilliseconds == later.wallMilliseconds + 14)
    }

    @Test func `a resumed run is converted to the new process's clock`() {
        var run = replayed(
            header + [session(1, clock(5_000, wall: start))] + call(1, start + 3_000))
        let own = clock(50_000, wall: start + day)
        for _ in 0..<2 {
            run.rebase(to: own)
            #expect(run.recentAttempts.map(\.atMilliseconds) == [start + day - 41_994])
        }
    }

    /// A session of an older relsweep between two of this one.
    @Test func `a session without a clock is not converted to the clock before it`() {
        let run = replayed(
            header + [session(1, clock(5_000, wall: start))] + call(1, start + 3_000)
                + [session(2, nil)] + call(2, start + 4_000))
        #expect(run.clock == nil)
        var rebased = run
        rebased.rebase(to: clock(9_000_000, wall: start + 5_000))
        #expect(rebased.recentAttempts == run.recentAttempts)
    }

    @Test func `an unanswered round that ends unsent by others holds its report back too`() {
        let later = clock(20_000, wall: start + 15_000)
        let run = replayed(
            header + [
                session(1, clock(5_000, wall: start)),
                JournalSamples.step(1, row: 1, .round(1, excluded: [], explicitIDs: [8, 9])),
                JournalSamples.attempt(1, ms: start + 1_000), session(2, later),
                .blocked(
                    BlockedRecord(
                        kind: JournalSamples.creator, outcome: Outcome(kind: .unknown), rows: [1])),
            ])
        #expect(run.lastDoubtfulRoundAtMilliseconds == later.wallMilliseconds)
    }

    @Test func `a doubtful round's wait is converted too`() {
        let later = clock(20_000, wall: start + day)
        let run = replayed(
            header + [
                session(1, clock(5_000, wall: start)),
                JournalSamples.step(1, row: 1, .round(1, excluded: [], explicitIDs: nil)),
                JournalSamples.attempt(1, ms: start + 1_000),
                JournalSamples.round(
                    1, RoundRecords(unaccounted: 200), ms: start + 2_000, leavesDoubt: true),
                session(2, later),
            ])
        #expect(run.lastDoubtfulRoundAtMilliseconds == start + day - 15_000 + 2_000 + 1)
    }

    private func throttled(_ call: UInt32, _ at: Int64, _ pause: Int) -> [JournalRecord] {
        [
            JournalSamples.call(call, rows: [call]), JournalSamples.attempt(call, ms: at),
            .answer(
                AnswerRecord(
                    call: call, attempt: 1, atMilliseconds: at, verdict: .throttled, status: 429,
                    pauseMilliseconds: pause)),
        ]
    }

    private func pause(_ at: Int64, _ milliseconds: Int64) -> RecoveredRun.ServicePause {
        .init(service: .crm, atMilliseconds: at, milliseconds: milliseconds)
    }

    @Test func `pauses are remembered that may not be over`() {
        let first =
            header + [session(1, clock(5_000, wall: start))] + throttled(1, start + 3_000, 60_000)
            + throttled(2, start + 4_000, 1_000)
        #expect(
            replayed(first).pauses == [pause(start + 3_000, 60_000), pause(start + 4_000, 1_000)])
        #expect(
            replayed(first + throttled(3, start + 63_001, 9_000)).pauses
                == [pause(start + 63_001, 9_000)])
        #expect(
            replayed(first + throttled(3, start + 5_000, 60_000)).pauses
                == [pause(start + 5_000, 60_000)])
        // By the clock of a session that set it back a day.
        let later = clock(20_000, wall: start - day)
        #expect(
            replayed(first + [session(2, later)]).pauses.map(\.atMilliseconds)
                == [start - day - 15_000 + 3_001, start - day - 15_000 + 4_001])
        // In journals without clocks the earlier one may seem to lie in the future.
        let unclear =
            header + [session(1, nil)] + throttled(1, start + day, 10_000)
            + throttled(2, start, 11_000)
        #expect(replayed(unclear).pauses.last == pause(start, 11_000))
    }

    /// A process that abandons a run is not a session of it.
    @Test func `the time of an abandonment makes no sending older`() {
        let run = replayed(
            header + [session(1, clock(5_000, wall: start))] + call(1, start + 3_000)
                + [.abandoned(AbandonedRecord(at: "2027-11-21T01:29:35.200Z", user: "root"))])
        #expect(run.recentAttempts.map(\.atMilliseconds) == [start + 3_005])
        #expect(run.lastRecordAtMilliseconds > start + day)
    }

    @Test func `journals from before the clock was recorded are read as they were`() {
        let run = replayed(
            header + [session(1, nil)] + call(1, start + 3_000) + [session(2, nil)]
                + call(2, start + 4_000))
        #expect(run.clock == nil)
        #expect(run.recentAttempts.map(\.atMilliseconds) == [start + 3_005, start + 4_005])
    }
}
