import Execution
import Journaling
import Synchronization
import SystemCalls

/// A run's journal writer, from the first records of a session to the last of its engine.
///
/// Before there is a runner, whoever prepares the session waits here for its records; afterwards
/// what becomes of records goes to the runner as events.
final class SessionJournal: RecordSink {
    private enum Subscriber: Sendable {
        case nobody
        /// Waits for a sequence number, or for the failure.
        case waiting(UInt64, @Sendable (SystemError?) -> Void)
        case runner(@Sendable (EngineEvent) -> Void)
    }

    private final class Subscription: Sendable {
        private let listener = Mutex(Subscriber.nobody)

        func set(_ new: Subscriber) { listener.withLock { $0 = new } }

        func durable(through sequence: UInt64) {
            switch listener.withLock({ $0 }) {
            case .nobody: break
            case .waiting(let wanted, let completed): if sequence >= wanted { completed(nil) }
            case .runner(let post): post(.recordsDurable(through: sequence))
            }
        }

        func failed(_ error: SystemError) {
            switch listener.withLock({ $0 }) {
            case .nobody: break
            case .waiting(_, let completed): completed(error)
            case .runner(let post): post(.journalFailed(error.description))
            }
        }
    }

    private let subscription = Subscription()
    private let writer: JournalWriter
    /// What the next record of a session's preparation gets.
    private let nextSequence: Mutex<UInt64>

    init(_ file: JournalFile) {
        nextSequence = Mutex(file.lastSequence + 1)
        writer = JournalWriter(
            file,
            durable: { [subscription] sequence in subscription.durable(through: sequence) },
            failed: { [subscription] error in subscription.failed(error) })
    }

    /// Writes records of a session's preparation, and waits until they are on the disk. Not from a
    /// queue.
    func appendAndWait(_ records: [JournalRecord]) throws(RunningError) {
        guard !records.isEmpty else { return }
        let first = nextSequence.withLock { next in
            defer { next += UInt64(records.count) }
            return next
        }
        let failure = BlockingWait<SystemError?>.value { completed in
            subscription.set(.waiting(first + UInt64(records.count) - 1, completed))
            writer.append(records, firstSequence: first)
        }
        subscription.set(.nobody)
        if let failure { throw RunningError(disk: failure) }
    }

    /// From now on the runner is told what becomes of records.
    func listen(_ post: @escaping @Sendable (EngineEvent) -> Void) {
        subscription.set(.runner(post))
    }

    func append(_ records: [JournalRecord], firstSequence: UInt64) {
        writer.append(records, firstSequence: firstSequence)
    }

    /// Closes the file behind everything handed over, and waits for it. Not from a queue.
    func close() {
        BlockingWait<Void>.value { closed in writer.close { closed(()) } }
    }
}
