import SystemCalls

/// The file that holds the access token of one account for all processes, and its lock.
///
/// `<state>/tokens/<accounts>-<client>-<refresh token>.json`, each the beginning of a SHA-256; 0600
/// in a directory 0700; no link is followed. Readers and writers hold the lock, a separate file
/// that is never removed; the lock is released when its process ends, however it ends. Contents are
/// replaced as a whole: readers after a crash find the old record or the new one.
package struct TokenCache: Sendable {
    /// Bytes that a file may have; real ones have some 700.
    static let maximumByteCount = 64 << 10

    private let directory: String
    private let path: String

    /// - Parameters:
    ///   - stateRoot: `StateDirectory.root`.
    ///   - accounts: The URL where tokens are exchanged.
    package init(stateRoot: String, accounts: String, clientID: String, refreshToken: String) {
        directory = stateRoot + "/tokens"
        func beginning(_ text: String, _ count: Int) -> String {
            String(SHA256.hexadecimal(of: Array(text.utf8)).prefix(count))
        }
        path =
            directory + "/" + beginning(accounts, 8) + "-" + beginning(clientID, 8) + "-"
            + beginning(refreshToken, 32)
    }

    var recordPath: String { path + ".json" }

    /// Creates the directory and checks that the lock file can be opened.
    ///
    /// - Throws: `disk` (74); `configuration` (78) when others could put things there.
    package func prepare() throws(RunningError) {
        let root = FileSystem.directory(of: directory)
        try onDisk { () throws(SystemError) in
            try FileSystem.createDirectory(root, permissions: 0o700, intermediates: true)
        }
        // Group-writable roots are reported when a run begins.
        _ = try DirectoryTrust.check(root: root)
        try onDisk { () throws(SystemError) in try createOwnDirectory(directory) }
        try DirectoryTrust.check(own: directory)
        try onDisk { () throws(SystemError) in try openLock().close() }
    }

    /// The lock, if no process (and no other part of this one) holds it; given back when the file
    /// is closed.
    func tryLock() throws(TokenCacheError) -> OpenFile? {
        do throws(SystemError) {
            let file = try openLock()
            if try file.tryLock() { return file }
            file.close()
            return nil
        } catch {
            throw .disk(error)
        }
    }

    private func openLock() throws(SystemError) -> OpenFile {
        try OpenFile.openRegular(path + ".lock", .readWrite, creation: .ifMissing)
    }

    /// The content of the file, in the time of `now`; an empty record if there is none, or if it
    /// cannot be trusted: damaged, or accessible to others.
    func read(at now: SharedTime) throws(TokenCacheError) -> TokenRecord {
        do {
            let file = try OpenFile.openRegular(recordPath, .read)
            let status = try file.status()
            guard status.kind == .file, status.permissions & 0o077 == 0,
                status.byteCount <= UInt64(TokenCache.maximumByteCount)
            else { return TokenRecord(clock: now) }
            let bytes = try file.readAll(limit: TokenCache.maximumByteCount)
            return try TokenRecord(json: bytes)?.rebased(to: now) ?? TokenRecord(clock: now)
        } catch let error as SystemError {
            if error.isMissing { return TokenRecord(clock: now) }
            throw .disk(error)
        } catch {
            throw .laterVersion(recordPath)
        }
    }

    /// Replaces the file, durably. Only under the lock: the temporary file has one name, so that
    /// none is ever left behind by a process that was killed.
    func write(_ record: TokenRecord) throws(TokenCacheError) {
        do throws(SystemError) {
            try FileSystem.replace(
                recordPath, with: record.json, temporary: path + ".new")
        } catch {
            throw .disk(error)
        }
    }
}

/// Why a cached token can't be read.
enum TokenCacheError: Error {
    case disk(SystemError)
    /// Written by a newer version; left unchanged.
    case laterVersion(String)

    var text: String {
        switch self {
        case .disk(let error): "\(error)"
        case .laterVersion(let path): "\(path) was written by a later relsweep"
        }
    }
}
