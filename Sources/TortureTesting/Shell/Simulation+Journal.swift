import Execution
import JobModel
import Journaling
import SystemCalls

// The journal writer's queue, as in `JournalWriter`: records submitted during a batch form the next
// one, which starts at once, before the engine is notified of the last.

extension Simulation {
    /// Submits records; the writer processes them on its queue.
    mutating func append(_ records: [JournalRecord], firstSequence: UInt64) {
        guard !records.isEmpty else { return }
        let records = records.map { perturbed($0) }
        let mustWrite = process?.commit.append(records, firstSequence: firstSequence) ?? false
        for (index, record) in records.enumerated() {
            note("record \(firstSequence + UInt64(index)) \(record)")
        }
        guard mustWrite, let number = process?.number else { return }
        queue.schedule(
            .process(.writerRuns, number: number), at: now + random.milliseconds(0...5))
    }

    /// Writes the pending records; the sync returns later.
    mutating func writeNextBatch() {
        guard process?.hasJournalFailed == false, let batch = process?.commit.nextBatch(),
            let number = process?.number
        else { return }
        var bytes: [UInt8] = []
        batch.append(to: &bytes, RecordCodec())
        do throws(SystemError) {
            try disk.write(bytes, at: batch.offset)
        } catch {
            return journalFailed(error)
        }
        process?.batch = (batch, bytes.count)
        queue.schedule(.process(.synchronised, number: number), at: now + synchronisationTime())
        if options.bug == .countsEarly { post(.recordsDurable(through: batch.through)) }
    }

    private mutating func synchronisationTime() -> Duration {
        guard scenario.has(.slowDisk), random.once(in: 8) else {
            return random.milliseconds(0...40)
        }
        return random.milliseconds(0...random.pick([400, 3_000, 90_000]))
    }

    mutating func synchronise() {
        guard let (batch, byteCount) = process?.batch else { return }
        process?.batch = nil
        do throws(SystemError) {
            try disk.synchroniseData()
        } catch {
            return journalFailed(error)
        }
        process?.commit.committed(batch, byteCount: byteCount)
        readDisk()
        observe(.diskSynchronised)
        post(.recordsDurable(through: batch.through))
        writeNextBatch()
    }

    private mutating func journalFailed(_ error: SystemError) {
        if disk.isDead { return }
        if options.bug == .ignoresDiskErrors {
            observe(.diskFailed)
            return post(.recordsDurable(through: .max))
        }
        process?.commit.fail()
        process?.hasJournalFailed = true
        note("the journal fails: \(error)")
        post(.journalFailed(error.description))
    }

    /// The file is closed after everything that was submitted, as `SessionJournal.close` waits
    /// for it.
    mutating func closeJournal() {
        if process?.batch != nil { synchronise() }
        while process?.hasJournalFailed == false, !disk.isDead {
            writeNextBatch()
            guard process?.batch != nil else { return }
            synchronise()
        }
    }
}
