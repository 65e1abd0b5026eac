import Journaling
import Simulator
import SystemCalls

/// Resumes the run from damaged journals, one after the other, with the same organisation.
///
/// Recovery sees each of them. What it makes of a journal, together with the organisation, decides
/// everything that follows; so the run is resumed once for each journal that recovery leaves,
/// byte by byte, and not again for another journal with the same result.
struct Resumptions {
    private let job: ExhaustiveJob
    private let organisation: Organisation
    private let pace: ExhaustiveRun.Pace
    private let loss: ExhaustiveRun.Loss
    private var faults: [[UInt8]: String] = [:]
    private(set) var resumedCount = 0
    /// What recovery says of the journal that was resumed last.
    private(set) var condition = JournalCondition.whole

    init(
        _ job: ExhaustiveJob, _ organisation: Organisation, _ pace: ExhaustiveRun.Pace,
        _ loss: ExhaustiveRun.Loss
    ) {
        self.job = job
        self.organisation = organisation
        self.pace = pace
        self.loss = loss
    }

    /// What is wrong with the run once it has been resumed to its end from this journal; nil if
    /// nothing is. A journal that says that its run never started is replaced.
    mutating func fault(resuming journal: [UInt8]) throws -> String? {
        let disk = InMemoryDisk(journal)
        switch try JournalFile.openForResume(disk) {
        case .ready(let file, let recovered, _):
            condition = recovered.condition
            if file.endOffset != UInt64(disk.bytes.count) || file.endOffset > UInt64(journal.count)
            {
                return "\(file.endOffset) bytes are left of \(journal.count), "
                    + "the file has \(disk.bytes.count)"
            }
            if !journal.starts(with: disk.bytes) { return "whole records were changed" }
            if recovered.endOffset != file.endOffset { return "the end is elsewhere" }
        case .refused(let recovered) where recovered.condition == .neverStarted: disk.removeAll()
        case .refused(let recovered): return recovered.notice(path: "journal.jsonl") ?? "refused"
        case .locked: return "no process holds the journal"
        }
        disk.processEnded()
        if let known = faults[disk.bytes] { return known.isEmpty ? nil : known }
        let repaired = disk.bytes
        resumedCount += 1
        var run = ExhaustiveRun(job, on: disk, organisation: organisation, pace: pace)
        let fault = run.faultAfterFinishing(loss)
        faults[repaired] = fault ?? ""
        return fault
    }
}

extension ExhaustiveRun {
    /// Carries the run on to its end, and says what is wrong with it.
    mutating func faultAfterFinishing(_ loss: Loss) -> String? {
        switch finish() {
        case .ended: faultOfAccounts(after: loss)
        case .died: problem ?? "it does not finish"
        case .refused(let journal): "refused: \(journal.notice(path: "journal.jsonl") ?? "")"
        }
    }
}
