package import SystemCalls

/// The disk as a journal sees it: a file in production, a simulated one under virtual time.
///
/// Contract. What `write` returned from may be lost at a crash, wholly or in part and in any order,
/// until `synchroniseData` returned; afterwards it may not. A write that fails may have written
/// some of its bytes. A failed synchronisation is final: nobody calls again.
package protocol JournalStorage: Sendable {
    /// What messages call it.
    var path: String { get }
    /// The size in bytes.
    func size() throws(SystemError) -> UInt64
    /// Up to `byteCount` bytes from an offset; fewer only at the end.
    func read(at offset: UInt64, byteCount: Int) throws(SystemError) -> [UInt8]
    /// Writes all of the bytes at an offset.
    func write(_ bytes: [UInt8], at offset: UInt64) throws(SystemError)
    /// Cuts everything from an offset on.
    func truncate(to size: UInt64) throws(SystemError)
    /// Waits until the data is on the disk.
    func synchroniseData() throws(SystemError)
    /// Waits until the file and its name are on the disk.
    func synchroniseWithDirectory() throws(SystemError)
    /// Takes the lock of the journal; false if another process holds it.
    func tryLock() throws(SystemError) -> Bool
    /// Copies everything from an offset on into a new file beside the journal, durably, and names
    /// it.
    func saveAside(from offset: UInt64, suffix: String) throws(SystemError) -> String
    /// Gives the file and the lock back.
    func close()
}

/// A journal in the file system.
package final class JournalFileStorage: JournalStorage {
    private let file: OpenFile

    /// The journal's path.
    package var path: String { file.path }

    /// Creates the file; it must not exist.
    package static func create(_ path: String) throws(SystemError) -> JournalFileStorage {
        JournalFileStorage(
            try OpenFile.open(path, .readWrite, creation: .exclusive, noFollow: true))
    }

    /// Opens a file that exists.
    package static func open(_ path: String) throws(SystemError) -> JournalFileStorage {
        JournalFileStorage(try OpenFile.open(path, .readWrite, noFollow: true))
    }

    /// Opens a file that exists, only to read it.
    package static func openForReading(_ path: String) throws(SystemError) -> JournalFileStorage {
        JournalFileStorage(try OpenFile.open(path, .read))
    }

    private init(_ file: OpenFile) { self.file = file }

    package func size() throws(SystemError) -> UInt64 { try file.size() }

    package func read(at offset: UInt64, byteCount: Int) throws(SystemError) -> [UInt8] {
        try file.read(at: offset, byteCount: byteCount)
    }

    package func write(_ bytes: [UInt8], at offset: UInt64) throws(SystemError) {
        try file.write(all: bytes, at: offset)
    }

    package func truncate(to size: UInt64) throws(SystemError) { try file.truncate(to: size) }

    package func synchroniseData() throws(SystemError) { try file.synchroniseData() }

    package func synchroniseWithDirectory() throws(SystemError) {
        try file.synchronise()
        try FileSystem.synchroniseDirectory(FileSystem.directory(of: path))
    }

    package func tryLock() throws(SystemError) -> Bool { try file.tryLock() }

    /// A file of that name from an earlier recovery that was cut short is replaced: it holds the
    /// same bytes.
    package func saveAside(from offset: UInt64, suffix: String) throws(SystemError) -> String {
        let name = path + suffix
        let copy = try OpenFile.open(name, .write, creation: .truncating, noFollow: true)
        var place = offset
        while true {
            let block = try file.read(at: place, byteCount: 1 << 20)
            if block.isEmpty { break }
            try copy.write(all: block)
            place += UInt64(block.count)
        }
        try copy.synchronise()
        copy.close()
        try FileSystem.synchroniseDirectory(FileSystem.directory(of: path))
        return name
    }

    package func close() { file.close() }
}
