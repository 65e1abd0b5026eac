import Journaling
import Testing

/// Truncates the journal of a small run at every byte and resumes the run until it finishes.
@Suite struct `a journal cut at any byte` {
    /// The process dies when its journal has grown to that size, whatever was in flight. Every byte
    /// at one pace; at the others, whose journals differ in their order alone, four of each record.
    @Test(arguments: ExhaustiveJob.all, ExhaustiveRun.Pace.allCases)
    func `by the death of its process is resumed to the end of the run`(
        job: ExhaustiveJob, pace: ExhaustiveRun.Pace
    ) throws {
        var whole = ExhaustiveRun(job, pace: pace)
        guard case .ended = whole.finish() else {
            Issue.record("the run does not finish: \(whole.problem ?? "")")
            return
        }
        #expect(whole.faultOfAccounts(after: .crash) == nil)
        let journal = whole.disk.bytes
        #expect(whole.writes.last?.bytes.upperBound == journal.count)
        for write in whole.writes {
            var resumption = Resumptions(job, write.organisation, pace, .crash)
            for byteCount in write.bytes.lowerBound...write.bytes.upperBound
            where pace == .answersTogether || isTelling(journal, byteCount) {
                if let fault = try resumption.fault(resuming: Array(journal[..<byteCount])) {
                    Issue.record("byte \(byteCount): \(fault)")
                    return
                }
            }
        }
    }

    /// Before the first byte of a line, behind it, before its line feed, and behind that.
    private func isTelling(_ journal: [UInt8], _ byteCount: Int) -> Bool {
        journal[max(0, byteCount - 2)..<min(journal.count, byteCount + 1)].contains(0x0A)
    }

    /// As from a backup that was taken while the journal was written.
    @Test(arguments: ExhaustiveJob.all)
    func `after its run has ended finds done what it does not know of`(job: ExhaustiveJob) throws {
        var whole = ExhaustiveRun(job)
        _ = whole.finish()
        var resumption = Resumptions(job, whole.organisation, .answersTogether, .olderCopy)
        let journal = whole.disk.bytes
        for byteCount in 0...journal.count where isTelling(journal, byteCount) {
            if let fault = try resumption.fault(resuming: Array(journal[..<byteCount])) {
                Issue.record("byte \(byteCount): \(fault)")
                return
            }
        }
    }
}
