package import SystemCalls

/// A journal that can be written: locked and recovered.
package struct JournalFile: Sendable {
    /// The journal's storage.
    package let storage: any JournalStorage
    /// The offset after the last record.
    package let endOffset: UInt64
    /// The sequence of the last record, which is durable.
    package let lastSequence: UInt64
    /// The last record is a stop record: only a session or `abandoned` may follow.
    package let isStopped: Bool

    /// Bytes read at a time.
    static let blockByteCount = 1 << 20

    /// Creates the journal of a new run with its first record, durably: the file, then its
    /// directory.
    ///
    /// - Throws: EEXIST if there is one already; EWOULDBLOCK if another process was quicker to lock
    ///   it.
    package static func create(
        _ path: String, first record: RunHeader
    ) throws(SystemError) -> JournalFile {
        try create(on: try JournalFileStorage.create(path), first: record)
    }

    /// The same on any empty storage.
    package static func create(
        on storage: any JournalStorage, first record: RunHeader
    ) throws(SystemError) -> JournalFile {
        guard try storage.tryLock() else {
            throw SystemError.wouldBlock(operation: "flock", path: storage.path)
        }
        let line = RecordCodec().line(.run(record), sequence: 1, durable: 0)
        try storage.write(line, at: 0)
        try storage.synchroniseWithDirectory()
        return JournalFile(
            storage: storage, endOffset: UInt64(line.count), lastSequence: 1, isStopped: false)
    }

    /// Opens the journal of an earlier run to continue it: locks it, replays it, and repairs its
    /// end if the recovery table says so.
    package static func openForResume(_ path: String) throws(SystemError) -> Resumption {
        try openForResume(try JournalFileStorage.open(path))
    }

    /// The same on any storage.
    package static func openForResume(
        _ storage: any JournalStorage
    ) throws(SystemError) -> Resumption {
        guard try storage.tryLock() else { return .locked }
        let journal = try recover(storage)
        var savedAside: String?
        switch JournalDecision(journal.condition) {
        case .continueRun: break
        case .cutZeros:
            try storage.truncate(to: journal.endOffset)
        case .saveAsideAndCut:
            // The copy is durable before anything is cut.
            savedAside = try storage.saveAside(
                from: journal.endOffset, suffix: ".torn-\(journal.run.nextSequence)")
            try storage.truncate(to: journal.endOffset)
        case .neverStarted, .stopDamaged, .stopNotUnderstood:
            storage.close()
            return .refused(journal)
        }
        try proveDurable(journal, storage)
        let file = JournalFile(
            storage: storage, endOffset: journal.endOffset,
            lastSequence: journal.run.nextSequence - 1, isStopped: journal.run.stop != nil)
        return .ready(file, journal, savedAside: savedAside)
    }

    /// The result of opening a journal for resuming.
    package enum Resumption: Sendable {
        /// It can be written to. `savedAside` names the file with the torn tail, which must be
        /// reported to the user.
        case ready(JournalFile, RecoveredJournal, savedAside: String?)
        /// Another process has locked it (exit 75).
        case locked
        /// It never started, is damaged or not understood; it was not touched. `notice(path:)` says
        /// what and where.
        case refused(RecoveredJournal)
    }

    /// Replays a journal without touching it, also while a run writes to it: what looks like a torn
    /// tail may just be on its way.
    package static func read(_ path: String) throws(SystemError) -> RecoveredJournal {
        let storage = try JournalFileStorage.openForReading(path)
        defer { storage.close() }
        return try recover(storage)
    }

    /// The replay with further records appended in memory only.
    package static func read(
        _ path: String, followedBy records: [JournalRecord]
    ) throws(SystemError) -> RecoveredRun {
        let storage = try JournalFileStorage.openForReading(path)
        defer { storage.close() }
        var recovery = Recovery()
        try forEachBlock(of: storage) { recovery.feed($0) }
        recovery.feed(records)
        return recovery.finish().run
    }

    /// Hands over every whole record in order, for reports.
    ///
    /// - Parameter consume: takes a sequence number and its record.
    package static func read(
        _ path: String, _ consume: (UInt64, JournalRecord) -> Void
    ) throws(SystemError) -> RecoveredJournal {
        let storage = try JournalFileStorage.openForReading(path)
        defer { storage.close() }
        var scan = JournalScan()
        var replay = Replay()
        try forEachBlock(of: storage) { block in
            scan.feed(block) { scanned in
                if let reason = replay.apply(scanned) { return reason }
                consume(scanned.sequence, scanned.record)
                return nil
            }
        }
        let verdict = scan.finish()
        return RecoveredJournal(
            run: replay.finished(), condition: verdict, endOffset: scan.endOffset,
            unprovenOffset: scan.unprovenOffset)
    }

    /// Reads only the first record; nil if it is incomplete.
    package static func header(_ path: String) throws(SystemError) -> RunHeader? {
        let storage = try JournalFileStorage.openForReading(path)
        defer { storage.close() }
        var scan = JournalScan()
        var header: RunHeader?
        var offset: UInt64 = 0
        while header == nil, offset < UInt64(blockByteCount) {
            let block = try storage.read(at: offset, byteCount: 1 << 14)
            if block.isEmpty { break }
            scan.feed(block) { scanned in
                if case .run(let found) = scanned.record, header == nil { header = found }
                return nil
            }
            offset += UInt64(block.count)
        }
        return header
    }

    /// Makes the records read so far durable, because the next record will claim that they are.
    ///
    /// The last batch may never have been synchronised: its process was killed in between, or its
    /// `fdatasync` failed. In the second case its pages count as clean, and no later `fdatasync`
    /// would write them; so they are written again, which makes them dirty.
    private static func proveDurable(
        _ journal: RecoveredJournal, _ storage: any JournalStorage
    ) throws(SystemError) {
        var offset = journal.unprovenOffset
        while offset < journal.endOffset {
            let byteCount = min(UInt64(blockByteCount), journal.endOffset - offset)
            let block = try storage.read(at: offset, byteCount: Int(byteCount))
            if block.isEmpty { break }
            try storage.write(block, at: offset)
            offset += UInt64(block.count)
        }
        try storage.synchroniseWithDirectory()
    }

    private static func recover(
        _ storage: any JournalStorage
    ) throws(SystemError) -> RecoveredJournal {
        var recovery = Recovery()
        try forEachBlock(of: storage) { recovery.feed($0) }
        return recovery.finish()
    }

    private static func forEachBlock(
        of storage: any JournalStorage, _ body: ([UInt8]) -> Void
    ) throws(SystemError) {
        var offset: UInt64 = 0
        while true {
            let block = try storage.read(at: offset, byteCount: blockByteCount)
            if block.isEmpty { return }
            body(block)
            offset += UInt64(block.count)
        }
    }
}
