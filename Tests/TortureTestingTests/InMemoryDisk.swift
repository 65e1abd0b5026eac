import Journaling
import Synchronization
import SystemCalls

/// The file of a journal in memory.
final class InMemoryDisk: JournalStorage {
    private struct State {
        var bytes: [UInt8]
        var isLocked = false
        var savedAsideByteCount = 0
    }

    let path = "journal.jsonl"
    private let state: Mutex<State>

    init(_ bytes: [UInt8] = []) { state = Mutex(State(bytes: bytes)) }

    var bytes: [UInt8] { state.withLock { $0.bytes } }
    var savedAsideByteCount: Int { state.withLock { $0.savedAsideByteCount } }

    /// Another process may come.
    func processEnded() { state.withLock { $0.isLocked = false } }

    /// What a run leaves that never started is removed.
    func removeAll() { state.withLock { $0.bytes.removeAll() } }

    func size() throws(SystemError) -> UInt64 { state.withLock { UInt64($0.bytes.count) } }

    func read(at offset: UInt64, byteCount: Int) throws(SystemError) -> [UInt8] {
        state.withLock { Array($0.bytes.dropFirst(Int(offset)).prefix(byteCount)) }
    }

    func write(_ bytes: [UInt8], at offset: UInt64) throws(SystemError) {
        state.withLock { state in
            let overlap = min(bytes.count, max(0, state.bytes.count - Int(offset)))
            state.bytes.replaceSubrange(Int(offset)..<(Int(offset) + overlap), with: bytes)
        }
    }

    func truncate(to size: UInt64) throws(SystemError) {
        state.withLock { $0.bytes.removeSubrange(Int(size)...) }
    }

    func synchroniseData() throws(SystemError) {}
    func synchroniseWithDirectory() throws(SystemError) {}

    func tryLock() throws(SystemError) -> Bool {
        state.withLock { state in
            defer { state.isLocked = true }
            return !state.isLocked
        }
    }

    func saveAside(from offset: UInt64, suffix: String) throws(SystemError) -> String {
        state.withLock { $0.savedAsideByteCount = $0.bytes.count - Int(offset) }
        return path + suffix
    }

    func close() { state.withLock { $0.isLocked = false } }
}
