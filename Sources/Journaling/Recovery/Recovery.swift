/// Reads a journal from its start to its replay and the decision about its end.
///
/// Pure: the bytes are handed in piece by piece. `JournalFile` is the shell around it.
package struct Recovery: Sendable {
    private var scan = JournalScan()
    private var replay = Replay()

    /// A recovery at the start of a journal.
    package init() {}

    /// Takes the next piece of the journal.
    package mutating func feed(_ bytes: UnsafeBufferPointer<UInt8>) {
        scan.feed(bytes) { replay.apply($0) }
    }

    /// Takes the next piece of the journal from an array.
    package mutating func feed(_ bytes: [UInt8]) {
        bytes.withUnsafeBufferPointer { feed($0) }
    }

    /// Applies records as if they followed in the journal.
    package mutating func feed(_ records: [JournalRecord]) {
        let codec = RecordCodec()
        for record in records {
            feed(
                codec.line(
                    record, sequence: scan.expectedSequence, durable: scan.expectedSequence - 1))
        }
    }

    /// Says that the journal has ended.
    package mutating func finish() -> RecoveredJournal {
        let verdict = scan.finish()
        return RecoveredJournal(
            run: replay.finished(), condition: verdict, endOffset: scan.endOffset,
            unprovenOffset: scan.unprovenOffset)
    }
}

/// The result of reading a journal.
package struct RecoveredJournal: Equatable, Sendable {
    /// The replay of its valid records up to the first fault.
    package var run: RecoveredRun
    /// What its bytes are.
    package var condition: JournalCondition
    /// The offset after the last whole record.
    package var endOffset: UInt64
    /// The offset from which no record is claimed durable.
    package var unprovenOffset: UInt64

    /// The notice for the user, with the table's label; nil if the journal is intact.
    ///
    /// - Parameter path: of the journal.
    package func notice(path: String) -> String? {
        let decision = JournalDecision(condition)
        let (cause, label) = (decision.cause, decision.rawValue)
        switch condition {
        case .whole, .zeros: return nil
        case .neverStarted:
            return "\(path): the run never started: \(cause) (\(label))"
        case .tornTail(let fault):
            return "\(path):\(fault.line): \(cause), sequence "
                + "\(fault.sequence): \(fault.reason); nothing that was counted is lost (\(label))"
        case .damaged(let fault):
            let claim =
                fault.claimingLine.map { "line \($0) says that it was on the disk" }
                ?? "the journal is longer than that of a run that never started"
            return "\(path):\(fault.line): error: \(cause) at sequence "
                + "\(fault.sequence): \(fault.reason), but \(claim) "
                + "(\(label)); nothing was changed: restore the file from a backup "
                + "before resuming"
        case .notUnderstood(let fault):
            return "\(path):\(fault.line): error: \(cause): "
                + "\(fault.reason) (\(label))"
        }
    }
}
