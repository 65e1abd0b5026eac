/// Which records go to the disk together: the decisions of a journal's writer, without its queue.
///
/// Whatever is handed over while a batch is on its way goes into the next one, as a whole. Its
/// owner (`JournalWriter` under Dispatch, the simulation under virtual time) writes a batch,
/// synchronises, and says what came of it.
package struct GroupCommit: Sendable {
    /// Everything that waited, with what its lines need to know.
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
    /// A stop record has been taken, and no session since.
    private var isStopped: Bool
    private var isBusy = false
    private var hasFailed = false

    /// Goes on behind the last record of a journal.
    package init(_ file: JournalFile) {
        lastSequence = file.lastSequence
        durable = file.lastSequence
        endOffset = file.endOffset
        isStopped = file.isStopped
    }

    /// Takes records that follow each other and all before them.
    ///
    /// - Returns: Whether nobody is at work, so that `nextBatch` must be asked for.
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

    /// What a stop says holds until another session begins. A record behind it would say that the
    /// run went on.
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

    /// Everything that waits, or nil: then nobody is at work until something is appended.
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

    /// The batch is on the disk.
    package mutating func committed(_ batch: Batch, byteCount: Int) {
        durable = batch.through
        endOffset += UInt64(byteCount)
    }

    /// The journal cannot be written any more: what comes later is dropped.
    package mutating func fail() {
        hasFailed = true
        waiting.removeAll()
    }
}
