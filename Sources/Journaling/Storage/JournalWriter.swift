import Dispatch
import Synchronization
package import SystemCalls

/// Writes records to a journal on a queue of its own, as many with one `fdatasync` as have come
/// together.
///
/// Group commit: records appended during a synchronisation go into the next write, which is
/// followed by one synchronisation for all of them. So a lone record waits for one, and under load
/// the number of records per second is not limited by the number of synchronisations.
///
/// Must: what is handed over is in the order of its sequence numbers, without a gap. `durable` is
/// called after the synchronisation, never before, with rising numbers. After the first failure
/// nothing is ever written again: `failed` is called once, and records that come later are dropped,
/// because the kernel counts the pages of a failed synchronisation as clean and a second try would
/// only seem to succeed.
package final class JournalWriter: Sendable {
    private let storage: any JournalStorage
    private let codec = RecordCodec()
    private let queue = DispatchQueue(label: "relsweep.journal", qos: .userInitiated)
    private let commit: Mutex<GroupCommit>
    private let durable: @Sendable (UInt64) -> Void
    private let failed: @Sendable (SystemError) -> Void

    /// Creates a writer that continues after the last record of a journal.
    ///
    /// - Parameters:
    ///   - durable: every record through this sequence is on the disk; called on the writer's
    ///     queue.
    ///   - failed: the journal cannot be written any more; called once, on the writer's queue.
    package init(
        _ file: JournalFile, durable: @escaping @Sendable (_ through: UInt64) -> Void,
        failed: @escaping @Sendable (SystemError) -> Void
    ) {
        storage = file.storage
        commit = Mutex(GroupCommit(file))
        self.durable = durable
        self.failed = failed
    }

    /// Appends a record and returns immediately. May be called from any thread, in sequence order.
    package func append(_ record: JournalRecord, sequence: UInt64) {
        append([record], firstSequence: sequence)
    }

    /// Hands over records that follow each other; they go to the disk with one synchronisation, as
    /// a call's record and its attempt's do.
    package func append(_ records: [JournalRecord], firstSequence: UInt64) {
        guard !records.isEmpty else { return }
        let mustDrain = commit.withLock { $0.append(records, firstSequence: firstSequence) }
        if mustDrain { queue.async { self.drain() } }
    }

    /// Closes the file after all appended records; nothing may be appended afterwards.
    ///
    /// - Parameter completed: called on the writer's queue.
    package func close(_ completed: @escaping @Sendable () -> Void = {}) {
        queue.async {
            self.storage.close()
            completed()
        }
    }

    private func drain() {
        dispatchPrecondition(condition: .onQueue(queue))
        var bytes: [UInt8] = []
        while let batch = commit.withLock({ $0.nextBatch() }) {
            bytes.removeAll(keepingCapacity: true)
            batch.append(to: &bytes, codec)
            do throws(SystemError) {
                try storage.write(bytes, at: batch.offset)
                try storage.synchroniseData()
            } catch {
                commit.withLock { $0.fail() }
                failed(error)
                return
            }
            let byteCount = bytes.count
            commit.withLock { $0.committed(batch, byteCount: byteCount) }
            durable(batch.through)
        }
    }
}
