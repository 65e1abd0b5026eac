import Dispatch
import Journaling
import Synchronization
import SystemCalls

/// An in-memory disk: a crash loses unsynced data, and calls fail on request.
final class SimulatedStorage: JournalStorage {
    struct State {
        var bytes: [UInt8] = []
        var durableBytes: [UInt8] = []
        var saved: [String: [UInt8]] = [:]
        var writes = 0
        var synchronisations = 0
        var roomByteCount = Int.max
        var failsToSynchronise = false
        var isLocked = false
        var isClosed = false
    }

    let path = "journal.jsonl"
    let state: Mutex<State>
    /// When set, every synchronisation waits for a signal.
    private let gate: DispatchSemaphore?

    init(_ bytes: [UInt8] = [], gate: DispatchSemaphore? = nil) {
        state = Mutex(State(bytes: bytes, durableBytes: bytes))
        self.gate = gate
    }

    var bytes: [UInt8] { state.withLock { $0.bytes } }

    func size() throws(SystemError) -> UInt64 { UInt64(bytes.count) }

    func read(at offset: UInt64, byteCount: Int) throws(SystemError) -> [UInt8] {
        Array(bytes.dropFirst(Int(offset)).prefix(byteCount))
    }

    func write(_ bytes: [UInt8], at offset: UInt64) throws(SystemError) {
        let isShort = state.withLock { state in
            state.writes += 1
            state.bytes.removeSubrange(Int(offset)...)
            let room = max(0, state.roomByteCount - Int(offset))
            state.bytes += bytes.prefix(room)
            return bytes.count > room
        }
        if isShort { throw SystemError.outOfSpace(operation: "pwrite", path: path) }
    }

    func truncate(to size: UInt64) throws(SystemError) {
        state.withLock { $0.bytes.removeSubrange(Int(size)...) }
    }

    func synchroniseData() throws(SystemError) {
        gate?.wait()
        let fails = state.withLock { state in
            state.synchronisations += 1
            if !state.failsToSynchronise { state.durableBytes = state.bytes }
            return state.failsToSynchronise
        }
        if fails { throw SystemError.inputOutput(operation: "fdatasync", path: path) }
    }

    func synchroniseWithDirectory() throws(SystemError) { try synchroniseData() }

    func tryLock() throws(SystemError) -> Bool {
        state.withLock { state in
            defer { state.isLocked = true }
            return !state.isLocked
        }
    }

    func saveAside(from offset: UInt64, suffix: String) throws(SystemError) -> String {
        state.withLock { $0.saved[path + suffix] = Array($0.bytes[Int(offset)...]) }
        return path + suffix
    }

    func close() {
        state.withLock { state in
            state.isClosed = true
            state.isLocked = false
        }
    }
}
