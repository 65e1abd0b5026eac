import Dispatch
import Synchronization
package import SystemCalls

/// Writes records to a journal on a queue of its own, as many with one `fdatasync` as have come
/// together.
///
/// Group commit: whatever is handed over while a synchronisation is going on goes into the next
/// write, which is followed by one synchronisation for all of it. So a lone record waits for one,
/// and under load the number of records a second is not bound to the number of synchronisations.
///
/// Must: what is handed over is in the order of its sequence numbers, without a gap. `durable` is
/// called after the synchronisation, never before, with rising numbers. After the first failure
/// nothing is ever written again: `failed` is called once, and records that come later are dropped,
/// because the kernel counts the pages of a failed synchronisation as clean and a second try would
/// only seem to succeed.
package final class JournalWriter: Sendable {
    private struct State {
        var waiting: [JournalRecord] = []
        var lastSequence: UInt64
        var durable: UInt64
        var endOffset: UInt64
        /// A block that empties `waiting` is on the queue.
        var isDraining = false
        var hasFailed = false
    }

    private let storage: any JournalStorage
    private let codec = RecordCodec()
    private let queue = DispatchQueue(label: "relsweep.journal", qos: .userInitiated)
    private let state: Mutex<State>
    private let durable: @Sendable (UInt64) -> Void
    private let failed: @Sendable (SystemError) -> Void

    /// A writer that goes on behind the last record of a journal.
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
        state = Mutex(
            State(
                lastSequence: file.lastSequence, durable: file.lastSequence,
                endOffset: file.endOffset))
        self.durable = durable
        self.failed = failed
    }

    /// Hands over a record; returns at once. From any thread, in the order of the sequences.
    package func append(_ record: JournalRecord, sequence: UInt64) {
        append([record], firstSequence: sequence)
    }

    /// Hands over records that follow each other; they go to the disk with one synchronisation, as
    /// a call's record and its attempt's do.
    package func append(_ records: [JournalRecord], firstSequence: UInt64) {
        guard !records.isEmpty else { return }
        let mustDrain = state.withLock { state in
            precondition(
                firstSequence == state.lastSequence + 1,
                "broken belief: record \(firstSequence) follows \(state.lastSequence)")
            state.lastSequence += UInt64(records.count)
            if state.hasFailed { return false }
            state.waiting += records
            defer { state.isDraining = true }
            return !state.isDraining
        }
        if mustDrain { queue.async { self.drain() } }
    }

    /// Closes the file behind everything handed over so far; nothing may be handed over afterwards.
    ///
    /// - Parameter completed: called on the writer's queue.
    package func close(_ completed: @escaping @Sendable () -> Void = {}) {
        queue.async {
            self.storage.close()
            completed()
        }
    }

    /// Everything that waits, with what its lines need to know.
    private struct Batch {
        var records: [JournalRecord]
        var firstSequence: UInt64
        var durable: UInt64
        var offset: UInt64
    }

    private func drain() {
        dispatchPrecondition(condition: .onQueue(queue))
        var bytes: [UInt8] = []
        while let batch = nextBatch() {
            bytes.removeAll(keepingCapacity: true)
            var sequence = batch.firstSequence
            for record in batch.records {
                codec.append(record, sequence: sequence, durable: batch.durable, to: &bytes)
                sequence += 1
            }
            do throws(SystemError) {
                try storage.write(bytes, at: batch.offset)
                try storage.synchroniseData()
            } catch {
                state.withLock { state in
                    state.hasFailed = true
                    state.waiting.removeAll()
                }
                failed(error)
                return
            }
            let through = sequence - 1
            let byteCount = UInt64(bytes.count)
            state.withLock { state in
                state.durable = through
                state.endOffset += byteCount
            }
            durable(through)
        }
    }

    private func nextBatch() -> Batch? {
        state.withLock { state in
            if state.waiting.isEmpty {
                state.isDraining = false
                return nil
            }
            var records: [JournalRecord] = []
            swap(&records, &state.waiting)
            return Batch(
                records: records,
                firstSequence: state.lastSequence + 1 - UInt64(records.count),
                durable: state.durable, offset: state.endOffset)
        }
    }
}
