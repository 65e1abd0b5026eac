import Journaling
import Synchronization
package import SystemCalls

/// A disk that loses everything it is allowed to lose.
///
/// The process sees `visible`; after a power failure `durable` remains, plus any subset of the
/// sectors written since the last sync, the last one possibly torn. A failed sync marks its pages
/// clean: they stay visible until power failure and are not written by a later sync, as on Linux.
/// Every call is a step at which the process may die, possibly half way; nothing of it reaches the
/// disk afterwards.
package final class SimulatedDisk: JournalStorage {
    /// Injected faults.
    package struct Faults: Sendable {
        /// Capacity in bytes.
        package var roomByteCount = Int.max
        /// The synchronisation with that number (from 1, over the disk's life) fails.
        package var failingSynchronisation: Int?
        /// The write with that number fails with EIO, half of it done.
        package var failingWrite: Int?

        package init() {}
    }

    fileprivate struct State {
        var visible: [UInt8] = []
        var durable: [UInt8] = []
        /// Ranges of `visible` that the next synchronisation writes.
        var dirty: [Range<Int>] = []
        /// The file's name is on the disk.
        var isNamed = false
        var copies: [String: [UInt8]] = [:]
        var faults = Faults()
        var writeCount = 0
        var synchronisationCount = 0
        var callCount = 0
        /// Changes with anything but an append.
        var revision = 0
        var deadline: Deadline?
        var isDead = false
        var isLocked = false
        var generator: SimulationGenerator
    }

    /// The call at which the process dies, from 1.
    package struct Deadline: Equatable, Sendable {
        package var call: Int
        /// Whether the call has been done, or half done, when the process dies.
        package var isAfter: Bool

        package init(call: Int, isAfter: Bool) {
            self.call = call
            self.isAfter = isAfter
        }
    }

    package let path = "journal.jsonl"
    private let state: Mutex<State>

    static let sectorByteCount = 512

    /// Creates an empty disk, or one with a durable journal.
    package init(seed: UInt64, holding bytes: [UInt8] = []) {
        state = Mutex(
            State(
                visible: bytes, durable: bytes, isNamed: !bytes.isEmpty,
                generator: SimulationGenerator(seed: seed)))
    }

    // MARK: The world's side

    /// The content for the next process.
    package var bytes: [UInt8] { state.withLock { $0.visible } }
    /// Whether the process has died in a call.
    package var isDead: Bool { state.withLock { $0.isDead } }
    /// Calls so far, over all processes.
    package var callCount: Int { state.withLock { $0.callCount } }
    /// Bytes that the next process reads.
    var byteCount: Int { state.withLock { $0.visible.count } }
    /// Everything, and a number that is the same as long as nothing but appends happen.
    func snapshot() -> (ArraySlice<UInt8>, Int) {
        state.withLock { ($0.visible[...], $0.revision) }
    }
    /// What was saved aside under a name.
    func copy(_ name: String) -> [UInt8]? { state.withLock { $0.copies[name] } }
    /// Replaces the content, as by a restore or a hardware fault.
    func overwrite(_ bytes: [UInt8]) {
        state.withLock { state in
            state.revision += 1
            state.visible = bytes
            state.durable = bytes
            state.dirty.removeAll()
        }
    }
    /// What is on the disk from an offset on, and a number that is the same as long as
    /// only appends happen.
    func bytes(from start: Int) -> (bytes: ArraySlice<UInt8>, revision: Int) {
        state.withLock { (start < $0.visible.count ? $0.visible[start...] : [], $0.revision) }
    }
    package var writeCount: Int { state.withLock { $0.writeCount } }
    package var synchronisationCount: Int { state.withLock { $0.synchronisationCount } }

    package func set(_ faults: Faults) { state.withLock { $0.faults = faults } }
    package func die(at deadline: Deadline?) { state.withLock { $0.deadline = deadline } }

    /// The process has ended: closes its file and releases its lock.
    package func processEnded() {
        state.withLock { state in
            state.isDead = false
            state.isLocked = false
            state.deadline = nil
        }
    }

    /// Power failure: unsynced data survives partially.
    package func powerLost() {
        state.withLock { $0.losePower() }
    }

    /// Replaces the file of a run that never started.
    package func replace() {
        state.withLock { state in
            state.revision += 1
            state.visible.removeAll()
            state.durable.removeAll()
            state.dirty.removeAll()
            state.isNamed = false
        }
    }

    // MARK: The process's side

    package func size() throws(SystemError) -> UInt64 {
        UInt64(try call("fstat") { $0.visible.count })
    }

    package func read(at offset: UInt64, byteCount: Int) throws(SystemError) -> [UInt8] {
        try call("pread") { state in
            let start = min(Int(offset), state.visible.count)
            return Array(state.visible[start..<min(start + byteCount, state.visible.count)])
        }
    }

    package func write(_ bytes: [UInt8], at offset: UInt64) throws(SystemError) {
        let error: SystemError? = try call("pwrite", partial: { $0.writePart(bytes, Int(offset)) })
        { state in
            state.writeCount += 1
            if state.writeCount == state.faults.failingWrite {
                state.writePart(bytes, Int(offset))
                return SystemError.inputOutput(operation: "pwrite", path: "journal.jsonl")
            }
            let room = max(0, state.faults.roomByteCount - Int(offset))
            state.put(bytes.prefix(room), at: Int(offset))
            guard bytes.count > room else { return nil }
            return SystemError.outOfSpace(operation: "pwrite", path: "journal.jsonl")
        }
        if let error { throw error }
    }

    package func truncate(to size: UInt64) throws(SystemError) {
        try call("ftruncate") { state in
            state.revision += 1
            state.visible.removeSubrange(min(Int(size), state.visible.count)...)
            state.dirty = state.dirty.map { $0.clamped(to: 0..<Int(size)) }.filter { !$0.isEmpty }
        }
    }

    package func synchroniseData() throws(SystemError) {
        let isDone = try call("fdatasync", partial: { $0.persistSome() }) { $0.synchronise() }
        if !isDone { throw SystemError.inputOutput(operation: "fdatasync", path: path) }
    }

    package func synchroniseWithDirectory() throws(SystemError) {
        let isDone = try call("fsync", partial: { $0.persistSome() }) { $0.synchronise() }
        if !isDone { throw SystemError.inputOutput(operation: "fsync", path: path) }
        try call("fsync of the directory") { $0.isNamed = true }
    }

    package func tryLock() throws(SystemError) -> Bool {
        try call("flock") { state in
            defer { state.isLocked = true }
            return !state.isLocked
        }
    }

    package func saveAside(from offset: UInt64, suffix: String) throws(SystemError) -> String {
        let name = path + suffix
        try call("copy") { $0.copies[name] = Array($0.visible[Int(offset)...]) }
        return name
    }

    package func close() {
        state.withLock { $0.isLocked = false }
    }

    /// A call, possibly the process's last one.
    private func call<Value>(
        _ operation: String, partial: (inout State) -> Void = { _ in },
        _ body: (inout State) -> Value
    ) throws(SystemError) -> Value {
        let value: Value? = state.withLock { state in
            if state.isDead { return nil }
            state.callCount += 1
            guard let deadline = state.deadline, deadline.call == state.callCount else {
                return body(&state)
            }
            state.isDead = true
            if deadline.isAfter {
                _ = body(&state)
            } else if Bool.random(using: &state.generator) {
                partial(&state)
            }
            return nil
        }
        guard let value else { throw SystemError.inputOutput(operation: operation, path: path) }
        return value
    }
}

extension SimulatedDisk.State {
    fileprivate mutating func put(_ bytes: ArraySlice<UInt8>, at offset: Int) {
        if offset < visible.count { revision += 1 }
        if visible.count < offset {
            visible.append(contentsOf: repeatElement(0, count: offset - visible.count))
        }
        let overlap = min(bytes.count, visible.count - offset)
        visible.replaceSubrange(offset..<(offset + overlap), with: bytes)
        if !bytes.isEmpty { dirty.append(offset..<(offset + bytes.count)) }
    }

    fileprivate mutating func writePart(_ bytes: [UInt8], _ offset: Int) {
        put(bytes.prefix(Int.random(in: 0...bytes.count, using: &generator)), at: offset)
    }

    /// false on failure; all pages are then clean, written or not.
    fileprivate mutating func synchronise() -> Bool {
        synchronisationCount += 1
        if synchronisationCount == faults.failingSynchronisation {
            persistSome()
            dirty.removeAll()
            return false
        }
        for range in dirty { persist(range) }
        dirty.removeAll()
        if durable.count > visible.count { durable.removeSubrange(visible.count...) }
        return true
    }

    /// Writes some sectors of what is dirty.
    fileprivate mutating func persistSome() {
        let percent = [0, 20, 80, 100].randomElement(using: &generator) ?? 0
        for range in dirty {
            var start = range.lowerBound
            while start < range.upperBound {
                let sectorEnd =
                    (start / SimulatedDisk.sectorByteCount + 1) * SimulatedDisk.sectorByteCount
                let end = min(sectorEnd, range.upperBound)
                if Int.random(in: 0..<100, using: &generator) < percent {
                    let isTorn = Int.random(in: 0..<8, using: &generator) == 0
                    let cut = isTorn ? Int.random(in: start...end, using: &generator) : end
                    if cut > start { persist(start..<cut) }
                }
                start = end
            }
        }
    }

    private mutating func persist(_ range: Range<Int>) {
        if durable.count < range.upperBound {
            durable.append(contentsOf: repeatElement(0, count: range.upperBound - durable.count))
        }
        durable.replaceSubrange(range, with: visible[range])
    }

    fileprivate mutating func losePower() {
        revision += 1
        persistSome()
        // The size may have been written without the data, or a cut without its synchronisation.
        if durable.count < visible.count, Bool.random(using: &generator) {
            durable.append(contentsOf: repeatElement(0, count: visible.count - durable.count))
        } else if durable.count > visible.count, dirty.isEmpty, Bool.random(using: &generator) {
            durable.removeSubrange(visible.count...)
        }
        if !isNamed, Bool.random(using: &generator) { durable.removeAll() }
        visible = durable
        dirty.removeAll()
    }
}
