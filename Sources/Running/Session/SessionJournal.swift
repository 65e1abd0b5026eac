import Execution
import Journaling
import Synchronization
import SystemCalls

/// The journal writer of a session, from its first record to the engine's last.
///
/// Before there is a runner, the preparation of the session waits here for its records; afterwards
/// the results go to the runner as events.
final class SessionJournal: RecordSink {
    private enum Subscriber: Sendable {
        case detached
        /// Waits for a sequence number, or for the failure.
        case waiting(UInt64, @Sendable (SystemError?) -> Void)
        case runner(@Sendable (EngineEvent) -> Void)
    }

    private final class Subscription: Sendable {
        private let listener = Mutex(Subscriber.detached)

        func set(_ new: Subscriber) { listener.withLock { $0 = new } }

        func durable(through sequence: UInt64) {
            switch listener.withLock({ $0 }) {
            case .detached: break
            case .waiting(let wanted, let completed): if sequence >= wanted { completed(nil) }
            case .runner(let post): post(.recordsDurable(through: sequence))
            }
        }

        func failed(_ error: SystemError) {
            switch listener.withLock({ $0 }) {
            case .detached: break
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
        subscription.set(.detached)
        if let failure { throw RunningError(disk: failure) }
    }

    /// Posts results to the runner from now on.
    func listen(_ post: @escaping @Sendable (EngineEvent) -> Void) {
        subscription.set(.runner(post))
    }

    func append(_ records: [JournalRecord], firstSequence: UInt64) {
        writer.append(records, firstSequence: firstSequence)
    }

    /// Closes the file after all records, and waits. Not to be called from a queue.
    func close() {
        BlockingWait<Void>.value { closed in writer.close { closed(()) } }
    }
}
