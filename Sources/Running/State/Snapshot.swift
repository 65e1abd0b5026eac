import Dispatch
import SystemCalls

/// The run's copy of its manifest; planning and resume read only this copy.
package struct Snapshot: Equatable, Sendable {
    package var path: String
    package var byteCount: Int
    /// SHA-256 in hexadecimal.
    package var digest: String

    /// Bytes copied at a time.
    private static let pieceByteCount = 1 << 20
    /// Pieces that may wait for the digest: bounds the memory to some 4 MiB.
    private static let maximumPiecesAhead = 4

    /// Copies the manifest to its end while a second queue computes the digest; synced, 0600.
    ///
    /// Blocks the calling thread, which must not be a Dispatch queue that others need.
    ///
    /// - Parameters:
    ///   - source: The manifest; standard input is read to its end.
    ///   - path: Must not exist yet.
    ///   - isStopRequested: Looked at between pieces.
    /// - Throws: `manifestUnreadable` (66), `manifestChanged` (75), `digestDiffers` (65), `disk`
    ///   (74),
    ///   `stopped` (75). What was copied by then is left in the run directory, which never starts.
    package static func create(
        of source: JobRequest.Source, to path: String, isStopRequested: () -> Bool = { false }
    ) throws(RunningError) -> Snapshot {
        let manifest = try OpenManifest(source)
        let expected = try ExpectedDigest.beside(source)
        let copy = try onDisk { () throws(SystemError) in
            try OpenFile.open(path, .write, creation: .exclusive, noFollow: true)
        }
        let digest = DigestQueue(maximumPiecesAhead: maximumPiecesAhead)
        var byteCount = 0
        while true {
            if isStopRequested() { throw RunningError.stoppedEarly }
            let piece = try manifest.next(pieceByteCount)
            if piece.isEmpty { break }
            byteCount += piece.count
            digest.enqueue(piece)
            try onDisk { () throws(SystemError) in try copy.write(all: piece) }
        }
        try manifest.checkUnchanged(byteCount: byteCount)
        try onDisk { () throws(SystemError) in
            try copy.synchronise()
            try FileSystem.synchroniseDirectory(FileSystem.directory(of: path))
        }
        let snapshot = Snapshot(path: path, byteCount: byteCount, digest: digest.finish())
        try expected?.check(snapshot.digest, of: manifest.name)
        return snapshot
    }

    /// The digest of a manifest that stays where it is.
    ///
    /// - Throws: As `take`, without the errors of the copy.
    package static func digest(
        of source: JobRequest.Source, isStopRequested: () -> Bool = { false }
    ) throws(RunningError) -> (digest: String, byteCount: Int) {
        let manifest = try OpenManifest(source)
        let digest = DigestQueue(maximumPiecesAhead: maximumPiecesAhead)
        var byteCount = 0
        while true {
            if isStopRequested() { throw RunningError.stoppedEarly }
            let piece = try manifest.next(pieceByteCount)
            if piece.isEmpty { break }
            byteCount += piece.count
            digest.enqueue(piece)
        }
        try manifest.checkUnchanged(byteCount: byteCount)
        return (digest.finish(), byteCount)
    }
}

extension RunningError {
    static var stoppedEarly: RunningError {
        RunningError(.stopped, "stopped before the first call; nothing was sent")
    }
}

/// Computes a digest on its own queue, a few chunks behind the reader.
private final class DigestQueue: Sendable {
    private let digest = Confined(SHA256(), label: "relsweep.digest")
    /// Made with 0: see `BoundedChannel`.
    private let room = DispatchSemaphore(value: 0)

    init(maximumPiecesAhead: Int) { for _ in 0..<maximumPiecesAhead { room.signal() } }

    /// Takes the next piece; waits while too many are ahead. The digest's queue needs nothing that
    /// the waiting thread holds, so the wait ends.
    func enqueue(_ piece: [UInt8]) {
        room.wait()
        digest.async { [room] digest in
            digest.update(piece)
            room.signal()
        }
    }

    /// The digest of all pieces, in hexadecimal.
    func finish() -> String {
        digest.queue.sync { digest.withValue { SHA256.hexadecimal($0.finish()) } }
    }
}

/// A manifest being read, with its file status at the start.
struct OpenManifest {
    let name: String
    private let path: String?
    private let file: OpenFile
    private let before: FileStatus?

    init(_ source: JobRequest.Source) throws(RunningError) {
        switch source {
        case .standardInput:
            name = "<stdin>"
            path = nil
            file = OpenFile.standardInput()
            before = nil
        case .file(let path):
            name = path
            self.path = path
            do throws(SystemError) {
                // Looked at first: opening a pipe waits for its writer, which is meant; opening a
                // directory works, which is not.
                let status = try FileSystem.status(of: path)
                guard status.kind != .directory else {
                    throw SystemError.isDirectory(path)
                }
                file = try OpenFile.open(path, .read)
                let opened = try file.status()
                before = opened.kind == .file ? opened : nil
            } catch {
                throw RunningError(unreadable: error, name: path)
            }
        }
    }

    /// The next bytes; empty at the end.
    func next(_ byteCount: Int) throws(RunningError) -> [UInt8] {
        var failure: SystemError?
        let piece = [UInt8](unsafeUninitializedCapacity: byteCount) { buffer, count in
            do throws(SystemError) {
                // A pipe returns what is available; pieces are filled up so that there are few.
                while count < byteCount {
                    let rest = UnsafeMutableRawBufferPointer(
                        rebasing: UnsafeMutableRawBufferPointer(buffer)[count...])
                    let read = try file.read(into: rest)
                    if read == 0 { break }
                    count += read
                }
            } catch {
                failure = error
            }
        }
        if let failure { throw RunningError(unreadable: failure, name: name) }
        return piece
    }

    /// Size, time of writing and identity are what they were, also by name.
    ///
    /// - Throws: `manifestChanged` (75).
    func checkUnchanged(byteCount: Int) throws(RunningError) {
        guard let before, let path else { return }
        let after: FileStatus
        let named: FileStatus
        do throws(SystemError) {
            after = try file.status()
            named = try FileSystem.status(of: path)
        } catch {
            throw changed("it is gone (\(error.reason))")
        }
        guard named.node == before.node, named.device == before.device else {
            throw changed("another file has taken its name")
        }
        guard after.byteCount == before.byteCount, Int(before.byteCount) == byteCount else {
            throw changed(
                "it had \(before.byteCount) bytes at first and \(after.byteCount) at the end")
        }
        guard after.modifiedNanoseconds == before.modifiedNanoseconds else {
            throw changed("it was written to")
        }
    }

    private func changed(_ how: String) -> RunningError {
        RunningError(
            .manifestChanged,
            "\(name) changed while it was read: \(how); nothing was sent, start again when the "
                + "export is complete")
    }
}

extension SystemError {
    /// The error that reading a directory would return.
    fileprivate static func isDirectory(_ path: String) -> SystemError {
        SystemError(operation: "open", path: path, errno: 21)
    }
}

extension RunningError {
    /// A manifest that can't be read: 66.
    init(unreadable error: SystemError, name: String) {
        let advice = error.isDirectory ? "; name a manifest file in it" : ""
        self.init(.manifestUnreadable, "\(name): \(error.reason)\(advice)")
    }
}

/// The expected digest from `<manifest>.sha256`.
struct ExpectedDigest: Equatable {
    /// 64 hexadecimal digits, lower case.
    let digest: String
    let path: String

    /// Bytes of such a file at most.
    private static let maximumByteCount = 64 << 10

    /// Reads the file next to the manifest; nil when there is none, also because its name would be
    /// longer than the file system allows.
    ///
    /// - Throws: `digestDiffers` (65) if there is one without this manifest.
    static func beside(_ source: JobRequest.Source) throws(RunningError) -> ExpectedDigest? {
        guard case .file(let manifest) = source else { return nil }
        let path = manifest + ".sha256"
        let bytes: [UInt8]
        do throws(SystemError) {
            if try FileSystem.kind(of: path) == .missing { return nil }
            bytes = try OpenFile.openRegular(path, .read, noFollow: false)
                .readAll(limit: maximumByteCount)
        } catch  where error.isNameTooLong {
            return nil
        } catch {
            throw RunningError(unreadable: error, name: path)
        }
        guard let digest = find(in: bytes, name: FileSystem.name(of: manifest)) else {
            throw RunningError(
                .digestDiffers,
                "\(path): no SHA-256 of \(FileSystem.name(of: manifest)) in it; lines of "
                    + "sha256sum, or the 64 hexadecimal digits alone, are understood")
        }
        return ExpectedDigest(digest: digest, path: path)
    }

    /// The digest in `hash  name`, `hash *name` or bare form; of several lines, the one with the
    /// name.
    static func find(in bytes: [UInt8], name: String) -> String? {
        var entries: [(digest: String, name: String)] = []
        for line in bytes.split(separator: 0x0A) {
            var line = line
            while let last = line.last, last == 0x0D || last == 0x20 || last == 0x09 {
                line.removeLast()
            }
            if line.isEmpty { continue }
            let hash = line.prefix(64)
            guard hash.count == 64,
                hash.allSatisfy({
                    $0 >= 0x30 && $0 <= 0x39 || ($0 | 0x20) >= 0x61 && ($0 | 0x20) <= 0x66
                })
            else { return nil }
            var rest = line.dropFirst(64)
            guard rest.isEmpty || rest.first == 0x20 || rest.first == 0x09 else { return nil }
            while let first = rest.first, first == 0x20 || first == 0x09 || first == 0x2A {
                rest.removeFirst()
            }
            entries.append(
                (
                    String(decoding: hash, as: UTF8.self).lowercased(),
                    FileSystem.name(of: String(decoding: rest, as: UTF8.self))
                ))
        }
        if entries.count == 1 { return entries[0].digest }
        return entries.first { $0.name == name }?.digest
    }

    /// - Throws: `digestDiffers` (65).
    func check(_ found: String, of name: String) throws(RunningError) {
        guard found != digest else { return }
        throw RunningError(
            .digestDiffers,
            "\(name): its SHA-256 is \(found), but \(path) says \(digest); the file was cut "
                + "short or changed on its way, get it again")
    }
}
