/// Which records go to the disk together: the decisions of a journal's writer, without its queue.
///
/// Records appended while a batch is being written go into the next one, as a whole. Its owner
/// (`JournalWriter` under Dispatch, the simulation under virtual time) writes a batch,
/// synchronises, and reports the result.
package struct GroupCommit: Sendable {
    /// The waiting records, and what their lines need.
    package struct Batch: Sendable {
        var records: [JournalRecord]
        var firstSequence: UInt64
        var durable: UInt64
        /// Where its bytes go.
        package var offset: UInt64

        /// Every record through this sequence is durable when the batch is.
        package var through: UInt64 { firstSequence + UInt64(records.count) - 1 }

        /// Appends the lines of the batch.
        package func append(to bytes: inout [UInt8], _ codec: RecordCodec) {
            var sequence = firstSequence
            for record in records {
                codec.append(record, sequence: sequence, durable: durable, to: &bytes)
                sequence += 1
            }
        }
    }

    private var waiting: [JournalRecord] = []
    private var lastSequence: UInt64
    private var durable: UInt64
    private var endOffset: UInt64
    /// A stop record was appended, and no session record since.
    private var isStopped: Bool
    private var isBusy = false
    private var hasFailed = false

    /// Continues after the last record of a journal.
    package init(_ file: JournalFile) {
        lastSequence = file.lastSequence
        durable = file.lastSequence
        endOffset = file.endOffset
        isStopped = file.isStopped
    }

    /// Appends consecutive records.
    ///
    /// - Returns: Whether no write is in progress, so that `nextBatch` must be called.
    package mutating func append(_ records: [JournalRecord], firstSequence: UInt64) -> Bool {
        precondition(
            firstSequence == lastSequence + 1,
            "record \(firstSequence) was appended after record \(lastSequence)")
        checkNothingFollowsStop(records)
        lastSequence += UInt64(records.count)
        if hasFailed { return false }
        waiting += records
        defer { isBusy = true }
        return !isBusy
    }

    /// A stop is valid until another session begins. A record after it would mean that the run
    /// continued.
    private mutating func checkNothingFollowsStop(_ records: [JournalRecord]) {
        for record in records {
            precondition(
                !isStopped || record.mayFollowStop,
                "a record \"\(record.name)\" would follow the stop record")
            switch record {
            case .stop: isStopped = true
            case .session: isStopped = false
            default: break
            }
        }
    }

    /// The next batch, or nil if no record waits.
    package mutating func nextBatch() -> Batch? {
        if waiting.isEmpty {
            isBusy = false
            return nil
        }
        var records: [JournalRecord] = []
        swap(&records, &waiting)
        return Batch(
            records: records, firstSequence: lastSequence + 1 - UInt64(records.count),
            durable: durable, offset: endOffset)
    }

    /// The batch is durable.
    package mutating func committed(_ batch: Batch, byteCount: Int) {
        durable = batch.through
        endOffset += UInt64(byteCount)
    }

    /// The journal can no longer be written: later records are dropped.
    package mutating func fail() {
        hasFailed = true
        waiting.removeAll()
    }
}
